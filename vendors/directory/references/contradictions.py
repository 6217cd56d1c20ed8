"""Where a referee and the vendor do not say the same (B10), as pure functions on values.

What is compared: whether orders leave on the day where the vendor names a same-day cut-off; the services that the
vendor says it did for them; the volume, against the vendor's from-to and against what it says of this client; whether
they still are a client; and a testimonial of the same company beside "would not hire again".
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from vendors.directory.models import HireAgain, Reference, ReferenceAnswer

LATE = frozenset({ReferenceAnswer.OnTime.HALF, ReferenceAnswer.OnTime.RARELY})
Relation = Reference.Relation


@dataclass(frozen=True)
class Band:
    """Orders a month, both ends included and either open; the name is how it is read."""

    name: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Claims:
    """What the vendor says of itself, and of this client where it named them."""

    has_cut_off: bool = False
    orders_from: int | None = None
    orders_to: int | None = None
    services: Collection[str] = ()
    band: Band | None = None
    relation: str = ""


@dataclass(frozen=True)
class Said:
    """What the referee says; services are those they ticked, none where they ticked none."""

    on_time: str = ""
    on_time_label: str = ""
    services: Collection[str] = ()
    band: Band | None = None
    relation: str = ""
    hire_again: str = ""
    company: str = field(default="", compare=False)


def contradictions(claims: Claims, said: Said) -> list[str]:
    """One sentence for each thing that does not fit."""
    found = [_late(claims, said), _not_done(claims, said), _outside(claims, said), _other_band(claims, said)]
    return [sentence for sentence in (*found, _other_relation(claims, said)) if sentence]


def _late(claims: Claims, said: Said) -> str:
    if not (claims.has_cut_off and said.on_time in LATE):
        return ""
    words = _("The vendor promises that orders leave the same day; the referee says: %(answer)s.")
    return words % {"answer": said.on_time_label.lower() or said.on_time}


def _not_done(claims: Claims, said: Said) -> str:
    missing = [name for name in claims.services if name not in said.services] if said.services else []
    if not missing:
        return ""
    words = _("The vendor says it did this for them, the referee does not: %(services)s.")
    return words % {"services": ", ".join(sorted(missing))}


def _outside(claims: Claims, said: Said) -> str:
    """The referee's volume is wholly below or above what the vendor takes on."""
    if said.band is None:
        return ""
    is_below = None not in (claims.orders_from, said.band.high) and said.band.high < claims.orders_from  # type: ignore[operator]
    is_above = None not in (claims.orders_to, said.band.low) and said.band.low > claims.orders_to  # type: ignore[operator]
    if not (is_below or is_above):
        return ""
    words = _("The referee had %(band)s orders a month, which is %(side)s what the vendor says it takes.")
    return words % {"band": said.band.name.lower(), "side": _("less than") if is_below else _("more than")}


def _other_band(claims: Claims, said: Said) -> str:
    if claims.band is None or said.band is None or claims.band == said.band:
        return ""
    words = _("The vendor says they have %(claimed)s orders a month, the referee says %(said)s.")
    return words % {"claimed": claims.band.name.lower(), "said": said.band.name.lower()}


def _other_relation(claims: Claims, said: Said) -> str:
    if claims.relation == Relation.CURRENT and said.relation == Relation.FORMER:
        return _("The vendor calls them a client; they say they were one.")
    return ""


def same_company(one: str, other: str) -> bool:
    """Whether two names mean one company: letters and digits alike, legal forms aside."""
    return bool(_core(one)) and _core(one) == _core(other)


LEGAL = frozenset(["ltd", "limited", "gmbh", "inc", "llc", "bv", "sarl", "plc", "ag", "co", "the"])


def _core(name: str) -> str:
    words = "".join(letter.lower() if letter.isalnum() else " " for letter in name).split()
    return "".join(word for word in words if word not in LEGAL)


def against_testimonial(company: str, said: Said) -> str:
    """The sentence for a testimonial of `company` beside a referee of the same company who would not hire again."""
    return contradiction_of(company, [said.company] if said.hire_again == HireAgain.NO else [])


def contradiction_of(company: str, against: Collection[str]) -> str:
    """The same, where `against` are the companies whose referee would not hire again."""
    if not any(same_company(company, other) for other in against):
        return ""
    words = _("Quoted with praise; asked as a reference, %(company)s would not hire them again.")
    return words % {"company": company}
