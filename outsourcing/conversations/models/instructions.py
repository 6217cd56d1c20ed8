"""What becomes of an instruction: who has seen which text of it, and that it holds no more."""

from datetime import datetime
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership
from outsourcing.conversations.models.entries import Entry, Recorded
from outsourcing.files.models import File


class Withdrawal(models.Model):
    """That an instruction holds no more: whoever gave it took it back."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="withdrawal")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(_("why"), max_length=500, blank=True)

    class Meta:
        triggers = [pgtrigger.Protect(name="withdrawn_for_good", operation=pgtrigger.Delete | pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.entry}, taken back"


class AcknowledgementQuerySet(models.QuerySet["Acknowledgement"]):
    def standing(self) -> Self:
        """Those that count: what was recorded and objected to does not."""
        return self.filter(objected_at=None)


class Acknowledgement(Recorded):
    """That the other side has seen one version of an instruction or a call note; `sha256` is that text's.

    `by` is None where it was recorded and nobody was named. One that was objected to is kept beside a true one.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="acknowledgements")
    version = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField()
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects: ClassVar[AcknowledgementQuerySet] = AcknowledgementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Recorded.Meta):
        constraints = [
            *Recorded.Meta.constraints,
            models.UniqueConstraint(
                fields=["entry", "version"], condition=Q(objected_at=None), name="acknowledgement_unique"
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(recorded_by__isnull=False), name="acknowledgement_of_somebody"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_said", exclude=["objected_at", "objected_by", "objection"]),
        ]

    def __str__(self) -> str:
        return f"{self.entry}, version {self.version}"

    @property
    def heard_at(self) -> datetime:
        """When it reached the asker."""
        return self.received_at or self.at
