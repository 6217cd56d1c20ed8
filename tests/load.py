# ruff: noqa: T201  (it is a program for the terminal)
"""Eight people of merchants and eight of vendors who click through their days for three minutes, over the rows of the
benchmarks: two web processes, a worker and a beat as the README starts them, all on this machine. `make load`.

Everybody pauses for a second or so between two clicks, as somebody quick does. What comes back is looked at: each page
must be whole, the person's own, and have what it is opened for on it. Figures in var/load.json: answers that were
errors (5xx), that were wrong, how long they took, and how much more memory (proportional set size) web and worker have
in the last minute than in the first. The minute before, in which programs read their templates and the beat wakes each
of its tasks that come every minute, does not count.
"""

import argparse
import contextlib
import gzip
import html
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import psutil

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = 8  # of each side
MINUTES, WARM_UP_SECONDS, PAUSE_SECONDS, LOOK_SECONDS = 3.0, 60, (0.5, 1.5), 5
P95_MS, GROWTH = 300, 0.05
WORDS = ("candles", "crockery", "tea", "wool", "bicycles", "soap", "pallets", "lavender")


class Wrong(Exception):
    """What came back is not what somebody who clicks there must see."""


# ---- A browser ----------------------------------------------------------------------------------------------------
class Form(HTMLParser):
    """What a form would send as it stands, and where."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.to, self.fields = "", dict[str, str]()
        self._words = self._choice = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name, kind, value = said.get("name", ""), said.get("type", "text"), said.get("value", "")
        if tag == "form":
            self.to = said.get("action", "")
        elif tag == "input" and name and kind not in {"submit", "button", "file"}:
            if kind not in {"checkbox", "radio"} or "checked" in said:
                self.fields[name] = value or "on" * (kind == "checkbox")
        elif tag == "textarea":
            self._words, self.fields[name] = name, ""
        elif tag == "select":
            self._choice = name
        elif tag == "option" and self._choice and ("selected" in said or self._choice not in self.fields):
            self.fields[self._choice] = value

    def handle_data(self, data: str) -> None:
        if self._words:
            self.fields[self._words] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._words = ""
        elif tag == "select":
            self._choice = ""


@dataclass
class Page:
    """What came back. It is searched, and only one form read, since whoever measures shares the machine."""

    text: str

    def link(self, pattern: str, rng: random.Random) -> str | None:
        """One of the links whose whole address is like the pattern."""
        found = sorted(set(re.findall(rf'<a [^>]*?href="({pattern})"', self.text)))
        return rng.choice(found) if found else None

    def form(self, pattern: str) -> Form | None:
        """The first form whose address is like the pattern; one without an address goes where the page came from."""
        forms = re.findall(r"<form\b.*?</form>", self.text, re.DOTALL)
        return next((form for form in map(Form, forms) if re.fullmatch(pattern, form.to)), None)


@dataclass
class Seen:
    """What all of them met, from when it counts."""

    begins: float
    ends: float
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def counts(self, at: float) -> bool:
        return self.begins <= at < self.ends


class Person(threading.Thread):
    """Somebody who is signed in and goes through `day`, again and again, until the time is over."""

    def __init__(
        self, port: int, cookie: str, house: str, day: "Day", seen: Seen, rng: random.Random, side: str
    ) -> None:
        super().__init__(daemon=True)
        self.wire = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = dict([cookie.split("=", 1)])
        self.house, self.day, self.seen, self.rng, self.side = html.escape(house), day, seen, rng, side

    def run(self) -> None:
        self.pause()
        while time.monotonic() < self.seen.ends:
            try:
                self.day(self)
            except Over:
                return
            except Wrong as wrong:
                self.seen.wrong.append(str(wrong))
            except Exception as error:  # a connection that broke, too
                self.seen.wrong.append(f"{self.side}: {type(error).__name__}: {error}")
                self.wire.close()
                self.pause()

    def pause(self) -> None:
        time.sleep(self.rng.uniform(*PAUSE_SECONDS))
        if time.monotonic() >= self.seen.ends:
            raise Over

    def opens(self, path: str, *expected: str) -> Page:
        """Go to a page, with `expected` on it."""
        self.pause()
        return self._asked("GET", path, expected)

    def sends(self, form: Form, *expected: str, **fields: str) -> Page:
        """Send a form with some fields filled in, and see where it leads."""
        self.pause()
        return self._asked("POST", form.to, expected, urlencode({**form.fields, **fields}))

    def _asked(self, method: str, path: str, expected: tuple[str, ...], body: str | None = None) -> Page:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept-Encoding": "gzip",
            **({"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}),
        }
        started = time.monotonic()
        self.wire.request(method, path, body, headers)
        answer = self.wire.getresponse()
        content = answer.read()
        seconds = time.monotonic() - started
        what = f"{self.side}: {method} {re.sub(r'[0-9]+', 'N', urlsplit(path).path)}"
        if self.seen.counts(started):
            self.seen.took[what].append(seconds)
        if answer.status >= 500:
            self.seen.errors[f"{what}: {answer.status}"] += 1
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status in {301, 302, 303}:
            return self._asked("GET", urljoin(path, answer.headers["Location"]), expected)
        text = (gzip.decompress(content) if answer.headers["Content-Encoding"] else content).decode()
        if answer.status != 200:
            raise Wrong(f"{what} answered {answer.status}")
        if missing := [one for one in (self.house, *expected, "</html>") if one not in text]:
            raise Wrong(f"{what} came without {', '.join(missing)}")
        return Page(text)


class Over(Exception):
    """The time is."""


Day = Callable[[Person], None]


# ---- Their days ----------------------------------------------------------------------------------------------------
def merchant(person: Person) -> None:
    """What needs her, a vendor looked for, a comparison, a contract and what was handed in, and the messages."""
    rng = person.rng
    person.opens("/", 'id="needs-you"')
    person.opens("/needs/", "<h1")
    person.opens(f"/vendors/?q={rng.choice(WORDS)}", "<h1")
    found = person.opens(f"/vendors/?q={rng.choice(WORDS[:6])}&handling=fragile", "data-row-link")
    if vendor := found.link(r"/vendors/\d+/", rng):
        person.opens(vendor, "Evidence")
        person.opens(f"/briefs/put-on/?v={vendor.split('/')[2]}&from=vendor", "<form")
    if brief := person.opens("/briefs/", "<h1").link(r"/briefs/\d+/", rng):
        person.opens(brief, "<h1")
    contract(person, judges)
    talks(person)
    person.opens("/messages/?q=pallet", "<mark>")
    person.opens(f"/search/?q={rng.choice(WORDS)}", "<h1")
    person.opens("/reports/", "<h1")


def vendor(person: Person) -> None:
    """What waits for him, an answer, a result handed in, and how he stands."""
    person.opens("/", "<h1")
    talks(person)
    contract(person, hands_in)
    person.opens("/portal/briefs/", "<h1")
    person.opens("/messages/replies/", "<h1")


def talks(person: Person) -> None:
    """Reads what waits, else anything, and writes; a vendor answers, a merchant asks again."""
    for path in ("/messages/?show=us", "/messages/?show=all"):
        if found := person.opens(path, "<h1").link(r"/messages/\d+/(?:#\w+)?", person.rng):
            break
    else:
        raise Wrong("there is no conversation")
    words = f"Said under load, {person.rng.randrange(10**9)}."
    if form := person.opens(found, "<h1").form(r"/messages/\d+/post/"):
        kind = "question" if person.side == "merchant" and person.rng.random() < 0.5 else "message"
        person.sends(form, words, kind=kind, text=words)


def contract(person: Person, works: Day) -> None:
    """The contracts, one of them, and one of its milestones, where `works` goes on."""
    rng = person.rng
    if one := person.opens("/contracts/", "<h1").link(r"/contracts/\d+/", rng):
        page = person.opens(one, "<h1")
        if milestone := page.link(r"/milestones/\d+/(?:#\w+)?", rng):
            person.milestone = person.opens(milestone, 'id="history-h"')
            works(person)


def judges(person: Person) -> None:
    """Accepts what was handed in, if something was."""
    if form := person.milestone.form(r"/submissions/\d+/judge/"):
        met = dict.fromkeys(re.findall(r'name="(met_\d+)"', person.milestone.text), "on")
        person.sends(form, 'id="history-h"', verdict="accept", **met)


def hands_in(person: Person) -> None:
    """Hands it in, where it is his turn."""
    link = person.milestone.link(r"/milestones/\d+/submit/", person.rng)
    if link and (form := person.opens(link, "<form").form("")):
        form.to = link
        words = {name: "All of it, see above." for name, said in form.fields.items() if not said.strip()}
        person.sends(form, 'id="history-h"', **words)


# ---- The house -----------------------------------------------------------------------------------------------------
@dataclass
class Weights:
    """The memory of some programs, looked at now and then; MB by the second it was looked at."""

    looked: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def look(self, name: str, pid: int) -> None:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
        with contextlib.suppress(psutil.NoSuchProcess):  # a worker's child has just been replaced
            held = sum(float(one.memory_full_info().pss) for one in family) / 2**20
            self.looked[name].append((time.monotonic(), held))

    def between(self, name: str, begin: float, end: float) -> float:
        return round(mean(held for at, held in self.looked[name] if begin <= at < end), 1)


@contextlib.contextmanager
def programs(home: Path, lock: int) -> Iterator[int]:
    """A mail server, a worker and a beat, until it is over; gives the worker's process id."""
    from django.conf import settings

    from outsourcing.shared.postgres import die_with_parent
    from outsourcing.shared.serving import free_port
    from tests.servers import command_of

    port, running = free_port(), []
    environment = {**os.environ, "SECRET_KEY": settings.SECRET_KEY, "EMAIL_URL": f"smtp://localhost:{port}"}
    commands = {
        "mail": [sys.executable, "manage.py", "mailsink", "--port", str(port)],
        "worker": command_of("outsourcing-worker@.service", instance="load"),
        "beat": command_of("outsourcing-beat.service", state=home),
    }
    try:
        for name, argv in commands.items():
            with (home / f"{name}.log").open("wb") as log:
                running.append(subprocess.Popen(
                    argv, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                    preexec_fn=die_with_parent(signal.SIGTERM), start_new_session=True, pass_fds=(lock,),
                ))  # fmt: skip
        yield running[1].pid
        if fallen := [name for name, one in zip(commands, running, strict=True) if one.poll() is not None]:
            raise SystemExit(f"{', '.join(fallen)} fell; see {home}.")
    finally:
        for one in running:
            one.terminate()
        for one in running:
            try:
                one.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(one.pid, signal.SIGKILL)
                one.wait()


