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
- Limits and fixed lists stand in the text and are no values. Of a limit that it does not know PostgreSQL assumes a
  tenth of all rows, and plans anew at every call; of a list, that no partial index may serve it.
"""

import logging
import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from threading import Event
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, OperationalError, ProgrammingError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.errors import DuplicatePreparedStatement, FeatureNotSupported, InvalidSqlStatementName

logger = logging.getLogger(__name__)
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
