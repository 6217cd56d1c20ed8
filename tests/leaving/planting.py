"""Puts a word of its own into every column that rooms have registered as personal, of one person's rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pgtrigger
from django.db.models import CharField, EmailField, Field, JSONField, Model, TextField

from outsourcing.shared.holdings import ADDRESS, About, Holding, all_holdings

Keys = Mapping[str, Sequence[Any]]


def plant(keys: Keys) -> tuple[list[str], list[str]]:
    """The words that were planted, and the columns of which these keys have no row, so that nothing was proven."""
    words, bare = [], []
    with pgtrigger.ignore():
        for holding, about, field in personal(set(keys)):
            word = f"kanary{len(words)}x"
            if planted(holding, about, field, keys, word):
                words.append(word)
            else:
                bare.append(f"{holding.name}.{field.name}")
    return words, bare


def personal(kinds: set[str]) -> Iterator[tuple[Holding, About, Field]]:
    """Each personal column that can hold a word."""
    for holding in all_holdings():
        fields = {one.name: one for one in holding.model._meta.concrete_fields}
        for about in holding.people:
            if about.kind not in kinds:
                continue
            chosen = [fields[name] for name in about.fields] or list(fields.values())
            fit = [one for one in chosen if takes_a_word(one)]
            if not about.fields:  # what goes as a whole goes whatever it holds: one column is proof, an address is none
                fit = [one for one in fit if not isinstance(one, EmailField)][:1]
            for field in fit:
                yield holding, about, field


def takes_a_word(field: Field) -> bool:
    is_text = isinstance(field, CharField | TextField) and not field.choices and (field.max_length or 99) >= 20
    return (is_text or isinstance(field, JSONField)) and not field.primary_key


def planted(holding: Holding, about: About, field: Field, keys: Keys, word: str) -> bool:
    """Put it into one row, and into that row's history."""
    found_by = about.kind == ADDRESS and about.path == field.name  # the address itself is what is looked for
    rows = holding.model._base_manager.filter(**{f"{about.path}__in": keys[about.kind]}).order_by("pk")
    row = rows.first()
    if row is None:
        return False
    if found_by:
        return True
    value: Any = word
    if isinstance(field, EmailField):
        value = f"{word}@kanary.example"
    elif isinstance(field, JSONField):
        value = {"said": [word]}
    write(holding.model, {"pk": row.pk}, field.name, value)
    for event in holding.history:
        write(event, {"id": row.pk}, field.name, value)
    return True


def write(model: type[Model], of: Mapping[str, Any], name: str, value: Any) -> None:
    model._base_manager.filter(**of).update(**{name: value})


def name_in_all_that_we_told(name: str, organisations: Sequence[int]) -> list[str]:
    """Put somebody's name into every column into which our own words put names; which have no row to put it into."""
    bare = []
    with pgtrigger.ignore():
        for holding in all_holdings():
            for told in holding.told:
                rows = holding.model._base_manager.filter(told.where)
                if not told.anywhere:
                    rows = rows.filter(holding.of_any(organisations))
                row = rows.order_by("pk").first()
                for column in told.fields:
                    field: Any = holding.model._meta.get_field(column)
                    value: Any = f"It was {name}'s."
                    if isinstance(field, JSONField):
                        value = {"who": [name, {"by": f"<b>{name}</b>"}]}
                    if row is None:
                        bare.append(f"{holding.name}.{column}")
                    else:
                        write(holding.model, {"pk": row.pk}, column, value)
    return bare