def everybody(port: int, seen: Seen) -> list[Person]:
    """The heads of the merchant with the most, of others, and of their vendors, each signed in."""
    from django.conf import settings
    from django.test import Client

    from milestones.models import Contract, State
    from outsourcing.accounts.models import Membership

    running = Contract.objects.filter(state=State.ACTIVE)
    shops = list(running.order_by("merchant").values_list("merchant", flat=True).distinct()[:PEOPLE])
    theirs = running.filter(merchant__in=shops).order_by("vendor").values_list("vendor", flat=True)
    people = []
    for side, day, houses in (("merchant", merchant, shops), ("vendor", vendor, theirs.distinct()[:PEOPLE])):
        for number, house in enumerate(houses):
            places = Membership.objects.joined().filter(organisation=house).select_related("organisation", "user")
            head = places.earliest("pk")
            client = Client()
            client.force_login(head.user)
            cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
            rng = random.Random(f"{side} {number}")
            people.append(Person(port, cookie, head.organisation.name, day, seen, rng, side))
    return people


def clicked(minutes: float, web: Any, worker: int, needed: int) -> tuple[Seen, Weights]:
    """Let them all click for so many minutes after the warm-up, and weigh the programs meanwhile."""
    begins = time.monotonic() + WARM_UP_SECONDS
    seen, weights = Seen(begins, begins + minutes * 60), Weights()
    people = everybody(web.port, seen)
    if len(people) < needed:
        raise SystemExit(f"There are {len(people)} people where {needed} are needed.")
    for person in people:
        person.start()
    while time.monotonic() < seen.ends:
        weights.look("web", web.process.pid)
        weights.look("worker", worker)
        time.sleep(LOOK_SECONDS)
    for person in people:
        person.join(60)
    return seen, weights


