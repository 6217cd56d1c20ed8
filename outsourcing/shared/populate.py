"""How a room fills its tables in bulk: PostgreSQL's COPY, told plain values row by row.

@populates("organisations", order=10)                                  # in accounts/populate.py
def organisations(count: int, rng: Random, progress: Progress) -> None:
    rows = ([rng.choice(NAMES), "vendor"] for _ in range(count))
    copy_in(Organisation, ["name", "kind"], rows, progress)
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice

from django.db import connection
from django.db.models import Field, Model

from outsourcing.shared.hooks import Progress

BATCH = 10_000
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_in(
    model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[object]], progress: Progress | None = None
) -> None:
    """Add rows of `model`, each a value for each of `fields` in order, and tell `progress` after each batch.

    A field that is not named gets its default, worked out once: the same in every row. Values go in as they stand in
    the database (a foreign key as its number, a zone as its name); nothing is validated but by the constraints.
    """
    own = {field.name: field for field in model._meta.concrete_fields}
    named = [own[name] for name in fields]
    others = [field for field in own.values() if not (field in named or field.primary_key)]
    rest = [_text(_default(model, field)) for field in others]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in [*named, *others])
    statement = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({columns}) FROM STDIN"
    lines = ("\t".join([*map(_text, row), *rest]) + "\n" for row in rows)
    with connection.cursor() as cursor:
        for batch in _batches(lines):
            cursor.copy_expert(statement, StringIO("".join(batch)))
            if progress is not None:
                progress(len(batch))


def reserve(model: type[Model], count: int) -> list[int]:
    """The next `count` numbers for rows of `model`, taken from its sequence: for rows that others will point to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [connection.ops.quote_name(model._meta.db_table), model._meta.pk.column, count],
        )
        return [number for (number,) in cursor.fetchall()]


def _default(model: type[Model], field: Field[object, object]) -> object:
    """What a new object's `field` says in the database; the time of day where the field takes it by itself."""
    return field.get_db_prep_save(field.pre_save(model(), add=True), connection)


def _text(value: object) -> str:
    """A value in COPY's text format; a list is an array of texts or numbers, a dict is JSON."""
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case list() | tuple():
            parts = ('"{}"'.format(str(part).replace("\\", "\\\\").replace('"', '\\"')) for part in value)
            return "{{{}}}".format(",".join(parts)).translate(ESCAPES)
        case dict():
            return json.dumps(value).translate(ESCAPES)
        case _:
            return str(value).translate(ESCAPES)


def _batches(lines: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(lines, BATCH)):
        yield batch
