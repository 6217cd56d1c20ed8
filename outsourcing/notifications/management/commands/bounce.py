"""What came back, from a mail server's pipe."""

import sys
from os import EX_TEMPFAIL
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError

from outsourcing.notifications.bounces import taking
from outsourcing.shared import clock

LARGEST = 10 * 1024 * 1024


class Command(BaseCommand):
    """Ends with 0 whatever it reads, or the mail server would answer a report by a report; with 75, which asks it to
    come again, only where the database is away."""

    help = "Take a report of mails that did not arrive from standard input."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        content = sys.stdin.buffer.read(LARGEST)
        try:
            taken = taking.take(content, at=clock.now())
        except OperationalError as error:
            self.stderr.write(f"The database is away: {error}")
            sys.exit(EX_TEMPFAIL)
        self.stdout.write(f"{taken} taken" if taken else "Nothing of ours came back in this.")
