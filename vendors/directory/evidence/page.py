"""What a vendor's page shows to everybody, in two queries: facts, figures and counts; the pieces of one tab."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.directory.evidence.facts import facts_of
from vendors.directory.evidence.kinds import ADDED, KINDS, REFERENCES, Kind
from vendors.directory.evidence.shown import Pieces, may_add
from vendors.directory.models import Vendor
from vendors.directory.profiles.facts import Facts, facts_from
from vendors.directory.references.funnel import Funnel, funnel_of

#: So many pieces of a tab stand on the vendor's page; the others on pages of their own.
PER_TAB = 8


@dataclass(frozen=True)
class Tab:
    """A kind of evidence, how many pieces there are, and whether they are shown."""

    kind: Kind
    count: int
    is_open: bool


@dataclass(frozen=True)
class Figures:
    """What speaks for a vendor as one reader may know it.

    A vendor learns only how many of its references were `asked` and `answered`: hire_again, said, strength and bound
    come of answers. `bound` is a whole per cent, rounded down; None where nobody has answered.
    """

    asked: int
    answered: int
    verified: int = 0
    said: int = 0
    hire_again: int = 0
    strength: int = 0
    bound: int | None = None

    @property
    def strength_label(self) -> str:
        return strength_words()[self.strength]


@dataclass(frozen=True)
class VendorPage:
    """Everything of the page that is not a merchant's own."""

    facts: Facts
    figures: Figures
    tabs: list[Tab]
    kind: Kind
    pieces: Sequence[Any]
    more: int
    may_add: bool
    funnel: Funnel | None = None


def strength_words() -> Sequence[str]:
    """What 0 to 5 are called."""
    return (_("Nothing yet"), _("Thin"), _("Some"), _("Fair"), _("Good"), _("Strong"))


def page_of(vendor: Vendor, *, acting: Membership, today: date, show: str) -> VendorPage:
    """The page with the tab `show` open; the first tab that has something where it is none. Two queries, and for
    references one more, of their funnel."""
    row = facts_of(vendor, acting)
    counts = {slug: row[slug] for slug in KINDS}
    kind = KINDS.get(show) or next((kind for kind in KINDS.values() if counts[kind.slug]), REFERENCES)
    pieces = Pieces(kind, vendor, acting=acting, today=today)[:PER_TAB] if counts[kind.slug] else []
    return VendorPage(
        facts=facts_from(row["places"], row["values"]),
        figures=figures_of(row),
        tabs=[Tab(one, counts[one.slug], one is kind) for one in KINDS.values()],
        kind=kind,
        pieces=pieces,
        more=max(0, counts[kind.slug] - len(pieces)),
        may_add=kind.slug in ADDED and may_add(acting, vendor),
        funnel=funnel_of(vendor, acting) if kind is REFERENCES and acting.organisation.is_merchant else None,
    )


def figures_of(row: Mapping[str, Any]) -> Figures:
    """The figures out of the row of `facts_of`."""
    if "answered" in row:
        return Figures(asked=row[REFERENCES.slug], answered=row["answered"])
    known = dict(row["listing"] or {"strength": 0, "bound": None, "asked": 0, "answered": 0, "verified": 0,
                                    "hire_again": 0})  # fmt: skip
    bound = known.pop("bound")
    percent = None if bound is None else int((Decimal(str(bound)) * 100).to_integral_value(ROUND_DOWN))
    return Figures(**known, said=row["said"], bound=percent)
