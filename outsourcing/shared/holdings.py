"""What the rooms hold, said once for each model: whose its rows are, what of them is about a person, and what becomes
of them when an organisation closes. Exports, erasures and closings read it here and know no room.

Each room says it in `holdings.py`, which is found by its name; a test fails for a model that nobody named.

    holds(Note, merchant="merchant")                                    # a merchant's own: it goes when that closes
    holds(Entry, merchant="thread__merchant", vendor="thread__vendor")  # of two sides: stays as long as one is there
    holds(Listing, merchant="merchant", left_out="It is made anew from other rows.")
    holds(Peer, merchant="merchant", people=[About(PEER, "id", email=GONE, name="")])

The history of a model (pghistory's events) and its many-to-many rows are held as the model itself is; lookups say "id"
and not "pk", for a row's own key is the former in its history too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypedDict

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

#: Keys of organisations, or a query for them.
Keys = Sequence[int] | QuerySet[Any, Any]
#: What leads from a row to the key of its organisation: a lookup, several of which one holds, or the condition that it
#: is one of these.
Whose = str | tuple[str, ...] | Callable[[Keys], Q]


class Closing(Enum):
    """What becomes of an organisation's rows when it closes. Shared ones go with the last of their two sides."""

    GOES = "goes"
    SHARED = "shared"
    STAYS = "stays"


class Gone:
    """Stands for an address that nobody has, another one for each row."""


GONE = Gone()
#: What such an address ends in.
ERASED = "@erased.invalid"
FORMER = _("Former person")

#: No column is for vendors.
ALL = ("*",)
#: Of what the keys of an erasure are, beside the words that rooms add: places, accounts, and addresses themselves.
MEMBERSHIP, USER, ADDRESS = "membership", "user", "address"


@dataclass(frozen=True, init=False)
class About:
    """That rows are about somebody: `path` is the lookup from a row to what `kind` says their keys are of.

    `fields` take the place of what is personal when they are erased; where none is given, the row goes.
    """

    kind: str
    path: str
    fields: Mapping[str, Any]

    def __init__(self, kind: str, path: str, **fields: Any) -> None:
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "fields", fields)


@dataclass(frozen=True, init=False)
class Told:
    """Columns into which our own words have put people's names, as in "Rosa Imberg closed the conversation.".

    `where` leaves out what people wrote themselves, which stays. What is read far beyond the two sides, as mails are,
    is looked through `anywhere`. `then` gets the keys of the rows that were changed.
    """

    fields: Sequence[str]
    where: Q
    anywhere: bool
    then: Callable[[Sequence[Any]], None] | None

    def __init__(
        self,
        *fields: str,
        where: Q | None = None,
        anywhere: bool = False,
        then: Callable[[Sequence[Any]], None] | None = None,
    ) -> None:
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "where", where or Q())
        object.__setattr__(self, "anywhere", anywhere)
        object.__setattr__(self, "then", then)


