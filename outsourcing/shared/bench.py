"""Benchmarks: what a room's `bench.py` says of its points, and what measures them. `make bench` runs them all.

    needs(vendors=100_000)                                                         # by the names of populate

    @point("vendor.page", p95_within(60), queries_within(12))                      # words of shared/budgets.py
    def vendor_page(bench: Bench) -> Result:
        return bench.page("/vendors/7/", by=buyer, expects="Evidence", rows=bench.rows(Vendor))

A page's times stand beside a limit's, measured in turns with it so that the machine's moods hit both: the bare page's
unless another is given, such as `limit=bench.sql(("SELECT ...", []))`. Nothing here is a test: no test asserts a time.
"""

import gzip
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from math import nan
from typing import Any, Self

import psutil
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from outsourcing.shared import serving
from outsourcing.shared.budgets import Budget, NotMeasured, Result, Times
from outsourcing.shared.errors import Stop
from outsourcing.shared.postgres import MiB, die_with_parent

BARE = "bare.page"
WORKERS = 2
START_SECONDS, STOP_SECONDS = 60, 15
QUIET_SECONDS = 0.3
#: A quick run has so many repetitions, a full one so many; and so many times fewer rows.
QUICK_REPETITIONS, REPETITIONS, SMALLER = 10, 300, 100


# ---- What rooms register -------------------------------------------------------------------------------------------
Measure = Callable[["Bench"], Result]


@dataclass(frozen=True)
class Point:
    """A named thing to measure and the budgets that it must hold; `apart` are the rows that it stands on in
    place of the plan's: give it a VAR_DIR of its own."""

    name: str
    measure: Measure
    budgets: tuple[Budget, ...]
    order: int
    apart: Mapping[str, int] | None = None

    def entry(self, result: Result) -> dict[str, Any]:
        """Its part of var/bench.json. Raises NotMeasured where a budget asks for what `result` does not have."""
        if result.value is not None:
            figures: dict[str, Any] = {"value": result.value, "unit": result.unit}
        else:
            figures = {
                "p50_ms": result.times and result.times.p50_ms,
                "p95_ms": result.times and result.times.p95_ms,
                "limit": result.limit or None,
                "limit_p95_ms": result.limit_times and result.limit_times.p95_ms,
                "queries": result.queries,
            }
        budget = ", ".join(budget.text for budget in self.budgets)
        holds = all(budget.holds(result) for budget in self.budgets)
        return {"name": self.name, "rows": dict(result.rows), **figures, "budget": budget, "holds": holds}


#: Every point by its name, and how many rows of each population they stand on; found in `bench.py`.
points: dict[str, Point] = {}
plan: dict[str, int] = {}


def point(
    name: str, *budgets: Budget, order: int = 50, apart: Mapping[str, int] | None = None
) -> Callable[[Measure], Measure]:
    """Register the decorated function as the one that measures `name`; a lower `order` runs earlier.

    One that stands `apart` is measured only by its name, over rows that take too long to fill for every run.
    """

    def register(measure: Measure) -> Measure:
        points[name] = Point(name, measure, budgets, order, apart)
        return measure

    return register


def needs(**counts: int) -> None:
    """Have so many rows of each population there; where two rooms name the same, the larger count wins."""
    plan.update({name: max(count, plan.get(name, 0)) for name, count in counts.items()})


