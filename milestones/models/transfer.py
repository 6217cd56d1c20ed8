"""A table of contracts that a merchant brings in."""

from typing import ClassVar, Self

from django.db import models

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.files.models import File
from outsourcing.shared.keys import Unguessable


class ContractImportQuerySet(models.QuerySet["ContractImport"]):
    def visible_to(self, acting: Membership) -> Self:
        """One's own organisation's."""
        return self.filter(merchant=acting.organisation_id).select_related("file", "merchant")


class ContractImport(Unguessable):
    """An uploaded table, looked at as often as one likes and brought in once: then `done_at` says when."""

    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    contracts = models.PositiveIntegerField(default=0)
    milestones = models.PositiveIntegerField(default=0)

    objects: ClassVar[ContractImportQuerySet] = ContractImportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.file.name
