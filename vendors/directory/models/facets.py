"""By what vendors are narrowed down. Values are rows, which staff add to."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Facet(models.TextChoices):
    """What a value says something about, in the order of the page.

    Vendors choose values of `CHOSEN`; those of the others follow from sites, figures, terms and evidence.
    """

    SERVICE = "service", _("Services")
    WAREHOUSE = "warehouse", _("Works from")
    SHIPS_TO = "ships_to", _("Ships to")
    INTEGRATION = "integration", _("Works with")
    HANDLING = "handling", _("Special handling")
    CERTIFICATE = "certificate", _("Certified for")
    VOLUME = "volume", _("Orders a month")
    REFERENCES = "references", _("Verified references")
    CONTRACT = "contract", _("Contract length")
    NOTICE = "notice", _("Notice")
    TERMS = "terms", _("Terms")
    HOURS = "hours", _("Hours")
    LANGUAGE = "language", _("Languages")


CHOSEN = (
    Facet.SERVICE,
    Facet.SHIPS_TO,
    Facet.INTEGRATION,
    Facet.HANDLING,
    Facet.TERMS,
    Facet.HOURS,
    Facet.LANGUAGE,
)


class FacetValueQuerySet(models.QuerySet["FacetValue"]):
    def of(self, *facets: Facet) -> Self:
        """Active values of these facets, in the order in which they are offered."""
        return self.filter(facet__in=facets, is_active=True).order_by("facet", "position", "name", "pk")


class FacetValue(models.Model):
    """One value of a facet.

    `parent` is what contains it: a country's continent, a state's country. `low` and `high` bound the figure that a
    value stands for, both included and either open: orders a month (volume), verified references (low), months
    (contract, high), days (notice, high). `synonyms` are other words that people search it by. `group` heads a part of
    a long facet, as the services beside fulfilment have.
    """

    facet = models.CharField(max_length=12, choices=Facet)
    slug = models.SlugField(max_length=60)
    name = models.CharField(_("name"), max_length=80)
    group = models.CharField(_("group"), max_length=60, blank=True)
    synonyms = ArrayField(models.CharField(max_length=60), verbose_name=_("also searched as"), default=list, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="children", null=True, blank=True)
    low = models.PositiveIntegerField(_("from"), null=True, blank=True)
    high = models.PositiveIntegerField(_("up to"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_active = models.BooleanField(_("offered"), default=True)

    objects: ClassVar[FacetValueQuerySet] = FacetValueQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facet", "slug"], name="facet_value_unique"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=F("high")), name="facet_value_from_before_up_to"
            ),
        ]

    def __str__(self) -> str:
        return self.name
