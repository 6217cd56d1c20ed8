"""An organisation's export: asked for, made by a worker, fetched within a week."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable

#: A worker that has said nothing for so long is taken for dead.
ABANDONED = timedelta(seconds=60)
#: So often it is tried.
MOST_ATTEMPTS = 3


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, acting: Membership) -> Self:
        """One's own: it holds what its asker may see, which others may not yet."""
        return self.filter(asked_by=acting)

    def unfinished(self) -> Self:
        return self.filter(state=Export.State.MAKING)

    def abandoned(self, at: datetime) -> Self:
        """Those of which no worker has said anything for a while."""
        return self.unfinished().filter(progressed_at__lt=at - ABANDONED).order_by("progressed_at", "pk")

    def ready_by(self, before: datetime) -> Self:
        return self.filter(state=Export.State.READY, finished_at__lte=before).order_by("pk")


class Export(Unguessable):
    """All that an organisation has here, as one ZIP. `done` of `size` rows are in; `attempt` tells two workers on it
    apart. The file goes a week after it was `finished_at`, the row stays."""

    KEPT: ClassVar[timedelta] = timedelta(days=7)

    class State(models.TextChoices):
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Stopped")
        GONE = "gone", _("Deleted")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=6, choices=State, default=State.MAKING)
    size = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=0)
    file = models.ForeignKey(File, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    progressed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ExportQuerySet] = ExportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-asked_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=Q(state="making"), name="export_one_at_a_time"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(file__isnull=False, finished_at__isnull=False),
                name="export_ready_has_its_file",
            ),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(failure=""), name="export_failed_says_why"),
        ]
        indexes = [models.Index(fields=["progressed_at"], condition=Q(state="making"), name="export_making")]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.asked_at:%Y-%m-%d}"

    @property
    def gone_at(self) -> datetime:
        """When its file goes."""
        return (self.finished_at or self.asked_at) + self.KEPT
