"""What the demo's vendors say of themselves beyond one line: as much as a good profile does."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from outsourcing.files import storage
from outsourcing.files.kinds import PICTURES
from vendors.directory.models import Capability, FacetValue, How, ProvenBy, Site, Vendor


@dataclass(frozen=True)
class Details:
    """`also` are values by facet; `hows` the integrations that are not native; `sites` are more than the first one."""

    description: str
    about_site: str
    people: int
    founded: int
    cut_off: time
    minimum: str
    hours: str = "Mon-Fri 8:00-18:00"
    also: Mapping[str, str] = field(default_factory=dict)
    hows: Mapping[str, How] = field(default_factory=dict)
    sites: tuple[tuple[str, str, str, str], ...] = ()
    links: tuple[str, ...] = ()
    logo: str = ""


DETAILS = {
    "Harrow & Quay": Details(
        "We pack fragile homewares, from one site by the Avonmouth docks. Every parcel is packed by one person, who "
        "signs for it.\n\nGift notes, tissue and your own boxes are everyday work here. Peak is planned with you in "
        "August and held to in November.",
        *("61,000 sq ft by the docks", 74, 1998, time(15), "400"),
        also={
            "service": "b2b-and-wholesale",
            "handling": "lots-and-expiry-dates",
            "ships_to": "north-america",
            "language": "french",
            "terms": "own-carrier-accounts",
            "hours": "same-day-cut-off-after-1400",
        },
        hows={"linnworks": How.MIDDLEWARE},
        links=("https://harrowandquay.example/floor",),
        logo="#233f9c",
    ),
    "Pallet & Post": Details(
        "Pick and pack for shops that sell in bursts: we take your pallets on Monday and your campaign on Thursday.\n\n"
        "One floor, two shifts, and a count of what came in on the day it lands.",
        *("38,000 sq ft, two shifts", 41, 2006, time(14), "350"),
        hours="Mon-Sat 7:00-19:00",
        also={"service": "subscription-boxes", "language": "polish", "hours": "weekend-shipping"},
        hows={"linnworks": How.MIDDLEWARE},
        sites=(("GB", "ENG", "Corby", "Overflow pallets"),),
    ),
    "Orchard Lane": Details(
        "We do little else but gifts: ribbon, tissue, handwritten notes and boxes that arrive whole.",
        *("A converted oast house", 18, 2014, time(13), "150"),
        also={"language": "german", "terms": "no-monthly-minimum"},
        hows={"woocommerce": How.MIDDLEWARE},
    ),
    "Fellgate Logistics": Details(
        "Storage and distribution for what does not fit a parcel: sofas, doors, stoves.",
        *("180,000 sq ft, 14 m high", 160, 1987, time(16), "900"),
        also={"service": "b2b-and-wholesale cross-dock", "handling": "serial-numbers", "ships_to": "us"},
        hows={"edi": How.FILE},
        sites=(("GB", "SCT", "Livingston", "Two-man delivery"),),
    ),
    "Tidewell Fulfilment": Details(
        "Into the EU without a second customs entry: bonded at Rotterdam, IOSS handled, parcels in two days.",
        *("Bonded, by the Waalhaven", 52, 2011, time(15, 30), "500"),
        also={"service": "freight", "language": "dutch german", "ships_to": "worldwide"},
        hows={"api": How.NATIVE},
        sites=(("BE", "", "Antwerp", "Overflow"),),
    ),
    "Kestrel Returns": Details(
        "Graded within a day, repaired where it pays, back on your shelf or sold on; each with a photo.",
        *("Bench for 40", 33, 2017, time(12), "200"),
        also={"handling": "serial-numbers", "terms": "no-monthly-minimum"},
    ),
    "Saltmarsh Storage": Details(
        "Containers unloaded by the quay, pallets stored, trunked inland overnight.",
        *("9 doors, 24 hours", 26, 1994, time(11), "300"),
        hours="Around the clock",
        also={"service": "freight customs"},
        hows={"shopify": How.MIDDLEWARE},
    ),
    "Brightcrate": Details(
        "Small parcels for small shops. No setup fee, and nothing to pay in a month without orders.",
        *("6,000 sq ft", 7, 2021, time(14, 30), "0"),
        also={"terms": "no-monthly-minimum", "hours": "same-day-cut-off-after-1400"},
    ),
}


def describe_more(vendor: Vendor, values: Mapping[tuple[str, str], FacetValue], at: datetime) -> None:
    """Fill in the rest of a profile whose first site and values are there."""
    said = DETAILS[vendor.name]
    vendor.description, vendor.people, vendor.founded = said.description, said.people, said.founded
    vendor.cut_off, vendor.minimum, vendor.hours = said.cut_off, Decimal(said.minimum), said.hours
    vendor.links = list(said.links)
    vendor.proven_by, vendor.proven_domain, vendor.proven_at = ProvenBy.ADDRESS, vendor.domain, vendor.published_at
    if said.logo:
        vendor.logo = storage.keep(drawn(said.logo), by=None, organisation=vendor.organisation, at=at, kinds=PICTURES)
    vendor.save()
    vendor.sites.update(about=said.about_site)
    for position, (country, region, city, about) in enumerate(said.sites, 1):
        Site.objects.create(vendor=vendor, country=country, region=region, city=city, about=about, position=position)
    for facet, slugs in said.also.items():
        for slug in slugs.split():
            Capability.objects.get_or_create(vendor=vendor, value=values[facet, slug])
    for slug, how in said.hows.items():
        Capability.objects.filter(vendor=vendor, value=values["integration", slug]).update(how=how)


def drawn(colour: str) -> SimpleUploadedFile:
    """A mark of two quays and a harrow's tines, of our own."""
    picture = Image.new("RGB", (208, 208), "white")
    draw = ImageDraw.Draw(picture)
    for tine in range(4):
        draw.rectangle((38 + 36 * tine, 40, 58 + 36 * tine, 140), fill=colour)
    draw.rectangle((30, 150, 178, 166), fill=colour)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return SimpleUploadedFile("logo.png", out.getvalue(), "image/png")
