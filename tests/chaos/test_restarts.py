"""A real worker and beat whose broker forgets all it holds ten times, and whose PostgreSQL restarts ten times: none is
lost, and each goes within two minutes. The long form only, on a PostgreSQL of its own and the brokers that are up."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
import uuid
from urllib.parse import urlsplit

import psycopg2
import pytest
from aiosmtpd.controller import Controller
from celery import Celery

from outsourcing.shared import postgres
from outsourcing.shared.serving import free_port
from tests.chaos.conftest import IS_LONG, ROOT, Server

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.skipif(not IS_LONG, reason="CHAOS=long only: it takes five minutes for each broker"),
]
BROKERS = {"redis": "redis://127.0.0.1:6379/12", "rabbitmq": "amqp://guest:guest@127.0.0.1:5672//"}
REMINDERS, TIMES, EVERY = 1_000, 10, 9.0
SECONDS = 2 * TIMES * EVERY
#: So many become due from half a minute on, one after the other as long as things fall over.
SCENE = f"""
import django; django.setup()
from datetime import timedelta
from tests.chaos.scenes import people, questions, shop_of_day_and_night
from outsourcing.shared import clock
at = clock.now()
shop, vendor = shop_of_day_and_night(), shop_of_day_and_night("vendor", name="Never Closed")
(by,) = people(shop, 1, "owner")
dues = [at + timedelta(seconds=30 + {SECONDS} * one / {REMINDERS}) for one in range({REMINDERS})]
questions(shop, people(vendor, {REMINDERS}), dues, by=by, at=at, takes=timedelta())
"""
CELERY = """
import sys
from outsourcing.celery import app
app.conf.task_default_queue = sys.argv[1]
app.start(sys.argv[2:])
"""
SENT = """
SELECT r.due_at, m.message_id, m.state FROM notifications_rung r JOIN notifications_notice n ON n.rung_id = r.id
JOIN notifications_mail m ON m.id = n.mail_id WHERE r.step = 1 AND r.state = 'done'
"""
LEFT = """
SELECT count(*) FROM notifications_rung WHERE state = 'planned' AND due_at <= now()
UNION ALL SELECT count(*) FROM notifications_notice WHERE state = 'waiting' AND mail_id IS NULL
UNION ALL SELECT count(*) FROM notifications_mail WHERE state IN ('pending', 'sending')
"""


class Broker:
    """A queue of this test's own at a broker that is up, and how it is emptied."""

    def __init__(self, name: str) -> None:
        self.name, self.url, self.queue = name, BROKERS[name], f"chaos-{uuid.uuid4()}"
        self.app = Celery("wiping", broker=self.url, set_as_current=False)

    def wipe(self) -> None:
        """Redis: the whole database, which is ours; RabbitMQ: what the queue holds."""
        with self.app.connection_for_write() as broker:
            channel = broker.default_channel
            if self.name == "redis":
                channel.client.flushdb()
            else:
                channel.queue_purge(self.queue)

    def leave(self) -> None:
        with self.app.connection_for_write() as broker:
            if self.name == "redis":
                broker.default_channel.client.flushdb()
            else:
                broker.default_channel.queue_delete(self.queue)
                broker.default_channel.exchange_delete(self.queue)
        self.app.close()


@pytest.fixture(params=BROKERS)
def broker(request):
    address = urlsplit(BROKERS[request.param])
    try:
        socket.create_connection((address.hostname, address.port), timeout=1).close()
    except OSError:
        pytest.skip(f"no {request.param} at {address.hostname}:{address.port}")
    made = Broker(request.param)
    yield made
    made.leave()


@pytest.fixture
def database(tmp_path):
    server = postgres.Server(tmp_path / "postgres").start()
    yield server
    server.remove()


@pytest.fixture
def mailed():
    controller = Controller(Server(0.01), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


def rows(database: postgres.Server, statement: str) -> list[tuple]:
    connection = psycopg2.connect(database.url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def test_a_broker_wiped_and_a_database_restarted_ten_times(broker, database, mailed, figure, tmp_path):
    environment = {
        "PATH": os.environ["PATH"], "OUTSOURCING_ENV": "test", "DJANGO_SETTINGS_MODULE": "outsourcing.settings",
        "VAR_DIR": str(tmp_path), "DATABASE_URL": database.url, "EMAIL_URL": f"smtp://127.0.0.1:{mailed.port}",
        "BROKER_URL": broker.url, "STORM": "1000000",
    }  # fmt: skip
    run = {"cwd": ROOT, "env": environment, "check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([sys.executable, "manage.py", "migrate"], **run)
    subprocess.run([sys.executable, "manage.py", "createcachetable"], **run)
    worker = ["worker", "--concurrency", "2", "--hostname", f"{broker.queue}@chaos", "--loglevel", "ERROR"]
    beat = ["beat", "--schedule", str(tmp_path / "beat"), "--pidfile", "", "--loglevel", "ERROR"]
    running = []
    try:
        for argv in (worker, beat):
            with (tmp_path / f"{argv[0]}.log").open("wb") as log:
                command = [sys.executable, "-W", "ignore", "-c", CELERY, broker.queue, *argv]
                running.append(
                    subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
                )
        subprocess.run([sys.executable, "-W", "ignore", "-c", SCENE], **run)
        time.sleep(30)
        rng = random.Random(19)
        for number in range(2 * TIMES):
            time.sleep(EVERY * rng.uniform(0.5, 1.0))
            if number % 2:
                broker.wipe()
            else:
                database.stop()
                database.start()
        deadline = time.monotonic() + SECONDS + 240
        while len(rows(database, SENT)) < REMINDERS or sum(one for (one,) in rows(database, LEFT)):
            assert time.monotonic() < deadline, rows(database, LEFT)
            assert all(one.poll() is None for one in running), "worker or beat has died"
            time.sleep(2)
        sent = rows(database, SENT)
    finally:
        for one in running:
            one.send_signal(signal.SIGQUIT)
            try:
                one.wait(15)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
    first, taken = mailed.handler.first, mailed.handler.taken
    visible = sum(state in ("failed", "uncertain") for _due, _key, state in sent)
    late = sorted(first[key] - due.timestamp() for due, key, _state in sent if key in first)
    name = f"restarts.{broker.name}"
    figure(f"{name}.lost", REMINDERS - len(late) - visible, 0)
    figure(f"{name}.doubled", sum(copies > 1 for copies in taken.values()), TIMES)
    figure(f"{name}.p99_lateness_seconds", round(late[len(late) * 99 // 100], 1), 120)
    figure(f"{name}.most_lateness_seconds", round(late[-1], 1), 1_200)
    assert min(late) >= 0
