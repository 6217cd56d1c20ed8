"""Which brief was begun for which need, and what the job cost then: what came of it is measured against that."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from outsourcing.accounts.models import Membership
from vendors.needs.models.tasks import Need
from vendors.sourcing.models import Brief


class NeedBrief(models.Model):
    """A brief that was begun from a need.

    What the job took at that time stays as it was: `cost` a month in the merchant's money, `hours` a week, `hour_value`
    an hour; each empty where it was not known. `saving_low` and `saving_high` were expected, money a year.
    """

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="briefs")
    brief = models.OneToOneField(Brief, on_delete=models.PROTECT, related_name="+")
    cost = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    hours = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    hour_value = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    saving_low = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    saving_high = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    begun_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()

    objects: ClassVar[models.Manager["NeedBrief"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(saving_low=None, saving_high=None) | Q(saving_low__lte=models.F("saving_high")),
                name="need_brief_saving_is_a_range",
            )
        ]

    def __str__(self) -> str:
        return f"{self.need}: {self.brief}"
