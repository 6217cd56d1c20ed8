"""What an organisation takes away, as tables: for each model the rows that are its own or shared with it, and of those
what the asking member may see. Read so many at a time, however many there are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchVectorField
from django.db.models import AutoField, F, Field, Model, QuerySet

from outsourcing.accounts.models import Membership
from outsourcing.files.models import File
from outsourcing.leaving.names import name_in_zip
from outsourcing.shared.holdings import ALL, Holding, all_holdings, holding_of

BATCH = 500
Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """`lookup` is what is read; where it is the key of a row that people know by a name, `target` is that row's model,
    and the name stands there instead."""

    name: str
    lookup: str
    target: type[Model] | None = None


class Table:
    """The rows of one model that go along, by their keys."""

    def __init__(self, name: str, rows: QuerySet[Any], columns: Sequence[Column], lists: Sequence[str]) -> None:
        self.name = name
        self.columns = columns
        self._rows = rows
        self._lists = lists
        #: Keys of the files that rows had so far; they go along too.
        self.files: set[int] = set()

    @property
    def header(self) -> list[str]:
        return [*(column.name for column in self.columns), *self._lists]

    def count(self) -> int:
        return self._rows.count()

    def batches(self) -> Iterator[list[Row]]:
        """All rows, so many in memory at a time."""
        for batch in self._read(self._rows):
            yield self._shown(batch)

    def key_batches(self) -> Iterator[list[Any]]:
        """The keys of all rows, so many at a time."""
        for batch in _in_batches(self._rows):
            yield [row["_key"] for row in batch]

    def _read(self, rows: QuerySet[Any]) -> Iterator[list[Row]]:
        yield from _in_batches(rows, *(column.lookup for column in self.columns))

    def _shown(self, batch: Sequence[Mapping[str, Any]]) -> list[Row]:
        names = {column.name: self._names(column, batch) for column in self.columns if column.target is not None}
        listed = {name: self._listed(name, [row["_key"] for row in batch]) for name in self._lists}
        shown = []
        for row in batch:
            values: Row = {}
            for column in self.columns:
                value = row[column.lookup]
                values[column.name] = names[column.name].get(value) if column.target is not None else plain(value)
            shown.append(values | {name: listed[name].get(row["_key"], []) for name in self._lists})
        return shown

    def _names(self, column: Column, batch: Sequence[Mapping[str, Any]]) -> dict[Any, Any]:
        """What the rows to which a column points are called. One query."""
        keys = {row[column.lookup] for row in batch} - {None}
        if not keys or column.target is None:
            return {}
        if column.target is File:
            self.files |= keys
            return {one.pk: name_in_zip(one) for one in File.objects.filter(pk__in=keys).only("name")}
        holding = holding_of(column.target)
        label = holding.label if holding else ()
        found = column.target._base_manager.filter(pk__in=keys).values_list("pk", *label)
        return {pk: next((plain(one) for one in words if one not in (None, "")), "") for pk, *words in found}

    def _listed(self, name: str, keys: Sequence[Any]) -> dict[Any, list[Any]]:
        """The names of rows that many can have: the services of a reference. One query."""
        target: Any = self._rows.model._meta.get_field(name).related_model
        holding = holding_of(target)
        label = holding.label[0] if holding and holding.label else "pk"
        pairs = self._rows.model._base_manager.filter(pk__in=keys, **{f"{name}__isnull": False})
        found: dict[Any, list[Any]] = {}
        for key, word in pairs.order_by(f"{name}__{label}").values_list("pk", f"{name}__{label}"):
            found.setdefault(key, []).append(plain(word))
        return found


class History(Table):
    """The earlier rows of a table, found by the keys of those that go along."""

    def __init__(self, of: Table, name: str, events: QuerySet[Any], columns: Sequence[Column]) -> None:
        super().__init__(name, events, columns, ())
        self._of = of

    def count(self) -> int:
        """Nobody waits for a count of them."""
        return 0

    def batches(self) -> Iterator[list[Row]]:
        for keys in self._of.key_batches():
            for batch in self._read(self._rows.filter(pgh_obj__in=keys)):
                yield self._shown(batch)


def _in_batches(rows: QuerySet[Any], *lookups: str) -> Iterator[list[Row]]:
    """By the key, since a cursor does not outlive a pooler's transaction."""
    ordered = rows.order_by("pk").annotate(_key=F("pk"))
    after = None
    while batch := list((ordered if after is None else ordered.filter(pk__gt=after)).values("_key", *lookups)[:BATCH]):
        after = batch[-1]["_key"]
        yield batch


