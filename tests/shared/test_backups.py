"""The drill: the demo world is backed up, restored elsewhere, compared by rows and bytes, and its mail is held."""

import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from outsourcing.files.kinds import DOCUMENTS
from outsourcing.files.models import File
from outsourcing.files.storage import keep, kept
from outsourcing.notifications.models import Mail
from outsourcing.shared import hooks
from outsourcing.shared.backups import archive, restoring, taking, tools
from outsourcing.shared.errors import Stop
from outsourcing.shared.models import MailHold
from outsourcing.shared.serving import free_port
from tests.factories import MailFactory
from tests.files.conftest import picture, upload
from tests.notifications.conftest import Sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(settings, tmp_path):
    """Files in a folder of the test's own."""
    settings.FILES_DIR = tmp_path / "here" / "files"
    return tmp_path


@pytest.fixture
def elsewhere(house):
    """An empty database on the same server, and another folder: the environment of a process there."""
    name = f"{connection.settings_dict['NAME']}_elsewhere"
    server = urlsplit(os.environ["DATABASE_URL"])

    def on_server(statement: str) -> None:
        made = psycopg2.connect(server._replace(path="/postgres").geturl())
        made.autocommit = True
        with made.cursor() as cursor:
            cursor.execute(statement)
        made.close()

    on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    on_server(f'CREATE DATABASE "{name}"')
    yield {
        "PATH": os.environ["PATH"], "OUTSOURCING_ENV": "test", "DJANGO_SETTINGS_MODULE": "outsourcing.settings",
        "VAR_DIR": str(house / "there"), "DATABASE_URL": server._replace(path=f"/{name}").geturl(),
        "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def there(environment: dict[str, str], *argv: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` over the other database."""
    return subprocess.run(
        [sys.executable, "manage.py", *argv], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )


def counts_there(environment: dict[str, str], names) -> dict[str, int]:
    made = psycopg2.connect(environment["DATABASE_URL"])
    with made, made.cursor() as cursor:
        found = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            found[name] = cursor.fetchone()[0]
    made.close()
    return found


def states_there(environment: dict[str, str]) -> dict[str, int]:
    made = psycopg2.connect(environment["DATABASE_URL"])
    with made, made.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM notifications_mail GROUP BY state")
        found = dict(cursor.fetchall())
    made.close()
    return found


# ---- The drill -----------------------------------------------------------------------------------------------------
DELIVER = """
import django; django.setup()
from outsourcing.notifications import tasks
tasks.sweep(); tasks.deliver(); tasks.deliver()
"""


def test_the_drill(house, elsewhere):
    """To another database and folder: every row and byte; nothing is sent until it is let go, and then once."""
    at = timezone.now()
    hooks.demo(at)
    keep(upload(picture(), "a.jpg"), by=None, organisation=None, at=at, kinds=DOCUMENTS)
    Mail.objects.filter(state="pending").update(state="cancelled", answer="The demo's own.")
    MailFactory.create_batch(3, created_at=at, not_before=at, address="reader@shop.example")
    MailFactory(created_at=at, not_before=at, address="code@shop.example", is_secret=True)
    MailFactory(created_at=at, not_before=at, address="hand@shop.example", state="sending",
                claim="00000000-0000-0000-0000-000000000001", lease_until=at)  # fmt: skip
    target = house / "backup.tar"
    call_command("backup", target)
    assert [path.name for path in house.iterdir() if path.is_file()] == ["backup.tar"]
    assert target.stat().st_mode & 0o077 == 0
    rows, files = taking.count(taking.tables()), {key: path.read_bytes() for key, path in kept()}

    done = there(elsewhere, "restore", str(target))
    assert done.returncode == 0, done.stderr
    assert "Mail is held" in done.stdout
    assert sum(rows.values()) > 1_000
    assert len(files) > 5
    assert counts_there(elsewhere, rows) == rows | {"shared_mailhold": 1}
    folder = house / "there" / "test" / "files"
    assert {key: (folder / key).read_bytes() for key in files} == files
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == sorted(files)

    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        mailing = elsewhere | {"EMAIL_URL": f"smtp://127.0.0.1:{controller.port}"}
        deliver = [sys.executable, "-c", DELIVER]
        subprocess.run(deliver, cwd=ROOT, env=mailing, check=True, capture_output=True)
        assert controller.handler.taken == []
        states = states_there(elsewhere)
        assert (states["pending"], states["sending"]) == (4, 1)
        done = there(elsewhere, "mail", "--release")
        assert done.returncode == 0, done.stderr
        assert "4 mails wait, 4 of them since before the backup." in done.stdout
        assert "1 were being sent." in done.stdout
        assert "2 may have been sent before" in done.stdout
        subprocess.run(deliver, cwd=ROOT, env=mailing, check=True, capture_output=True)
        written = Counter(controller.handler.readers)
        assert written["reader@shop.example"] == 3
        assert {"code@shop.example", "hand@shop.example"}.isdisjoint(written)
        assert states_there(elsewhere)["uncertain"] == 2
    finally:
        controller.stop()


# ---- What is refused -----------------------------------------------------------------------------------------------
@pytest.fixture
def backup(house) -> Path:
    keep(upload(b"hello\n", "a.txt"), by=None, organisation=None, at=timezone.now(), kinds=DOCUMENTS)
    taking.take(house / "backup.tar", timezone.now())
    return house / "backup.tar"


def refused(path: Path, *, force: bool = True) -> str:
    with pytest.raises(Stop) as refusal:
        restoring.restore(path, force=force)
    return str(refusal.value)


def test_what_is_no_whole_backup_of_ours_is_refused_and_nothing_changes(backup, house, monkeypatch):
    """Of each kind; the last one is as a later release writes it."""
    before, whole = taking.count(taking.tables()), backup.read_bytes()
    assert "not empty" in refused(backup, force=False)
    assert "is not there" in refused(house / "other.tar")
    (house / "other.tar").write_bytes(b"PK not a tar")
    assert "no backup of this app" in refused(house / "other.tar")
    with tarfile.open(house / "strange.tar", "w") as tar:
        tar.add(ROOT / "manage.py", "manage.py")
    assert "no backup of this app" in refused(house / "strange.tar")
    for place in (whole.index(b"hello\n"), whole.index(b"PGDMP") + 5_000):
        backup.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert "is damaged" in refused(backup)
    backup.write_bytes(whole[: len(whole) // 2])
    assert "is damaged" in refused(backup)
    later = whole.replace(b'"shared.0001_extensions"', b'"shared.9001_extensions"')
    backup.write_bytes(later)
    assert "is newer than this code, which does not know shared.9001_extensions" in refused(backup)
    assert taking.count(taking.tables()) == before
    assert not MailHold.objects.exists()


def test_a_dump_that_does_not_go_in_leaves_the_database_as_it_was(backup, monkeypatch):
    """--force takes away what is there in the same transaction."""
    before = taking.count(taking.tables())
    monkeypatch.setattr(restoring, "_after", lambda rows, taken_at: "SELECT 1/0; COMMIT;\n")
    assert refused(backup).startswith("The database was left as it was: ")
    assert taking.count(taking.tables()) == before


def test_a_row_too_few_is_noticed(backup):
    found = archive.Archive(backup)
    found.about["rows"]["files_file"] += 1
    with pytest.raises(Stop, match="rows of files_file are missing"):
        restoring._fill(found, tools.find(tools.server_version()), timezone.now(), force=True)
    assert File.objects.count() == 1


def test_force_replaces_what_is_there(backup):
    kept_name = File.objects.get().name
    File.objects.all().update(name="changed since.txt")
    restored = restoring.restore(backup, force=True)
    assert (restored.files, restored.is_older, restored.has_other_key) == (1, False, False)
    assert File.objects.get().name == kept_name
    assert MailHold.objects.is_held()
    MailHold.objects.all().delete()


# ---- Taking it -----------------------------------------------------------------------------------------------------
def test_a_name_that_is_taken_is_refused(backup):
    whole = backup.read_bytes()
    with pytest.raises(Stop, match="is there already"):
        taking.take(backup, timezone.now())
    assert backup.read_bytes() == whole


def test_a_file_without_bytes_is_told_and_keeps_nothing_else_from_it(backup, house, capsys):
    lost = keep(upload(b"gone\n", "b.txt"), by=None, organisation=None, at=timezone.now(), kinds=DOCUMENTS)
    (house / "here" / "files" / lost.key).unlink()
    call_command("backup", house / "second.tar")
    assert lost.key in capsys.readouterr().err
    archive.Archive(house / "second.tar").verify()


SLOW = """
import sys, time, django; django.setup()
from pathlib import Path
from django.utils import timezone
from outsourcing.shared.backups import taking
def slow(writing):
    print("begun", flush=True)
    time.sleep(60)
taking._add_files = slow
taking.take(Path(sys.argv[1]), timezone.now())
"""


def test_a_killed_backup_leaves_no_file_under_its_name_and_the_next_one_takes_its_place(house):
    target = house / "night.tar"
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = {
        "PATH": os.environ["PATH"], "OUTSOURCING_ENV": "test", "DJANGO_SETTINGS_MODULE": "outsourcing.settings",
        "VAR_DIR": str(house), "DATABASE_URL": database.geturl(),
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, str(target)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as backing_up:
        assert backing_up.stdout.readline() == "begun\n"
        with pytest.raises(Stop, match="Another backup is writing"):
            taking.take(target, timezone.now())
        backing_up.send_signal(signal.SIGKILL)
    assert not target.exists()
    assert target.with_name("night.tar.half").exists()
    until = time.monotonic() + 30
    while True:  # the server notices that its client is gone
        try:
            taking.take(target, timezone.now())
            break
        except Stop:
            assert time.monotonic() < until
    assert not target.with_name("night.tar.half").exists()
    archive.Archive(target).verify()


def test_what_is_written_of_it_says_whose_it_is(backup):
    with tarfile.open(backup) as tar:
        about = json.load(tar.extractfile("about.json"))
        names = tar.getnames()
    assert about["what"] == archive.OURS
    assert "shared.0004_mail_holds" in about["migrations"]
    assert not {"cache", "django_session", "usersessions_usersession"} & set(about["rows"])
    assert names[:2] == ["about.json", "database.dump"]
    assert names[-1] == "manifest.json"
