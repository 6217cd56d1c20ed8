"""How a brief was decided, with everything that rested on, for good; and what the others were told."""

from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from milestones.models import Contract
from outsourcing.accounts.models import Membership
from outsourcing.shared.keys import Unguessable
from vendors.sourcing.models.briefs import Brief, BriefVersion
from vendors.sourcing.models.candidates import Candidate


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of briefs that one sees; never a vendor's."""
        seen = Brief.objects.visible_to(acting).values("pk")
        return self.filter(brief__in=seen).select_related("brief__merchant", "chosen__vendor", "reserve__vendor")


class Decision(Unguessable):
    """The frozen record of a choice and why (M22); a correction or a later choice is the next `number`.

    `record` is what it rested on, as JSON: versions, weights, gates, scores, costs, certainty. `page` is the same as
    HTML that needs nothing else to be read, `digest` the SHA-256 of it in hexadecimal. Nothing of it changes, the
    database sees to that, but for `contract`, which an award drafts and which is set once.
    """

    class Result(models.TextChoices):
        AWARDED = "awarded", _("Awarded")
        NONE_SUITABLE = "none_suitable", _("None was suitable")

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    brief_version = models.ForeignKey(BriefVersion, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    result = models.CharField(_("result"), max_length=13, choices=Result)
    chosen = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="decisions", null=True, blank=True, verbose_name=_("award to")
    )
    reserve = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name=_("if it falls through"),
    )  # fmt: skip
    reason = models.TextField(_("why, in a sentence or two"), max_length=5000)
    not_first_reason = models.TextField(_("why not the one ranked first"), max_length=2000, blank=True)
    close_call_reason = models.TextField(_("why, although it was close"), max_length=2000, blank=True)
    tie_reason = models.TextField(_("why this one of those that are level"), max_length=2000, blank=True)
    dissent = models.TextField(_("who saw it otherwise, and why"), max_length=5000, blank=True)
    correction = models.TextField(_("what is corrected, and why"), max_length=2000, blank=True)
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)
    record = models.JSONField()
    page = models.TextField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects: ClassVar[DecisionQuerySet] = DecisionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("brief", "number")
        constraints = [
            models.UniqueConstraint(fields=["brief", "number"], name="decision_number_unique"),
            models.CheckConstraint(
                condition=Q(result="awarded", chosen__isnull=False) | Q(result="none_suitable", chosen=None),
                name="decision_awarded_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(reserve=None) | Q(chosen__isnull=False) & ~Q(reserve=models.F("chosen")),
                name="decision_reserve_is_another",
                violation_error_message=_("Name another vendor in reserve, or none."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_says_why"),
            models.CheckConstraint(
                condition=Q(contract=None) | Q(result="awarded"), name="decision_contract_follows_an_award"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="decision_kept_for_good", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="decision_kept_as_made", exclude=["contract"]),
            pgtrigger.Protect(
                name="decision_contract_set_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__contract__isnull=False)
                & pgtrigger.Q(old__contract__df=pgtrigger.F("new__contract")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brief}: {self.get_result_display()}"


class Promise(models.Model):
    """What the chosen vendor said and the choice rested on, to become a measure of its contract; kept for good.

    `target` and `unit` are as a measure's (milestones.Measure).
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="promises")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("what was promised"), max_length=120)
    target = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    is_at_least = models.BooleanField(_("more is better"), default=True)
    source = models.CharField(_("where it was said"), max_length=300, blank=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="promise_not_empty")]
        triggers = [pgtrigger.Protect(name="promise_kept_for_good", operation=pgtrigger.Delete | pgtrigger.Update)]

    def __str__(self) -> str:
        return self.name


class ToldQuerySet(models.QuerySet["Told"]):
    def visible_to(self, acting: Membership) -> Self:
        """For a merchant those of briefs that one sees; for a vendor what it was told itself."""
        return self.filter(candidate__in=Candidate.objects.visible_to(acting).values("pk"))


class Told(Unguessable):
    """What one vendor was told of a decision (M24): whether it was chosen, its own bands and one text; kept for good.

    `bands` are its own per criterion, as a list of {"criterion", "band"}; nothing of another vendor's is in it.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="told")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="told")
    text = models.TextField(_("what they read"), max_length=5000)
    bands = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[ToldQuerySet] = ToldQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "candidate"], name="told_once")]
        triggers = [pgtrigger.Protect(name="told_kept_for_good", operation=pgtrigger.Delete | pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.candidate}, {self.at:%Y-%m-%d}"
