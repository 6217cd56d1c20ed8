"""What a benchmark's figures come to, and one short run of the whole. No test asserts a time."""

import json
import os
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from outsourcing.shared import bench
from outsourcing.shared.bench import Bench, Point, Probe
from outsourcing.shared.budgets import (
    NotMeasured,
    Result,
    Times,
    at_least,
    at_most,
    p95_over,
    p95_within,
    queries_within,
)
from outsourcing.shared.errors import Stop
from outsourcing.shared.management.commands.bench import Command

ROOT = Path(__file__).parents[2]
TIMED = Result({"vendors": 3}, Times(4, 10), "bare.page", Times(1, 2), 7)
WEIGHED = Result({}, value=200, unit="MB")


# ---- Figures -------------------------------------------------------------------------------------------------------
def test_times_are_the_median_and_the_nearest_rank():
    assert Times.of([number / 1000 for number in range(100, 0, -1)]) == Times(50.5, 95)
    assert Times.of([0.003]) == Times(3, 3)
    assert Times.of([0.001] * 19 + [9]) == Times(1, 1)
    assert Times.of([0.001] * 18 + [9, 9]) == Times(1, 9000)


@pytest.mark.parametrize(
    ("budget", "result", "holds"),
    [
        (p95_within(10), TIMED, True),
        (p95_within(9.9), TIMED, False),
        (p95_over("bare.page", times=5), TIMED, True),
        (p95_over("bare.page", times=4), TIMED, False),
        (p95_over("bare.page", times=4, plus_ms=2), TIMED, True),
        (queries_within(7), TIMED, True),
        (queries_within(6), TIMED, False),
        (at_most(200, "MB"), WEIGHED, True),
        (at_most(199, "MB"), WEIGHED, False),
        (at_least(200, "MB"), WEIGHED, True),
        (at_least(201, "MB"), WEIGHED, False),
    ],
)
def test_a_budget_holds_up_to_its_bound(budget, result, holds):
    assert budget.holds(result) is holds


@pytest.mark.parametrize(
    ("budget", "result"),
    [
        (p95_within(10), WEIGHED),
        (p95_over("raw SQL", times=5), TIMED),
        (p95_over("bare.page", times=5), Result({}, Times(4, 10))),
        (queries_within(12), WEIGHED),
        (at_most(220, "MB"), TIMED),
        (at_most(220, "rows/s"), WEIGHED),
    ],
)
def test_a_budget_about_what_was_not_measured_is_no_verdict(budget, result):
    with pytest.raises(NotMeasured):
        budget.holds(result)


# ---- Entries -------------------------------------------------------------------------------------------------------
def test_an_entry_of_times():
    point = Point("vendor.page", lambda _: TIMED, (p95_over("bare.page", times=5), queries_within(6)), 50)
    assert point.entry(TIMED) == {
        "name": "vendor.page",
        "rows": {"vendors": 3},
        "p50_ms": 4,
        "p95_ms": 10,
        "limit": "bare.page",
        "limit_p95_ms": 2,
        "queries": 7,
        "budget": "p95 <= 5 x bare.page, <= 6 queries",
        "holds": False,
    }


def test_an_entry_of_a_value():
    entry = Point("web.rss", lambda _: WEIGHED, (at_most(220, "MB"),), 50).entry(WEIGHED)
    assert entry == {"name": "web.rss", "rows": {}, "value": 200, "unit": "MB", "budget": "<= 220 MB", "holds": True}


def test_what_nothing_is_asked_of_holds():
    assert Point("bare.page", lambda _: TIMED, (), 0).entry(TIMED)["holds"] is True


def test_the_larger_of_two_wishes_for_rows_counts(monkeypatch):
    monkeypatch.setattr(bench, "plan", {})
    bench.needs(vendors=10, briefs=7)
    bench.needs(vendors=5, briefs=8)
    assert bench.plan == {"vendors": 10, "briefs": 8}


# ---- Measuring -----------------------------------------------------------------------------------------------------
def test_probes_take_turns_and_warming_up_does_not_count():
    said = []

    def probe(name, cold, warm):
        def once():
            said.append(name)
            return warm if said.count(name) > 2 else cold

        return Probe(name, once)

    machine = Bench(web=None, bare=None, repetitions=3)
    assert machine.in_turns(probe("a", 1, 0.001), probe("b", 1, 0.002)) == [Times(1, 1), Times(2, 2)]
    assert said == ["a", "b"] * 5


