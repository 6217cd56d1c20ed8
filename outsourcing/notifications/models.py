"""The outbox: one row for each mail to one address."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation

LEASE = timedelta(minutes=5)
GIVE_UP = timedelta(hours=72)


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self, at: datetime) -> Self:
        """Waiting to be sent at `at` or before."""
        return self.filter(state=Mail.State.PENDING, not_before__lte=at).order_by("not_before", "pk")

    def abandoned(self) -> Self:
        """Claimed by a worker whose lease ran out, by the database's time."""
        return self.filter(state=Mail.State.SENDING, lease_until__lte=Now()).order_by("lease_until", "pk")

    def claim(self, *, at: datetime) -> "Mail | None":
        """The mail that waits longest, ours alone until its lease ends, or None. Safe among many workers."""
        with transaction.atomic():
            for rows in (self.waiting(at), self.abandoned()):  # apart, so that each finds its partial index
                if mail := rows.select_for_update(skip_locked=True).first():
                    mail.state, mail.claim, mail.attempts = Mail.State.SENDING, uuid.uuid4(), mail.attempts + 1
                    mail.lease_until = Now() + LEASE
                    mail.save(update_fields=["state", "claim", "lease_until", "attempts"])
                    return mail
        return None


class Mail(models.Model):
    """One mail to one address, rendered when it was posted; what became of it stands in `state` and `answer`."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNCERTAIN = "uncertain", _("uncertain")
        CANCELLED = "cancelled", _("cancelled")

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
    message_id = models.CharField(max_length=300, unique=True)

    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
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
        ]
        indexes = [
            models.Index(fields=["not_before", "id"], condition=Q(state="pending"), name="mail_pending"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="mail_sending"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.address}"

    def sent(self, *, at: datetime, answer: str) -> bool:
        """The server took it. False where the claim was lost meanwhile."""
        return self._settle(state=self.State.SENT, sent_at=at, answer=answer)

    def failed(self, answer: str) -> bool:
        """The server refused it for good."""
        return self._settle(state=self.State.FAILED, answer=answer)

    def retry(self, *, at: datetime, wait: timedelta, answer: str) -> bool:
        """It did not work this time; again after `wait`, for 72 hours from when it was posted."""
        if at + wait > self.created_at + GIVE_UP:
            return self.failed(answer)
        return self._settle(state=self.State.PENDING, not_before=at + wait, answer=answer)

    def _settle(self, **values: Any) -> bool:
        """Write the outcome if the row is still this worker's."""
        mine = Mail.objects.filter(pk=self.pk, state=self.State.SENDING, claim=self.claim)
        return bool(mine.update(claim=None, lease_until=None, **values))
