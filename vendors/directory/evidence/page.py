"""What a vendor's page shows to everybody, in two queries: facts, figures and counts; the pieces of one tab."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any, cast

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.directory.evidence.kinds import ADDED, KINDS, REFERENCES, Kind
from vendors.directory.evidence.references import ANSWERED, readable_references
from vendors.directory.evidence.shown import Pieces, may_add
from vendors.directory.models import HireAgain, Listing, ReferenceAnswer, Vendor
from vendors.directory.profiles.facts import Facts, facts_from, place_rows, value_rows
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
    counts = {slug: row[f"n_{slug}"] for slug in KINDS}
    kind = KINDS.get(show) or next((kind for kind in KINDS.values() if counts[kind.slug]), REFERENCES)
    pieces = Pieces(kind, vendor, acting=acting, today=today)[:PER_TAB] if counts[kind.slug] else []
    return VendorPage(
        facts=facts_from(row["site_rows"], row["value_rows"]),
        figures=figures_of(row),
        tabs=[Tab(one, counts[one.slug], one is kind) for one in KINDS.values()],
        kind=kind,
        pieces=pieces,
        more=max(0, counts[kind.slug] - len(pieces)),
        may_add=kind.slug in ADDED and may_add(acting, vendor),
        funnel=funnel_of(vendor, acting) if kind is REFERENCES and acting.organisation.is_merchant else None,
    )


def facts_of(vendor: Vendor, acting: Membership) -> dict[str, Any]:
    """Sites, values, counts of evidence and figures of one vendor as one reader may know them, in one query."""
    asked: dict[str, Any] = {f"n_{slug}": counted(visible(kind, acting)) for slug, kind in KINDS.items()}
    asked |= {name: counted(rows, "reference__vendor" if name == "said" else "vendor")
              for name, rows in reference_counts(acting).items()}  # fmt: skip
    if acting.organisation.is_merchant:
        own = Q(merchant=None) | Q(merchant=acting.organisation_id)
        listing = Listing.objects.filter(own, vendor=OuterRef("pk")).order_by(F("merchant").desc(nulls_last=True))
        names = ("strength", "bound", "asked", "answered", "verified", "hire_again")
        asked["listing"] = Subquery(listing.values(json=JSONObject(**{name: name for name in names}))[:1])
    found = Vendor.objects.filter(pk=vendor.pk).values(
        site_rows=place_rows(),
        value_rows=value_rows(),
        **asked,
    )[0]
    return cast("dict[str, Any]", found)


def visible(kind: Kind, acting: Membership) -> "QuerySet[Any]":
    """What Pieces would show of all vendors, for counting."""
    return readable_references(acting) if kind is REFERENCES else kind.model.objects.visible_to(acting).current()


def reference_counts(acting: Membership) -> "dict[str, QuerySet[Any]]":
    """For a merchant how many verified referees said whether they would hire again; for a vendor how many answered."""
    if acting.organisation.is_merchant:
        said = ReferenceAnswer.objects.visible_to(acting).verified()
        return {"said": said.filter(hire_again__in=[HireAgain.YES, HireAgain.SOME, HireAgain.NO])}
    return {"answered": readable_references(acting).filter(state__in=ANSWERED)}


def counted(rows: "QuerySet[Any]", path: str = "vendor") -> Coalesce:
    """How many of `rows` are about the vendor of the outer query."""
    of_vendor = rows.filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Coalesce(Subquery(of_vendor.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def figures_of(row: Mapping[str, Any]) -> Figures:
    """The figures out of the row of `facts_of`."""
    if "answered" in row:
        return Figures(asked=row[f"n_{REFERENCES.slug}"], answered=row["answered"])
    known = dict(row["listing"] or {"strength": 0, "bound": None, "asked": 0, "answered": 0, "verified": 0,
                                    "hire_again": 0})  # fmt: skip
    bound = known.pop("bound")
    percent = None if bound is None else int((Decimal(str(bound)) * 100).to_integral_value(ROUND_DOWN))
    return Figures(**known, said=row["said"], bound=percent)
