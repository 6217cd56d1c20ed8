"""Tasks of a merchant's business, how the merchant stands to each, and what its people say of them."""

from typing import ClassVar, Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared.keys import Unguessable
from vendors.directory.models import FacetValue

#: Hours that a week has for one person.
WEEK = 168


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, acting: Membership) -> Self:
        """The catalogue's and a merchant's own; a vendor sees none."""
        if not acting.organisation.is_merchant:
            return self.none()
        return self.filter(Q(merchant=None) | Q(merchant=acting.organisation_id))

    def in_order(self) -> Self:
        """The catalogue's first, in its order, then the merchant's own."""
        return self.order_by(F("merchant").asc(nulls_first=True), "position", "name", "pk")


@pghistory.track()
class Task(Unguessable):
    """A job that a shop has to do: one of the catalogue (`merchant` is empty) or a merchant's own.

    `unit` is by what it is usually bought, `asks` what to ask a vendor for. `services` are those of the directory
    whose vendors take it on. `copied_from` is the one that it was cloned from.
    """

    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    slug = models.SlugField(max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("what belongs to it"), max_length=1000, blank=True)
    unit = models.CharField(_("usually bought by"), max_length=80, blank=True)
    asks = models.TextField(_("what to ask a vendor for"), max_length=1000, blank=True)
    services = models.ManyToManyField(
        FacetValue, verbose_name=_("services in the directory"), related_name="+", blank=True
    )
    position = models.PositiveSmallIntegerField(default=100)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TaskQuerySet] = TaskQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="task_name_not_empty"),
            models.CheckConstraint(
                condition=Q(merchant=None, created_by=None) & ~Q(slug="") | Q(merchant__isnull=False, slug=""),
                name="task_of_catalogue_or_merchant",
            ),
            models.UniqueConstraint(fields=["slug"], condition=Q(merchant=None), name="task_slug_unique"),
            models.UniqueConstraint(
                F("merchant"),
                models.functions.Lower("name"),
                condition=Q(merchant__isnull=False),
                name="task_name_unique",
                violation_error_message=_("You have a job of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, acting: Membership) -> Self:
        """Those of the acting merchant."""
        return self.filter(merchant=acting.organisation_id)


@pghistory.track()
class Need(Unguessable):
    """How one merchant stands to one task; made by the first thing that is said about it.

    `market_from` and `market_to` are what vendors ask for it, in the merchant's money a month. `managing_hours` are
    the hours a week that looking after a vendor is expected to take. A task that must stay is kept, whatever its score.
    """

    merchant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="needs")
    hidden_at = models.DateTimeField(null=True, blank=True)
    must_stay = models.BooleanField(_("must stay"), default=False)
    must_stay_reason = models.CharField(_("why"), max_length=500, blank=True)
    market_from = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    market_to = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    managing_hours = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[NeedQuerySet] = NeedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "task"], name="need_of_a_task_unique"),
            models.CheckConstraint(
                condition=Q(must_stay=False) | ~Q(must_stay_reason=""),
                name="need_must_stay_has_a_reason",
                violation_error_message=_("Say why it must stay."),
            ),
            models.CheckConstraint(
                condition=Q(market_from=None, market_to=None) | Q(market_from__gte=0, market_to__gte=F("market_from")),
                name="need_market_is_a_range",
                violation_error_message=_("The lower price comes first."),
            ),
            models.CheckConstraint(
                condition=Q(managing_hours=None) | Q(managing_hours__range=(0, WEEK)),
                name="need_managing_within_a_week",
            ),
        ]

    def __str__(self) -> str:
        return str(self.task)


MONEY = ("hour_value", "direct_cost", "space_cost", "rework_cost")
STEPS = ("skill", "liking", "brand")


@pghistory.track()
class Assessment(models.Model):
    """What one person of the merchant's says of one need; what they leave empty is unknown, not zero.

    `hours` a week of all who do it, `people` how many those are (one, where nobody says). `hour_value` is money an
    hour; the costs are money a month, all in the merchant's currency. Skill, liking and how much the brand hangs on it
    run from 1 to 5.
    """

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="assessments")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    done_by = models.CharField(_("who does it"), max_length=120, blank=True)
    people = models.PositiveSmallIntegerField(_("people who do it"), null=True, blank=True)
    hours = models.DecimalField(_("hours a week"), max_digits=7, decimal_places=2, null=True, blank=True)
    hour_value = models.DecimalField(_("value of an hour"), max_digits=9, decimal_places=2, null=True, blank=True)
    direct_cost = models.DecimalField(_("direct cost a month"), max_digits=12, decimal_places=2, null=True, blank=True)
    space_cost = models.DecimalField(_("space a month"), max_digits=12, decimal_places=2, null=True, blank=True)
    rework_cost = models.DecimalField(_("rework a month"), max_digits=12, decimal_places=2, null=True, blank=True)
    skill = models.PositiveSmallIntegerField(_("skill"), null=True, blank=True)
    liking = models.PositiveSmallIntegerField(_("liking"), null=True, blank=True)
    brand = models.PositiveSmallIntegerField(_("importance for the brand"), null=True, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "member"], name="assessment_one_of_each"),
            *[
                models.CheckConstraint(
                    condition=Q(**{name: None}) | Q(**{f"{name}__range": (1, 5)}), name=f"assessment_{name}_1_to_5"
                )
                for name in STEPS
            ],
            *[
                models.CheckConstraint(
                    condition=Q(**{name: None}) | Q(**{f"{name}__gte": 0}), name=f"assessment_{name}_not_negative"
                )
                for name in MONEY
            ],
            models.CheckConstraint(
                condition=Q(people=None) | Q(people__range=(1, 1000)), name="assessment_people_at_least_one"
            ),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__gte=0, hours__lte=WEEK * Coalesce("people", 1)),
                name="assessment_hours_within_a_week",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need} by {self.member.label}"


class Policy(models.Model):
    """By what a merchant judges its needs: weights of the parts, and below what score a task is kept or considered."""

    merchant = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+", primary_key=True)
    skill = models.PositiveSmallIntegerField(_("weight of skill"), default=30)
    dislike = models.PositiveSmallIntegerField(_("weight of liking"), default=20)
    saving = models.PositiveSmallIntegerField(_("weight of the saving"), default=30)
    time = models.PositiveSmallIntegerField(_("weight of the time"), default=20)
    keep_below = models.PositiveSmallIntegerField(_("keep below"), default=40)
    consider_below = models.PositiveSmallIntegerField(_("consider below"), default=65)
    saved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(skill__lte=100, dislike__lte=100, saving__lte=100, time__lte=100),
                name="policy_weights_up_to_100",
            ),
            models.CheckConstraint(
                condition=Q(keep_below__lte=F("consider_below"), consider_below__lte=100),
                name="policy_keep_before_consider",
                violation_error_message=_("A job is kept below a lower score than it is considered."),
            ),
        ]

    def __str__(self) -> str:
        return f"Policy of {self.merchant}"
