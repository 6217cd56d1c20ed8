"""Ladders: what is owed and reminded of; rungs: each single reminder of it; notices: whom one of them told."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.notifications.models.mails import Mail
from outsourcing.shared.keys import Unguessable

#: The roles that may see the ladders of each rule, by its key; rules are registered with theirs (ladders/rules.py).
readers: dict[str, Sequence[Role]] = {}


def readable(acting: Membership) -> list[str]:
    """The keys of the rules of which somebody may see the ladders."""
    return [key for key, roles in readers.items() if acting.has_role(*roles)]


class LadderQuerySet(models.QuerySet["Ladder"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those that one's organisation runs, of the rules that one's roles may see."""
        return self.filter(organisation=acting.organisation_id, rule__in=readable(acting))

    def open(self) -> Self:
        return self.filter(ended_at=None)


class Ladder(Unguessable):
    """The reminders about one thing that somebody owes: `subject` is the key of a row of the room that has the `rule`.

    It is `organisation`'s, whose policy it follows. A new `version` of what is owed (another date, another round) is a
    new `epoch` and starts from the bottom. Of an open ladder at most the next rung is planned. No reminder goes before
    `promised_until`, the date that who owes it has given, nor before `snoozed_until`, to which one's own people have
    put it off. Source: reference/milestones.md 4.3.
    """

    rule = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owed_by = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True)
    epoch = models.PositiveIntegerField(default=1)
    version = models.CharField(max_length=120)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)
    snoozed_until = models.DateField(null=True)
    snoozed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True)
    promised_until = models.DateField(null=True)
    broken_promises = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[LadderQuerySet] = LadderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "subject"], name="ladder_unique"),
            models.CheckConstraint(
                condition=Q(snoozed_until=None) | Q(snoozed_by__isnull=False), name="ladder_snoozed_by_somebody"
            ),
            models.CheckConstraint(condition=Q(ended_at=None) | ~Q(why=""), name="ladder_ended_says_why"),
        ]
        indexes = [
            models.Index(fields=["organisation"], condition=Q(ended_at=None), name="ladder_open_of"),
            models.Index(fields=["owed_by"], condition=Q(ended_at=None), name="ladder_owed_by"),
        ]

    def __str__(self) -> str:
        return self.title


class RungQuerySet(models.QuerySet["Rung"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of ladders that one's organisation runs, of the rules that one's roles may see."""
        ours = self.filter(ladder__organisation=acting.organisation_id, ladder__rule__in=readable(acting))
        return ours.select_related("ladder")

    def planned(self) -> Self:
        return self.filter(state=Rung.State.PLANNED)

    def ahead(self) -> Self:
        """Still to go, held or not."""
        return self.filter(state__in=[Rung.State.PLANNED, Rung.State.HELD])

    def ahead_of(self, acting: Membership) -> Self:
        """Those still to go that somebody may see, the soonest first: an index holds them in this order."""
        ours = self.ahead().filter(organisation=acting.organisation_id, ladder__rule__in=readable(acting))
        return ours.select_related("ladder__owed_by", "by").order_by("due_at", "pk")

    def over(self) -> Self:
        return self.exclude(state__in=[Rung.State.PLANNED, Rung.State.HELD])

    def due(self, at: datetime) -> Self:
        """Those whose time has come, the longest due first."""
        return self.planned().filter(due_at__lte=at).order_by("due_at", "pk")


class Rung(Unguessable):
    """One reminder: when it was due, and what became of it, with the reason in words.

    `step` counts from 0; a ladder that repeats its end goes on counting. `by` is who held it or had it sent at once.
    `organisation` is the ladder's, for the order in which its rungs come.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        DONE = "done", _("Sent")
        SKIPPED = "skipped", _("Not sent")
        CANCELLED = "cancelled", _("No longer needed")
        MISSED = "missed", _("Missed")

    #: Keys that another index begins with have none of their own: a sweep writes both tables by the hundred thousand.
    ladder = models.ForeignKey(Ladder, on_delete=models.CASCADE, related_name="rungs", db_index=False)
    epoch = models.PositiveIntegerField()
    step = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)
    at_once = models.BooleanField(default=False)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    objects: ClassVar[RungQuerySet] = RungQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ladder", "epoch", "step"], name="rung_unique"),
            models.UniqueConstraint(
                fields=["ladder"], condition=Q(state__in=["planned", "held"]), name="rung_one_ahead"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "held", "done", "skipped", "cancelled", "missed"]),
                name="rung_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "held"], done_at=None)
                | ~Q(state__in=["planned", "held"]) & Q(done_at__isnull=False),
                name="rung_over_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["skipped", "cancelled", "missed"]) | ~Q(why=""), name="rung_not_sent_says_why"
            ),
            models.CheckConstraint(condition=~Q(state="held") | Q(by__isnull=False), name="rung_held_by_somebody"),
        ]
        #: In the order in which a sweep takes them: at midnight a zone's rungs are all due at one instant.
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="planned"), name="rung_due"),
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(state__in=["planned", "held"]),
                name="rung_ahead_of",
            ),
            models.Index(fields=["by"], condition=Q(by__isnull=False), name="rung_by"),
        ]

    def __str__(self) -> str:
        return f"{self.ladder}, step {self.step}"

    @property
    def number(self) -> int:
        """Which reminder it is, from 1."""
        return self.step + 1


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, acting: Membership) -> Self:
        """One's own."""
        return self.filter(membership=acting)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def waiting(self) -> Self:
        """To be mailed, and not yet part of a mail."""
        return self.filter(state=Notice.State.WAITING, mail=None)


class Notice(Unguessable):
    """What a rung tells one person: a line in the app, and where `state` says so in a mail too.

    Somebody without a place in an organisation (a referee, a peer) has an `address` instead. `organisation` is whose
    ladder it is. `kind`: they are to act, they should know, or they are to decide something, which stands on their home
    page until it is over and is never mailed on its own.
    """

    class Kind(models.TextChoices):
        ACT = "act", _("To do")
        KNOW = "know", _("To know")
        DECIDE = "decide", _("To decide")

    class State(models.TextChoices):
        SHOWN = "shown", _("In the app only")
        WAITING = "waiting", _("Goes with the next mail")
        HELD = "held", _("Held back")
        MAILED = "mailed", _("Mailed")
        DROPPED = "dropped", _("Not mailed")

    rung = models.ForeignKey(Rung, on_delete=models.CASCADE, related_name="notices", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    address = models.EmailField(blank=True)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.ACT)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=7, choices=State)
    at_once = models.BooleanField(default=False)
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, related_name="notices", null=True)
    why = models.CharField(max_length=300, blank=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rung", "membership", "address"], name="notice_unique",
                                    nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(membership__isnull=False, address="") | Q(membership=None) & ~Q(address=""),
                name="notice_for_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["shown", "waiting", "held", "mailed", "dropped"]), name="notice_state_known"
            ),
            models.CheckConstraint(condition=~Q(state="mailed") | Q(mail__isnull=False), name="notice_mailed_by_mail"),
            models.CheckConstraint(condition=~Q(state="dropped") | ~Q(why=""), name="notice_dropped_says_why"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["membership", "-created_at"], name="notice_of_member"),
            models.Index(fields=["membership"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["id"], condition=Q(state="waiting", mail=None), name="notice_waiting"),
            models.Index(fields=["organisation"], condition=Q(state__in=["waiting", "held"]), name="notice_ahead_of"),
        ]

    def __str__(self) -> str:
        return self.title
