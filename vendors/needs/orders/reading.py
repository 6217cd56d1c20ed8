"""A list of orders out of a CSV file, line by line: no more of it than the line at hand is in memory."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.shared.errors import DomainError
from vendors.directory.imports.reading import SEPARATORS, encoding_of
from vendors.needs.models import DayOrder

#: What shops call the columns, plainest first; compared without case, space and signs.
COLUMNS = {
    "order": (
        "ordernumber",
        "orderno",
        "orderid",
        "ordername",
        "order",
        "name",
        "number",
        "incrementid",
        "bestellnummer",
    ),
    "created": (
        "createdat",
        "ordercreatedat",
        "orderdate",
        "datecreated",
        "created",
        "placedat",
        "purchasedate",
        "date",
    ),
    "fulfilled": (
        *("fulfilledat", "fulfillmentdate", "fulfilmentdate", "shippedat", "dateshipped", "shipdate", "shippeddate"),
        *("dispatchedat", "fulfilled", "versanddatum"),
    ),
    "quantity": ("lineitemquantity", "linequantity", "itemquantity", "quantity", "qty", "quantityordered", "menge"),
}
LABELS = {
    "order": gettext_lazy("the order number"),
    "created": gettext_lazy("when it was created"),
    "fulfilled": gettext_lazy("when it was fulfilled"),
    "quantity": gettext_lazy("the quantity of the line"),
}
SAMPLE, MOST_QUANTITY, MOST_COLUMNS = 65_536, 10_000_000, 500
#: Orders are of this time; a day ahead is forgiven, for the zones.
FIRST_YEAR, AHEAD = 2000, timedelta(days=1)
SLASHED = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:,?[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*([AaPp]\.?[Mm]\.?)?)?$"
)
OFFSET = re.compile(r"\s+([+-]\d\d:?\d\d)$")


class Unreadable(DomainError):
    """The file holds no list of orders that can be read."""


@dataclass(frozen=True)
class Line:
    """A line of an order; what is not there is None. `order` is a number made from the order's own."""

    number: int
    order: int
    created_at: datetime | None
    fulfilled_at: datetime | None
    quantity: int | None


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line: its number in the file, the column's heading, what, and the cell."""

    line: int
    column: str
    what: str
    cell: str = ""

    def listed(self) -> list[object]:
        return [self.line, self.column[:80], self.what, self.cell[:80]]


