"""Back up the database and the files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection

from outsourcing.shared import clock
from outsourcing.shared.backups import taking
from outsourcing.shared.errors import Stop
from outsourcing.shared.postgres import MiB


class Command(BaseCommand):
    """While people go on working; under its name it is whole, or not there."""

    help = "Write the database and the files into one archive."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where to; it must not be there yet")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise Stop(f"The database does not answer: {str(error).strip().splitlines()[0]}") from None
        taken = taking.take(file.absolute(), clock.now())
        self.stdout.write(f"{file}: {taken.rows} rows and {taken.files} files, {max(1, taken.size // MiB)} MB.")
        if taken.missing:
            self.stderr.write(f"{len(taken.missing)} files have no bytes and are not in it: {taken.missing[:5]}")
