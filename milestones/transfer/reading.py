"""A table of contracts with their milestones, read: what would come in, and each row and cell that is wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.forms import DateField
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from milestones.errors import TooMany
from milestones.models import Cause, Contract
from milestones.transfer.columns import FIELDS, places_of
from outsourcing.accounts.models import Membership
from outsourcing.accounts.places import currencies
from outsourcing.conversations.posting import against
from vendors.directory.imports import reading
from vendors.directory.imports.cells import Bad, line, money, parts, whole, within
from vendors.directory.imports.columns import normal
from vendors.directory.imports.errors import Unreadable
from vendors.directory.imports.reading import Raw
from vendors.directory.models import Vendor

#: So many rows and contracts are brought in at once, and so many milestones of one contract.
MOST_ROWS, MOST_CONTRACTS, MOST_EACH, MOST_CRITERIA = 2_000, 200, 200, 30
NEEDED = ("vendor", "title", "starts_on")
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)
DATES = {
    "starts_on", "ends_on", "renews_on", "signed_on", "completed_on", "milestone_starts", "due", "first_due",
    "submitted_on", "accepted_on", "cancelled_on", "paid_on",
}  # fmt: skip
PAST = ("signed_on", "completed_on", "submitted_on", "accepted_on", "cancelled_on", "paid_on")
#: The columns before a milestone's own.
OF_CONTRACT = list(takewhile(lambda name: name != "milestone", FIELDS))


@dataclass(frozen=True)
class Problem:
    """What is wrong: in which row and column (empty: all of the row), why, and what stands there."""

    row: int
    column: str
    what: str
    value: str = ""


@dataclass(frozen=True)
class Result:
    """A milestone as it would come in, with the values of its cells."""

    row: int
    title: str
    due: date
    values: Mapping[str, Any]


@dataclass
class Coming:
    """A contract as it would come in; `is_known` where it is there already, and nothing of it is touched."""

    row: int
    vendor: Vendor
    title: str
    values: Mapping[str, Any]
    is_known: bool = False
    milestones: list[Result] = field(default_factory=list)

    @property
    def stands(self) -> str:
        """Where it would stand: "completed", "active" or "draft"."""
        if self.values.get("completed_on"):
            return "completed"
        return "active" if self.values.get("signed_on") else "draft"

    @property
    def accepted(self) -> int:
        return sum(bool(one.values.get("accepted_on")) for one in self.milestones)


@dataclass(frozen=True)
class Table:
    """All that a file says."""

    rows: int
    coming: list[Coming]
    problems: list[Problem]

    @property
    def new(self) -> list[Coming]:
        return [one for one in self.coming if not one.is_known]


def read(binary: BinaryIO, acting: Membership, today: date) -> Table:
    """The table in a file. Three queries, four where vendors are known. Raises Unreadable, TooMany."""
    raws = list(_raws(binary))
    if not raws:
        raise Unreadable(_("The file has no row with anything in it."))
    places = places_of(raws[0].cells)
    if missing := [str(FIELDS[name].label) for name in NEEDED if name not in places]:
        words = _("The first row must name the columns; these are missing: %(columns)s.")
        raise Unreadable(words % {"columns": ", ".join(missing)})
    return Reader(places, acting, today).read(raws[1:])


def _raws(binary: BinaryIO) -> Iterator[Raw]:
    for count, raw in enumerate(reading.rows_of(binary)):
        if count > MOST_ROWS:
            words = _("The file has more than %(most)s rows: split it, and bring the parts in one after the other.")
            raise TooMany(words % {"most": f"{MOST_ROWS:,}"})
        yield raw


class Reader:
    """Rows to contracts, by the vendors and contracts that the merchant knows."""

    def __init__(self, places: Mapping[str, int], acting: Membership, today: date) -> None:
        self._places, self._acting, self._today = places, acting, today
        self._problems: list[Problem] = []
        self._codes = {code for code, _name in currencies()}
        self._vendors: dict[str, list[Vendor]] = {}
        self._against: Mapping[int, str] = {}
        self._known: set[tuple[int, str, date]] = set()

    def read(self, raws: Iterable[Raw]) -> Table:
        """Every row; a contract with a row that is wrong is left out whole: the rest of it could never follow."""
        rows = list(raws)
        self._look_up(rows)
        coming: dict[tuple[int, str, date], Coming] = {}
        wrong: set[tuple[str, str]] = set()
        for raw in rows:
            before = len(self._problems)
            cells = self._cells(raw)
            if cells is not None and (contract := self._contract(raw, cells, coming)):
                self._milestone(raw, cells, contract)
            if len(self._problems) > before:
                wrong.add((self._text(raw, "vendor").lower(), normal(self._text(raw, "title"))))
        whole = [one for one in coming.values() if (one.vendor.name.lower(), normal(one.title)) not in wrong]
        if len(coming) > MOST_CONTRACTS:
            words = _(
                "The file has more than %(most)s contracts: split it, and bring the parts in one after the other."
            )
            raise TooMany(words % {"most": MOST_CONTRACTS})
        kept = [self._checked(one) for one in whole]
        return Table(len(rows), [one for one in kept if one], sorted(self._problems, key=lambda one: one.row))

    def _look_up(self, rows: list[Raw]) -> None:
        """The vendors that are named, what speaks against some, and the contracts that are there. Three queries."""
        names = {self._text(raw, "vendor").lower() for raw in rows}
        seen = Vendor.objects.visible_to(self._acting).live().select_related("organisation")
        for vendor in seen.annotate(lower=Lower("organisation__name")).filter(lower__in=names):
            self._vendors.setdefault(vendor.name.lower(), []).append(vendor)
        named = [one.organisation_id for some in self._vendors.values() for one in some]
        self._against = against(self._acting, named)
        own = Contract.objects.filter(merchant=self._acting.organisation_id)
        self._known = {
            (vendor, normal(title), starts) for vendor, title, starts in own.values_list("vendor", "title", "starts_on")
        }

    def _text(self, raw: Raw, name: str) -> str:
        place = self._places.get(name)
        return raw.cells[place] if place is not None and place < len(raw.cells) else ""

    def _wrong(self, raw: Raw, name: str, what: str) -> None:
        label = str(FIELDS[name].label) if name else ""
        self._problems.append(Problem(raw.number, label, what, self._text(raw, name) if name else ""))

    # ---- Cells ----
    def _cells(self, raw: Raw) -> dict[str, Any] | None:
        """The values of a row; None where one cannot be understood, for half a contract is worse than none."""
        values: dict[str, Any] = {}
        before = len(self._problems)
        for place, what in raw.bad.items():
            name = next((name for name, at in self._places.items() if at == place), "")
            self._wrong(raw, name, what)
        for name in sorted(self._places, key=lambda name: name != "currency"):  # amounts are read by it
            text = self._text(raw, name)
            if not text:
                continue
            try:
                values[name] = self._value(name, text, values)
            except Bad as error:
                self._wrong(raw, name, str(error))
        for name in NEEDED:
            if name not in values and not self._text(raw, name):
                self._wrong(raw, name, _("It is needed, and empty."))
        return values if len(self._problems) == before else None

    def _value(self, name: str, text: str, values: Mapping[str, Any]) -> Any:
        if name in DATES:
            return self._date(name, text)
        if name in ("value", "pays"):
            return money(text, 10, values.get("currency") or self._acting.organisation.currency)
        if name == "currency" and text.upper() not in self._codes:
            raise Bad(_("It is no currency: write its code, such as GBP."))
        return TEXTS[name](text)

    def _date(self, name: str, text: str) -> date:
        found = _day(text)
        if not FIRST <= found < LAST:
            raise Bad(_("It lies outside this century: check the year."))
        if name in PAST and found > self._today:
            raise Bad(_("That is still to come."))
        return found

    # ---- Rows ----
    def _contract(
        self, raw: Raw, cells: Mapping[str, Any], coming: dict[tuple[int, str, date], Coming]
    ) -> Coming | None:
        found = self._vendors.get(cells["vendor"].lower(), [])
        if len(found) != 1:
            what = _("You know several vendors of that name: rename one first.") if found else _(
                "No vendor of that name is known to you: add it first, or import your vendors."
            )  # fmt: skip
            self._wrong(raw, "vendor", what)
            return None
        (vendor,) = found
        key = (vendor.organisation_id, normal(cells["title"]), cells["starts_on"])
        if against := self._against.get(vendor.organisation_id):
            self._wrong(raw, "vendor", against)
            return None
        if key in coming and (name := self._contradicts(coming[key], cells)):
            self._wrong(raw, name, _("An earlier row of this contract says otherwise."))
            return None
        if key not in coming:
            values = {name: cells[name] for name in OF_CONTRACT if name in cells}
            coming[key] = Coming(raw.number, vendor, cells["title"], values, key in self._known)
        return coming[key]

    def _contradicts(self, contract: Coming, cells: Mapping[str, Any]) -> str:
        """Which cell of the contract's own says something else than its first row; empty where none does."""
        own = (name for name in OF_CONTRACT if name in cells and cells[name] != contract.values.get(name))
        return next((name for name in own if name not in ("vendor", "title")), "")

    def _milestone(self, raw: Raw, cells: Mapping[str, Any], contract: Coming) -> None:
        if "milestone" not in cells:
            if any(name in cells for name in ("due", "accepted_on", "pays", "criteria")):
                self._wrong(raw, "milestone", _("It is needed, and empty."))
            return
        if "due" not in cells:
            self._wrong(raw, "due", _("It is needed, and empty."))
            return
        if why := _against(cells, contract):
            self._wrong(raw, *why)
            return
        contract.milestones.append(Result(raw.number, cells["milestone"], cells["due"], cells))

    def _checked(self, one: Coming) -> Coming | None:
        """The contract, where it can be; else what is wrong is told, and it is left out."""
        fault = next(_faults(one), None)
        if fault is None:
            return one
        self._problems.append(Problem(one.row, str(FIELDS[fault[0]].label), fault[1], one.title))
        return None


