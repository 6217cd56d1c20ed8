"""Workers that are killed, mail servers that misbehave, and the figures that come of it (var/chaos.json).

The suite runs short forms; `make chaos` sets CHAOS=long. All on loopback, bounded in time.
"""

import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from outsourcing.shared.serving import free_port
from tests.factories import MailFactory
from tests.notifications.conftest import mail_server, sink  # noqa: F401  (fixtures)
from tests.notifications.ladders.conftest import daily  # noqa: F401  (a fixture)

ROOT = Path(__file__).parents[2]
IS_LONG = os.environ.get("CHAOS") == "long"
FIGURES = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "chaos.json"
#: Workers as a worker of Celery's has them: a parent that has read the code, and children that it forks, each anew as
#: soon as it dies. What a child does in its turns stands in `DOES`. Waits and leases are seconds, to be seen through.
WORKER = """
import os, signal, time, traceback
import django; django.setup()
from datetime import timedelta
from outsourcing.notifications import delivery
from outsourcing.notifications.ladders import posting, sweeping
from outsourcing.notifications.models import mails
from outsourcing.shared import clock
from outsourcing.shared.postgres import die_with_parent
mails.LEASE = timedelta(seconds=float(os.environ["LEASE"]))
delivery.SMTP_SECONDS = float(os.environ["SILENCE"])
delivery.FIRST_WAIT = timedelta(seconds=0.2)
delivery.LONGEST_WAIT = timedelta(seconds=1)
delivery.BATCH_SECONDS = float(os.environ["LEASE"]) / 2
def deliver():
    delivery.send_due(now=clock.now)
def sweep():
    sweeping.sweep(clock.now(), batch=int(os.environ["BATCH"]))
    posting.tidy()
work = [globals()[name] for name in os.environ["DOES"].split()]
def child():
    bound()
    while True:
        for one in work:
            one()
        time.sleep(0.02)
from outsourcing.urls import urlpatterns
alive, bound = set(), die_with_parent(signal.SIGKILL) or (lambda: None)
while True:
    while len(alive) < int(os.environ["COUNT"]):
        pid = os.fork()
        if not pid:
            try:
                child()
            except BaseException:
                traceback.print_exc()
                time.sleep(0.1)
            os._exit(1)
        alive.add(pid)
    alive.discard(os.wait()[0])
"""


class Server:
    """A mail server that keeps what it has taken by Message-ID, and when first, after `delay` seconds. `mood` draws
    what it does with a mail: takes it, "later" (4xx), "never" (5xx), "hangs", or "drops" (takes it and hangs up without
    a word)."""

    def __init__(self, delay: float, mood=lambda: "takes", silence: float = 10) -> None:
        self.delay, self.mood, self.silence = delay, mood, silence
        self.taken: Counter[str] = Counter()
        self.first: dict[str, float] = {}

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.delay)
        mood = self.mood()
        if mood == "later":
            return "451 4.3.0 come back later"
        if mood == "never":
            return "554 5.6.0 not this one"
        if mood == "hangs":
            await asyncio.sleep(self.silence)
        key = next(line for line in envelope.content.decode().splitlines() if line.lower().startswith("message-id:"))
        name = key.split(":", 1)[1].strip()
        self.taken[name] += 1
        self.first.setdefault(name, time.time())
        if mood == "drops":
            server.transport.abort()
        return "250 2.0.0 kept"


class Workers:
    """So many workers that take turns at `does` (names of WORKER); each that dies is replaced at once."""

    def __init__(
        self, port: int, var: Path, *, count: int, lease: float = 2, silence: float = 3, does: str = "deliver",
        batch: int = 20,
    ) -> None:  # fmt: skip
        self.kills = 0
        given = {"LEASE": lease, "SILENCE": silence, "DOES": does, "COUNT": count, "BATCH": batch}
        environment = elsewhere(port, var) | {name: str(value) for name, value in given.items()}
        with (var / "workers.log").open("wb") as log:
            self.nursery = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", WORKER], cwd=ROOT, env=environment, stderr=log
            )

    def kill_one(self, rng: random.Random) -> None:
        """SIGKILL to one of them, wherever it is."""
        if children := psutil.Process(self.nursery.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                rng.choice(children).kill()
                self.kills += 1

    def stop(self) -> None:
        self.nursery.kill()  # its children die with it
        self.nursery.wait()


def elsewhere(port: int, var: Path) -> dict[str, str]:
    """The environment of another process over this test's database, which mails to a port of this machine."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"])
    return {
        "PATH": os.environ["PATH"], "OUTSOURCING_ENV": "test", "DJANGO_SETTINGS_MODULE": "outsourcing.settings",
        "VAR_DIR": str(var), "DATABASE_URL": database.geturl(), "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "STORM": "1000000",
    }  # fmt: skip


@pytest.fixture
def workers(tmp_path, transactional_db):
    """`workers(server, count=4)` starts them at a mail server; both end with the test."""
    running = []

    def start(server: Server, **options) -> Workers:
        controller = Controller(server, hostname="127.0.0.1", port=free_port())
        controller.start()
        made = Workers(controller.port, tmp_path, **options)
        running.append((made, controller))
        return made

    yield start
    for made, controller in running:
        made.stop()
        controller.stop()


@pytest.fixture
def figure():
    """`figure(name, value, bound)` keeps a figure, and fails where it is over its bound."""

    def keep(name: str, value: float, bound: float) -> None:
        kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else []
        entry = {"name": name, "value": value, "bound": bound, "holds": value <= bound}
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        half = FIGURES.with_suffix(".half")
        half.write_text(json.dumps([one for one in kept if one["name"] != name] + [entry], indent=2) + "\n")
        half.replace(FIGURES)
        sys.stdout.write(f"{name}: {value} (at most {bound})\n")
        assert entry["holds"], entry

    return keep


def posted(count: int) -> list[Mail]:
    """So many mails, due now."""
    return MailFactory.create_batch(count, created_at=clock.now(), not_before=clock.now())


def until_settled(seconds: float, meanwhile=lambda: None, every: float = 0.2, *, first=lambda: True) -> float:
    """Wait until `first` holds and no mail waits or is being sent, doing something meanwhile; how many seconds it
    took."""
    started, last = time.monotonic(), time.monotonic()
    while not first() or Mail.objects.filter(state__in=["pending", "sending"]).exists():
        assert time.monotonic() - started < seconds, Counter(Mail.objects.values_list("state", flat=True))
        if time.monotonic() - last >= every:
            meanwhile()
            last = time.monotonic()
        time.sleep(0.05)
    return time.monotonic() - started