class Orders:
    """The lines of an open file. Raises Unreadable where it holds no list of orders."""

    def __init__(self, binary: BinaryIO, *, zone: ZoneInfo, day_order: str, latest: datetime) -> None:
        self._binary, self._zone, self._latest = binary, zone, latest + AHEAD
        binary.seek(0)
        self._encoding = encoding_of(binary)
        self.separator, self._skipped = self._separator()
        self.headings, self.places, self._first = self._headings()
        self.day_first = self._day_first(day_order)
        self._moments: dict[str, datetime] = {}

    def __iter__(self) -> Iterator[Line | Problem]:
        """Lines and what is wrong with others, in the file's order."""
        before = (0, "")
        for number, cells in self._records():
            if number <= self._first or not any(cells):
                continue
            read = self._line(number, cells, before)
            if isinstance(read, Line):
                before = (read.order, "")
            yield read

    # ---- The file ----
    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Each record with the number of the line in which it ends."""
        self._binary.seek(0)
        text = io.TextIOWrapper(self._binary, encoding=self._encoding, newline="")
        try:
            records = csv.reader(islice(text, self._skipped, None), delimiter=self.separator)
            for cells in records:
                yield records.line_num + self._skipped, cells
        except csv.Error:
            where = {"line": records.line_num + self._skipped}
            words = _(
                "Something near line %(line)s is no table: a quotation mark that is never closed, or a huge text."
            )
            raise Unreadable(words % where) from None
        except UnicodeError:
            raise Unreadable(_("The letters of the file cannot be read: save it as CSV in UTF-8.")) from None
        finally:
            text.detach()

    def _separator(self) -> tuple[str, int]:
        """What stands between the cells, and how many lines at the start only say so."""
        self._binary.seek(0)
        text = io.TextIOWrapper(self._binary, encoding=self._encoding, newline="")
        try:
            lines = text.read(SAMPLE).splitlines()
        except UnicodeError:
            raise Unreadable(_("The letters of the file cannot be read: save it as CSV in UTF-8.")) from None
        finally:
            text.detach()
        if not lines:
            raise Unreadable(_("The file is empty."))
        first = lines[0].strip().strip('"').lower()
        if first.startswith("sep=") and len(first) == 5 and first[4] in SEPARATORS:
            return first[4], 1
        head = next((line for line in lines if line.strip()), "")
        counts = {one: len(self._known(next(csv.reader([head], delimiter=one), []))) for one in SEPARATORS}
        best = max(SEPARATORS, key=lambda one: (counts[one], head.count(one)))
        return best, 0

    @staticmethod
    def _known(cells: Sequence[str]) -> dict[str, int]:
        """Which column is what, by its heading."""
        plain = [re.sub(r"[\W_]", "", cell.lower()) for cell in cells]
        found: dict[str, int] = {}
        for name, words in COLUMNS.items():
            for word in words:
                if word in plain and plain.index(word) not in found.values():
                    found[name] = plain.index(word)
                    break
        return found

    def _headings(self) -> tuple[list[str], dict[str, int], int]:
        for number, cells in self._records():
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > MOST_COLUMNS:
                raise Unreadable(_("Line %(line)s has more than 500 columns.") % {"line": number})
            places = self._known(cells)
            missing = [str(LABELS[name]) for name in COLUMNS if name not in places]
            if missing:
                words = _("Line %(line)s has no column for %(missing)s. It has: %(there)s.")
                there = ", ".join(cell.strip()[:40] or "\u2013" for cell in cells[:12])
                raise Unreadable(words % {"line": number, "missing": ", ".join(missing), "there": there})
            return [cell.strip() for cell in cells], places, number
        raise Unreadable(_("The file is empty."))

    def _day_first(self, wanted: str) -> bool | None:
        """How dates with slashes are written; None where there are none. Raises Unreadable where nobody can tell."""
        if wanted:
            return wanted == DayOrder.DAY_FIRST
        unclear = ""
        for number, cells in self._records():
            if number <= self._first:
                continue
            for name in ("created", "fulfilled"):
                cell = cells[self.places[name]].strip() if self.places[name] < len(cells) else ""
                match = SLASHED.match(cell)
                if match is None or match[2] == ".":
                    continue
                if int(match[1]) > 12 or int(match[3]) > 12:
                    return int(match[1]) > 12
                unclear = unclear or cell
            if not unclear and number > self._first + 100:
                return None
        if unclear:
            words = _(
                "Nobody can tell whether %(date)s has the day or the month first: choose it, and upload the file again."
            )
            raise Unreadable(words % {"date": unclear})
        return None

    # ---- A line ----
    def _line(self, number: int, cells: list[str], before: tuple[int, str]) -> Line | Problem:
        if len(cells) <= max(self.places.values()):
            words = _("It has %(has)s cells where %(wants)s are expected.")
            return Problem(number, "", words % {"has": len(cells), "wants": len(self.headings)})
        said = {name: cells[place].strip().lstrip("'") for name, place in self.places.items()}
        if not said["order"]:
            return self._wrong(number, "order", _("It has no order number."), "")
        order = int.from_bytes(hashlib.blake2b(said["order"].encode(), digest_size=8).digest(), signed=True)
        moments: dict[str, datetime | None] = {}
        for name in ("created", "fulfilled"):
            moments[name] = None
            if said[name]:
                found = self._moment(said[name])
                if isinstance(found, str):
                    return self._wrong(number, name, found, said[name])
                moments[name] = found
        if moments["created"] is None and order != before[0]:
            return self._wrong(number, "created", _("It does not say when it was created."), "")
        created, fulfilled = moments["created"], moments["fulfilled"]
        if created and fulfilled and fulfilled < created:
            return self._wrong(number, "fulfilled", _("It was fulfilled before it was created."), said["fulfilled"])
        quantity = None
        if said["quantity"]:
            plain = said["quantity"].removesuffix(".0").removesuffix(".00")
            if not plain.isascii() or not plain.isdecimal() or len(plain) > 9 or int(plain) > MOST_QUANTITY:
                return self._wrong(number, "quantity", _("It is no quantity: write a whole number."), said["quantity"])
            quantity = int(plain)
        return Line(number, order, created, fulfilled, quantity)

    def _wrong(self, number: int, name: str, what: str, cell: str) -> Problem:
        return Problem(number, self.headings[self.places[name]], what, cell)

    def _moment(self, text: str) -> datetime | str:
        """The instant, or what is wrong with it. A file repeats the same ones: those are read once."""
        known = self._moments.get(text)
        if known is not None:
            return known
        if len(self._moments) > 10_000:
            self._moments.clear()
        found = self._parsed(text)
        if found is None:
            return _("It is no date: write one like 2026-10-31 14:05.")
        if not found.year >= FIRST_YEAR:
            return _("It lies before the year 2000.")
        if found > self._latest:
            return _("It lies in the future.")
        self._moments[text] = found
        return found

    def _parsed(self, text: str) -> datetime | None:
        try:
            found = datetime.fromisoformat(OFFSET.sub(r"\1", text.removesuffix(" UTC")))
        except ValueError:
            match = SLASHED.match(text)
            if match is None:
                return None
            day, month = int(match[1]), int(match[3])
            if match[2] != "." and self.day_first is False:
                day, month = month, day
            hour = int(match[5] or 0)
            if match[8]:
                hour = hour % 12 + (12 if match[8].lower().startswith("p") else 0)
            try:
                found = datetime(int(match[4]), month, day, hour, int(match[6] or 0), int(match[7] or 0))  # noqa: DTZ001
            except ValueError:
                return None
        try:
            return (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC)
        except (OverflowError, ValueError):
            return None
