"""How much of a profile is filled in, and what to say next: a pure function over what the vendor says."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from vendors.directory.models import Facet, Vendor
from vendors.directory.profiles.facts import Facts

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise  # of the stubs only

#: The group of services of those who pack and send, and are asked where to and from which shop systems.
FULFILMENT = "Fulfilment"


@dataclass(frozen=True)
class Part:
    """One thing to say: what is asked, in which section and at which anchor of it, what it weighs, and whether it is
    said. `is_least` is what a merchant needs to know before anything else."""

    ask: "_StrPromise"
    section: str
    anchor: str
    weight: int
    is_said: bool
    is_least: bool = False


@dataclass(frozen=True)
class Completeness:
    """The parts that this vendor is asked for, the most useful first."""

    parts: list[Part]

    @property
    def percent(self) -> int:
        """A whole number; 100 only where nothing is missing."""
        said = sum(part.weight for part in self.parts if part.is_said)
        return 100 * said // sum(part.weight for part in self.parts)

    @property
    def missing(self) -> list[Part]:
        """What a merchant needs at least, then the heaviest."""
        left = [part for part in self.parts if not part.is_said]
        return sorted(left, key=lambda part: (not part.is_least, -part.weight))

    @property
    def next(self) -> Part | None:
        return next(iter(self.missing), None)

    @property
    def least_missing(self) -> list[Part]:
        """What has to be said before the profile can be published."""
        return [part for part in self.missing if part.is_least]


def completeness(vendor: Vendor, facts: Facts) -> Completeness:
    """Reads nothing: the vendor comes with its organisation, the facts with everything else."""
    packs = any(service.group == FULFILMENT for service in facts.of(Facet.SERVICE))
    has_place = bool(facts.places or vendor.organisation.country)
    has_orders = vendor.orders_from is not None or vendor.orders_to is not None
    has_terms = vendor.contract_months is not None and vendor.notice_days is not None
    parts = [
        Part(_("Say in one sentence what you do"), "about", "id_tagline", 15, bool(vendor.tagline), True),
        Part(_("Choose the services you offer"), "services", "div_id_service", 15, bool(facts.services), True),
        Part(_("Say in which country you work"), "sites", "sites", 15, has_place, True),
        Part(_("Describe your company"), "about", "id_description", 10, bool(vendor.description)),
        Part(_("Add your web site"), "about", "id_website", 10, bool(vendor.website)),
        Part(_("Add the sites you work from"), "sites", "sites", 10, bool(facts.places)),
        Part(_("Say which languages you speak"), "services", "div_id_language", 5, bool(facts.languages)),
        Part(_("Say when you can be reached"), "terms", "id_hours", 5, bool(vendor.hours)),
        Part(_("Say how long a contract runs, and the notice"), "terms", "id_contract_months", 5, has_terms),
        Part(_("Add your logo"), "about", "id_logo", 5, vendor.logo_id is not None),
    ]
    if packs:
        parts += [
            Part(_("Choose where you ship to"), "services", "id_ships_to", 10, bool(facts.ships_to)),
            Part(_("Say which shop systems you work with"), "services", "id_ways", 10, bool(facts.integrations)),
            Part(_("Say how many orders a month you take"), "terms", "id_orders_from", 10, has_orders),
        ]
    return Completeness(parts)
