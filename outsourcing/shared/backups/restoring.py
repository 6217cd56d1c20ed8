"""Restore a backup: first it is read through, then the files are put on the disk, then the database is filled in one
transaction. So a restore that is broken off anywhere leaves the database as it was, and at most bytes without a row.

In the same transaction rooms write what must hold from the first instant on (`hooks.restored`): mail is held.
"""

import os
import subprocess
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.apps import apps
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader

from outsourcing.shared import hooks
from outsourcing.shared.backups import archive, taking, tools
from outsourcing.shared.disk import sync
from outsourcing.shared.errors import Stop

#: Whoever still works in a database that is replaced is waited for so long.
WAIT = "30s"
#: Newer programs write this into a dump; servers before PostgreSQL 17 do not know it.
NEWER, HEAD = b"SET transaction_timeout = 0;\n", 40  # in its first lines


@dataclass(frozen=True)
class Restored:
    """What came back, and what is to be known of it."""

    taken_at: datetime
    rows: int
    files: int
    is_older: bool
    has_other_key: bool


def restore(path: Path, *, force: bool) -> Restored:
    """Restore the backup at `path` into our database and folder. Raises Stop.

    `force` replaces what is in the database. It comes back as a whole, or not at all.
    """
    found = archive.Archive(path)
    migrations = set(found.about.get("migrations") or ())
    known = _known_migrations()
    if newer := sorted(migrations - known):
        raise Stop(f"{path} is newer than this code, which does not know {newer[-1]}: use the release that took it.")
    found.verify()
    if not force and _has_tables():
        raise Stop("The database is not empty: name an empty one, or say --force to replace all that is in it.")
    programs = tools.find(tools.server_version())
    taken_at = datetime.fromisoformat(found.about["taken_at"])
    files = _put_files(found)
    _fill(found, programs, taken_at, force=force)
    return Restored(
        taken_at=taken_at,
        rows=sum(found.about["rows"].values()),
        files=files,
        is_older=migrations != known,
        has_other_key=found.about.get("secret_key") != taking.fingerprint(),
    )


def _known_migrations() -> set[str]:
    """Every migration of this code."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    labels = {app.label for app in apps.get_app_configs()}
    return {f"{app}.{name}" for app, name in loader.disk_migrations if app in labels}


def _has_tables() -> bool:
    try:
        with connection.cursor() as cursor:
            return bool(connection.introspection.table_names(cursor, include_views=True))
    except OperationalError as error:
        raise Stop(f"The database does not answer: {str(error).strip().splitlines()[0]}") from None


# ---- Files ---------------------------------------------------------------------------------------------------------
def _put_files(found: archive.Archive) -> int:
    """Put the bytes where their rows will look for them; how many. Raises Stop."""
    number, folders = 0, set()
    for key, source in found.files():
        target = next(filter(None, hooks.place_of_file(key)), None)
        if target is None:
            raise Stop(f"{found.path} holds {key!r}, which is no file of ours: nothing was restored.")
        try:
            _put(source, target)
        except OSError as error:
            raise Stop(f"{target} cannot be written ({error.strerror}): free some space, or mend its rights.") from None
        folders.add(target.parent)
        number += 1
    for folder in {*folders, *(one.parent for one in folders)}:
        sync(folder)
    return number


def _put(source: IO[bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.part")
    with half.open("wb") as out:
        while chunk := source.read(archive.CHUNK):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    half.rename(target)


# ---- The database --------------------------------------------------------------------------------------------------
def _fill(found: archive.Archive, programs: tools.Tools, taken_at: datetime, *, force: bool) -> None:
    """One transaction of psql's: what is there goes, the dump comes, the rows are counted, rooms add theirs."""
    connection.close()
    script = programs.command("pg_restore", "--no-owner", "--no-privileges", "--file=-", database=False)
    filling = programs.command("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output", os.devnull)
    with (
        found.opened(archive.DUMP) as dump,
        tempfile.TemporaryFile() as said,
        subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said) as reading,
        subprocess.Popen(filling, env=tools.environment(), stdin=subprocess.PIPE, stderr=said) as writing,
    ):
        pouring = threading.Thread(target=_pour, args=(dump, reading.stdin))
        pouring.start()
        is_whole = _pass_on(reading, _pipe(writing.stdin), _before(force=force), found.about["rows"], taken_at)
        if not is_whole:
            reading.kill()
        writing.wait()
        pouring.join()
        said.seek(0)
        words = said.read().decode(errors="replace").strip().splitlines()
    if writing.returncode or not is_whole:
        raise Stop(f"The database was left as it was: {(words or ['the dump cannot be read'])[0]}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _pass_on(
    reading: "subprocess.Popen[bytes]", psql: IO[bytes], before: str, rows: dict[str, int], taken_at: datetime
) -> bool:
    """The script, between what comes before and after it; whether all of it went. Half a dump is not committed."""
    is_whole = False
    with suppress(BrokenPipeError):  # psql has said why
        psql.write(before.encode())
        for number, line in enumerate(_pipe(reading.stdout)):
            if number > HEAD or line != NEWER:
                psql.write(line)
        is_whole = reading.wait() == 0
        if is_whole:
            psql.write(_after(rows, taken_at).encode())
    _close(psql)
    return is_whole


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _before(*, force: bool) -> str:
    """Begin; where it is wanted, without what is there."""
    begin = f"BEGIN;\nSET lock_timeout = '{WAIT}';\nSET client_min_messages = 'warning';\n"
    return begin + ("DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n" if force else "")


def _after(rows: dict[str, int], taken_at: datetime) -> str:
    """See that all rows have come, let rooms add theirs, and have it so."""
    counts = "".join(_checked(table, number) for table, number in sorted(rows.items()))
    return "".join([counts, *(f"{one}\n" for one in hooks.restored(taken_at)), "COMMIT;\n"])


def _checked(table: str, number: int) -> str:
    name = connection.ops.quote_name(table)
    return (
        f"DO $$ BEGIN IF (SELECT count(*) FROM public.{name}) <> {int(number)} THEN "
        f"RAISE EXCEPTION 'rows of {table.replace(chr(39), '')} are missing'; END IF; END $$;\n"
    )


def _pour(source: IO[bytes], into: IO[bytes]) -> None:
    """All of it, as long as somebody takes it."""
    with suppress(BrokenPipeError):
        while chunk := source.read(archive.CHUNK):
            into.write(chunk)
    _close(into)


def _close(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        pipe.close()
