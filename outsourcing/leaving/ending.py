"""What goes when an organisation is closed, by what the rooms hold: its own rows, and those that it shares with nobody
who is still there. What a row that stays points to stays too, emptied.

Rows go in one statement a table, whatever their number, and those that point go before those that are pointed to.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pgtrigger
from django.db import connection
from django.db.models import SET_NULL, Exists, Model, OuterRef, Q, QuerySet

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.files import storage
from outsourcing.files.models import File
from outsourcing.shared.erasing import replacement
from outsourcing.shared.holdings import Closing, Holding, all_holdings, holding_of

Rows = QuerySet[Any]
BATCH = 500


def let_go(organisations: Sequence[int], *, is_merchant: bool) -> None:
    """Take away what is these organisations' alone, all of one side and closed by now. In the caller's transaction."""
    with pgtrigger.ignore():
        chosen = [(one, going(one, organisations, is_merchant=is_merchant)) for one in in_order()]
        for holding, rows in chosen:
            if rows is not None and holding.unhook:
                rows.update(**dict.fromkeys(holding.unhook))
        for holding, rows in chosen:
            if rows is not None:
                _delete(holding.model, rows)
                _forget_history(holding, organisations, is_merchant=is_merchant)
            _empty(holding, organisations, is_merchant=is_merchant)


def going(holding: Holding, organisations: Sequence[int], *, is_merchant: bool) -> Rows | None:
    """The rows that go, as far as nothing that stays points to them."""
    theirs = holding.of(organisations, is_merchant=is_merchant)
    if theirs is None or holding.closing is Closing.STAYS:
        return None
    rows: Rows = holding.model._base_manager.filter(theirs)
    if holding.closing is Closing.GOES:
        return _settled(holding, rows)
    other = holding.of(alive().exclude(pk__in=organisations).values("pk"), is_merchant=not is_merchant)
    left = ~other if other is not None else Q()
    if is_merchant and holding.alone is not None:
        left |= holding.alone
    return _settled(holding, rows.filter(left))


def _settled(holding: Holding, rows: Rows) -> Rows:
    """These rows, found now where what they are found by may be gone before they are: a brief by who was invited."""
    if not (callable(holding.merchant) or callable(holding.vendor)):
        return rows
    return holding.model._base_manager.filter(pk__in=list(rows.values_list("pk", flat=True)))


def alive() -> QuerySet[Organisation]:
    """Organisations that have somebody who can read."""
    there = Membership.objects.joined().filter(organisation=OuterRef("pk"))
    return Organisation.objects.filter(Exists(there), closed_at=None)


def in_order() -> list[Holding]:
    """All holdings, those whose rows point to others before those others. Columns that are unhooked do not count."""
    placed: list[Holding] = []
    seen: set[type[Model]] = set()

    def place(holding: Holding, above: tuple[type[Model], ...]) -> None:
        if holding.model in seen:
            return
        if holding.model in above:
            raise RuntimeError(f"{holding.name} points in a circle: say by `unhook` where it opens.")
        for model, _column in _pointing_to(holding.model):
            if (other := holding_of(model)) is not None and other.model is model:
                place(other, (*above, holding.model))
        seen.add(holding.model)
        placed.append(holding)

    for holding in reversed(all_holdings()):
        place(holding, ())
    return placed


def _relations(model: type[Model]) -> list[Any]:
    """The columns of other models that point to it."""
    found: list[Any] = list(model._meta.get_fields(include_hidden=True))
    return [one for one in found if one.auto_created and not one.concrete and (one.one_to_many or one.one_to_one)]


def _pointing_to(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """Whose columns point to it and would not let it go, its own, unhooked ones and histories aside."""
    for relation in _relations(model):
        other, column = relation.related_model, relation.field.name
        holding = holding_of(other)
        is_loose = _lets_go(relation) or (holding is not None and column in holding.unhook)
        if not (other is model or other._meta.auto_created or hasattr(other, "pgh_tracked_model") or is_loose):
            yield other, column


def _lets_go(relation: Any) -> bool:
    """Whether a column is emptied where what it points to goes."""
    return relation.on_delete is SET_NULL


def _delete(model: type[Model], rows: Rows) -> None:
    """Delete these, but for those to which something that is left points."""
    for other, column in _pointing_to(model):
        rows = rows.filter(~Exists(other._base_manager.filter(**{column: OuterRef("pk")})))
    for relation in _relations(model):
        pointing = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows.values("pk")})
        if relation.related_model._meta.auto_created:
            _raw(pointing)
        elif _lets_go(relation):
            pointing.update(**{relation.field.name: None})
    _raw(rows)


def _raw(rows: Rows) -> None:
    """Delete rows by one statement, which looks at nothing else."""
    rows.model._base_manager.filter(pk__in=rows.values("pk"))._raw_delete(connection.alias)


def _forget_history(holding: Holding, organisations: Sequence[int], *, is_merchant: bool) -> None:
    """What is told of rows that are no longer there goes too."""
    theirs = holding.of(organisations, is_merchant=is_merchant)
    there = Exists(holding.model._base_manager.filter(pk=OuterRef("pgh_obj_id")))
    for event in holding.history if theirs is not None else ():
        _raw(event._base_manager.filter(theirs, ~there))


def _empty(holding: Holding, organisations: Sequence[int], *, is_merchant: bool) -> None:
    """Take out of the rows that stay what is not for the other side."""
    values = holding.emptied.get("merchant" if is_merchant else "vendor", {})
    theirs = holding.of(organisations, is_merchant=is_merchant)
    if not values or theirs is None:
        return
    for model in (holding.model, *holding.history):
        has = {field.name for field in model._meta.concrete_fields}
        rows = model._base_manager.filter(pk__in=model._base_manager.filter(theirs).values("pk"))
        rows.update(**{name: replacement(value) for name, value in values.items() if name in has})


def remove_unpointed(model: type[Model], rows: Rows) -> None:
    """Delete rows of a model that stays otherwise, where nothing points to them any more."""
    with pgtrigger.ignore():
        keys = list(rows.values_list("pk", flat=True))
        _delete(model, rows)
        for event in getattr(model, "pgh_event_models", {}).values():
            there = Exists(model._base_manager.filter(pk=OuterRef("pgh_obj_id")))
            _raw(event._base_manager.filter(~there, pgh_obj_id__in=keys))


def discard_files(organisations: Sequence[int]) -> None:
    """Delete files of theirs to which no row points; their bytes once that is certain."""
    rows = File.objects.filter(organisation__in=organisations)
    for relation in _relations(File):
        there = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        rows = rows.filter(~Exists(there))
    after = 0
    while batch := list(rows.filter(pk__gt=after).order_by("pk")[:BATCH]):
        after = batch[-1].pk
        for file in batch:
            storage.discard(file)