# ---- Figures -------------------------------------------------------------------------------------------------------
def figures(seen: Seen, weights: Weights) -> list[dict[str, Any]]:
    """Entries as those of var/chaos.json, each with what it was made of."""
    from outsourcing.shared.budgets import Times

    every = [seconds for times in seen.took.values() for seconds in times]
    times, minute = Times.of(every), min(60, (seen.ends - seen.begins) / 2)
    asked = {"requests": len(every)}
    made = [
        ("load.5xx", sum(seen.errors.values()), 0, asked),
        ("load.wrong", len(seen.wrong), 0, asked),
        ("load.p95_ms", times.p95_ms, P95_MS, {**asked, "p50_ms": times.p50_ms}),
    ]
    for name in ("web", "worker"):
        first = weights.between(name, seen.begins, seen.begins + minute)
        last = weights.between(name, seen.ends - minute, seen.ends)
        growth, bound = round(max(0, last - first), 1), round(first * GROWTH, 1)
        made.append((f"load.{name}.growth_mb", growth, bound, {"first_mb": first, "last_mb": last}))
    return [
        {"name": name, "value": value, "bound": bound, "holds": value <= bound, **more}
        for name, value, bound, more in made
    ]


def say(seen: Seen, entries: list[dict[str, Any]]) -> None:
    from outsourcing.shared.budgets import Times

    pages = [(Times.of(times), len(times), what) for what, times in seen.took.items()]
    print("\nThe slowest, p95 and p50 in ms:")
    for times, count, what in sorted(pages, key=lambda one: -one[0].p95_ms)[:12]:
        print(f"  {times.p95_ms:7.0f} {times.p50_ms:7.0f}  {what} ({count})")
    for what, count in [*seen.errors.items(), *Counter(seen.wrong).most_common(12)]:
        print(f"  {count} x {what}")
    print()
    for entry in entries:
        more = ", ".join(f"{name} {value}" for name, value in list(entry.items())[4:])
        print(f"{entry['name']}: {entry['value']} (at most {entry['bound']}; {more})")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--quick", action="store_true", help="over few rows: to see that it works")
    options = parser.parse_args()
    os.environ["OUTSOURCING_ENV"] = "bench"
    os.environ["DJANGO_SETTINGS_MODULE"] = "outsourcing.settings"

    import django
    from django.db import connection
    from django.utils.module_loading import autodiscover_modules

    django.setup()
    from django.conf import settings

    from outsourcing.shared import bench, premises
    from outsourcing.shared.management.commands.bench import Command, write
    from outsourcing.shared.postgres import Server
    from outsourcing.shared.supervisor import Lock

    autodiscover_modules("bench")
    home = settings.VAR_DIR / "bench"
    premises.make_room(home)
    lock = Lock(home / "lock")
    lock.take()
    server = Server(home / "postgres")
    try:
        Command().make_ready(server, lock, bench.plan, options.quick)
        shutil.rmtree(home / "broker", ignore_errors=True)  # what an earlier run left is nothing to this one
        premises.make_broker_room()
        with (
            bench.Web(None, lock.descriptor) as web,
            programs(home, lock.descriptor) as worker,
        ):
            seen, weights = clicked(options.minutes, web, worker, needed=2 if options.quick else 2 * PEOPLE)
    finally:
        connection.close()
        server.stop()
    entries = figures(seen, weights)
    write(settings.VAR_DIR / "load.json", entries)
    say(seen, entries)
    return 0 if all(entry["holds"] for entry in entries) else 1


if __name__ == "__main__":
    raise SystemExit(main())
