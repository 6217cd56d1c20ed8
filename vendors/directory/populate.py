"""Invented vendors in bulk: each with sites, services and terms, and five pieces of evidence; the first with 200."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random

from django.db import connection

from outsourcing.accounts.models import Organisation
from outsourcing.accounts.populate import FIRST_WORDS, LAST_NAMES, PLACES, SERVICES
from outsourcing.shared.errors import Stop
from outsourcing.shared.hooks import Progress, populates
from outsourcing.shared.keys import LARGEST
from outsourcing.shared.populate import copy_in, reserve
from vendors.directory.models import (
    Capability,
    Certificate,
    Facet,
    FacetValue,
    Partner,
    Reference,
    ReferenceAnswer,
    Relationship,
    Site,
    Testimonial,
    Vendor,
    WorkSample,
)
from vendors.directory.search import index

BATCH = 2_000
#: Pieces of evidence of each vendor, and of the first.
PIECES, MOST_PIECES = 5, 200
#: One in so many is private to one merchant; of the others one in so many works for the first merchant, which keeps
#: some thousands, however many there are.
PRIVATE, KNOWN, MOST_KNOWN = 40, 50, 2_000
FIRST_DAY, LAST_DAY = datetime(2025, 1, 6, 9, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC)
DAYS = (LAST_DAY - FIRST_DAY).days
#: Nearly all say a common word, one in ten a given one of these, fewer a rarer one, one in some thousands a rare one.
COMMON = "pallets parcels courier customs returns stock shelves labels gifts glass cartons peak daily careful friendly"
USUAL = "candles crockery tea wool bicycles soap"
RARER = "lavender mahogany porcelain saddlery beekeeping harps"
RARE = "zeppelin quince obsidian thimble walrus"
CITIES = "Leeds Bristol Northampton Rotterdam Glasgow Cork Utrecht Lyon Porto Hamburg Gdansk Malmo Boise Perth Osaka"
#: How many values of each facet a vendor chooses at most.
CHOICES = {
    Facet.SERVICE: 4,
    Facet.SHIPS_TO: 3,
    Facet.INTEGRATION: 4,
    Facet.HANDLING: 3,
    Facet.TERMS: 2,
    Facet.HOURS: 1,
    Facet.LANGUAGE: 2,
}
Rows = list[list[object]]


@dataclass
class Batch:
    """Rows of some vendors by their tables, in the order in which they are written."""

    organisations: Rows = field(default_factory=list)
    vendors: Rows = field(default_factory=list)
    relationships: Rows = field(default_factory=list)
    sites: Rows = field(default_factory=list)
    capabilities: Rows = field(default_factory=list)
    references: Rows = field(default_factory=list)
    answers: Rows = field(default_factory=list)
    testimonials: Rows = field(default_factory=list)
    samples: Rows = field(default_factory=list)
    partners: Rows = field(default_factory=list)
    certificates: Rows = field(default_factory=list)

    def write(self) -> None:
        evidence = ["vendor", "merchant", "level", "created_at"]
        copy_in(Organisation, ["id", "kind", "name", "country", "time_zone", "currency", "created_at"],
                self.organisations)  # fmt: skip
        copy_in(Vendor, VENDOR, self.vendors)
        copy_in(Relationship, ["vendor", "merchant", "status", "created_at"], self.relationships)
        copy_in(Site, ["id", "vendor", "country", "city"], self.sites)
        copy_in(Capability, ["vendor", "value", "how"], self.capabilities)
        copy_in(Reference, ["id", *evidence, "name", "company", "email", "state", "is_shared"], self.references)
        copy_in(ReferenceAnswer, ["reference", "delivery", "accuracy", "hire_again", "text", "answered_at"],
                self.answers)  # fmt: skip
        copy_in(Testimonial, ["id", *evidence, "quote", "company"], self.testimonials)
        copy_in(WorkSample, ["id", *evidence, "title", "form", "url"], self.samples)
        copy_in(Partner, ["id", *evidence, "name", "kind"], self.partners)
        copy_in(Certificate, ["id", *evidence, "name", "value", "issued_on", "expires_on"], self.certificates)


VENDOR = [
    *("id", "organisation", "tagline", "description", "website", "domain", "orders_from", "orders_to", "minimum"),
    *("price_from", "price_to", "contract_months", "notice_days", "added_by", "added_at", "changed_at"),
    *("claimed_at", "published_at"),
]


@populates("vendors", order=20)
def vendors(count: int, rng: Random, progress: Progress) -> None:
    """Vendors with an organisation each, listed. Raises Stop where there is no merchant who could know them."""
    merchants = list(
        Organisation.objects.filter(kind=Organisation.Kind.MERCHANT).order_by("pk").values_list("pk", flat=True)
    )
    if count and not merchants:
        raise Stop("Vendors are known to merchants: ask for organisations too, for example organisations=1000.")
    values: dict[str, list[int]] = {}
    for pk, facet in FacetValue.objects.filter(is_active=True).order_by("pk").values_list("pk", "facet"):
        values.setdefault(facet, []).append(pk)
    with connection.cursor() as cursor:
        # The history's triggers end a sub-transaction a row, which looks through all checks that were put off.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    made = (_vendor(rng, number, merchants, values) for number in range(count))
    keys: list[int] = []
    while written := _write(made):
        keys += written
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ANALYZE")  # nobody else does before this transaction ends
    for start in range(0, len(keys), BATCH):
        listed = keys[start : start + BATCH]
        index.refresh(listed)
        progress(len(listed))
    index.fold()
    index.recount()


def _write(made: Iterator[Batch]) -> list[int]:
    """Write the next vendors, and give their keys."""
    together = Batch()
    for one in islice(made, BATCH):
        for name in vars(together):
            getattr(together, name).extend(getattr(one, name))
    numbers = reserve(Organisation, len(together.organisations))
    for organisation, vendor, number in zip(together.organisations, together.vendors, numbers, strict=True):
        organisation[0] = vendor[1] = number
    together.write()
    return [int(str(row[0])) for row in together.vendors]


def _vendor(rng: Random, number: int, merchants: list[int], values: dict[str, list[int]]) -> Batch:
    """One vendor's rows; its organisation's number is yet to be given."""
    made, key = Batch(), _key(rng)
    country, zone, currency = rng.choice(PLACES)
    at = _moment(rng)
    name = f"{rng.choice(FIRST_WORDS.split())} {rng.choice(LAST_NAMES.split())} {rng.choice(SERVICES.split())}"
    made.organisations.append([0, "vendor", name, country, zone, currency, at])
    added_by = rng.choice(merchants) if number % PRIVATE == PRIVATE - 1 else None
    orders, price = rng.randrange(10, 500) * 10, rng.randrange(150, 600) / 100
    host = f"vendor{key}.example"
    made.vendors.append(
        [
            *(key, 0, _words(rng, 6), _words(rng, 40), f"https://{host}", host, orders, orders * rng.randrange(2, 40)),
            *(rng.randrange(0, 20) * 50, price, price + rng.randrange(0, 150) / 100, rng.choice([1, 3, 6, 12, 24])),
            *(rng.choice([14, 30, 60, 90]), added_by, at, at),
            *((None, None) if added_by else (at, at)),
        ]
    )
    if added_by or (number % KNOWN == 0 and number < KNOWN * MOST_KNOWN):
        made.relationships.append([key, added_by or merchants[0], "prospect", at])
    for _site in range(rng.randrange(1, 3)):
        made.sites.append([_key(rng), key, country, rng.choice(CITIES.split())])
    for facet, most in CHOICES.items():
        offered = values.get(facet, [])
        for value in rng.sample(offered, k=min(len(offered), rng.randrange(1, most + 1))):
            made.capabilities.append([key, value, "native" if facet == Facet.INTEGRATION else ""])
    for piece in range(MOST_PIECES if number == 0 else PIECES):
        _piece(rng, made, key, piece, at, values)
    return made


def _piece(rng: Random, made: Batch, vendor: int, piece: int, at: datetime, values: dict[str, list[int]]) -> None:
    """One piece of evidence: references first and most, then one of each other kind by turns."""
    head: list[object] = [_key(rng), vendor, None, 0, at]
    kind = (piece + vendor) % 5
    if kind in (0, 1):
        is_answered = rng.random() < 0.6
        head[3] = 3 if is_answered and rng.random() < 0.7 else 0
        company = f"{rng.choice(FIRST_WORDS.split())} {rng.choice(LAST_NAMES.split())}"
        state = "answered" if is_answered else "asked"
        made.references.append([*head, "Maren Holt", company, f"ref{head[0]}@client.example", state, False])
        if is_answered:
            again = rng.choice(["yes", "yes", "yes", "some", "no"])
            made.answers.append([head[0], rng.randrange(2, 6), rng.randrange(2, 6), again, _words(rng, 20), at])
    elif kind == 2:
        made.testimonials.append([*head, _words(rng, 25), f"{rng.choice(LAST_NAMES.split())} & Co"])
    elif kind == 3:
        made.samples.append([*head, _words(rng, 4), "link", f"https://samples.example/{head[0]}"])
    elif rng.random() < 0.5:
        made.partners.append([*head, f"{rng.choice(LAST_NAMES.split())} Carriers", "carrier"])
    else:
        since = date(2025, 1, 1) + timedelta(days=rng.randrange(300))
        value = rng.choice(values.get(Facet.CERTIFICATE) or [None])
        until = since + timedelta(days=rng.choice([365, 1095]))
        made.certificates.append([*head, "ISO 9001", value, since, until])


def _words(rng: Random, count: int) -> str:
    said = rng.choices(COMMON.split(), k=count)
    if rng.random() < 0.3:
        said.append(rng.choice(USUAL.split()))
    if rng.random() < 0.01:
        said.append(rng.choice(RARER.split()))
    if rng.random() < 0.001:
        said.append(rng.choice(RARE.split()))
    return " ".join(said).capitalize()


def _moment(rng: Random) -> datetime:
    return FIRST_DAY + timedelta(minutes=rng.randrange(DAYS * 24 * 60))


def _key(rng: Random) -> int:
    return rng.randrange(1, LARGEST)
