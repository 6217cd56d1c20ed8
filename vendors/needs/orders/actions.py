"""An order list from its upload to the month's figures. PostgreSQL is the truth: what is read stands in its lines until
the months are made of them in one transaction, or it is refused as a whole."""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.models import Membership
from outsourcing.files.kinds import CSV, Kinds
from outsourcing.files.storage import discard, keep, path
from outsourcing.shared.populate import copy_in
from vendors.needs.errors import AlreadyDone
from vendors.needs.figures import actions as figures
from vendors.needs.models import Month, OrderImport, OrderLine
from vendors.needs.models.orders import ABANDONED
from vendors.needs.orders import tasks
from vendors.needs.orders.reading import Orders, Problem, Unreadable

KINDS = Kinds(gettext_lazy("a CSV file"), frozenset({CSV}), (".csv",))
BATCH = 10_000
MOST_PROBLEMS = 100
FIELDS = ["import_of", "attempt", "order", "created_at", "fulfilled_at", "quantity"]
State = OrderImport.State
logger = logging.getLogger(__name__)

#: Orders by month where the merchant is: how many, their items, hours to shipment in the middle and for 95 in 100.
MONTHS = """
WITH orders AS (
    SELECT "order", min(created_at) AS created, max(fulfilled_at) AS shipped, sum(quantity) AS units
    FROM needs_orderline WHERE import_of_id = %(pk)s AND attempt = %(attempt)s GROUP BY "order"
), timed AS (
    SELECT (created AT TIME ZONE %(zone)s)::date AS day, units, shipped,
        extract(epoch FROM shipped - created) / 3600 AS hours
    FROM orders WHERE created IS NOT NULL
), days AS (SELECT day, count(*) AS orders FROM timed GROUP BY day),
peaks AS (
    SELECT DISTINCT ON (date_trunc('month', day)) date_trunc('month', day)::date AS month, day, orders
    FROM days ORDER BY date_trunc('month', day), orders DESC, day
)
SELECT date_trunc('month', t.day)::date, count(*), sum(t.units),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY t.hours), percentile_cont(0.95) WITHIN GROUP (ORDER BY t.hours),
    count(*) FILTER (WHERE t.shipped IS NULL), min(p.orders), min(p.day), min(t.day), max(t.day)
FROM timed t JOIN peaks p ON p.month = date_trunc('month', t.day)::date
GROUP BY 1 ORDER BY 1
"""


@transaction.atomic
def upload(upload: UploadedFile, *, day_order: str, by: Membership, at: datetime) -> OrderImport:
    """Keep the file and have a worker read it. Raises Refused."""
    file = keep(upload, by=by, organisation=by.organisation, at=at, kinds=KINDS)
    made = OrderImport.objects.create(
        merchant=by.organisation,
        created_by=by,
        file=file,
        name=file.name,
        day_order=day_order,
        size=file.size,
        attempt=0,
        created_at=at,
        progressed_at=at,
    )
    transaction.on_commit(partial(tasks.read_orders.delay, made.pk), robust=True)
    return made


def read(pk: int, *, now: Callable[[], datetime]) -> None:
    """Read a file that nobody reads, or whose reader was lost; may run twice at once, and then one of them leaves."""
    at = now()
    free = Q(attempt=0) | Q(progressed_at__lt=at - ABANDONED)
    claim = OrderImport.objects.filter(free, pk=pk, state=State.READING)
    if not claim.update(attempt=F("attempt") + 1, progressed_at=at, done=0, lines=0):
        return
    reading = OrderImport.objects.select_related("merchant", "file").get(pk=pk)
    OrderLine.objects.filter(import_of=pk).delete()  # of a reader that was lost
    try:
        problems, count = _read(reading, now)
    except (Unreadable, OSError) as error:
        gone = _("The file is gone: upload it again.")
        _refuse(reading, str(error) if isinstance(error, Unreadable) else gone, [], 0, at=now())
    except DatabaseError:
        logger.exception("Reading orders %s stopped", pk)
        _refuse(reading, _("Something went wrong. Nothing was taken over: upload it again."), [], 0, at=now())
    except Superseded:
        return
    else:
        if count:
            _refuse(
                reading,
                _("Nothing was taken over: mend the lines and upload the file again."),
                problems,
                count,
                at=now(),
            )
        else:
            _finish(reading, at=now())


class Superseded(Exception):
    """Somebody else reads it now."""


