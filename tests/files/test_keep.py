"""Neither a row without its bytes nor bytes without a row."""

import errno
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from outsourcing.files import orphans, serving, storage
from outsourcing.files.kinds import DOCUMENTS
from outsourcing.files.models import File
from outsourcing.files.orphans import sweep
from outsourcing.files.storage import discard, keep, path
from outsourcing.shared.backups.taking import GUARD
from tests.files.conftest import on_disk, picture, upload

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=25)


def kept(content: bytes = b"hello\n", name: str = "note.txt", by=None) -> File:
    return keep(upload(content, name), by=by, organisation=by and by.organisation, at=NOW, kinds=DOCUMENTS)


def test_a_file_is_kept_and_served(owner):
    file = kept(name="Größe.txt", by=owner)
    assert (file.size, file.organisation, file.uploaded_by) == (6, owner.organisation, owner)
    response = serving.download(file)
    assert response.content == b"hello\n"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.txt"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]
    with pytest.raises(Http404):
        serving.thumbnail(file)


def test_a_picture_has_a_thumbnail(files_dir):
    file = kept(picture(size=(960, 600)), "a.jpg")
    assert (file.width, file.height, file.is_picture) == (960, 600, True)
    assert serving.thumbnail(file)["Content-Disposition"].startswith("inline")
    assert len(on_disk(files_dir)) == 2


def test_missing_bytes_are_404_and_reported(caplog):
    file = kept()
    path(file.key).unlink()
    with pytest.raises(Http404):
        serving.download(file)
    assert sweep(NOW).missing == [file.pk]
    assert f"File {file.pk} has lost its bytes" in caplog.text


@pytest.mark.parametrize("call", ["fsync", "utime"])
def test_a_full_disk_leaves_nothing(monkeypatch, files_dir, call):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, call, full)
    with pytest.raises(OSError, match="No space"):
        kept(picture())
    assert on_disk(files_dir) == []
    assert not File.objects.exists()


def test_a_disk_that_fills_up_at_the_thumbnail_leaves_nothing(monkeypatch, files_dir):
    whole, calls = storage.write, []

    def full_at_second(content, at):
        calls.append(content)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(content, at)

    monkeypatch.setattr(storage, "write", full_at_second)
    with pytest.raises(OSError, match="No space"):
        kept(picture())
    assert on_disk(files_dir) == []


def test_a_row_that_is_refused_takes_its_bytes_along(monkeypatch, files_dir):
    def refuse(**fields):
        raise DatabaseError

    monkeypatch.setattr(File.objects, "create", refuse)
    with pytest.raises(DatabaseError):
        kept()
    assert on_disk(files_dir) == []


def test_what_a_rolled_back_transaction_leaves_is_swept(files_dir):
    stays = kept()
    with transaction.atomic():
        kept(picture())
        transaction.set_rollback(True)
    assert len(on_disk(files_dir)) == 3
    assert sweep(NOW + timedelta(hours=23)).removed == 0
    assert sweep(LATER).removed == 2
    assert on_disk(files_dir) == [path(stays.key)]


@pytest.mark.parametrize(("place", "left"), [("File.objects.create", 1), ("storage.os.fsync", 1)])
def test_a_worker_killed_between_bytes_and_row(files_dir, place, left):
    owner, _, name = place.rpartition(".")
    script = f"""
import os, signal, django
django.setup()
from datetime import UTC, datetime
from django.core.files.uploadedfile import SimpleUploadedFile
from outsourcing.files import storage
from outsourcing.files.kinds import DOCUMENTS
from outsourcing.files.models import File
class Nothing:
    def __enter__(self): pass
    def __exit__(self, *error): pass
storage.transaction.atomic = Nothing
{owner}.{name} = lambda *args, **fields: os.kill(os.getpid(), signal.SIGKILL)
storage.keep(SimpleUploadedFile("a.txt", b"words"), by=None, organisation=None,
             at=datetime(2026, 6, 1, 12, tzinfo=UTC), kinds=DOCUMENTS)
"""
    environment = os.environ | {
        "OUTSOURCING_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "outsourcing.settings",
        "VAR_DIR": str(files_dir.parent),
        "DATABASE_URL": "postgresql://nobody:x@localhost:1/none",
    }
    killed = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=False)
    assert killed.returncode == -9, killed.stderr.decode()
    theirs = files_dir.parent / "test" / "files"
    theirs.rename(files_dir)
    assert len(on_disk(files_dir)) == left
    assert sweep(LATER).removed == left
    assert on_disk(files_dir) == []


def test_discarding_removes_the_bytes_once_the_row_is_gone(files_dir, django_capture_on_commit_callbacks):
    file = kept(picture())
    with django_capture_on_commit_callbacks(execute=True):
        discard(file)
        assert len(on_disk(files_dir)) == 2
    assert on_disk(files_dir) == []
    assert not File.objects.exists()


def test_the_daily_look_runs_on_an_empty_folder():
    assert orphans.forget(NOW) == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_is_removed_while_a_backup_reads(files_dir):
    file = kept()
    elsewhere = connection.copy()
    with elsewhere.cursor() as cursor:
        elsewhere.set_autocommit(False)
        cursor.execute(f"LOCK TABLE {GUARD} IN EXCLUSIVE MODE")
        discard(file)
        assert sweep(LATER).removed == 0
        elsewhere.rollback()
    elsewhere.close()
    assert len(on_disk(files_dir)) == 1
    assert sweep(LATER).removed == 1
