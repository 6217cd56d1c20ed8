"""The demo's vendors, with what speaks for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared import hooks
from vendors.directory.evidence import demo as evidence
from vendors.directory.models import (
    Capability,
    FacetValue,
    How,
    Note,
    Relationship,
    SavedSearch,
    Site,
    Tag,
    Tagging,
    Vendor,
)
from vendors.directory.profiles.demo import describe_more
from vendors.directory.references.sample import ask_references
from vendors.directory.requests import demo as asked
from vendors.directory.search import index
from vendors.directory.talking import demo as talking

NATIONS = {"Glasgow": "SCT", "Rotterdam": ""}


@dataclass(frozen=True)
class Profile:
    """A vendor of the demo: `references` are those answered of those asked."""

    name: str
    domain: str
    city: str
    tagline: str
    services: str
    handling: str
    price: tuple[str, str]
    orders: tuple[int, int]
    references: tuple[int, int]
    samples: int
    certificates: int
    country: str = "GB"
    works_with: str = "shopify"


def profile(*said: Any, **more: Any) -> Profile:
    """A profile out of its columns, a line for what it is and a line for its figures."""
    return Profile(*said, **more)


PROFILES = [
    profile(
        *("Harrow & Quay", "harrowandquay.example", "Bristol", "Pick and pack, kitting and returns by the docks"),
        *("dtc-fulfilment kitting returns", "fragile food", ("3.10", "3.60"), (500, 15000), (5, 6), 4, 3),
        works_with="shopify woocommerce linnworks",
    ),
    profile(
        *("Pallet & Post", "palletandpost.example", "Northampton", "Pick and pack, kitting and storage"),
        *("dtc-fulfilment kitting storage-only", "fragile oversize", ("2.90", "3.40"), (1000, 20000), (4, 6), 6, 2),
        works_with="shopify woocommerce linnworks",
    ),
    profile(
        *("Orchard Lane", "orchardlane.example", "Maidstone", "Gift packing for fragile things"),
        *("dtc-fulfilment kitting subscription-boxes", "fragile food", ("3.50", "4.10"), (200, 6000), (4, 4), 7, 2),
        works_with="shopify woocommerce",
    ),
    profile(
        *("Fellgate Logistics", "fellgate.example", "Leeds", "Pick and pack, storage and what is oversize"),
        *("dtc-fulfilment storage-only freight", "fragile oversize", ("2.70", "3.20"), (1000, 40000), (3, 5), 3, 4),
        works_with="shopify linnworks edi",
    ),
    profile(
        *("Tidewell Fulfilment", "tidewell.example", "Rotterdam", "EU pick and pack with customs"),
        *("dtc-fulfilment customs", "fragile", ("4.20", "5.00"), (300, 10000), (3, 3), 2, 3),
        country="NL",
        works_with="shopify woocommerce api",
    ),
    profile(
        *("Kestrel Returns", "kestrelreturns.example", "Glasgow", "Returns graded, repaired and restocked"),
        *("returns", "fragile", ("1.95", "1.95"), (100, 5000), (2, 4), 3, 1),
    ),
    profile(
        *("Saltmarsh Storage", "saltmarsh.example", "Felixstowe", "Container unloading and pallets"),
        *("storage-only cross-dock", "fragile oversize", ("3.00", "3.50"), (500, 5000), (2, 2), 1, 2),
        works_with="shopify linnworks",
    ),
    profile(
        *("Brightcrate", "brightcrate.example", "Salford", "Pick and pack of small parcels"),
        *("dtc-fulfilment", "fragile", ("2.60", "2.90"), (50, 4000), (1, 3), 1, 0),
        works_with="shopify woocommerce",
    ),
]
#: Open to all shops for so many days; the others for longer.
NEW = {"Brightcrate": 1}
#: What Theo looks for again and again, and last looked at two days ago.
SEARCHES = {"Fragile, Shopify": "integration=shopify&handling=fragile", "EU, customs": "service=customs&ships_to=eu"}
#: Known to one merchant only.
PRIVATE = {
    "Bramble Packing": "Juniper & Pine",
    "Fieldnote Studio": "Juniper & Pine",
    "Lantern Desk": "Juniper & Pine",
    "Liffey Logistics": "Copper Kettle",
}


def vendors(at: datetime) -> None:
    """The directory as the design shows it."""
    values = {(one.facet, one.slug): one for one in FacetValue.objects.exclude(facet__in=("warehouse", "references"))}
    theo = Membership.objects.get(email="theo@juniperandpine.example", organisation__name="Juniper & Pine")
    made = []
    for number, profile in enumerate(PROFILES):
        vendor = describe(profile, values, at)
        made.append(vendor)
        ask_references(vendor, profile.references, values, theo, at)
        evidence.show(vendor, number, (profile.samples, profile.certificates), values, at)
    evidence.receive_parcel(made[0], theo, at)
    made += [keep_private(name, merchant, at) for name, merchant in PRIVATE.items()]
    keep_notes(made, theo, at)
    looked_at = at - timedelta(days=2)
    for name, query in SEARCHES.items():
        SavedSearch.objects.create(membership=theo, name=name, query=query, looked_at=looked_at, created_at=looked_at)
    index.refresh([vendor.pk for vendor in made])


def describe(profile: Profile, values: dict[tuple[str, str], FacetValue], at: datetime) -> Vendor:
    """The published profile of one vendor; its organisation may be there already."""
    zone, currency = ("Europe/Amsterdam", "EUR") if profile.country == "NL" else ("Europe/London", "GBP")
    organisation, _ = Organisation.objects.get_or_create(
        name=profile.name,
        kind=Organisation.Kind.VENDOR,
        defaults={"country": profile.country, "time_zone": ZoneInfo(zone), "currency": currency},
    )
    since = at - timedelta(days=300)
    vendor = Vendor.objects.create(
        organisation=organisation,
        tagline=profile.tagline,
        website=f"https://{profile.domain}",
        orders_from=profile.orders[0],
        orders_to=profile.orders[1],
        price_from=Decimal(profile.price[0]),
        price_to=Decimal(profile.price[1]),
        contract_months=12,
        notice_days=60,
        added_at=since,
        changed_at=since,
        claimed_at=since,
        published_at=at - timedelta(days=NEW.get(profile.name, 300)),
    )
    region = NATIONS.get(profile.city, "ENG")
    Site.objects.create(vendor=vendor, country=profile.country, region=region, city=profile.city)
    says = [("service", slug) for slug in profile.services.split()]
    says += [("handling", slug) for slug in profile.handling.split()]
    says += [("integration", slug) for slug in profile.works_with.split()]
    says += [("ships_to", "gb"), ("ships_to", "eu"), ("language", "english"), ("terms", "no-setup-fee")]
    for facet, slug in says:
        how = How.NATIVE if facet == "integration" else ""
        Capability.objects.create(vendor=vendor, value=values[facet, slug], how=how)
    describe_more(vendor, values, at)
    return vendor


def keep_private(name: str, merchant: str, at: datetime) -> Vendor:
    """A vendor that one merchant added and nobody else sees."""
    owner = Organisation.objects.get(name=merchant)
    organisation = Organisation.objects.create(
        name=name, kind=Organisation.Kind.VENDOR, country="GB", time_zone=ZoneInfo("Europe/London"), currency="GBP"
    )
    vendor = Vendor.objects.create(organisation=organisation, added_by=owner, added_at=at, changed_at=at)
    Relationship.objects.create(vendor=vendor, merchant=owner, created_at=at)
    return vendor


def keep_notes(made: list[Vendor], by: Membership, at: datetime) -> None:
    """What Juniper & Pine keeps for itself about the vendors it works with and looks at."""
    known = {vendor.name: vendor for vendor in made}
    working = ("Pallet & Post", "Tidewell Fulfilment", "Kestrel Returns")
    tag = Tag.objects.create(merchant=by.organisation, name="Good with candles")
    for name in (*working, "Harrow & Quay", "Orchard Lane"):
        status = Relationship.Status.ACTIVE if name in working else Relationship.Status.PROSPECT
        Relationship.objects.create(vendor=known[name], merchant=by.organisation, status=status, created_at=at)
    for name in ("Harrow & Quay", "Orchard Lane"):
        Tagging.objects.create(tag=tag, vendor=known[name])
        text = "Saw the floor in spring: tidy, and the kitting bench is theirs."
        Note.objects.create(vendor=known[name], merchant=by.organisation, author=by, text=text, created_at=at)


hooks.demo.add(vendors, order=20)
hooks.demo.add(asked.requests, order=25)
hooks.demo.add(talking.talks, order=30)
