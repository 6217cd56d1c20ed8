"""What load balancers and monitors ask."""

import os
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.utils import timezone

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


def use_broker(monkeypatch, url: str) -> None:
    monkeypatch.setitem(current_app.conf, "broker_write_url", url)


def test_ready_when_all_parts_are(beating, client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "broker": "ok", "beat": "ok"})
    assert "no-cache" in answer["Cache-Control"]


def test_ready_answers_head(beating, client):
    assert client.head("/readyz").status_code == 200


def test_a_second_pulse_replaces_the_first(beating):
    tasks.pulse()
    assert Pulse.objects.count() == 1


def test_not_ready_before_the_first_pulse(db, client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "broker": "ok", "beat": "failed: never ran"}


@pytest.mark.parametrize(("age", "status"), [(110, 200), (125, 503)])
def test_not_ready_once_the_pulse_is_two_minutes_old(db, client, age, status):
    Pulse.objects.beat("beat", at=timezone.now() - timedelta(seconds=age))
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert status == 200 or answer.json()["beat"].startswith("failed: last ran 12")


@pytest.fixture
def silent():
    """A port where somebody takes the call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_not_ready_without_the_broker(beating, client, monkeypatch, scheme):
    use_broker(monkeypatch, f"{scheme}://user:s3cret@127.0.0.1:{free_port()}//")
    assert_broker_named(client)


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_not_ready_with_a_silent_broker(beating, client, monkeypatch, scheme, silent):
    use_broker(monkeypatch, f"{scheme}://user:s3cret@127.0.0.1:{silent}//")
    assert_broker_named(client)


def assert_broker_named(client) -> None:
    started = time.monotonic()
    answer = client.get("/readyz")
    assert time.monotonic() - started < 8
    assert answer.status_code == 503
    assert answer.json()["broker"].startswith("failed: ")
    assert answer.json()["database"] == answer.json()["beat"] == "ok"
    assert not any(secret in answer.content for secret in (b"s3cret", b"user", b"127.0.0.1"))


def test_not_ready_without_the_database():
    """A process of its own, since this one's connection is the tests'."""
    ask = "import django; django.setup(); from django.test import Client; a = Client().get('/readyz')"
    done = subprocess.run(
        [sys.executable, "-c", f"{ask}; print(a.status_code, a.content.decode())"],
        cwd=ROOT,
        env={
            **{name: os.environ[name] for name in ("PATH", "OUTSOURCING_ENV")},
            "DJANGO_SETTINGS_MODULE": "outsourcing.settings",
            "DATABASE_URL": f"postgresql://user:s3cret@127.0.0.1:{free_port()}/none",
        },
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stdout.startswith('503 {"database": "failed: OperationalError", "broker": "ok", "beat": "failed: ')
    assert not any(secret in done.stdout for secret in ("s3cret", "user", "127.0.0.1"))
