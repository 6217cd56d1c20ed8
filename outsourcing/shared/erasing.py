"""Takes a person out of every room: what is personal in rows and in their history is replaced, as each room's holdings
say it; what they wrote stays, under "former person".

Frozen rows are rewritten too, with their triggers off: the room says (`Told.then`) what keeps such a record honest.
What a table of columns cannot say, rooms add to `erased`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import transaction
from django.db.models import CharField, F, JSONField, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.functional import cached_property
from django.utils.html import escape

from outsourcing.shared.holdings import ADDRESS, ERASED, FORMER, Gone, Holding, Told, all_holdings
from outsourcing.shared.hooks import Hook

#: So many rows are read at once.
BATCH = 500


class Names:
    """What somebody was called in our words: names and addresses, whole words only.

    A name that is part of another person's (`others`) is left alone there: without Sam, Sam Adeyemi is still called so.
    """

    def __init__(self, names: Iterable[str], others: Iterable[str] = ()) -> None:
        self.theirs = sorted({spelt for name in names if name.strip() for spelt in _spellings(name)}, key=len)[::-1]
        kept = {spelt for name in others for spelt in _spellings(name)} - set(self.theirs)
        self._kept = sorted((one for one in kept if any(name in one for name in self.theirs)), key=len)[::-1]

    def __bool__(self) -> bool:
        return bool(self.theirs)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        kept, theirs = ("|".join(map(re.escape, some)) or r"(?!)" for some in (self._kept, self.theirs))
        return re.compile(rf"(?<!\w)(?:(?P<kept>{kept})|(?:{theirs}))(?!\w)")

    def taken_out(self, value: Any) -> Any:
        """A text, or what JSON holds, without them."""
        if isinstance(value, str):
            words = str(FORMER)
            return self._pattern.sub(lambda found: found["kept"] or words, value)
        if isinstance(value, list):
            return [self.taken_out(one) for one in value]
        if isinstance(value, dict):
            return {name: self.taken_out(one) for name, one in value.items()}
        return value

    def found_in(self, columns: Mapping[str, str]) -> Q:
        """The rows of which one of these columns may name them; a first look, `taken_out` is the second."""
        wanted = Q()
        for column in columns.values():
            for name in self.theirs:
                wanted |= Q(**{f"{column}__contains": name})
        return wanted


def _spellings(name: str) -> set[str]:
    """As it stands in a text, in a page, and where JSON holds it."""
    return {name, " ".join(name.split()), escape(name), name.replace('"', '\\"')}


@dataclass(frozen=True)
class Person:
    """Who is erased: keys by their kind (holdings.py), what they were called, and among whose rows that is looked for.

    Where nobody else is called so (`is_only_one`), mails and the like are looked through whoever they belong to.
    """

    keys: Mapping[str, Sequence[Any]]
    names: Names
    organisations: Sequence[int]
    at: datetime
    is_only_one: bool = True

    @cached_property
    def is_whole(self) -> bool:
        """Whether nothing of their addresses is left to anybody: no other row (an account, a place elsewhere, another
        shop's question) has one of them. Else rows found by an address go in these organisations alone."""
        addresses = self.keys.get(ADDRESS, ())
        for holding in all_holdings():
            for about in holding.people:
                if about.kind == ADDRESS or not isinstance(about.fields.get("email"), Gone):
                    continue
                rows = holding.model._base_manager.filter(email__in=addresses)
                if rows.exclude(**{f"{about.path}__in": self.keys.get(about.kind, ())}).exists():
                    return False
        return True


#: What rooms do besides, before the rows are rewritten.
erased: Hook[[Person], None] = Hook("shared.erased")


@transaction.atomic
def erase(person: Person) -> None:
    """Take somebody out of all rows, in one transaction; a second time changes nothing."""
    erased(person)
    with pgtrigger.ignore():
        for holding in reversed(all_holdings()):
            for model in (holding.model, *holding.history):
                _replace(holding, model, person)
            if person.names:
                for told in holding.told:
                    _untell(holding, told, person)


def _replace(holding: Holding, model: type[Model], person: Person) -> None:
    for about in holding.people:
        keys = person.keys.get(about.kind)
        if not keys:
            continue
        rows = model._base_manager.filter(**{f"{about.path}__in": keys})
        if about.kind == ADDRESS and not person.is_whole:
            theirs = holding.of_any(person.organisations)
            rows = rows.filter(theirs) if theirs is not None else rows.none()
        if not about.fields:
            rows.delete()
            continue
        has = {field.name for field in model._meta.concrete_fields}
        # By key: the update may take away what the rows were found by.
        chosen = model._base_manager.filter(pk__in=list(rows.values_list("pk", flat=True)))
        chosen.update(**{name: replacement(value) for name, value in about.fields.items() if name in has})


def replacement(value: Any) -> Any:
    """What stands in a column from now on."""
    if isinstance(value, Gone):
        # A row's own key, which its history has too: all versions of a row agree.
        return Concat(Value("erased-"), Cast(F("id"), CharField()), Value(ERASED), output_field=CharField())
    return value


def _untell(holding: Holding, told: Told, person: Person) -> None:
    """Take the names out of what our own words have told."""
    for model in (holding.model, *holding.history):
        rows = model._base_manager.filter(told.where)
        if not (told.anywhere and person.is_only_one):
            theirs = holding.of_any(person.organisations)
            if theirs is None:
                continue
            rows = rows.filter(theirs)
        changed = list(_rewritten(model, rows, told, person.names))
        if changed and told.then is not None and model is holding.model:
            told.then(changed)


def _rewritten(model: type[Model], rows: QuerySet[Any], told: Told, names: Names) -> Iterator[Any]:
    """The keys of rows that were changed, so many read at once."""
    columns = {}
    for name in told.fields:
        columns[name] = name
        if isinstance(model._meta.get_field(name), JSONField):
            rows = rows.annotate(**{f"{name}_as_text": Cast(name, TextField())})
            columns[name] = f"{name}_as_text"
    rows = rows.filter(names.found_in(columns)).order_by("pk")
    after = None
    while batch := list((rows if after is None else rows.filter(pk__gt=after)).values("pk", *told.fields)[:BATCH]):
        after = batch[-1]["pk"]
        for row in batch:
            new = {name: _fitting(model, name, names.taken_out(row[name])) for name in told.fields}
            if any(new[name] != row[name] for name in told.fields):
                model._base_manager.filter(pk=row["pk"]).update(**new)
                yield row["pk"]


def _fitting(model: type[Model], name: str, value: Any) -> Any:
    """What takes its place may be longer than the name was."""
    most = getattr(model._meta.get_field(name), "max_length", None)
    return value[:most] if most and isinstance(value, str) else value
