"""Bytes and their row: the bytes come first and go last, so a crash leaves at most bytes, which `orphans` finds."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, transaction

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.files.checks import check
from outsourcing.files.kinds import Kinds
from outsourcing.files.models import File
from outsourcing.shared.backups.taking import free_to_remove
from outsourcing.shared.disk import sync

TEMPORARY = ".part"


def keep(
    upload: UploadedFile,
    *,
    by: Membership | None,
    organisation: Organisation | None,
    at: datetime,
    kinds: Kinds,
) -> File:
    """Check `upload` by its content and keep it; Refused, or OSError on a full disk, leave nothing behind.

    Where nobody can tell whether the transaction was committed, the bytes are left to `orphans`: taking them away could
    leave a row without them.
    """
    checked = check(upload, kinds)
    picture = checked.picture
    keys = write_all([checked.content, *([picture.thumbnail] if picture else [])], at)
    with transaction.atomic():
        try:
            return File.objects.create(
                organisation=organisation,
                uploaded_by=by,
                name=checked.name,
                content_type=checked.content_type,
                size=len(checked.content),
                sha256=hashlib.sha256(checked.content).hexdigest(),
                key=keys[0],
                thumbnail_key=keys[1] if picture else "",
                width=picture.width if picture else None,
                height=picture.height if picture else None,
                created_at=at,
            )
        except BaseException:  # the row was refused for certain
            unlink(keys)
            raise


def enter(
    key: str, *, name: str, content_type: str, by: Membership | None, organisation: Organisation | None, at: datetime
) -> File:
    """The row of bytes that we have written ourselves under `key`."""
    with path(key).open("rb") as stored:
        digest = hashlib.file_digest(stored, "sha256").hexdigest()
    return File.objects.create(
        organisation=organisation,
        uploaded_by=by,
        name=name,
        content_type=content_type,
        size=path(key).stat().st_size,
        sha256=digest,
        key=key,
        created_at=at,
    )


def write_all(contents: list[bytes], at: datetime) -> list[str]:
    """Put these on the disk and give their keys: all of them or none."""
    written: list[str] = []
    try:
        for content in contents:
            written.append(write(content, at))
    except BaseException:
        unlink(written)
        raise
    return written


def discard(file: File) -> None:
    """Remove the row, and the bytes once that is certain."""
    keys = [key for key in (file.key, file.thumbnail_key) if key]
    file.delete()
    transaction.on_commit(partial(remove, keys))


def path(key: str) -> Path:
    """Where the bytes under `key` are."""
    folder: Path = settings.FILES_DIR
    return folder / key


def write(content: bytes, at: datetime) -> str:
    """Put `content` on the disk for good, dated `at`, and give its key; on an error nothing is left."""
    with writing(at) as (out, key):
        out.write(content)
    return key


@contextmanager
def writing(at: datetime) -> Iterator[tuple[IO[bytes], str]]:
    """A file to write to, which is on the disk for good under its key once the block ends; on an error nothing is
    left."""
    token = secrets.token_hex(16)
    key = f"{token[:2]}/{token[2:]}"
    target, temporary = path(key), settings.FILES_DIR / f"{token}{TEMPORARY}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("x+b") as out:
            yield out, key
            out.flush()
            os.utime(out.fileno(), (at.timestamp(), at.timestamp()))
            os.fsync(out.fileno())
        temporary.rename(target)
        sync(target.parent)
        sync(settings.FILES_DIR)
    except BaseException:
        for leftover in (temporary, target):
            with suppress(OSError):
                leftover.unlink()
        raise


def remove(keys: list[str]) -> None:
    """Remove bytes that rows named until now; what cannot be removed now, as a backup reads it, `orphans` finds."""
    with suppress(DatabaseError), transaction.atomic():
        if free_to_remove():
            unlink(keys)


def unlink(keys: list[str]) -> None:
    """Remove bytes that no row has named; what cannot be removed now is found by `orphans`."""
    for key in keys:
        with suppress(OSError):
            path(key).unlink()


# ---- Backups -------------------------------------------------------------------------------------------------------
def kept() -> Iterator[tuple[str, Path]]:
    """Every key that a row names, and where its bytes are. One query."""
    for keys in File.objects.order_by("pk").values_list("key", "thumbnail_key"):
        yield from ((key, path(key)) for key in keys if key)


def place(key: str) -> Path | None:
    """Where the bytes of a key belong; None for what is none."""
    return path(key) if re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{30}", key) else None