def test_raw_sql_must_find_something(db):
    machine = Bench(web=None, bare=None, repetitions=1)
    assert machine.sql(("SELECT %s::int", [1])).once() > 0
    with pytest.raises(NotMeasured, match="no row"):
        machine.sql(("SELECT 1 WHERE false", [])).once()


def test_queries_are_counted_for_the_right_page_only(owner):
    machine = Bench(web=None, bare=None, repetitions=1)
    assert machine.queries("/", by=owner.user, expects="<h1") > 2
    with pytest.raises(NotMeasured, match="/ answered 200"):
        machine.queries("/", by=owner.user, expects="words of another page")
    with pytest.raises(NotMeasured, match="/nowhere/ answered 404"):
        machine.queries("/nowhere/", by=owner.user, expects="")


# ---- The command ---------------------------------------------------------------------------------------------------
def test_runs_in_its_own_mode_only():
    with pytest.raises(Stop, match="make bench"):
        call_command("bench")


def test_an_unknown_point_is_answered_with_the_known_ones(settings, monkeypatch):
    settings.MODE = "bench"
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(Stop, match=r"Nothing is called unicorn.page: choose from bare.page, today.page.*, web.rss"):
        call_command("bench", only=["unicorn.page"])


def test_a_point_that_fails_costs_the_others_nothing_but_the_exit_code(capsys):
    def wrong(_):
        raise NotMeasured("/ answered 302 and 0 bytes where 200 and 'Today' were expected")

    command = Command(stdout=StringIO(), stderr=StringIO())
    assert command._measured(Point("today.page", wrong, (), 50), machine=None) is None
    assert command._measured(Point("worse.page", lambda _: 1 / 0, (), 50), machine=None) is None
    assert "today.page: / answered 302" in command.stderr.getvalue()
    assert "ZeroDivisionError" in command.stderr.getvalue()
    fine = Point("fine.page", lambda _: TIMED, (queries_within(6),), 50).entry(TIMED)
    with pytest.raises(Stop, match=r"Could not be measured, for the reasons above: today.page, worse.page"):
        command._report([fine], missing={"worse.page", "today.page"})
    assert "fine.page" in capsys.readouterr().out
    assert "Over budget: fine.page." in command.stdout.getvalue()


def test_a_short_run_of_everything():
    """The figures are there and each body was the right one; how long it took is nobody's business here."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:  # pytest's own could not be entered by PostgreSQL
        Path(folder).chmod(0o755)
        environment = {**os.environ, "OUTSOURCING_ENV": "bench", "VAR_DIR": folder}
        del environment["DATABASE_URL"]

        def run(*arguments):
            command = [sys.executable, "manage.py", "bench", "--quick", *arguments]
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, done.stderr
            return done.stdout, json.loads((Path(folder) / "bench.json").read_text())

        said, entries = run()
        assert "organisations: 10 rows" in said
        assert all(entry["name"] in said and isinstance(entry["holds"], bool) for entry in entries)
        assert (entries[0]["name"], entries[-1]["name"]) == ("bare.page", "web.rss")
        assert entries[-1]["unit"] == "MB"
        (page,) = [entry for entry in entries if entry["name"] == "today.page"]
        assert page["rows"] == {"organisations": 1_010, "memberships": 200, "contracts": 28, "milestones": 704}
        assert page["budget"] == "p95 <= 5 x bare.page, <= 12 queries"
        assert page["limit"] == "bare.page"
        assert page["p95_ms"] >= page["p50_ms"] > 0 < page["limit_p95_ms"]
        assert 0 < page["queries"] <= 12

        said, entries = run("--only", "bare.page")
        assert "rows in" not in said, "the data of the first run is still good"
        assert [entry["name"] for entry in entries] == ["bare.page"]


def test_the_last_figures_are_a_table_for_the_readme(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    points = [
        Point("vendor.page", lambda _: TIMED, (p95_over("bare.page", times=5), queries_within(6)), 50).entry(TIMED),
        Point("web.rss", lambda _: WEIGHED, (at_most(220, "MB"),), 50).entry(WEIGHED),
    ]
    (tmp_path / "bench.json").write_text(json.dumps(points))
    out = StringIO()
    call_command("bench", markdown=True, stdout=out)
    assert out.getvalue().splitlines()[2:] == [
        "| `vendor.page` | 4 | 10 | bare.page 2 | 7 | p95 <= 5 x bare.page, <= 6 queries | **no** |",
        "| `web.rss` |  | 200 MB |  |  | <= 220 MB | yes |",
    ]
