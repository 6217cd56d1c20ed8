"""`make demo`: everything that the app needs, on this machine, with one command."""

import os
import shutil
import signal
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.core.management.utils import get_random_secret_key
from django.db import connection

from outsourcing.shared import hooks, premises, serving
from outsourcing.shared.errors import Stop
from outsourcing.shared.management.commands import loaddemo, migrate
from outsourcing.shared.postgres import Server
from outsourcing.shared.supervisor import Child, Lock, Supervisor

READY_SECONDS = 90
WEB_WORKERS = 2


class Command(BaseCommand):
    """Starts PostgreSQL, brings the database up to date, then runs web, worker, beat and mail sink until Ctrl-C."""

    help = "Run the whole app on this machine with a demo world."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", default="8000")
        parser.add_argument("--reset", action="store_true", help="throw the demo's data away")

    def handle(self, *, port: str, reset: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise Stop("This command is for the demo: start it with make demo.")
        if not (port.isdecimal() and 0 < int(port) < 65536):
            raise Stop(f"{port} is not a port: choose a number from 1 to 65535, for example PORT=8001.")
        self.home = settings.VAR_DIR / "demo"
        premises.make_room(self.home)
        lock = Lock(self.home / "lock")
        lock.take()
        if reset:
            self._reset()
        else:
            self._run(lock, int(port))

    def _reset(self) -> None:
        if os.environ.get("DATABASE_URL"):
            raise Stop("DATABASE_URL names a database that is not the demo's own: empty that one yourself.")
        Server(self.home / "postgres").remove()
        for folder in ("broker", "mailbox"):
            shutil.rmtree(self.home / folder, ignore_errors=True)
        self.stdout.write("The demo's data is gone; make demo starts afresh.")

    def _run(self, lock: Lock, port: int) -> None:
        serving.see_that_port_is_free(port)
        # For the mails of the demo world too, whose links the web processes must know again.
        address = settings.BASE_URL = f"http://localhost:{port}"
        settings.SECRET_KEY = os.environ.get("SECRET_KEY") or self._secret_key()
        lock.sign(f"at {address}")
        supervisor = Supervisor(lock)
        started = time.monotonic()
        try:
            if not os.environ.get("DATABASE_URL"):
                self._start_postgres(supervisor)
            self._bring_up_to_date(supervisor)
            self._start_programs(supervisor, port, address)
            with supervisor.bar("starting the programs", total=None):
                is_ready = supervisor.run(READY_SECONDS, until=lambda: serving.answers(f"{address}/readyz"))
            if is_ready:
                self._greet(address, time.monotonic() - started)
                supervisor.run()
            elif not supervisor.stopping.is_set():
                raise Stop(f"The demo is not ready after {READY_SECONDS} seconds; its reason stands above.")
        finally:
            supervisor.say("stopping")
            supervisor.stop()

    def _start_postgres(self, supervisor: Supervisor) -> None:
        server = Server(self.home / "postgres")

        def start(output: int) -> subprocess.Popen[bytes]:
            server.start(output, keep=(supervisor.lock.descriptor,))
            assert server.process is not None
            return server.process

        supervisor.add(Child("postgres", start, stop_signal=signal.SIGINT))

    def _bring_up_to_date(self, supervisor: Supervisor) -> None:
        """Migrate, collect the static files if they changed, and load the demo world into an empty database."""
        with supervisor.bar("making the tables", premises.missing_migrations()) as progress:
            call_command(migrate.Command(progress=progress), verbosity=0, interactive=False)
        if premises.collect_static():
            supervisor.say("collected the static files")
        premises.make_broker_room()  # first, for the demo world's mails wake a worker
        with supervisor.bar("loading the demo world", len(loaddemo.parts())) as progress:
            call_command(loaddemo.Command(progress=progress))
        connection.close()

    def _start_programs(self, supervisor: Supervisor, port: int, address: str) -> None:
        mail_port = serving.free_port()
        environment = {
            "OUTSOURCING_ENV": "demo",
            "SECRET_KEY": settings.SECRET_KEY,
            "BASE_URL": address,
            "EMAIL_URL": f"smtp://localhost:{mail_port}",
        }
        # The worker's warning about root is true, and here beside the point: nothing outside this machine reaches it.
        celery = (
            sys.executable,
            "-W",
            "ignore:You're running the worker",
            "-m",
            "celery",
            "--quiet",
            "--app",
            "outsourcing",
        )
        beat = ("beat", "--schedule", str(self.home / "beat-schedule"), "--pidfile", "")
        worker = ("worker", "--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat")
        for name, argv in {
            "mail": (sys.executable, "manage.py", "mailsink", "--port", str(mail_port)),
            "web": serving.web_command(port, WEB_WORKERS),
            "worker": (*celery, *worker, "--loglevel", "WARNING"),
            "beat": (*celery, *beat, "--loglevel", "WARNING"),
        }.items():
            supervisor.command(name, *argv, environment=environment)

    def _secret_key(self) -> str:
        """The same at each start, so that people stay signed in."""
        secret = self.home / "secret-key"
        if not secret.exists() or not secret.read_text():
            secret.touch(mode=0o600)
            secret.write_text(get_random_secret_key())
        return secret.read_text()

    def _greet(self, address: str, seconds: float) -> None:
        said = [line for lines in hooks.demo_greeting() for line in lines]
        first = f"Open {address}   (ready after {seconds:.0f} seconds; Ctrl-C stops it)"
        self.stdout.write("\n".join(["", *(f"  {line}".rstrip() for line in (first, "", *said)), "", ""]))
        self.stdout.flush()
