"""Take a backup: the database as it is at one instant, and the bytes of exactly those files that its rows name then.

One transaction looks at that instant: it counts the rows, gives its snapshot to pg_dump, and says which files there
are. The bytes come after: a file is never written anew and lies on the disk before its row, so whatever the snapshot
names is there already. Nothing is removed from the disk meanwhile (`free_to_remove`); the daily look for orphans does
that later. People go on working.
"""

import hmac
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction

from outsourcing import RELEASE
from outsourcing.shared import hooks
from outsourcing.shared.backups import archive, tools
from outsourcing.shared.errors import Stop

#: Of these tables a backup holds the shape and no rows: what was signed in is not signed in again by a restore.
WITHOUT_ROWS = ("cache", "django_session", "usersessions_usersession")
#: Locked while a backup is taken; nothing but migrations writes to it.
GUARD = "django_migrations"
WAIT = "60s"


@dataclass(frozen=True)
class Taken:
    """What is in it; `missing` are files that a row names and that are not on the disk."""

    rows: int
    files: int
    size: int
    missing: list[str]


def take(target: Path, at: datetime) -> Taken:
    """Write a backup to a file that is not there yet. Raises Stop."""
    with (
        archive.writing(target) as writing,
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder,
        transaction.atomic(durable=True),
    ):
        snapshot = _look()
        counts = count(tables())
        writing.about(_about(counts, at))
        dump = Path(folder) / archive.DUMP
        _dump(dump, snapshot)
        writing.part(archive.DUMP, dump)
        files, missing = _add_files(writing)
        writing.manifest(missing)
    return Taken(sum(counts.values()), files, target.stat().st_size, missing)


def free_to_remove() -> bool:
    """Whether bytes may be removed from the disk, until the caller's transaction ends: no backup is being taken."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {GUARD} IN ROW EXCLUSIVE MODE NOWAIT")
    except OperationalError:
        return False
    return True


def tables() -> list[str]:
    """Every table of ours whose rows a backup holds."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    return [name for name in names if name not in WITHOUT_ROWS]


def count(names: Iterable[str]) -> dict[str, int]:
    """How many rows each has."""
    found = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")
            found[name] = cursor.fetchone()[0]
    return found


def fingerprint() -> str:
    """By it one sees whether two places have the same SECRET_KEY, and nothing of it."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"outsourcing.backup", "sha256").hex()[:16]


def _look() -> str:
    """Begin to look at one instant, after nothing is removed any more; the name of the snapshot. Raises Stop."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        try:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
            cursor.execute(f"LOCK TABLE {GUARD} IN EXCLUSIVE MODE")  # itself no look yet
        except OperationalError:
            raise Stop("A migration or another backup is under way: wait until it is over.") from None
        except DatabaseError as error:
            raise Stop(f"There is nothing to back up in this database ({str(error).splitlines()[0]}).") from None
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


def _about(counts: dict[str, int], at: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
    return {
        "taken_at": at.isoformat(),
        "release": RELEASE,
        "migrations": migrations,
        "rows": counts,
        "secret_key": fingerprint(),
    }


def _dump(target: Path, snapshot: str) -> None:
    found = tools.find(tools.server_version())
    without = [f"--exclude-table-data=public.{name}" for name in WITHOUT_ROWS]
    shape = ("--format=custom", "--no-owner", "--no-privileges")
    command = found.command("pg_dump", *shape, *without, f"--snapshot={snapshot}", f"--file={target}")
    done = subprocess.run(command, env=tools.environment(), capture_output=True, text=True)
    if done.returncode:
        raise Stop(f"pg_dump could not read the database: {_last_line(done.stderr)}")


def _add_files(writing: archive.Writing) -> tuple[int, list[str]]:
    """The bytes of every file that a row names; how many, and the keys of those that are gone."""
    number, missing = 0, []
    for files in hooks.kept_files():
        for key, path in files:
            try:
                writing.part(archive.FILES + key, path)
                number += 1
            except FileNotFoundError:  # one lost file is no reason to have no backup of all others
                missing.append(key)
    return number, missing


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or ["it said nothing"])[-1]
