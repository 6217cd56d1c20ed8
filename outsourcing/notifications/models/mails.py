"""The outbox: one row for each mail to one address."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared.restarts import outlast

#: Longer than all that a worker does with what it claims; see delivery.py.
LEASE = timedelta(minutes=10)
GIVE_UP = timedelta(hours=72)
#: So many are claimed at once, and so often a worker may die over one before it is parked.
BATCH, MOST_CRASHES = 20, 8
#: Handed over without a word of the server's, and not to be tried again.
UNSURE = Q(data_started_at__isnull=False) & (Q(is_secret=True) | Q(resent__gte=1))
DEADLY = Q(crashes__gte=MOST_CRASHES - 1)


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self, at: datetime) -> Self:
        """Waiting to be sent at `at` or before."""
        return self.filter(state=Mail.State.PENDING, not_before__lte=at).order_by("not_before", "pk")

    def abandoned(self) -> Self:
        """Claimed by a worker whose lease ran out, by the database's time."""
        return self.filter(state=Mail.State.SENDING, lease_until__lte=Now()).order_by("lease_until", "pk")

    def park_abandoned(self) -> int:
        """Settle what nobody may try again: handed over once already without a word of the server's, a secret that was,
        and what has cost too many workers their life. How many there were. Two statements."""
        done = {"claim": None, "lease_until": None}
        handed = self.abandoned().filter(UNSURE)
        words = _("The worker died after the text had gone: nobody knows whether it arrived.")
        parked = handed.order_by().update(state=Mail.State.UNCERTAIN, answer=words, **done)
        deadly = self.abandoned().filter(DEADLY)
        words = _("Given up: %(count)s workers died over it.") % {"count": MOST_CRASHES}
        return parked + deadly.order_by().update(state=Mail.State.FAILED, answer=words, **done)

    def claim(self, *, at: datetime, most: int = BATCH) -> list["Mail"]:
        """The mails that wait longest, ours alone until the lease ends. Safe among many workers.

        Where none waits, one that a dead worker has left, singly, so that only that one is blamed if this worker dies
        too. Where its text had begun to go it is sent once more, with the same Message-ID.
        """
        key = uuid.uuid4()
        mine = {"state": Mail.State.SENDING, "claim": key, "lease_until": Now() + LEASE, "attempts": F("attempts") + 1}
        with transaction.atomic():
            left = self.abandoned().exclude(UNSURE).exclude(DEADLY)
            for rows, many in ((self.waiting(at), most), (left, 1)):  # apart, so that each finds its partial index
                keys = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:many])
                if not keys:
                    continue
                died = Case(When(state=Mail.State.SENDING, then=1), default=0)
                sent = Case(When(data_started_at__isnull=False, then=1), default=0)
                Mail.objects.filter(pk__in=keys).update(
                    **mine, crashes=F("crashes") + died, resent=F("resent") + sent, data_started_at=None
                )
                return list(Mail.objects.filter(pk__in=keys).order_by("not_before", "pk"))
        return []

    def give_back(self) -> int:
        """Let others send what was claimed and not begun; how many."""
        rows = self.filter(state=Mail.State.SENDING, data_started_at=None)
        mine = {"state": Mail.State.PENDING, "claim": None, "lease_until": None, "attempts": F("attempts") - 1}
        return outlast(lambda: rows.update(**mine))

    def undelivered(self) -> Self:
        """Those of which a person decides what becomes."""
        return self.filter(state__in=[Mail.State.FAILED, Mail.State.UNCERTAIN])

    def send_again(self, *, at: datetime) -> int:
        """Have them sent as if they had just been posted, by a person's word; how many."""
        anew = {"attempts": 0, "resent": 0, "crashes": 0, "data_started_at": None}
        return self.update(state=Mail.State.PENDING, not_before=at, created_at=at, **anew)

    def forget_texts(self, before: datetime) -> int:
        """Empty the texts of what is over and older; the record of what was sent stays. How many."""
        over = [Mail.State.SENT, Mail.State.FAILED, Mail.State.UNCERTAIN, Mail.State.CANCELLED]
        old = self.filter(state__in=over, created_at__lt=before).exclude(text="", html="")
        return old.update(text="", html="")

    def cancel(self, why: str) -> int:
        """Take back what has not begun to go, a worker's claim or not; how many."""
        not_begun = Q(state=Mail.State.PENDING) | Q(state=Mail.State.SENDING, data_started_at=None)
        return self.filter(not_begun).update(state=Mail.State.CANCELLED, answer=why, claim=None, lease_until=None)


