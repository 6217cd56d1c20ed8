"""Periodic evaluation: check-ins with facts that nobody edits, and what was promised beside what came."""

from decimal import Decimal
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from milestones.models.contracts import Contract
from outsourcing.accounts.models import Membership
from outsourcing.shared.keys import Unguessable


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def visible_to(self, acting: Membership) -> Self:
        """A merchant's own; a vendor's once signed."""
        rows = self.select_related("contract__merchant", "contract__vendor")
        if acting.organisation.is_merchant:
            return rows.filter(contract__merchant=acting.organisation_id)
        return rows.filter(contract__vendor=acting.organisation_id, signed_at__isnull=False)

    def open(self) -> Self:
        return self.filter(signed_at=None, skipped_at=None)


class CheckIn(Unguessable):
    """A date on which the merchant looks at a contract: filled with facts, rated, signed once.

    `facts` are frozen when it is signed: slip by cause, replies, rounds of rework. The vendor reads it and may answer.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="check_ins")
    due_on = models.DateField(_("due"))
    facts = models.JSONField(default=dict, blank=True)
    quality = models.PositiveSmallIntegerField(_("quality"), null=True, blank=True)
    communication = models.PositiveSmallIntegerField(_("communication"), null=True, blank=True)
    words = models.TextField(_("your words"), max_length=5000, blank=True)
    signed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(_("your answer"), max_length=5000, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects: ClassVar[CheckInQuerySet] = CheckInQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "due_on"],
                name="check_in_one_a_day",
                violation_error_message=_("There is a check-in on that day already."),
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None, digest="")
                | Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(digest=""),
                name="check_in_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(quality=None) | Q(quality__gte=1, quality__lte=5))
                & (Q(communication=None) | Q(communication__gte=1, communication__lte=5)),
                name="check_in_rated_from_1_to_5",
            ),
            models.CheckConstraint(condition=Q(signed_at=None) | Q(skipped_at=None), name="check_in_signed_or_skipped"),
        ]
        triggers = [pgtrigger.Protect(name="check_in_kept_for_good", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.contract}, {self.due_on}"


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of contracts that one sees."""
        seen = Contract.objects.visible_to(acting).values("pk")
        return self.filter(contract__in=seen).select_related("contract__merchant", "contract__vendor")


class Measure(Unguessable):
    """A figure that was promised (reference/vendors.md 4.2), and at each check-in what came, from which source.

    `is_agreed` where it stood in the text that the vendor accepted; one that was added later is the merchant's own aim.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="measures")
    name = models.CharField(_("measure"), max_length=120)
    promised = models.DecimalField(_("promised"), max_digits=12, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    is_at_least = models.BooleanField(_("more is better"), default=True)
    is_agreed = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[MeasureQuerySet] = MeasureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("contract", "position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "name"],
                name="measure_name_unique",
                violation_error_message=_("That is measured already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="measure_name_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def target(self) -> str:
        """What was promised, in words: "at least 98 %"."""
        words = _("at least %(figure)s") if self.is_at_least else _("at most %(figure)s")
        return words % {"figure": self.in_words(self.promised)}

    def in_words(self, figure: Decimal) -> str:
        """A figure with its unit, without zeros at its end."""
        return f"{figure.normalize():f} {self.unit}".strip()

    def is_kept_by(self, actual: Decimal) -> bool:
        return actual >= self.promised if self.is_at_least else actual <= self.promised


class Reading(models.Model):
    """What one check-in found for a measure; without an `actual` it stays missing."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="readings")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="readings")
    actual = models.DecimalField(_("actual"), max_digits=12, decimal_places=3, null=True, blank=True)
    source = models.CharField(_("where the figure is from"), max_length=200, blank=True)

    class Meta:
        ordering = ("measure__position", "pk")
        constraints = [
            models.UniqueConstraint(fields=["check_in", "measure"], name="reading_unique"),
            models.CheckConstraint(
                condition=Q(actual=None) | ~Q(source=""),
                name="reading_says_its_source",
                violation_error_message=_("Say where the figure is from."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.actual}"