# ---- What measures -------------------------------------------------------------------------------------------------
class Web:
    """granian with two processes over a WSGI application, ours if none is named; a context manager that starts and
    stops it."""

    def __init__(self, application: str | None, lock: int) -> None:
        """`lock` is a file descriptor that its processes keep open for as long as they live."""
        self.application, self.lock = application, lock
        self.port = serving.free_port()
        self.wires: list[HTTPConnection] = []

    def __enter__(self) -> Self:
        """Start and wait until all its processes are ready. Raises Stop where they are not in time."""
        self.process = subprocess.Popen(
            serving.web_command(self.port, WORKERS, self.application),
            stdin=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env={**os.environ, "SECRET_KEY": settings.SECRET_KEY},  # or it would not know the sessions made here
            preexec_fn=die_with_parent(signal.SIGTERM),
            start_new_session=True,
            pass_fds=(self.lock,),
        )
        deadline = time.monotonic() + START_SECONDS
        while not (self._listens() and self._is_quiet()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self._stop()
                raise Stop("A web server of the benchmarks did not start; its reason stands above.")
            time.sleep(0.05)
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()

    def wire(self) -> HTTPConnection:
        """A connection that is kept open until the server stops; opened by its first request."""
        self.wires.append(HTTPConnection("127.0.0.1", self.port, timeout=60))
        return self.wires[-1]

    def memory(self) -> float:
        """The proportional set size in MB of the parent and its processes: a page that n share counts 1/n for each."""
        return round(sum(float(process.memory_full_info().pss) for process in self._family()) / MiB, 1)

    def _family(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _is_quiet(self) -> bool:
        """Whether they have stopped loading the app; the port is open long before each of them has."""
        before = self._busy_seconds()
        time.sleep(QUIET_SECONDS)
        return self._busy_seconds() - before < QUIET_SECONDS / 10

    def _busy_seconds(self) -> float:
        try:
            return sum(sum(process.cpu_times()[:2]) for process in self._family())
        except psutil.NoSuchProcess:  # it fell; whoever waits for it sees that
            return nan

    def _stop(self) -> None:
        for wire in self.wires:
            wire.close()
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass(frozen=True)
class Probe:
    """Something to be timed: `once` does it, checks what came back, and says how many seconds it took."""

    name: str
    once: Callable[[], float]


class Bench:
    """The web server, the bare one beside it, and the database, ready to be measured."""

    def __init__(self, web: Web, bare: Web, *, repetitions: int) -> None:
        self.web, self.bare = web, bare
        self.repetitions, self.warm_up = repetitions, max(2, repetitions // 10)
        self._clients: dict[Any, Client] = {}

    @property
    def is_quick(self) -> bool:
        """Whether this run is only to see that it works."""
        return self.repetitions <= QUICK_REPETITIONS

    def page(
        self, path: str, *, by: AbstractBaseUser, expects: str, rows: Mapping[str, int], limit: Probe | None = None
    ) -> Result:
        """What a GET of `path` takes the person `by`, beside `limit`, with `expects` in the body; and its queries."""
        limit = limit or self.bare_page(by=by)
        queries = self.queries(path, by=by, expects=expects)
        times, limit_times = self.in_turns(self.get(path, by=by, expects=expects), limit)
        return Result(rows, times, limit.name, limit_times, queries)

    def rows(self, *models: type[Model]) -> dict[str, int]:
        """How many rows of each model there are, by its name in the plural."""
        return {str(model._meta.verbose_name_plural): model._default_manager.count() for model in models}

    def in_turns(self, *probes: Probe, at_most: int | None = None) -> list[Times]:
        """The times of each, taken in turns, `at_most` so often where one takes long; the first rounds do not count.

        In turns also because a process that has waited answers later than one that is asked again at once: the bare
        page took 2.1 ms alone, 3.6 ms with any 10 ms between two requests.
        """
        repetitions = min(self.repetitions, at_most or self.repetitions)
        warm_up = min(self.warm_up, repetitions)
        rounds = [[probe.once() for probe in probes] for _ in range(warm_up + repetitions)]
        return [Times.of(seconds) for seconds in zip(*rounds[warm_up:], strict=True)]

    def bare_page(self, *, by: AbstractBaseUser) -> Probe:
        """The page of `shared/bare.py`: what Django with a session and a login takes for no work at all."""
        client = Client()
        client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
        return self._get(self.bare, BARE, "/", client, "A bare page")

    def get(self, path: str, *, by: AbstractBaseUser, expects: str) -> Probe:
        """A GET of a page of ours over a connection of its own that is kept open."""
        return self._get(self.web, path, path, self._signed_in(by), expects)

    def sql(self, *statements: tuple[str, Sequence[Any] | Mapping[str, Any]]) -> Probe:
        """The same rows fetched by statements with their parameters, one after the other, over a connection that is
        kept open; each must find some."""

        def once() -> float:
            with connection.cursor() as cursor:
                started = time.perf_counter()
                found = [_fetched(cursor, *one) for one in statements]
                seconds = time.perf_counter() - started
            if not all(found):
                raise NotMeasured("the raw SQL found no row")
            return seconds

        return Probe("raw SQL", once)

    def queries(self, path: str, *, by: AbstractBaseUser, expects: str) -> int:
        """How many statements a second GET of `path` sends, counted in this process through the whole of our stack."""
        client = self._signed_in(by)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        _see(path, answer.status_code, answer.content, expects)
        return len(captured)

    def _get(self, web: Web, name: str, path: str, client: Client, expects: str) -> Probe:
        sent = "; ".join(f"{one.key}={one.value}" for one in client.cookies.values())
        headers = {"Cookie": sent, "Accept-Encoding": "gzip"}
        wire = web.wire()

        def once() -> float:
            started = time.perf_counter()
            wire.request("GET", path, headers=headers)
            answer = wire.getresponse()
            body = answer.read()
            seconds = time.perf_counter() - started
            _see(path, answer.status, gzip.decompress(body) if answer.headers["Content-Encoding"] else body, expects)
            return seconds

        return Probe(name, once)

    def _signed_in(self, by: AbstractBaseUser) -> Client:
        """A client in this process with the cookies of a browser that has seen a page: the session is good for the web
        server too."""
        if by.pk not in self._clients:
            self._clients[by.pk] = Client()
            self._clients[by.pk].force_login(by)  # type: ignore[arg-type]  # this room knows no User
            self._clients[by.pk].get("/")
        return self._clients[by.pk]


def _fetched(cursor: Any, statement: str, params: Any) -> list[Any]:
    cursor.execute(statement, params)
    rows: list[Any] = cursor.fetchall()
    return rows


def _see(path: str, status: int, body: bytes, expects: str) -> None:
    if status != 200 or expects.encode() not in body:
        raise NotMeasured(f"{path} answered {status} and {len(body):,} bytes where 200 and {expects!r} were expected")


# ---- Processes of a point's own ------------------------------------------------------------------------------------
@contextmanager
def running(*commands: Sequence[str], waits: bool = True, **changed: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes over the benchmarks' database that end with the block; where `waits`, each has said it is ready."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "outsourcing.settings", **changed}
    started = [
        subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        for command in commands
    ]  # fmt: skip
    try:
        for one in started if waits else ():
            assert one.stdout is not None
            if one.stdout.readline().strip() != b"ready":
                raise NotMeasured("a process of the point did not start")
        yield started
    finally:
        for one in started:
            one.kill()
            one.communicate()


def raced(waiting: Sequence[subprocess.Popen[bytes]], seconds: float) -> tuple[float, list[str]]:
    """Let processes that wait for a line of their input begin, all at once: the seconds until the last one has ended,
    and what each has said since. Raises subprocess.TimeoutExpired after `seconds`."""
    started = time.perf_counter()
    for one in waiting:
        assert one.stdin is not None
        one.stdin.write(b"\n")
        one.stdin.flush()
    for one in waiting:
        one.wait(seconds)
    took = time.perf_counter() - started
    return took, [one.stdout.read().decode().strip() if one.stdout else "" for one in waiting]
