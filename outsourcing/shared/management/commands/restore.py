"""Restore what `backup` has written."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from outsourcing.shared.backups import restoring


class Command(BaseCommand):
    """Into an empty database, as a whole or not at all; mail is held from the first instant on."""

    help = "Bring database and files back from an archive; mail is held until it is let go."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="replace all that is in the database")

    def handle(self, *, file: Path, force: bool, **options: Any) -> None:
        found = restoring.restore(file, force=force)
        lines = [f"{found.rows} rows and {found.files} files are back as of {found.taken_at:%Y-%m-%d %H:%M} UTC."]
        if found.is_older:
            lines.append("They are older than this code: run manage.py migrate before anything else.")
        if found.has_other_key:
            lines.append("SECRET_KEY is another than then: links in mails that went out will not work.")
        lines.append("Mail is held: manage.py mail says what waits, manage.py mail --release lets it go.")
        self.stdout.write("\n".join(lines))