def _faults(one: Coming) -> Iterator[tuple[str, str]]:
    """Why a contract cannot be, each with the column."""
    values, starts = one.values, one.values["starts_on"]
    if values.get("ends_on", starts) < starts:
        yield "ends_on", _("The end is before the start.")
    if values.get("renews_on") and values["renews_on"] <= starts:
        yield "renews_on", _("It renews after it has started.")
    if values.get("pricing") == Contract.Pricing.RATE and not values.get("rate_unit"):
        yield "rate_unit", _("Say what the rate is for: an order, an hour, a pallet a week.")
    if len(one.milestones) > MOST_EACH:
        yield "milestone", _("A contract holds %(most)s milestones at most.") % {"most": MOST_EACH}
    yield from _faults_of_its_past(one)


def _faults_of_its_past(one: Coming) -> Iterator[tuple[str, str]]:
    signed, completed = one.values.get("signed_on"), one.values.get("completed_on")
    if signed is None:
        if completed or any(_is_over(each.values) for each in one.milestones):
            yield "signed_on", _("Something of it was accepted or completed: say when it was signed.")
        return
    if completed and completed < signed:
        yield "completed_on", _("It was completed before it was signed.")
    if any(_first_act(each.values, signed) < signed for each in one.milestones):
        yield "signed_on", _("Something of it was handed in or accepted before.")
    if completed and not all(_is_over(each.values) for each in one.milestones):
        yield "completed_on", _("A milestone of it is neither accepted nor cancelled.")


