"""What people chose about reminders: how firm, which not, and what becomes of a storm."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation


class Preset(models.TextChoices):
    """How soon and how often is reminded."""

    GENTLE = "gentle", _("Gentle")
    NORMAL = "normal", _("Normal")
    FIRM = "firm", _("Firm")


class PolicyQuerySet(models.QuerySet["Policy"]):
    def visible_to(self, acting: Membership) -> Self:
        """One's organisation's."""
        return self.filter(organisation=acting.organisation_id)


class Policy(models.Model):
    """How one organisation's ladders of one rule go: a preset, or `delays` of its own; `words` stand in their mails.

    A delay belongs to the step at its place, in the rule's unit; None leaves the step out. Without a row: normal.
    Open ladders with a key above `left_after` are still to be brought to it; None: all of them are.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=40)
    preset = models.CharField(max_length=6, choices=Preset, default=Preset.NORMAL)
    delays = ArrayField(models.SmallIntegerField(null=True), null=True)
    words = models.CharField(_("your words"), max_length=500, blank=True)
    left_after = models.BigIntegerField(null=True, editable=False)

    objects: ClassVar[PolicyQuerySet] = PolicyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "rule"], name="policy_unique"),
            models.CheckConstraint(condition=Q(preset__in=Preset.values), name="policy_preset_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.rule}"


class OptOutQuerySet(models.QuerySet["OptOut"]):
    def visible_to(self, acting: Membership) -> Self:
        """One's own."""
        return self.filter(membership=acting)


class OptOut(models.Model):
    """Somebody wants no mails of one kind: a place in an organisation, or an address that has none."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="opt_outs", null=True)
    address = models.EmailField(blank=True)
    category = models.CharField(max_length=20)
    at = models.DateTimeField()

    objects: ClassVar[OptOutQuerySet] = OptOutQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "address", "category"], name="opt_out_unique", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(membership__isnull=False, address="") | Q(membership=None) & ~Q(address=""),
                name="opt_out_of_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership or self.address}: {self.category}"


class TallyQuerySet(models.QuerySet["Tally"]):
    def visible_to(self, acting: Membership) -> Self:
        """One's organisation's."""
        return self.filter(organisation=acting.organisation_id)

    def held(self) -> Self:
        """Storms that wait for a person."""
        return self.filter(held_at__isnull=False, decided_at=None)


class Tally(models.Model):
    """How many people one organisation's reminders reached in one stretch of five minutes, `tick` (its start).

    A storm is held back (`held_at`) until somebody has decided.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    tick = models.DateTimeField()
    count = models.PositiveIntegerField()
    held_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True)
    was_let_go = models.BooleanField(null=True)

    objects: ClassVar[TallyQuerySet] = TallyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "tick"], name="tally_unique"),
            models.CheckConstraint(
                condition=Q(decided_at=None, was_let_go=None)
                | Q(decided_at__isnull=False, held_at__isnull=False, was_let_go__isnull=False),
                name="tally_decided_was_held",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation"], condition=Q(held_at__isnull=False, decided_at=None), name="tally_to_decide"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.tick:%Y-%m-%d %H:%M}: {self.count}"
