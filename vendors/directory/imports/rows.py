"""From a row of the file to what is wanted of a vendor, and everything that is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from vendors.directory.domains import registered_domain
from vendors.directory.imports import cells
from vendors.directory.imports.cells import FACETS, Bad, Vocabulary
from vendors.directory.imports.columns import normal
from vendors.directory.imports.reading import Raw

#: Where anybody has a page: these tell no two companies apart.
SHARED = frozenset(
    {"facebook.com", "instagram.com", "linkedin.com", "x.com", "twitter.com", "tiktok.com", "youtube.com", "google.com"}
    | {"linktr.ee", "etsy.com", "ebay.com", "amazon.com", "amazon.co.uk", "alibaba.com", "clutch.co", "trustpilot.com"}
    | {"yelp.com", "wikipedia.org", "bit.ly"}
)
LARGEST, LARGEST_SMALL = 2**31 - 1, 2**15 - 1
MONTHS = {"m": 1, "y": 12}
DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


class Problem(NamedTuple):
    """What is wrong with a cell, or with a row where `column` is empty."""

    row: int
    column: str
    what: str
    value: str = ""


@dataclass
class Wanted:
    """What a row says; what it leaves empty is not here, and changes nothing.

    `status` is how the merchant stands with the vendor: empty where the file has a column for it and the cell says
    nothing, None where it has none.
    """

    number: int
    name: str
    domain: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    country: str = ""
    region: str = ""
    city: str = ""
    capabilities: dict[int, str] = field(default_factory=dict)
    contact_name: str = ""
    contact_email: str = ""
    phone: str = ""
    status: str | None = None
    tags: list[str] = field(default_factory=list)
    note: str = ""


class Reader:
    """Reads rows in their order, for it knows which were there before: by web site, and by name."""

    def __init__(
        self, headings: Sequence[str], mapping: Mapping[str, int], *, currency: str, known: Vocabulary
    ) -> None:
        self._headings, self._mapping, self._known = list(headings), dict(mapping), known
        self._top = [normal(heading) for heading in headings]
        self._domains: dict[str, int] = {}
        self._names: dict[str, dict[str, int]] = {}
        self._simple: dict[str, Callable[[str], Any]] = {
            "website": cells.website,
            "tagline": lambda text: cells.line(text, 160),
            "description": lambda text: cells.within(text, 5000),
            "orders_from": lambda text: cells.whole(text, LARGEST),
            "orders_to": lambda text: cells.whole(text, LARGEST),
            "minimum": lambda text: cells.money(text, 10, currency),
            "price_from": lambda text: cells.money(text, 8, currency),
            "price_to": lambda text: cells.money(text, 8, currency),
            "contract_months": lambda text: cells.span(text, MONTHS, LARGEST_SMALL),
            "notice_days": lambda text: cells.span(text, DAYS, LARGEST_SMALL),
        }

    def read(self, raw: Raw) -> tuple[Wanted | None, list[Problem]]:
        """What the row wants, None where it is left out, and its problems."""
        if wrong := self._wrong_row(raw):
            return None, [wrong]
        cell = Cells(raw, self._headings, self._mapping)
        name = cell.take("name", lambda text: cells.line(text, 120))
        if not name:
            missing = Problem(raw.number, self._heading("name"), _("The name is missing: the row is left out."))
            return None, cell.problems or [missing]
        wanted = Wanted(raw.number, name)
        for attribute, read in self._simple.items():
            if (value := cell.take(attribute, read)) is not None:
                wanted.values[attribute] = value
        domain = registered_domain(wanted.values.get("website", ""))
        wanted.domain = "" if domain in SHARED else domain
        self._place(wanted, cell)
        self._facets(wanted, cell)
        self._kept(wanted, cell)
        for low, high in (("orders_from", "orders_to"), ("price_from", "price_to")):
            if low in wanted.values and high in wanted.values and wanted.values[low] > wanted.values[high]:
                cell.wrong(high, _("It is less than the least: both are left out."))
                del wanted.values[low], wanted.values[high]
        if twin := self._twin(wanted):
            words = _("It is the same vendor as in row %(row)s: this row is left out.") % {"row": twin}
            return None, [Problem(raw.number, "", words, name)]
        return wanted, cell.problems

    def _heading(self, field: str) -> str:
        return self._headings[self._mapping[field]]

    def _wrong_row(self, raw: Raw) -> Problem | None:
        """What makes the row one that cannot be read at all."""
        if -1 in raw.bad:
            return Problem(raw.number, "", raw.bad[-1])
        again = zip(raw.cells, self._top, strict=False)
        if len(raw.cells) == len(self._top) and all(normal(cell) == heading for cell, heading in again):
            return Problem(raw.number, "", _("These are the headings once more: the row is left out."))
        if len(raw.cells) > len(self._headings):
            words = _("The row has more cells than there are headings: put texts that hold the separator in quotes.")
            return Problem(raw.number, "", words, raw.cells[-1][:200])
        return None

    def _place(self, wanted: Wanted, cell: "Cells") -> None:
        wanted.country = cell.take("country", cells.country) or ""
        wanted.city = cell.take("city", lambda text: cells.line(text, 80)) or ""
        region = cell.text("region")
        if (region or wanted.city) and not wanted.country:
            for name in ("region", "city"):
                if cell.text(name):
                    cell.wrong(name, _("It needs the country beside it."))
            wanted.city = ""
        elif region:
            wanted.region = cell.take("region", lambda text: self._known.region(text, wanted.country)) or ""

    def _facets(self, wanted: Wanted, cell: "Cells") -> None:
        for name, facet in FACETS.items():
            text = cell.take(name, str)
            if text:
                found, unknown = cells.several(text, facet, self._known)
                wanted.capabilities |= found
                if unknown:
                    words = _("%(words)s: not in our list. Write it as the filters of the vendor list do.")
                    cell.wrong(name, words % {"words": cells.listed(unknown)})

    def _kept(self, wanted: Wanted, cell: "Cells") -> None:
        """What the merchant keeps for itself."""
        wanted.contact_email = cell.take("contact_email", cells.email) or ""
        wanted.contact_name = cell.take("contact_name", lambda text: cells.line(text, 120)) or ""
        wanted.phone = cell.take("phone", lambda text: cells.line(text, 40)) or ""
        if not wanted.contact_email:
            for name in ("contact_name", "phone"):
                if cell.text(name) and not cell.text("contact_email"):
                    cell.wrong(name, _("A contact needs an email address beside it."))
        for tag in cells.parts(cell.take("tags", str) or ""):
            try:
                wanted.tags.append(cells.line(tag, 40))
            except Bad as bad:
                cell.wrong("tags", str(bad))
        if "status" in self._mapping:
            wanted.status = cell.take("status", cells.status) or ""
        wanted.note = cell.take("note", lambda text: cells.within(text, 5000)) or ""

    def _twin(self, wanted: Wanted) -> int | None:
        """The earlier row about the same vendor: the same web site, or the same name and no other web site."""
        name = normal(wanted.name) or wanted.name
        alike = self._names.setdefault(name, {})
        twin = self._domains.get(wanted.domain) if wanted.domain else None
        twin = twin or alike.get("") or (None if wanted.domain else next(iter(alike.values()), None))
        if twin is None:
            alike[wanted.domain] = wanted.number
            if wanted.domain:
                self._domains[wanted.domain] = wanted.number
        return twin


class Cells:
    """The cells of one row by our fields; what is wrong with them gathers in `problems`."""

    def __init__(self, raw: Raw, headings: Sequence[str], mapping: Mapping[str, int]) -> None:
        self._raw, self._headings, self._mapping = raw, headings, mapping
        self.problems: list[Problem] = []

    def text(self, field: str) -> str:
        place = self._mapping.get(field, LARGEST)
        return self._raw.cells[place] if place < len(self._raw.cells) else ""

    def take(self, field: str, read: Callable[[str], Any]) -> Any:
        """What the cell says; None where it is empty, or cannot be understood."""
        text = self.text(field)
        if not text:
            return None
        if bad := self._raw.bad.get(self._mapping[field]):
            return self.wrong(field, bad)
        try:
            return read(text)
        except Bad as error:
            return self.wrong(field, str(error))

    def wrong(self, field: str, what: str) -> None:
        heading = self._headings[self._mapping[field]]
        self.problems.append(Problem(self._raw.number, heading, what, self.text(field)[:200]))