def _first_act(values: Mapping[str, Any], otherwise: date) -> date:
    """The first day on which something was done about a milestone."""
    return min((values[name] for name in ("submitted_on", "accepted_on", "cancelled_on") if values.get(name)),
               default=otherwise)  # fmt: skip


def _is_over(values: Mapping[str, Any]) -> bool:
    return bool(values.get("accepted_on") or values.get("cancelled_on"))


def _against(cells: Mapping[str, Any], contract: Coming) -> tuple[str, str] | None:
    """Why a milestone cannot be, and in which column."""
    starts, due = cells.get("milestone_starts"), cells["due"]
    accepted, submitted = cells.get("accepted_on"), cells.get("submitted_on")
    if starts and due < starts:
        return "due", _("It is due before it starts.")
    if accepted and submitted and accepted < submitted:
        return "accepted_on", _("It was accepted before it was submitted.")
    if accepted and cells.get("cancelled_on"):
        return "cancelled_on", _("It was accepted already.")
    if cells.get("paid_on") and not (accepted and cells.get("pays") is not None):
        return "paid_on", _("Only an accepted milestone that pays something is paid.")
    if submitted and not accepted:
        return "accepted_on", _("It waits for a verdict: bring it in open, and record the submission there.")
    if any(one.title == cells["milestone"] and one.due == due for one in contract.milestones):
        return "milestone", _("It stands in the file twice.")
    return None


# ---- Texts ---------------------------------------------------------------------------------------------------------
def _day(text: str) -> date:
    """A day as spreadsheets and people of the reader's language write it."""
    formats = ["%Y-%m-%d", *get_format("DATE_INPUT_FORMATS"), "%d %b %Y", "%d %B %Y", "%d.%m.%Y"]
    try:
        found = DateField(input_formats=formats).to_python(text.split("T")[0].removesuffix(" 00:00:00"))
    except ValidationError:
        found = None
    if found is None:
        raise Bad(_("It is no date: write it like 2026-11-24."))
    return found


def _pricing(text: str) -> str:
    for pricing in Contract.Pricing:
        if normal(text) in (pricing.value, normal(str(pricing.label))):
            return pricing.value
    raise Bad(_("Write fixed, monthly or rate."))


def _cause(text: str) -> Cause:
    for cause in Cause:
        if normal(text) in (cause.value, normal(str(cause.label))):
            return cause
    raise Bad(_("Write vendor, merchant, agreed or external."))


def _criteria(text: str) -> list[str]:
    found = [within(one, 500) for one in parts(text)]
    if len(found) > MOST_CRITERIA:
        raise Bad(_("%(most)s at most.") % {"most": MOST_CRITERIA})
    return found


#: What the text of a cell means, by its field.
TEXTS: dict[str, Callable[[str], Any]] = {
    "vendor": lambda text: line(text, 200),
    "title": lambda text: line(text, 160),
    "milestone": lambda text: line(text, 160),
    "reference": lambda text: line(text, 40),
    "rate_unit": lambda text: line(text, 40),
    "scope": lambda text: within(text, 20_000),
    "notice_days": lambda text: whole(text, 3_650),
    "currency": str.upper,
    "pricing": _pricing,
    "cause": _cause,
    "criteria": _criteria,
}
