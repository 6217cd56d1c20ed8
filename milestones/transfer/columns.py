"""The columns of contracts with their milestones as a table: one row a milestone, its contract's cells repeated.

An export writes what an import reads, so that a list taken away and brought back changes nothing.
"""
# ruff: noqa: E501  # a table reads better on long lines

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, override

from vendors.directory.imports.columns import normal


@dataclass(frozen=True)
class Column:
    """One field: what heads it, what others call it, and the cells of the template's two rows."""

    field: str
    label: "str | Promise"
    words: tuple[str, ...] = ()
    examples: tuple[str, str] = ("", "")


# fmt: off
COLUMNS = (
    Column("vendor", gettext_lazy("Vendor"), ("supplier", "company", "vendor name", "provider"), ("Pallet & Post", "Pallet & Post")),
    Column("title", gettext_lazy("Contract"), ("contract title", "agreement", "contract name"), ("Peak overflow", "Peak overflow")),
    Column("reference", gettext_lazy("Your reference"), ("reference", "contract number", "number", "ref"), ("CT-0019", "CT-0019")),
    Column("scope", gettext_lazy("What the vendor does"), ("scope", "description of the contract", "work"), ("Pick, pack and send from September to January.", "")),
    Column("pricing", gettext_lazy("Price is"), ("pricing", "price type", "kind of price"), ("fixed", "fixed")),
    Column("value", gettext_lazy("Amount"), ("value", "price", "contract value", "total"), ("18400", "18400")),
    Column("rate_unit", gettext_lazy("For one"), ("unit", "rate unit", "per"), ("", "")),
    Column("currency", gettext_lazy("Currency"), ("currency code",), ("GBP", "GBP")),
    Column("starts_on", gettext_lazy("Contract starts"), ("start", "start date", "from", "contract start"), ("2026-09-14", "2026-09-14")),
    Column("ends_on", gettext_lazy("Contract ends"), ("end", "end date", "until", "contract end"), ("2027-01-31", "2027-01-31")),
    Column("renews_on", gettext_lazy("Renews by itself on"), ("renewal", "renewal date", "renews"), ("", "")),
    Column("notice_days", gettext_lazy("Notice in days"), ("notice", "notice period", "notice days"), ("30", "30")),
    Column("signed_on", gettext_lazy("Signed on"), ("signed", "date signed", "signature date"), ("2026-09-10", "2026-09-10")),
    Column("completed_on", gettext_lazy("Completed on"), ("closed", "contract completed", "finished"), ("", "")),
    Column("milestone", gettext_lazy("Milestone"), ("task", "deliverable", "milestone title", "result"), ("Stock moved", "Peak staffing plan")),
    Column("criteria", gettext_lazy("Must be true"), ("criteria", "acceptance criteria", "definition of done"), ("Every pallet is booked in", "1,150 orders a day; named cover")),
    Column("milestone_starts", gettext_lazy("Starts"), ("milestone start", "work starts"), ("2026-09-14", "")),
    Column("due", gettext_lazy("Due"), ("due date", "deadline", "current due", "due on"), ("2026-09-30", "2026-12-04")),
    Column("first_due", gettext_lazy("First due"), ("baseline", "original due", "first agreed", "planned date"), ("2026-09-25", "")),
    Column("cause", gettext_lazy("Moved because of"), ("cause", "cause of delay", "why moved"), ("external", "")),
    Column("submitted_on", gettext_lazy("Submitted on"), ("submitted", "handed in", "delivered"), ("2026-09-29", "")),
    Column("accepted_on", gettext_lazy("Accepted on"), ("accepted", "approved", "done on"), ("2026-10-01", "")),
    Column("cancelled_on", gettext_lazy("Cancelled on"), ("cancelled", "canceled", "dropped"), ("", "")),
    Column("pays", gettext_lazy("Pays"), ("milestone amount", "payment", "milestone value"), ("2300", "1500")),
    Column("paid_on", gettext_lazy("Paid on"), ("paid", "payment date"), ("2026-10-05", "")),
)
# fmt: on
FIELDS = {column.field: column for column in COLUMNS}


@cache
def _known(language: str) -> dict[str, str]:
    """What headings say, in English and as we write it in the reader's language, by our field."""
    known = {normal(word): column.field for column in COLUMNS for word in column.words}
    for spoken in (None, language):
        with override(spoken):
            known |= {normal(str(column.label)): column.field for column in COLUMNS}
    return known


def places_of(headings: Sequence[str]) -> dict[str, int]:
    """Field to column number, for the headings that are known; of two that name the same the first counts."""
    known = _known(get_language() or "")
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        if (field := known.get(normal(heading))) is not None:
            places.setdefault(field, place)
    return places
