"""A file of vendors on its way into the directory."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable

ABANDONED = timedelta(seconds=30)


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of the acting merchant."""
        return self.filter(merchant=acting.organisation_id)

    def abandoned(self, at: datetime) -> Self:
        """Those that no worker has written a batch of for a while."""
        return self.filter(state=Import.State.RUNNING, progressed_at__lt=at - ABANDONED).order_by("progressed_at", "pk")


class Import(Unguessable):
    """One upload: its columns are mapped, its rows looked at, then brought in by a worker, batch by batch.

    `sheet` is the one that is read of a workbook, and `has_headings` says whether its first row is the headings.
    `mapping` is field to column number. `problems` are the first ones found, as [row, column name, what is wrong,
    cell]; `problem_count` is how many there are. `preview` says what would happen as things stood then. `done` rows
    have been dealt with: `added`, `changed`, `unchanged`, `skipped`. `progressed_at` is when a worker last wrote some.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to choose")
        CHECKED = "checked", _("Ready to bring in")
        RUNNING = "running", _("Being brought in")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")

    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    sheet = models.CharField(max_length=100, blank=True)
    has_headings = models.BooleanField(null=True)
    started_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    columns: Any = models.JSONField(default=list)
    mapping: Any = models.JSONField(default=dict)
    problems: Any = models.JSONField(default=list)
    preview: Any = models.JSONField(default=dict)
    problem_count = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    progressed_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ImportQuerySet] = ImportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-created_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_by__isnull=False, progressed_at__isnull=False),
                name="import_running_was_started",
            ),
        ]
        indexes = [models.Index(fields=["progressed_at", "id"], condition=Q(state="running"), name="import_running")]

    def __str__(self) -> str:
        return self.file.name
