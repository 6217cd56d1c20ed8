"""An export from its asking to the day on which its file goes. PostgreSQL is the truth: whoever makes it holds the row
by its `attempt`, and a worker that was lost is made up for by the next."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from outsourcing.accounts import by_code
from outsourcing.accounts.models import Membership
from outsourcing.files import storage
from outsourcing.leaving import tasks
from outsourcing.leaving.errors import OneAtATime
from outsourcing.leaving.models import ABANDONED, MOST_ATTEMPTS, Export
from outsourcing.leaving.packing import pack
from outsourcing.leaving.tables import Tables
from outsourcing.notifications import outbox

ZIP = "application/zip"
State = Export.State
logger = logging.getLogger(__name__)


class Superseded(Exception):
    """Somebody else makes it now, or it is wanted no more."""


@transaction.atomic
def ask(*, by: Membership, at: datetime) -> Export:
    """Have a worker make it. Raises OneAtATime."""
    try:
        with transaction.atomic():
            made = Export.objects.create(organisation=by.organisation, asked_by=by, asked_at=at, progressed_at=at)
    except IntegrityError:
        raise OneAtATime(_("It is being made already: you get a mail when it is ready.")) from None
    transaction.on_commit(partial(tasks.make.delay, made.pk), robust=True)
    return made


def make(pk: int, *, now: Callable[[], datetime]) -> None:
    """Make one that nobody makes, or whose worker was lost; of two at once one leaves."""
    at = now()
    free = Q(attempt=0) | Q(progressed_at__lt=at - ABANDONED)
    mine = Export.objects.filter(free, pk=pk, state=State.MAKING, attempt__lt=MOST_ATTEMPTS)
    if not mine.update(attempt=F("attempt") + 1, progressed_at=at, done=0):
        _give_up(pk, at)
        return
    export = Export.objects.select_related("organisation", "asked_by__organisation", "asked_by__user").get(pk=pk)
    try:
        _make(export, now)
    except Superseded:
        return
    except Exception:
        logger.exception("Export %s stopped", pk)
        _end(export, at=now(), state=State.FAILED, failure=_("Something went wrong: ask for it again."))


def _give_up(pk: int, at: datetime) -> None:
    """One over which as many workers as may were lost."""
    lost = Export.objects.abandoned(at).filter(pk=pk, attempt__gte=MOST_ATTEMPTS)
    lost.update(state=State.FAILED, failure=_("It was interrupted several times: ask for it again."), finished_at=at)


def _make(export: Export, now: Callable[[], datetime]) -> None:
    """Raises Superseded."""
    asker = export.asked_by
    if asker.left_at is not None or not asker.is_head:
        _end(export, at=now(), state=State.FAILED, failure=_("Whoever asked for it may not have it any more."))
        return
    tables = Tables(asker)
    said = Said(export, now)
    said.size(sum(table.count() for table in tables.all))
    with storage.writing(now()) as (out, key):
        pack(out, tables, acting=asker, at=now(), progress=said)
    try:
        _finish(export, key, at=now())
    except Superseded:  # certainly without a row; after any other error nobody can tell (files/storage.py)
        storage.remove([key])
        raise


class Said:
    """Writes down how far it is, and finds out whether it is still ours to make."""

    def __init__(self, export: Export, now: Callable[[], datetime]) -> None:
        self._mine = Export.objects.filter(pk=export.pk, state=State.MAKING, attempt=export.attempt)
        self._now = now

    def size(self, rows: int) -> None:
        if not self._mine.update(size=rows, progressed_at=self._now()):
            raise Superseded

    def __call__(self, rows: int = 1) -> None:
        if not self._mine.update(done=F("done") + rows, progressed_at=self._now()):
            raise Superseded


@transaction.atomic
def _finish(export: Export, key: str, *, at: datetime) -> None:
    """The file has its row, and whoever asked is told. Raises Superseded."""
    asker = export.asked_by
    name = f"{slugify(export.organisation.name)[:60] or 'export'}-{at.astimezone(asker.zone):%Y-%m-%d}.zip"
    file = storage.enter(key, name=name, content_type=ZIP, by=asker, organisation=export.organisation, at=at)
    if not _end(export, at=at, state=State.READY, file=file):
        raise Superseded
    export.finished_at = at
    with timezone.override(asker.zone):
        outbox.post(
            "export_ready",
            to=asker.email,
            context={
                "export": export,
                "url": settings.BASE_URL + by_code.address(reverse("leaving:export"), asker),
            },
            organisation=export.organisation,
            membership=asker,
            occurrence=f"export:{export.pk}",
        )


def _end(export: Export, *, at: datetime, **values: object) -> bool:
    mine = Export.objects.filter(pk=export.pk, state=State.MAKING, attempt=export.attempt)
    return bool(mine.update(finished_at=at, progressed_at=at, **values))


def drop_old(before: datetime) -> int:
    """Delete the files that were ready by then (shared/retention.py); how many."""
    dropped = 0
    for export in Export.objects.ready_by(before).select_related("file"):
        with transaction.atomic():
            drop(export)
        dropped += 1
    return dropped


def drop(export: Export) -> None:
    """Delete its file; the row says that there was one. In the caller's transaction."""
    Export.objects.filter(pk=export.pk, state=State.READY).update(state=State.GONE, file=None)
    if export.file is not None:
        storage.discard(export.file)
