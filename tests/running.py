"""`make demo` as a process of its own, for tests that meet the whole house as its users do."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outsourcing.shared.postgres import Server
from outsourcing.shared.serving import free_port

#: The same engine without a window of its own takes a third less of the machine: the first choice where it is there.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, CHROMIUMS)), None)
READY_SECONDS = 240  # of a machine that has other things to do


@dataclass
class Demo:
    """A running `manage.py demo` over a folder of its own."""

    var: Path
    port: int
    process: subprocess.Popen | None = None
    offset: timedelta = timedelta()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> str:
        return (self.var.parent / "demo.log").read_text()

    def start(self, moment: datetime | None = None) -> "Demo":
        """As if it were that moment, where one is given."""
        if moment:
            self.offset = timedelta(seconds=round((moment - datetime.now(UTC)).total_seconds()))
        with (self.var.parent / "demo.log").open("wb") as log:
            env = environment(self.var) | {"CLOCK_OFFSET": f"{self.offset.total_seconds():.0f}"}
            self.process = subprocess.Popen(command(self.port), env=env, stdout=log, stderr=log)
        wait_for(lambda: f"Open {self.address}" in self.log or self.process.poll() is not None, READY_SECONDS)
        assert self.process.poll() is None, self.log
        return self

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(60)


def command(port: int | str) -> list[str]:
    return [sys.executable, "manage.py", "demo", "--port", str(port)]


def environment(var: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "OUTSOURCING_ENV": "demo", "VAR_DIR": str(var)}


def refusal(port: int | str, var: Path) -> str:
    """What a start that cannot work says: one sentence and no traceback."""
    run = subprocess.run(command(port), env=environment(var), capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert "Traceback" not in run.stderr + run.stdout
    return run.stderr


def wait_for(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def get(address: str, **headers: str):
    return urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10)


@pytest.fixture(scope="session")
def demo(tmp_path_factory, request):
    """One demo for all tests of a worker; they leave what other tests meet as it was. On servers, where JOURNEYS_ON
    names a broker (tests/servers.py)."""
    if "JOURNEYS_ON" in os.environ:
        yield request.getfixturevalue("servers")
        return
    demo = Demo(tmp_path_factory.mktemp("demo") / "var", free_port()).start()
    yield demo
    demo.end(signal.SIGINT)
    assert demo.process.returncode == 0, demo.log
    assert "Traceback" not in demo.log
    Server(demo.var / "demo" / "postgres").remove()


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """Web, workers and beat on a PostgreSQL server and a broker, as the README starts them."""
    from tests.servers import Servers  # it needs this module

    servers = Servers(tmp_path_factory.mktemp("servers") / "var", free_port())
    try:
        yield servers.start()
        assert servers.fallen() == []
    finally:
        servers.stop()
        servers.leave()
    assert "Traceback" not in servers.log, servers.log
