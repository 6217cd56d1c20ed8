"""Bytes without a row, which a crash or a rolled back transaction leaves, and rows without bytes, which nothing may."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from outsourcing.files.models import File
from outsourcing.files.storage import path
from outsourcing.shared.backups.taking import free_to_remove

KEYS = ("key", "thumbnail_key")
#: Longer than any transaction that keeps a file.
GRACE = timedelta(hours=24)
BATCH = 500
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Swept:
    """How many bytes were removed, and which rows have lost theirs."""

    removed: int
    missing: list[int]


def sweep(at: datetime) -> Swept:
    """Remove bytes older than a day that no row names; log an error for each row whose bytes are gone."""
    missing = list(without_bytes())
    for pk in missing:
        logger.error("File %s has lost its bytes: restore them from a backup.", pk)
    return Swept(removed=remove_unnamed(at - GRACE), missing=missing)


def forget(before: datetime) -> int:
    """The daily look: `sweep` a day after `before`; how many were removed."""
    return sweep(before + GRACE).removed


def without_bytes() -> Iterator[int]:
    """The rows whose bytes, or whose thumbnail's, are not on the disk."""
    for pk, *keys in File.objects.values_list("pk", *KEYS).iterator():
        whole = all(path(key).is_file() for key in keys if key)
        if not whole and File.objects.filter(pk=pk).exists():  # it may have been discarded meanwhile
            yield pk


def remove_unnamed(before: datetime) -> int:
    """Remove what is older than `before` and named by no row, a batch at a time."""
    old = [found for found in settings.FILES_DIR.rglob("*") if aged(found, before)]
    removed = 0
    for start in range(0, len(old), BATCH):
        batch = {found.relative_to(settings.FILES_DIR).as_posix(): found for found in old[start : start + BATCH]}
        with transaction.atomic():
            if not free_to_remove():  # a backup reads them; tomorrow is another day
                break
            for key in batch.keys() - named(batch):
                batch[key].unlink(missing_ok=True)
                removed += 1
    return removed


def named(keys: Iterable[str]) -> set[str]:
    """Those of `keys` that a row names."""
    rows = File.objects.filter(Q(key__in=keys) | Q(thumbnail_key__in=keys)).values_list(*KEYS)
    return {key for pair in rows for key in pair}


def aged(found: Path, before: datetime) -> bool:
    """Whether `found` is a file that was written before `before`; not, where it is gone already."""
    try:
        return found.is_file() and found.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False
