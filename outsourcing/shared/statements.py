"""The written statements of pages that are asked for all day, each planned once by a connection and not at every call.

To plan a page's long statement takes PostgreSQL as long as to answer it, and psycopg2 sends each anew. So a connection
prepares a statement when it first sends it (PREPARE) and names it from then on (EXECUTE).

- It is known by a digest of its text, so whoever finds it prepared by somebody else finds the same statement.
- Inside a transaction it is sent whole: there an error would take what was written with it.
- A pooler that hands each transaction another connection loses what was prepared. The first time that this is seen, the
  process says so in its log and sends statements whole from then on; the page that met it is answered.
- Where a migration has changed a column's type under a running process, a statement is prepared anew.
- PostgreSQL may settle on one plan for all values. Use this where the same indexes are right for the largest and the
  smallest organisation, and for a few texts: each connection keeps all of them.
- Several that a page needs at once go to the database as one (`Read`, `read_together`): each way there and back takes
  as long as a short statement.
- Limits and fixed lists stand in the text and are no values. Of a limit that it does not know PostgreSQL assumes a
  tenth of all rows, and plans anew at every call; of a list, that no partial index may serve it.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from threading import Event
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, OperationalError, ProgrammingError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.errors import DuplicatePreparedStatement, FeatureNotSupported, InvalidSqlStatementName

logger = logging.getLogger(__name__)
T = TypeVar("T")
#: A row by the names of its columns, as JSON has it: days and instants are texts of ISO 8601; what is exact, as numeric
#: is, a statement casts to text.
Values = Mapping[str, Any]
VALUE = re.compile(r"%\((\w+)\)s")


class Prepared(NamedTuple):
    """A statement as it is prepared, and as it is called by its name with the same values."""

    name: str
    prepare: str
    execute: str


#: What each connection of psycopg2 has prepared, by name.
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
#: Set once a pooler has lost what was prepared.
_are_lost = Event()


def rows(statement: str, given: Mapping[str, Any]) -> list[Any]:
    """The rows of a statement with places like `%(name)s` for the values `given`."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        _execute(connection, cursor, statement, given)
        found: list[Any] = cursor.fetchall()
    return found


def row(statement: str, given: Mapping[str, Any]) -> Any:
    """The one row of a statement."""
    (found,) = rows(statement, given)
    return found


def named_row(statement: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The one row of a statement by the names of its columns."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        _execute(connection, cursor, statement, given)
        (found,) = cursor.fetchall()
        return {column.name: value for column, value in zip(cursor.description, found, strict=True)}


@dataclass(frozen=True)
class Read(Generic[T]):
    """A statement that can be asked together with others, its values, and what is made of its rows."""

    statement: str
    given: Mapping[str, Any]
    says: Callable[[list[Values]], T]


def read(one: Read[T] | T) -> T:
    """What one says of its rows, asked alone; what is no `Read` is the answer itself."""
    (answer,) = read_together([one])
    return answer


def read_together(these: Sequence[Read[T] | T]) -> list[T]:
    """What each says of its rows, in one query for all; what is no `Read` is the answer itself."""
    asked = [one for one in these if isinstance(one, Read)]
    given = {f"v{n}_{name}": value for n, one in enumerate(asked) for name, value in one.given.items()}
    found = iter(row(_together(*(one.statement for one in asked)), given) if asked else ())
    return [one.says(next(found) or []) if isinstance(one, Read) else one for one in these]


@lru_cache(maxsize=64)
def _together(*all_of: str) -> str:
    """One statement whose columns are the rows of each; values get the number of theirs before their name."""
    numbered = [VALUE.sub(rf"%(v{n}_\1)s", one) for n, one in enumerate(all_of)]
    columns = [f"(SELECT json_agg(q{n}) FROM ({one}) q{n})" for n, one in enumerate(numbered)]
    return f"SELECT {', '.join(columns)}"


@lru_cache(maxsize=256)
def prepared(statement: str) -> Prepared:
    """The same statement with numbered places, each name one of them."""
    names = list(dict.fromkeys(VALUE.findall(statement)))
    name = f"house_{blake2b(statement.encode(), digest_size=10).hexdigest()}"
    text = VALUE.sub(lambda found: f"${names.index(found[1]) + 1}", statement).replace("%%", "%")
    values = ", ".join(f"%({one})s" for one in names)
    return Prepared(name, f"PREPARE {name} AS {text}", f"EXECUTE {name} ({values})" if names else f"EXECUTE {name}")


def _execute(connection: BaseDatabaseWrapper, cursor: Any, statement: str, given: Mapping[str, Any]) -> None:
    if _are_lost.is_set() or connection.in_atomic_block:
        cursor.execute(statement, given)
        return
    one = prepared(statement)
    known = _known.setdefault(connection.connection, set())
    if one.name not in known:
        try:
            with connection.wrap_database_errors:
                cursor.cursor.execute(one.prepare)  # psycopg2's own: it is no query of the page's
        except ProgrammingError as error:
            if not isinstance(error.__cause__, DuplicatePreparedStatement):  # by somebody else, through a pooler
                raise
        known.add(one.name)
    try:
        cursor.execute(one.execute, given)
    except (OperationalError, NotSupportedError) as error:
        if not isinstance(error.__cause__, InvalidSqlStatementName | FeatureNotSupported):
            raise
        known.discard(one.name)
        if isinstance(error.__cause__, InvalidSqlStatementName) or not _is_put_away(cursor, one):
            logger.warning("A pooler loses prepared statements: from now on they are sent whole, which is slower")
            _are_lost.set()
        cursor.execute(statement, given)


def _is_put_away(cursor: Any, one: Prepared) -> bool:
    """Whether the statement was there to be prepared anew."""
    try:
        cursor.execute(f"DEALLOCATE {one.name}")
    except OperationalError as error:
        if not isinstance(error.__cause__, InvalidSqlStatementName):
            raise
        return False
    return True