def _read(reading: OrderImport, now: Callable[[], datetime]) -> tuple[list[Problem], int]:
    """Put every line into the database, batch by batch; what is wrong, and how often. Raises Superseded."""
    assert reading.file is not None
    problems: list[Problem] = []
    count = 0
    rows: list[list[object]] = []
    with path(reading.file.key).open("rb") as binary:
        zone = ZoneInfo(str(reading.merchant.time_zone))
        lines = Orders(binary, zone=zone, day_order=reading.day_order, latest=now())
        for seen, one in enumerate(lines, 1):
            if isinstance(one, Problem):
                count += 1
                if len(problems) < MOST_PROBLEMS:
                    problems.append(one)
            elif not count:  # what is refused anyway is only looked at
                rows.append([reading.pk, reading.attempt, one.order, one.created_at, one.fulfilled_at, one.quantity])
            if seen % BATCH == 0:
                _write(reading, rows, binary.tell(), at=now())
                rows = []
        _write(reading, rows, reading.size, at=now())
    return problems, count


@transaction.atomic
def _write(reading: OrderImport, rows: Sequence[Sequence[object]], done: int, *, at: datetime) -> None:
    """A batch and how far it is, or neither. Raises Superseded."""
    mine = OrderImport.objects.filter(pk=reading.pk, state=State.READING, attempt=reading.attempt)
    reading.lines += len(rows)
    if not mine.update(done=min(done, reading.size), lines=reading.lines, progressed_at=at):
        raise Superseded
    copy_in(OrderLine, FIELDS, rows)


@transaction.atomic
def _finish(reading: OrderImport, *, at: datetime) -> None:
    """Make the months of the lines, and let lines and file go."""
    with connection.cursor() as cursor:
        zone = str(reading.merchant.time_zone)
        cursor.execute(MONTHS, {"pk": reading.pk, "attempt": reading.attempt, "zone": zone})
        months = [_month(row, at.astimezone(ZoneInfo(zone)).date()) for row in cursor.fetchall()]
    if not months:
        _refuse(reading, _("The file has no order in it."), [], 0, at=at)
        return
    months[0]["is_whole"] &= date.fromisoformat(months[0]["from"]).day <= NEAR
    orders = sum(month["orders"] for month in months)
    _end(reading, at=at, state=State.READ, months=months, orders=orders)


#: So many days without an order at an end of the file are no sign that the month is cut off there.
NEAR = 3


def _month(row: Sequence[Any], today: date) -> dict[str, Any]:
    """A row of MONTHS as it is kept; `is_whole`: the month is over, and orders reach to its end."""
    month, orders, units, middle, slow, unshipped, peak, peak_day, first, last = row
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return {
        "month": month.isoformat(),
        "orders": orders,
        "units": None if units is None else int(units),
        "hours_to_ship": None if middle is None else f"{middle:.1f}",
        "slow_hours": None if slow is None else f"{slow:.1f}",
        "unshipped": unshipped,
        "peak_orders": peak,
        "peak_day": peak_day.isoformat(),
        "from": first.isoformat(),
        "to": last.isoformat(),
        "is_whole": today >= following and (following - last).days <= NEAR + 1,
    }


def _refuse(reading: OrderImport, why: str, problems: list[Problem], count: int, *, at: datetime) -> None:
    listed = [one.listed() for one in problems]
    _end(reading, at=at, state=State.REFUSED, failure=why[:300], problems=listed, problem_count=count)


@transaction.atomic
def _end(reading: OrderImport, *, at: datetime, **values: Any) -> None:
    """The file's names and addresses are nobody's business once it is read: bytes and lines go."""
    mine = OrderImport.objects.filter(pk=reading.pk, state=State.READING, attempt=reading.attempt)
    if not mine.update(**values, file=None, finished_at=at, done=reading.size):
        return
    OrderLine.objects.filter(import_of=reading.pk).delete()
    if reading.file is not None:
        discard(reading.file)


@transaction.atomic
def take(made: OrderImport, wanted: Sequence[str], *, by: Membership, at: datetime) -> int:
    """Take these months over ("2026-10-01"), in place of what was there; how many. Raises AlreadyDone."""
    taken = {"state": State.TAKEN, "taken_by": by, "taken_at": at}
    if not OrderImport.objects.filter(pk=made.pk, state=State.READ).update(**taken):
        raise AlreadyDone(_("This file was taken over already."))
    names = ("orders", "units", "hours_to_ship", "slow_hours", "unshipped", "peak_orders", "peak_day")
    chosen = [month for month in made.months if month["month"] in wanted]
    for month in chosen:
        said = {name: month[name] for name in names}
        Month.objects.update_or_create(
            merchant=by.organisation,
            month=month["month"],
            defaults={**said, "import_of": made, "saved_by": by, "saved_at": at},
        )
    figures.look(by.organisation, at=at)
    return len(chosen)
