"""What load balancers and monitors ask."""

import json
import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.utils import timezone

from outsourcing.notifications.tasks import sweep
from outsourcing.shared import tasks
from outsourcing.shared.models import Pulse
from outsourcing.shared.serving import free_port

ROOT = Path(__file__).parents[2]


# ---- /healthz: no fixture of the database stands here, so that a query would be an error ----------------------------
def test_healthz_needs_no_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-cache" in answer["Cache-Control"]


def test_healthz_answers_head(client):
    answer = client.head("/healthz")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_health_is_only_read(client, path, method):
    assert getattr(client, method)(path).status_code == 405


# ---- /readyz -------------------------------------------------------------------------------------------------------
@pytest.fixture
def beating(db):
    tasks.pulse()
    sweep()


def test_ready_when_all_parts_are(beating, client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "broker": "ok", "beat": "ok", "sweep": "ok"})
    assert "no-cache" in answer["Cache-Control"]


def test_ready_answers_head(beating, client):
    assert client.head("/readyz").status_code == 200


def test_a_second_pulse_replaces_the_first(beating):
    tasks.pulse()
    assert Pulse.objects.filter(name="beat").count() == 1


def test_not_ready_before_the_first_pulse(db, client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": "ok",
        "broker": "ok",
        "beat": "failed: never ran",
        "sweep": "failed: never ran",
    }


@pytest.mark.parametrize("name", ["beat", "sweep"])
@pytest.mark.parametrize(("age", "status"), [(110, 200), (125, 503)])
def test_not_ready_once_a_pulse_is_two_minutes_old(beating, client, name, age, status):
    Pulse.objects.beat(name, at=timezone.now() - timedelta(seconds=age))
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert status == 200 or answer.json()[name].startswith("failed: last ran 12")


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_not_ready_without_the_broker(beating, client, monkeypatch, scheme):
    monkeypatch.setitem(current_app.conf, "broker_write_url", f"{scheme}://user:s3cret@127.0.0.1:{free_port()}//")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "broker": "failed: OperationalError", "beat": "ok", "sweep": "ok"}


# ---- In a process of its own: this one's connections are the tests' -------------------------------------------------
ASK = """
import time, django; django.setup()
from django.test import Client
started = time.monotonic()
answer = Client().get("/readyz")
print(answer.status_code, round(time.monotonic() - started), answer.content.decode())
"""


def ask_elsewhere(**environment: str) -> tuple[int, int, dict[str, str]]:
    """Status, seconds and parts of /readyz; the database is away."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={
            **{name: os.environ[name] for name in ("PATH", "OUTSOURCING_ENV")},
            "DJANGO_SETTINGS_MODULE": "outsourcing.settings",
            "DATABASE_URL": f"postgresql://user:s3cret@127.0.0.1:{free_port()}/none",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert not any(secret in done.stdout for secret in ("s3cret", "user", "127.0.0.1"))
    status, seconds, parts = done.stdout.split(" ", 2)
    return int(status), int(seconds), json.loads(parts)


def test_not_ready_without_the_database():
    status, _, parts = ask_elsewhere()
    assert status == 503
    assert parts == {
        "database": "failed: OperationalError",
        "broker": "ok",
        "sweep": "failed: OperationalError",
        "beat": "failed: OperationalError",
    }


@pytest.fixture
def silent():
    """A port where somebody takes the call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_silent_broker_is_waited_for_briefly(silent, scheme):
    status, seconds, parts = ask_elsewhere(BROKER_URL=f"{scheme}://user:s3cret@127.0.0.1:{silent}//")
    assert status == 503
    assert parts["broker"].startswith("failed: ")
    assert seconds < 10


def test_a_monitor_may_ask_by_any_host_name(client):
    assert client.get("/healthz", headers={"Host": "10.1.2.3"}).status_code == 200
