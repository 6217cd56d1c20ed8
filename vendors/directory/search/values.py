"""The values of the facets as this process knows them: read anew as soon as any row of theirs is another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from vendors.directory.models import Facet


class Value(NamedTuple):
    """A row of facet values that is offered, as plain values."""

    pk: int
    facet: str
    slug: str
    name: str
    group: str
    synonyms: list[str]
    parent: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Values:
    """All that are offered, in the order of the page.

    `accepted` are the stored values that satisfy one: a shorter notice, a wider region, more references; a listing has
    no two of them. `alike` are other words for a word.
    """

    by_pk: Mapping[int, Value]
    by_slug: Mapping[tuple[str, str], Value]
    accepted: Mapping[int, tuple[int, ...]]
    alike: Mapping[str, tuple[str, ...]]


#: Which transaction wrote each row: another sum as soon as one of them is written, and cheaper than what they say.
CHECKSUM = "SELECT count(*), sum(xmin::text::bigint) FROM directory_facetvalue"
ALL = (
    'SELECT id, facet, slug, name, "group", synonyms, parent_id, low, high FROM directory_facetvalue'
    " WHERE is_active ORDER BY facet, position, name, id"
)
_known: tuple[Any, Values] | None = None


def values() -> Values:
    """One query, and another where something has changed; what is kept is only ever what the rows say now."""
    global _known
    with connection.cursor() as cursor:
        cursor.execute(CHECKSUM)
        checksum = cursor.fetchone()
        if _known is not None and _known[0] == checksum:
            return _known[1]
        cursor.execute(ALL)
        rows = [Value(*row) for row in cursor.fetchall()]
    known = Values(
        {row.pk: row for row in rows}, {(row.facet, row.slug): row for row in rows}, _accepted(rows), _alike(rows)
    )
    _known = checksum, known
    return known


def _accepted(rows: list[Value]) -> dict[int, tuple[int, ...]]:
    by_pk = {row.pk: row for row in rows}
    bounded = {
        facet: [row for row in rows if row.facet == facet] for facet in (Facet.CONTRACT, Facet.NOTICE, Facet.REFERENCES)
    }
    accepted: dict[int, tuple[int, ...]] = {}
    for row in rows:
        also: Iterable[int] = ()
        if row.facet in (Facet.CONTRACT, Facet.NOTICE) and row.high is not None:
            also = [one.pk for one in bounded[Facet(row.facet)] if one.high is not None and one.high <= row.high]
        elif row.facet == Facet.REFERENCES and row.low is not None:
            also = [one.pk for one in bounded[Facet.REFERENCES] if one.low is not None and one.low >= row.low]
        elif row.facet == Facet.SHIPS_TO:
            also = _above(row, by_pk)
        accepted[row.pk] = tuple({row.pk, *also})
    return accepted


def _above(row: Value, by_pk: Mapping[int, Value]) -> list[int]:
    """What contains it, innermost first."""
    found: list[int] = []
    above = by_pk.get(row.parent or 0)
    while above is not None and above.pk not in found:
        found.append(above.pk)
        above = by_pk.get(above.parent or 0)
    return found


def _alike(rows: list[Value]) -> dict[str, tuple[str, ...]]:
    """Each word that names a service, with the others for the same."""
    alike: dict[str, tuple[str, ...]] = {}
    for row in rows:
        names = [word.lower() for word in row.synonyms if row.facet == Facet.SERVICE]
        names += [row.name.lower()] if row.facet == Facet.SERVICE else []
        for word in names:
            others = (*alike.get(word, ()), *(name for name in names if name != word))
            alike[word] = tuple(dict.fromkeys(others))
    return {word: others for word, others in alike.items() if " " not in word}