class Mail(models.Model):
    """One mail to one address, rendered when it was posted, a reminder when it is about to go; what became of it stands
    in `state` and `answer`. Of a `category` its reader may want none.

    `data_started_at` is when its text began to go: from then on nobody knows whether it has arrived until the server
    has said so. It is sent once more at most (`resent`), and then waits for a person, `UNCERTAIN`; a secret (a code, a
    link that acts) is never sent again. `crashes` counts the workers that died over it.
    """

    class State(models.TextChoices):
        PENDING = "pending", gettext_lazy("waiting")
        SENDING = "sending", gettext_lazy("being sent")
        SENT = "sent", gettext_lazy("sent")
        FAILED = "failed", gettext_lazy("failed")
        UNCERTAIN = "uncertain", gettext_lazy("uncertain")
        CANCELLED = "cancelled", gettext_lazy("cancelled")

    occurrence = models.CharField(max_length=200)
    template = models.CharField(max_length=100)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="mails")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="mails")
    address = models.EmailField()
    sender_name = models.CharField(max_length=300)
    reply_to = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    thread = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=20, blank=True)
    message_id = models.CharField(max_length=300, unique=True)

    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    is_secret = models.BooleanField(default=False)
    data_started_at = models.DateTimeField(null=True)
    resent = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    objects: ClassVar[MailQuerySet] = MailQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["occurrence", "address"], name="mail_occurrence_unique"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "sending", "sent", "failed", "uncertain", "cancelled"]),
                name="mail_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claim__isnull=False, lease_until__isnull=False),
                name="mail_sending_is_claimed",
            ),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="mail_sent_has_a_time"),
            models.CheckConstraint(condition=Q(resent__lte=1), name="mail_resent_once"),
        ]
        indexes = [
            models.Index(fields=["not_before", "id"], condition=Q(state="pending"), name="mail_pending"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="mail_sending"),
            models.Index(fields=["address", "organisation"], name="mail_of_address"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.address}"

    @property
    def key(self) -> str:
        """The part of its Message-ID that names it in addresses."""
        return self.message_id.strip("<>").partition("@")[0]

    def begin(self, *, at: datetime) -> bool:
        """Write down that its text is about to go. False where the claim was lost, or it was cancelled."""
        mine = Mail.objects.filter(pk=self.pk, state=self.State.SENDING, claim=self.claim)
        return bool(outlast(lambda: mine.update(data_started_at=at)))

    def sent(self, *, at: datetime, answer: str) -> bool:
        """The server took it. False where the claim was lost meanwhile."""
        return self._settle(state=self.State.SENT, sent_at=at, answer=answer)

    def failed(self, answer: str) -> bool:
        """The server refused it for good."""
        return self._settle(state=self.State.FAILED, answer=answer)

    def cancelled(self, why: str) -> bool:
        """Nobody wants it any more."""
        return self._settle(state=self.State.CANCELLED, answer=why)

    def retry(self, *, at: datetime, wait: timedelta, answer: str) -> bool:
        """It did not work this time; again after `wait`, for 72 hours from when it was posted."""
        if at + wait > self.created_at + GIVE_UP:
            return self.failed(answer)
        return self._settle(state=self.State.PENDING, not_before=at + wait, data_started_at=None, answer=answer)

    def unsure(self, *, at: datetime, wait: timedelta, answer: str) -> bool:
        """The server fell silent after the text had gone: once more after `wait`, or for a person to decide."""
        if self.is_secret or self.resent:
            return self._settle(state=self.State.UNCERTAIN, answer=answer)
        again = {"not_before": at + wait, "data_started_at": None, "resent": 1}
        return self._settle(state=self.State.PENDING, answer=answer, **again)

    def _settle(self, **values: Any) -> bool:
        """Write the outcome if the row is still this worker's, a restart of the database meanwhile or not."""
        mine = Mail.objects.filter(pk=self.pk, state=self.State.SENDING, claim=self.claim)
        return bool(outlast(lambda: mine.update(claim=None, lease_until=None, **values)))


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def unreachable(self) -> Self:
        """Addresses from which mails come back."""
        return self.exclude(unreachable_since=None)


class Recipient(models.Model):
    """An address from which a mail came back once, and whether mails reach it now.

    `proved_at` is when somebody last proved that they do: what came back before counts no more.
    """

    address = models.EmailField(unique=True)
    unreachable_since = models.DateTimeField(null=True)
    said = models.CharField(max_length=500, blank=True)
    proved_at = models.DateTimeField(null=True)

    objects: ClassVar[RecipientQuerySet] = RecipientQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["address"], condition=Q(unreachable_since__isnull=False), name="recipient_unreachable")
        ]

    def __str__(self) -> str:
        return self.address


class Bounce(models.Model):
    """What a mail server reported of a mail that it, or another one, had taken; `status` as in RFC 3463 ("5.1.1")."""

    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="bounces")
    status = models.CharField(max_length=11)
    said = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mail", "status"], name="bounce_unique")]

    def __str__(self) -> str:
        return f"{self.mail}: {self.status}"
