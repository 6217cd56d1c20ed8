"""The house as `README.md` starts it on servers: its systemd units' own commands, two web processes and two workers
behind one address, on a PostgreSQL server and a broker that are up. Journeys through the demo run on it unchanged.

    JOURNEYS_ON     the broker, such as amqp://guest:guest@127.0.0.1:5672// or redis://127.0.0.1:6379/13
    JOURNEYS_IN     a PostgreSQL server where a database can be made, such as postgresql://postgres@127.0.0.1:5432
"""

import os
import re
import secrets
import shlex
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from celery import Celery

from outsourcing.shared.postgres import die_with_parent
from outsourcing.shared.serving import answers, free_port
from tests.running import READY_SECONDS, wait_for

ROOT = Path(__file__).parents[1]
BROKER = os.environ.get("JOURNEYS_ON", "")
SERVER = os.environ.get("JOURNEYS_IN", "postgresql://postgres@127.0.0.1:5432")
#: Where the README has the house, and where it is here.
HOME, ENVIRONMENT, STATE = "/srv/outsourcing", "/etc/outsourcing.env", "/var/lib/outsourcing"
WORKERS = ("1", "2")


def units() -> dict[str, str]:
    """The units in the README by their names."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"```ini\n# /etc/systemd/system/(\S+)\n(.*?)```", text, re.DOTALL))


def command_of(unit: str, what: str = "ExecStart", instance: str = "", state: Path | None = None) -> list[str]:
    """What a unit runs, with this checkout, this Python's programs and a folder of the test's own in its places."""
    (said,) = re.findall(rf"^{what}=(.*)$", units()[unit], re.MULTILINE)
    said = said.replace(f"{HOME}/.venv/bin", str(Path(sys.executable).parent)).replace("%i", instance)
    return shlex.split(said.replace(STATE, str(state)).replace("%H", socket.gethostname()))


@dataclass
class Servers:
    """A database and a queue of its own, and the programs over them."""

    var: Path
    port: int
    name: str = field(default_factory=lambda: f"journeys-{secrets.token_hex(4)}")
    programs: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> str:
        return "".join(path.read_text() for path in sorted(self.var.glob("*.log")))

    @property
    def environment(self) -> dict[str, str]:
        """In the demo's mode, for its people and its mailbox; all else is as on a server."""
        return {
            "PATH": os.environ["PATH"], "OUTSOURCING_ENV": "demo", "PYTHONUNBUFFERED": "1",
            "VAR_DIR": str(self.var), "SECRET_KEY": self.name * 4, "BASE_URL": self.address,
            "DATABASE_URL": f"{SERVER}/{self.name}", "BROKER_URL": BROKER, "BROKER_QUEUE": self.name,
            "EMAIL_URL": f"smtp://localhost:{self.mail_port}", "GRANIAN_PORT": str(self.port),
        }  # fmt: skip

    # ---- Life --------------------------------------------------------------------------------------------------------
    def start(self) -> "Servers":
        self.var.mkdir(parents=True)
        self.mail_port = free_port()
        self._database("CREATE DATABASE")
        for argv in ("migrate", "collectstatic --noinput", "loaddemo"):
            self._manage(*argv.split())
        self.run("mail", [sys.executable, "manage.py", "mailsink", "--port", str(self.mail_port)])
        self.run("web", command_of("outsourcing-web.service"))
        for worker in WORKERS:
            self.run(f"worker{worker}", self._quietly(command_of("outsourcing-worker@.service", instance=worker)))
        self.run("beat", self._quietly(command_of("outsourcing-beat.service", state=self.var)))
        wait_for(lambda: answers(f"{self.address}/readyz") or self.fallen(), READY_SECONDS)
        assert not self.fallen(), self.log
        return self

    def run(self, name: str, argv: list[str], **environment: str) -> None:
        with (self.var / f"{name}.log").open("wb") as log:
            self.programs[name] = subprocess.Popen(
                argv, cwd=ROOT, env={**self.environment, **environment}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, preexec_fn=die_with_parent(signal.SIGTERM), start_new_session=True,
            )  # fmt: skip

    def fallen(self) -> list[str]:
        return [name for name, program in self.programs.items() if program.poll() is not None]

    def stop(self) -> None:
        """As systemd does."""
        for program in self.programs.values():
            program.terminate()
        for program in self.programs.values():
            try:
                program.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()

    def leave(self) -> None:
        """Leave nothing at the broker and on the server."""
        app = self.celery()
        with app.connection_for_write() as broker:
            channel = broker.default_channel
            channel.queue_delete(self.name)
            if BROKER.startswith("redis"):
                channel.client.delete(f"_kombu.binding.{self.name}", f"_kombu.binding_permanent.{self.name}")
            else:
                channel.exchange_delete(self.name)
        app.close()
        self._database("DROP DATABASE IF EXISTS")

    def celery(self) -> Celery:
        """To ask the workers."""
        app = Celery("journeys", broker=BROKER, set_as_current=False)
        app.conf.task_default_queue = self.name
        return app

    # ---- The pieces --------------------------------------------------------------------------------------------------
    def _quietly(self, argv: list[str]) -> list[str]:
        """Celery warns of root, which only these tests are."""
        return [sys.executable, "-W", "ignore:You're running the worker", "-m", "celery", *argv[1:]]

    def _manage(self, *argv: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", *argv], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _database(self, what: str) -> None:
        connection = psycopg2.connect(f"{SERVER}/postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            force = " WITH (FORCE)" if what.startswith("DROP") else ""
            cursor.execute(f'{what} "{self.name}"{force}')
        connection.close()


def is_up(address: str) -> bool:
    """Whether somebody takes calls there."""
    where = urlsplit(address)
    try:
        socket.create_connection((where.hostname, where.port), timeout=2).close()
    except OSError:
        return False
    return True