class Tables:
    """All tables of an organisation, as one of its heads takes them away."""

    def __init__(self, acting: Membership) -> None:
        self._acting = acting
        self._is_merchant = acting.organisation.is_merchant

    @cached_property
    def all(self) -> list[Table]:
        """In the order of the rooms; those that can have no row of this side are left out."""
        found = []
        for holding in all_holdings():
            rows = self._rows(holding)
            if rows is None:
                continue
            table = self._table(holding, rows)
            found.append(table)
            # A vendor's begins with what a merchant wrote of it, which is that merchant's.
            for event in holding.history if self._is_merchant else ():
                columns = self._columns(holding, event)
                found.append(History(table, f"{table.name}.history", event._base_manager.all(), columns))
        return found

    def _rows(self, holding: Holding) -> QuerySet[Any] | None:
        theirs = holding.of([self._acting.organisation_id], is_merchant=self._is_merchant)
        is_theirs = self._is_merchant or not holding.not_for_vendor >= set(ALL)
        if theirs is None or holding.left_out or not is_theirs:
            return None
        rows = holding.model._base_manager.filter(theirs)
        if holding.through:
            seen: Any = holding.model._meta.get_field(holding.through).related_model
            return rows.filter(**{f"{holding.through}__in": self._visible(seen)})
        if hasattr(holding.model._default_manager, "visible_to"):
            return rows.filter(pk__in=self._visible(holding.model))
        return rows

    def _visible(self, model: Any) -> QuerySet[Any, Any]:
        rows: QuerySet[Any, Any] = model._default_manager.visible_to(self._acting).order_by().values("pk")
        return rows

    def _table(self, holding: Holding, rows: QuerySet[Any]) -> Table:
        columns = self._columns(holding, holding.model)
        columns += [Column(name, lookup) for name, lookup in holding.more.items()]
        many: Any = holding.model._meta.many_to_many
        lists = [one.name for one in many if one.remote_field.through._meta.auto_created]
        return Table(holding.name, rows, columns, lists)

    def _columns(self, holding: Holding, model: type[Model]) -> list[Column]:
        hidden = holding.hidden if self._is_merchant else holding.hidden | holding.not_for_vendor
        return [found for field in model._meta.concrete_fields if (found := column_of(field, hidden))]


def column_of(field: Field[Any, Any], hidden: frozenset[str]) -> Column | None:
    """How a column is taken away, if it is. Numbers that count rows are not: they would tell how many there are."""
    if field.name in hidden or isinstance(field, SearchVectorField | AutoField):
        return None
    if field.name in ("pgh_obj", "pgh_context"):
        return None
    target: Any = field.related_model
    if target is None:
        # The key of a row, as its history has it.
        tracked = getattr(field.model, "pgh_tracked_model", None)
        if field.name == "id" and tracked is not None and isinstance(tracked._meta.pk, AutoField):
            return None
        return Column(field.name, field.name)
    if target is File:
        return Column(field.name, field.attname, File)
    holding = holding_of(target)
    if holding is not None and holding.label:
        return Column(field.name, field.attname, target)
    return None if isinstance(target._meta.pk, AutoField) else Column(field.name, field.attname)


def plain(value: Any) -> Any:
    """A value as JSON holds it: dates and instants in ISO 8601, amounts as they are written."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case list() | tuple():
            return [plain(one) for one in value]
        case dict():
            return {str(name): plain(one) for name, one in value.items()}
        case _:
            return str(value)
