"""What a vendor says of itself besides the figures of its row: where it works from, and the values it has chosen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models import Value as Constant
from django.db.models.functions import Concat, JSONObject, Lower
from django_countries import countries

from vendors.directory.models import Capability, Facet, FacetValue, How, Site, Vendor


class Grouped(Protocol):
    """Has a heading that it may share with others."""

    @property
    def group(self) -> str: ...


G = TypeVar("G", bound=Grouped)


@dataclass(frozen=True)
class Place:
    """A site; `country` is a code, `region` the part of it that follows the dash, `part` that region's name."""

    pk: int
    country: str
    region: str = ""
    city: str = ""
    about: str = ""
    part: str | None = None

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.city, self.part, str(countries.name(self.country))]))


@dataclass(frozen=True)
class Said:
    """A chosen value; `how` is an integration's. `above` are the keys of what contains it, nearest first."""

    pk: int
    facet: str
    name: str
    group: str = ""
    how: str = ""
    above: tuple[int, ...] = ()

    @property
    def how_label(self) -> str:
        return str(How(self.how).label) if self.how else ""


@dataclass(frozen=True)
class Facts:
    """Sites in their order, and values in the order of their facet."""

    places: list[Place] = field(default_factory=list)
    values: list[Said] = field(default_factory=list)

    def of(self, facet: str) -> list[Said]:
        return [one for one in self.values if one.facet == facet]

    @property
    def services(self) -> list[tuple[str, list[Said]]]:
        """By group, both in the order of the facet."""
        return grouped(self.of(Facet.SERVICE))

    @property
    def ships_to(self) -> list[Said]:
        """The widest only: a country goes without saying where its continent is named."""
        named = self.of(Facet.SHIPS_TO)
        keys = {one.pk for one in named}
        return [one for one in named if not keys.intersection(one.above)]

    @property
    def integrations(self) -> list[Said]:
        return self.of(Facet.INTEGRATION)

    @property
    def handling(self) -> list[Said]:
        return self.of(Facet.HANDLING)

    @property
    def terms(self) -> list[Said]:
        return self.of(Facet.TERMS)

    @property
    def languages(self) -> list[Said]:
        return self.of(Facet.LANGUAGE)

    @property
    def hours(self) -> list[Said]:
        return self.of(Facet.HOURS)


def grouped(values: Iterable[G]) -> list[tuple[str, list[G]]]:
    """By group, each where its first value stands: one that is added later joins its group all the same."""
    found: dict[str, list[G]] = {}
    for value in values:
        found.setdefault(value.group, []).append(value)
    return list(found.items())


def facts_of(vendor: Vendor) -> Facts:
    """One query, however much the vendor says."""
    row = Vendor.objects.filter(pk=vendor.pk).values_list(place_rows(), value_rows()).get()
    return facts_from(*row)


def facts_from(places: Iterable[dict[str, Any]], values: Iterable[dict[str, Any]]) -> Facts:
    """Out of what `place_rows` and `value_rows` have read."""
    return Facts([Place(**one) for one in places], list(_said(values)))


def place_rows() -> ArraySubquery:
    """The sites of the vendor of the outer query."""
    slug = Lower(Concat(OuterRef("country"), Constant("-"), OuterRef("region")))
    part = FacetValue.objects.filter(facet=Facet.WAREHOUSE, slug=slug).values("name")[:1]
    said = {name: name for name in ("pk", "country", "region", "city", "about")}
    sites = Site.objects.filter(vendor=OuterRef("pk")).order_by("position", "pk")
    return ArraySubquery(sites.values(data=JSONObject(**said, part=Subquery(part))))


def value_rows() -> ArraySubquery:
    """The values of the vendor of the outer query, in the order of their facet."""
    return ArraySubquery(
        Capability.objects.filter(vendor=OuterRef("pk"))
        .order_by("value__facet", "value__position", "value__name", "value_id")
        .values(
            data=JSONObject(
                pk="value_id",
                facet="value__facet",
                name="value__name",
                group="value__group",
                how="how",
                parent="value__parent_id",
                grandparent="value__parent__parent_id",
                beyond="value__parent__parent__parent_id",
            )
        )
    )


def _said(rows: Iterable[dict[str, Any]]) -> Iterable[Said]:
    for row in rows:
        above = (row.pop("parent"), row.pop("grandparent"), row.pop("beyond"))
        yield Said(**row, above=tuple(filter(None, above)))
