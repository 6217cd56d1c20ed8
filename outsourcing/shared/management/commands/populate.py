"""Fill tables with invented rows, for benchmarks and for trying out how a page looks with a lot on it."""

import random
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from rich.console import Console
from rich.progress import Progress

from outsourcing.shared import hooks
from outsourcing.shared.errors import Stop
from outsourcing.shared.progress import bars


class Command(BaseCommand):
    """Has the rooms add exactly as many rows as asked for, or none; on equal databases a seed adds equal rows."""

    help = "Add invented rows, for example: populate organisations=1000 memberships=20000 --seed 7"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("wishes", nargs="+", metavar="NAME=COUNT", help=f"names: {', '.join(_names())}")
        parser.add_argument("--seed", type=int, default=0, help="another seed, other rows")

    def handle(self, *, wishes: list[str], seed: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise Stop("Invented rows are not for production.")
        counts = dict(map(_wish, wishes))
        with bars(Console(stderr=True)) as bar, transaction.atomic():
            for population in sorted(map(hooks.populations.__getitem__, counts), key=lambda known: known.order):
                self._fill(population, counts[population.name], seed, bar)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _fill(self, population: hooks.Population, count: int, seed: int, bar: Progress) -> None:
        """Let one function add its rows and see that it told of as many as were asked for."""
        started, task, told = time.monotonic(), bar.add_task(population.name, total=count), 0

        def progress(rows: int = 1) -> None:
            nonlocal told
            told += rows
            bar.advance(task, rows)

        # A generator of its own for each name: what else is asked for changes none of its rows.
        population.fill(count, random.Random(f"{seed} {population.name}"), progress)
        if told != count:
            raise Stop(f"{population.name} told of {told:,} rows where {count:,} were asked for; nothing was added.")
        self.stdout.write(f"{population.name}: {count:,} rows in {time.monotonic() - started:.1f} s")


def _wish(said: str) -> tuple[str, int]:
    """("vendors", 1000) of "vendors=1000"."""
    name, _, count = said.partition("=")
    if name not in hooks.populations:
        raise Stop(f"Nothing fills {name!r}: choose from {', '.join(_names())}, each with =COUNT.")
    if not count.replace("_", "").isdecimal():
        raise Stop(f"{said!r} does not say how many: write {name}=1000, for example.")
    return name, int(count)


def _names() -> list[str]:
    return [known.name for known in sorted(hooks.populations.values(), key=lambda known: (known.order, known.name))]
