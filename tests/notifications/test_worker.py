"""A real worker on a real broker brings a posted mail to a real mail server."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.db import connection

from outsourcing.notifications import outbox
from outsourcing.notifications.models import Mail
from outsourcing.shared.serving import free_port

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db(transaction=True)
POST = """
import django; django.setup()
from outsourcing.notifications import outbox
outbox.enqueue(template="test", address="theo@shop.example", subject="A code", text="It is 42.")
"""


@pytest.fixture
def environment(sink, mail_server, tmp_path) -> dict[str, str]:
    """What another process needs to work on this test's database, mail server and folder."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"])
    return {
        "PATH": os.environ["PATH"],
        "OUTSOURCING_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "outsourcing.settings",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": database.geturl(),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "BROKER_URL": "filesystem://localhost/",
    }


@pytest.fixture
def worker(environment, transactional_db):
    """Start a worker: `worker(BROKER_URL=...)`; it ends with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*more: str, **changed: str) -> None:
        argv = ["celery", "--app", "outsourcing", "worker", "--concurrency", "1", "--hostname", f"{uuid.uuid4()}@test"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
        with open(Path(environment["VAR_DIR"]) / "worker.log", "wb") as log:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", *argv, *quiet, *more],
                    cwd=ROOT,
                    env=environment | changed,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            )

    yield start
    for process in started:
        process.send_signal(signal.SIGQUIT)  # at once: there is nothing left to finish
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(true: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def is_sent() -> bool:
    return set(Mail.objects.values_list("state", flat=True)) == {Mail.State.SENT}


def post_elsewhere(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-c", POST]
    return subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def test_a_posted_mail_wakes_a_worker_that_delivers_it(environment, worker, sink, tmp_path):
    """The demo's way: the wake lies in a folder until a worker comes."""
    for folder in ("queue", "control"):
        (tmp_path / "test" / "broker" / folder).mkdir(parents=True)
    assert post_elsewhere(environment).returncode == 0
    worker()
    assert wait_until(is_sent), (tmp_path / "worker.log").read_text()
    assert sink.readers == ["theo@shop.example"]


def test_a_post_succeeds_while_the_broker_is_away(environment):
    started = time.monotonic()
    done = post_elsewhere(environment | {"BROKER_URL": f"redis://127.0.0.1:{free_port()}/0"})
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 15
    assert Mail.objects.get().state == Mail.State.PENDING


# ---- The brokers of production, where one is up ---------------------------------------------------------------------
BROKERS = {"redis": "redis://127.0.0.1:6379/9", "rabbitmq": "amqp://guest:guest@127.0.0.1:5672//"}


@pytest.fixture(params=BROKERS)
def nudge(request):
    """Wakes a worker over a broker of production, on a queue of this test's own, which is taken away after it."""
    url, queue = BROKERS[request.param], f"test-{uuid.uuid4()}"
    address = urlsplit(url)
    try:
        socket.create_connection((address.hostname, address.port), timeout=1).close()
    except OSError:
        pytest.skip(f"no {request.param} at {address.hostname}:{address.port}")
    app = Celery("nudge", broker=url, set_as_current=False)

    def wake() -> None:
        app.send_task("outsourcing.notifications.tasks.deliver", queue=queue, ignore_result=True)

    wake.url, wake.queue = url, queue
    yield wake
    with app.connection_for_write() as broker:
        broker.default_channel.queue_delete(queue)
        if request.param == "rabbitmq":
            broker.default_channel.exchange_delete(queue)
        else:  # kombu leaves the names of bindings behind
            broker.default_channel.client.delete(f"_kombu.binding.{queue}", f"_kombu.binding_permanent.{queue}")
    app.close()


@pytest.mark.server
def test_a_worker_is_woken_over_the_brokers_of_production(nudge, worker, sink, tmp_path):
    outbox.enqueue(template="test", address="theo@shop.example", subject="A code", text="It is 42.")
    worker("--queues", nudge.queue, BROKER_URL=nudge.url)
    nudge()
    nudge()  # a doubled wake does no harm
    assert wait_until(is_sent), (tmp_path / "worker.log").read_text()
    assert sink.readers == ["theo@shop.example"]