class Sides(TypedDict):
    """What many models of a room say alike, to be handed to `holds` with two stars."""

    merchant: Whose
    vendor: Whose
    alone: Q


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What is said of one model; see `holds`."""

    model: type[Model]
    merchant: Whose | None
    vendor: Whose | None
    left_out: Any
    hidden: frozenset[str]
    not_for_vendor: frozenset[str]
    more: Mapping[str, str]
    label: Sequence[str]
    through: str
    within: Whose | None
    people: Sequence[About]
    told: Sequence[Told]
    closing: Closing
    alone: Q | None
    unhook: Sequence[str]
    emptied: Mapping[str, Mapping[str, Any]]

    @property
    def name(self) -> str:
        """What its table is called in exports, and how it is named to people who develop: "directory.note"."""
        return self.model._meta.label_lower

    def whose(self, *, is_merchant: bool) -> Whose | None:
        """What leads to the organisation of one side."""
        return self.merchant if is_merchant else self.vendor

    def of(self, organisations: Keys, *, is_merchant: bool) -> Q | None:
        """Which rows are theirs, on one side; None where none are."""
        return condition(self.whose(is_merchant=is_merchant), organisations)

    def of_any(self, organisations: Sequence[int]) -> Q | None:
        """Which rows have to do with some organisations, on either side."""
        paths: list[Whose | None] = [self.within] if self.within is not None else [self.merchant, self.vendor]
        found = [one for path in paths if (one := condition(path, organisations)) is not None]
        return any_of(found) if found and organisations else None

    @property
    def history(self) -> list[type[Model]]:
        """The models that keep its earlier rows."""
        events: Mapping[str, type[Model]] = getattr(self.model, "pgh_event_models", {})
        return list(dict.fromkeys(events.values()))


_holdings: dict[type[Model], Holding] = {}


def holds(
    model: type[Model],
    *,
    merchant: Whose | None = None,
    vendor: Whose | None = None,
    left_out: Any = "",
    hidden: Iterable[str] = (),
    not_for_vendor: Iterable[str] = (),
    more: Mapping[str, str] | None = None,
    label: Sequence[str] = (),
    through: str = "",
    within: Whose | None = None,
    people: Sequence[About] = (),
    told: Sequence[Told] = (),
    closing: Closing | None = None,
    alone: Q | None = None,
    unhook: Sequence[str] = (),
    emptied: Mapping[str, Mapping[str, Any]] | None = None,
) -> Holding:
    """Say what a model's rows are.

    - `merchant`, `vendor`: what leads from a row to the organisation on that side, where it has one. The row is theirs
      to take away, unless `left_out` says why not, and of it only what the asking member may see: by the model's own
      `visible_to`, or that of the row to which `through` leads.
    - `hidden` columns are taken away by nobody (secrets, what only we need), `not_for_vendor` by no vendor (ALL: it has
      nothing of this); `more` are columns beside a row's own, by lookup. Where `label` is given, other rows name one
      of these by it, not by its key.
    - `people`, `told`: what an erasure takes out; `within` leads to the organisations among whose rows it looks, where
      that is not the two sides.
    - `closing`: a side's own rows go, those of two sides are shared, others stay, where nothing else is said. `alone`
      are those of the shared ones that the vendor never saw: they go with the merchant. What a row that stays points
      to stays too. `emptied` says by side ("merchant", "vendor") what columns of such rows hold from then on, and
      `unhook` names columns that point in a circle.
    """
    if closing is None:
        closing = Closing.STAYS if merchant is None and vendor is None else Closing.GOES
        if merchant is not None and vendor is not None and merchant != vendor:
            closing = Closing.SHARED
    made = Holding(
        model=model,
        merchant=merchant,
        vendor=vendor,
        left_out=left_out,
        hidden=frozenset(hidden),
        not_for_vendor=frozenset(not_for_vendor),
        more=more or {},
        label=label,
        through=through,
        within=within,
        people=people,
        told=told,
        closing=closing,
        alone=alone,
        unhook=unhook,
        emptied=emptied or {},
    )
    _holdings[model] = made
    return made


def all_holdings() -> list[Holding]:
    """In the order of the rooms, lowest first: whoever deletes begins at the end."""
    return list(_holdings.values())


def holding_of(model: type[Model]) -> Holding | None:
    """What is said of a model, of the one whose history it keeps, or of the one whose many-to-many rows it has."""
    of: Any = getattr(model, "pgh_tracked_model", None) or model._meta.auto_created or model
    return _holdings.get(of)


def unnamed() -> Iterator[str]:
    """Models of all installed apps that nobody has named."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and holding_of(model) is None:
            yield model._meta.label


def condition(path: Whose | None, organisations: Keys) -> Q | None:
    """That a row is one of these organisations'."""
    match path:
        case None:
            return None
        case str():
            return Q(**{f"{path}__in": organisations})
        case tuple():
            return any_of([Q(**{f"{one}__in": organisations}) for one in path])
        case _:
            return path(organisations)


def any_of(conditions: Sequence[Q]) -> Q:
    """One of them at least."""
    found = conditions[0]
    for one in conditions[1:]:
        found |= one
    return found
