"""Who owes whom an answer."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations.figures import ANSWERS, Ending
from outsourcing.conversations.models.threads import Side, Thread
from outsourcing.shared.keys import Unguessable


class TurnQuerySet(models.QuerySet["Turn"]):
    def open(self) -> Self:
        """Waiting for an answer."""
        return self.filter(closed_at=None)

    def visible_to(self, acting: Membership) -> Self:
        """Those of threads of the organisation that one acts for."""
        side = Side.MERCHANT if acting.organisation.is_merchant else Side.VENDOR
        return self.filter(**{f"thread__{side}": acting.organisation_id}).select_related("thread")

    def owed_by(self, organisation: int) -> Self:
        return self.filter(answerer=organisation)

    def owed_to(self, organisation: int) -> Self:
        return self.filter(asker=organisation)


class Turn(Unguessable):
    """One side owes the other an answer, since its first message that asked for one; what it asked more has joined it.

    `target_seconds` are the business seconds that the answer may take on the answerer's calendar, `due_at` is when it
    is wanted. Closed by an answer or an acknowledgement it has `response_seconds`, frozen with the calendar that was
    `reckoned` with. `needs_answer`: acknowledging alone does not close it. Source: reference/milestones.md 4.2.
    """

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="turns")
    asker = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    answerer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    needs_answer = models.BooleanField()
    is_blocking = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    target_seconds = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    assignee = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ending = models.CharField(max_length=14, choices=Ending, blank=True)
    answer = models.ForeignKey("Entry", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    response_seconds = models.PositiveIntegerField(null=True, blank=True)
    reckoned = models.JSONField(null=True, blank=True)

    objects: ClassVar[TurnQuerySet] = TurnQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "answerer"], condition=Q(closed_at=None), name="turn_one_open_each_way"
            ),
            models.CheckConstraint(condition=~Q(asker=F("answerer")), name="turn_of_two_organisations"),
            models.CheckConstraint(
                condition=Q(closed_at=None, ending="") | Q(closed_at__isnull=False) & ~Q(ending=""),
                name="turn_closed_has_an_ending",
            ),
            models.CheckConstraint(condition=Q(ending__in=["", *Ending.values]), name="turn_ending_known"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")), name="turn_closed_after_it_opened"
            ),
            models.CheckConstraint(
                condition=Q(ending__in=ANSWERS, response_seconds__isnull=False, reckoned__isnull=False)
                | ~Q(ending__in=ANSWERS) & Q(response_seconds=None, reckoned=None),
                name="turn_answered_has_its_time",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("opened_at")), name="turn_due_after_it_opened"),
        ]
        indexes = [
            models.Index(fields=["answerer", "due_at"], condition=Q(closed_at=None), name="turn_owed_by"),
            models.Index(fields=["asker", "due_at"], condition=Q(closed_at=None), name="turn_owed_to"),
            models.Index(fields=["answerer", "asker", "opened_at"], name="turn_of_answerer"),
        ]

    def __str__(self) -> str:
        return f"{self.answerer} owes {self.asker}: {self.thread}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
