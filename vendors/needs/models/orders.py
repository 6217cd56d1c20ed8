"""A file of orders on its way to the month's figures."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable

ABANDONED = timedelta(seconds=30)


class OrderImportQuerySet(models.QuerySet["OrderImport"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of the acting merchant."""
        return self.filter(merchant=acting.organisation_id)

    def abandoned(self, at: datetime) -> Self:
        """Those that no worker has read on for a while."""
        return self.filter(state=OrderImport.State.READING, progressed_at__lt=at - ABANDONED).order_by("progressed_at")


class DayOrder(models.TextChoices):
    """How dates with slashes are written."""

    FOUND = "", _("Find out from the file")
    DAY_FIRST = "day", _("Day first: 31/12/2026")
    MONTH_FIRST = "month", _("Month first: 12/31/2026")


class OrderImport(Unguessable):
    """One upload of an order list: a worker reads it, and somebody takes the months over that it makes.

    The file and its lines are gone once it is read; `months` are what came out, as lists of Month's fields. `done` of
    `size` bytes are read, `lines` lines. `problems` are the first ones found, as [line, column, what is wrong, cell];
    where there is one, nothing is taken over.
    """

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        READ = "read", _("Read, to be taken over")
        REFUSED = "refused", _("Refused")
        TAKEN = "taken", _("Taken over")

    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(File, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    name = models.CharField(max_length=200)
    day_order = models.CharField(max_length=5, choices=DayOrder, default=DayOrder.FOUND, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.READING)
    size = models.PositiveBigIntegerField()
    done = models.PositiveBigIntegerField(default=0)
    lines = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    months: Any = models.JSONField(default=list)
    problems: Any = models.JSONField(default=list)
    problem_count = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    attempt = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    progressed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OrderImportQuerySet] = OrderImportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-created_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="taken") | Q(taken_by__isnull=False, taken_at__isnull=False),
                name="order_import_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="reading") | Q(file__isnull=False), name="order_import_reading_has_a_file"
            ),
        ]
        indexes = [models.Index(fields=["progressed_at"], condition=Q(state="reading"), name="order_import_reading")]

    def __str__(self) -> str:
        return self.name


class OrderLine(models.Model):
    """A line of a file while it is read, without who ordered what: the order is a number made from its own.

    Rows go when the file is read. `attempt` tells two workers on one file apart.
    """

    import_of = models.ForeignKey(OrderImport, on_delete=models.CASCADE, related_name="+", db_index=False)
    attempt = models.PositiveIntegerField()
    order = models.BigIntegerField()
    created_at = models.DateTimeField(null=True)
    fulfilled_at = models.DateTimeField(null=True)
    quantity = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["import_of", "attempt", "order"], name="order_line_of_import")]

    def __str__(self) -> str:
        return f"{self.import_of_id}: {self.order}"
