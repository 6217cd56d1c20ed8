"""Workers that are killed, doubled or late: nothing is brought in twice, and nothing is lost."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import DatabaseError, connection

from tests.directory.imports.conftest import NOW, checked, table
from vendors.directory.imports import actions, tasks
from vendors.directory.imports.errors import NotReady
from vendors.directory.models import Import, Listing, Note, Tagging, Vendor

ROOT = Path(__file__).parents[3]
ROWS = [[f"Vendor {n}", f"https://v{n}.example", "x", f"Note {n}"] for n in range(10)]
CONTENT = table(["Name", "URL", "Tags", "Note"], *ROWS)
WORKER = """
import os, signal, django
django.setup()
from datetime import UTC, datetime
from vendors.directory.imports import actions, writing
actions.BATCH = 3
refresh, batches = writing.index.refresh, []
def refresh_or_die(keys):
    refresh(keys)
    batches.append(keys)
    if len(batches) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
writing.index.refresh = refresh_or_die
actions.bring_in(int(os.environ["IMPORT"]), now=lambda: datetime(2026, 11, 24, 9, tzinfo=UTC))
"""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 3)


@pytest.fixture
def started(owner):
    made = checked(CONTENT, owner)
    actions.start(made, by=owner, at=NOW)
    return made


def go_on(made: Import, **options) -> Import:
    actions.bring_in(made.pk, now=lambda: NOW, **options)
    return Import.objects.get(pk=made.pk)


def all_is_there_once(made: Import) -> None:
    assert (made.state, made.done, made.added, made.changed, made.unchanged) == ("done", 10, 10, 0, 0)
    assert sorted(vendor.name for vendor in Vendor.objects.all()) == sorted(row[0] for row in ROWS)
    events = apps.get_model("directory", "VendorEvent").objects
    assert (Listing.objects.count(), Note.objects.count(), Tagging.objects.count(), events.count()) == (10,) * 4


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_whole_batches_and_the_next_goes_on(started, tmp_path):
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"])
    environment = os.environ | {
        "OUTSOURCING_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "outsourcing.settings",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": database.geturl(),
        "IMPORT": str(started.pk),
    }
    call = [sys.executable, "-c", WORKER]
    killed = subprocess.run(call, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=120)
    assert killed.returncode == -9, killed.stderr.decode()
    left = Import.objects.get()
    assert (left.state, left.done, left.added) == ("running", 6, 6)
    assert Vendor.objects.count() == 6
    all_is_there_once(go_on(started))


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_are_one(owner):
    made = checked(CONTENT, owner)
    together = Barrier(2)

    def press() -> bool:
        try:
            mine = Import.objects.select_related("merchant").get(pk=made.pk)
            together.wait(10)
            actions.start(mine, by=owner, at=NOW)
        except NotReady:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(future.result() for future in [both.submit(press), both.submit(press)]) == [False, True]


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_bring_each_row_in_once(started):
    together = Barrier(2)

    def work() -> None:
        try:
            together.wait(10)
            go_on(started)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        for future in [both.submit(work), both.submit(work)]:
            future.result()
    all_is_there_once(go_on(started))


@pytest.mark.django_db
def test_a_wake_that_has_had_enough_leaves_the_rest_to_the_next(started):
    turns = iter([False, True])
    assert actions.bring_in(started.pk, now=lambda: NOW, is_enough=lambda: next(turns))
    assert Import.objects.get().done == 3
    all_is_there_once(go_on(started))


@pytest.mark.django_db
def test_what_nobody_is_at_is_woken(started, monkeypatch):
    woken: list[int] = []
    monkeypatch.setattr(tasks.bring_in, "delay", woken.append)
    monkeypatch.setattr(tasks.clock, "now", lambda: NOW + timedelta(seconds=29))
    tasks.resume()
    assert woken == []
    monkeypatch.setattr(tasks.clock, "now", lambda: NOW + timedelta(seconds=31))
    tasks.resume()
    assert woken == [started.pk]
    tasks.bring_in(started.pk)
    all_is_there_once(Import.objects.get())
    tasks.resume()
    assert woken == [started.pk]


@pytest.mark.django_db
def test_a_second_start_is_refused_before_and_after_the_end(started, owner):
    with pytest.raises(NotReady):
        actions.start(started, by=owner, at=NOW)
    go_on(started)
    with pytest.raises(NotReady):
        actions.start(started, by=owner, at=NOW)
    with pytest.raises(NotReady):
        actions.check(started, started.mapping)
    assert Vendor.objects.count() == 10


@pytest.mark.django_db
def test_one_that_stopped_says_why_and_goes_on(started, owner, monkeypatch):
    def fail(*args, **options):
        raise DatabaseError

    with monkeypatch.context() as broken:
        broken.setattr(actions, "write", fail)
        stopped = go_on(started)
    assert (stopped.state, stopped.done) == ("failed", 0)
    assert stopped.failure
    actions.start(stopped, by=owner, at=NOW)
    all_is_there_once(go_on(started))


@pytest.mark.django_db
def test_a_file_that_is_gone_stops_it(started):
    actions.path(started.file.key).unlink()
    stopped = go_on(started)
    assert stopped.state == "failed"
    assert "gone" in stopped.failure


@pytest.mark.django_db
def test_who_loses_the_role_meanwhile_stops_nothing(started, owner):
    owner.roles = ["viewer"]
    owner.save()
    all_is_there_once(go_on(started))
