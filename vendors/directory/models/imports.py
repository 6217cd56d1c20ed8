"""A file of vendors on its way into the directory."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of the acting merchant."""
        return self.filter(merchant=acting.organisation_id)


class Import(Unguessable):
    """One upload: its columns are mapped, its rows looked at, then brought in by a worker, batch by batch.

    `mapping` is field to column number. `problems` are the first ones found, as [row, column name, what is wrong];
    `problem_count` is how many there are. `done` rows have been dealt with: `added`, `changed`, `unchanged`, `skipped`.
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
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    columns: Any = models.JSONField(default=list)
    mapping: Any = models.JSONField(default=dict)
    problems: Any = models.JSONField(default=list)
    problem_count = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ImportQuerySet] = ImportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-created_at", "pk")

    def __str__(self) -> str:
        return self.file.name
