"""`make bench`: time the points of every room, each beside its limit, and say which budgets do not hold."""

import hashlib
import json
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.module_loading import autodiscover_modules
from rich.console import Console
from rich.table import Table

from outsourcing.shared import bench, hooks, premises
from outsourcing.shared.bench import QUICK_REPETITIONS, REPETITIONS, SMALLER
from outsourcing.shared.budgets import NotMeasured
from outsourcing.shared.errors import Stop
from outsourcing.shared.postgres import Server
from outsourcing.shared.supervisor import Lock

SEED = 7
WIDTH = 150  # of the table where nobody looks


class Command(BaseCommand):
    """Fills a PostgreSQL of its own, serves the app and a bare page from it, and measures; ends with 1 if it could not.

    The data stays for the next run, until the plan, a migration or what fills it changes.
    """

    help = "Time the pages, each beside its limit; figures in var/bench.json."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", nargs="+", metavar="POINT", help="these points alone, also in var/bench.json")
        parser.add_argument("--quick", action="store_true", help="few repetitions over few rows: to see that it works")
        parser.add_argument("--markdown", action="store_true", help="measure nothing: the last figures for the README")

    def handle(self, *, only: list[str] | None, quick: bool, markdown: bool, **options: Any) -> None:
        if markdown:
            self.stdout.write(_markdown(json.loads((settings.VAR_DIR / "bench.json").read_text())))
            return
        if settings.MODE != "bench" or "DATABASE_URL" in os.environ:
            raise Stop("The benchmarks make a PostgreSQL of their own: start them by make bench, without DATABASE_URL.")
        autodiscover_modules("bench")
        chosen = _chosen(only)
        home = settings.VAR_DIR / "bench"
        premises.make_room(home)
        lock = Lock(home / "lock")
        lock.take()
        server = Server(home / "postgres")
        try:
            self.make_ready(server, lock, chosen[0].apart or bench.plan, quick)
            with (
                bench.Web(None, lock.descriptor) as web,
                bench.Web("outsourcing.shared.bare:application", lock.descriptor) as bare,
            ):
                machine = bench.Bench(web, bare, repetitions=QUICK_REPETITIONS if quick else REPETITIONS)
                entries = [entry for point in chosen if (entry := self._measured(point, machine)) is not None]
        except KeyboardInterrupt:
            raise Stop("Stopped; no figures were written.") from None
        finally:
            connection.close()
            server.stop()
        write(settings.VAR_DIR / "bench.json", entries)
        self._report(entries, missing={point.name for point in chosen} - {entry["name"] for entry in entries})

    def make_ready(self, server: Server, lock: Lock, wanted: Mapping[str, int], quick: bool) -> None:
        """Start the database, filled anew if what it holds is not what is wanted, and collect the static files."""
        small = {name: max(1, count // SMALLER) for name, count in wanted.items()}
        counts = small if quick else wanted
        stamp = server.home / "filled"  # goes where the data goes
        kept = stamp.exists() and stamp.read_text() in {_fingerprint(counts), _fingerprint(wanted)}
        if not kept:
            server.remove()
        server.start(sys.stderr.fileno(), keep=(lock.descriptor,))
        if not kept:
            call_command("migrate", verbosity=0, interactive=False)
            call_command("populate", *(f"{name}={count}" for name, count in counts.items()), seed=SEED)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM (ANALYZE)")
            stamp.write_text(_fingerprint(counts))
        premises.collect_static()

    def _measured(self, point: bench.Point, machine: bench.Bench) -> dict[str, Any] | None:
        """The point's figures; None where it could not be measured, which must not cost the other points theirs."""
        self.stdout.write(f"measuring {point.name}")
        self.stdout.flush()
        try:
            return point.entry(point.measure(machine))
        except NotMeasured as error:
            self.stderr.write(f"{point.name}: {error}.")
        except Exception:
            self.stderr.write(f"{point.name}: {traceback.format_exc()}")
        return None

    def _report(self, entries: list[dict[str, Any]], missing: set[str]) -> None:
        console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDTH)
        console.print(_table(entries))
        broken = [entry["name"] for entry in entries if not entry["holds"]]
        self.stdout.write(f"Over budget: {', '.join(broken)}." if broken else "Every budget that was measured holds.")
        self.stdout.flush()
        if missing:
            raise Stop(f"Could not be measured, for the reasons above: {', '.join(sorted(missing))}.")


def _chosen(only: list[str] | None) -> list[bench.Point]:
    """The points asked for, or all that share a database, in their order. Raises Stop where one is not known, or they
    share none."""
    known = sorted(bench.points.values(), key=lambda point: (point.order, point.name))
    if unknown := set(only or []) - set(bench.points):
        names = ", ".join(point.name for point in known)
        raise Stop(f"Nothing is called {', '.join(sorted(unknown))}: choose from {names}.")
    chosen = [point for point in known if (point.name in only if only else point.apart is None)]
    if any(point.apart != chosen[0].apart for point in chosen):
        raise Stop("These stand on databases of different sizes: measure them one after the other.")
    return chosen


def _fingerprint(counts: Mapping[str, int]) -> str:
    """What the data comes from: counts, seed, migrations, and the modules that fill the tables."""
    migrations = MigrationLoader(None).disk_migrations.values()
    modules = {type(migration).__module__ for migration in migrations}
    modules |= {hooks.populations[name].fill.__module__ for name in counts if name in hooks.populations}
    digest = hashlib.sha256(json.dumps([SEED, dict(counts)], sort_keys=True).encode())
    for name in sorted(modules):
        digest.update(Path(sys.modules[name].__file__ or "").read_bytes())
    return digest.hexdigest()


def write(file: Path, entries: list[dict[str, Any]]) -> None:
    """Whole or not at all: a reader never sees half of it."""
    half = file.with_suffix(".half")
    half.write_text(json.dumps(entries, indent=2) + "\n")
    half.replace(file)


def _table(entries: list[dict[str, Any]]) -> Table:
    table = Table("Point", "Rows")
    for heading in ("p50 ms", "p95 ms"):
        table.add_column(heading, justify="right")
    table.add_column("Limit")
    for heading in ("its p95 ms", "Queries"):
        table.add_column(heading, justify="right")
    table.add_column("Budget")
    table.add_column("Holds")
    for entry in entries:
        rows = ", ".join(f"{count:,} {name}" for name, count in entry["rows"].items())
        if "value" in entry:
            figures = ["", f"{entry['value']:,} {entry['unit']}", "", "", ""]
        else:
            figures = [_said(entry[name]) for name in ("p50_ms", "p95_ms", "limit", "limit_p95_ms", "queries")]
        table.add_row(entry["name"], rows, *figures, entry["budget"], "yes" if entry["holds"] else "[bold red]NO")
    return table


def _markdown(entries: list[dict[str, Any]]) -> str:
    lines = [
        "| Point | p50 ms | p95 ms | beside it, p95 ms | queries | budget | holds |",
        "|---|--:|--:|---|--:|---|---|",
    ]
    for entry in entries:
        if "value" in entry:
            figures = ["", f"{entry['value']:,} {entry['unit']}", "", ""]
        else:
            limit = f"{entry['limit']} {_said(entry['limit_p95_ms'])}" if entry["limit"] else ""
            figures = [_said(entry["p50_ms"]), _said(entry["p95_ms"]), limit, _said(entry["queries"])]
        cells = [f"`{entry['name']}`", *figures, entry["budget"], "yes" if entry["holds"] else "**no**"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _said(figure: float | str | None) -> str:
    if figure is None:
        return ""
    return f"{figure:.1f}" if isinstance(figure, float) else str(figure)
