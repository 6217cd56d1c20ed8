"""Points of needs: the list with its picture, and a large order list as a worker reads it."""

import os
import time
from datetime import UTC, datetime, timedelta
from functools import partial

import psutil
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.files.storage import remove
from outsourcing.shared import clock
from outsourcing.shared.bench import SMALLER, Bench, needs, point
from outsourcing.shared.budgets import NotMeasured, Result, at_most, p95_within, queries_within
from outsourcing.shared.postgres import MiB
from vendors.needs.models import Need, Opinion, OrderImport, Peer
from vendors.needs.orders import actions

JOBS, PEERS, LINES = 60, 30, 200_000
needs(organisations=1_000, memberships=20_000, needs=JOBS, opinions=JOBS * PEERS)
HEAD = "Name,Email,Created at,Fulfilled at,Lineitem quantity,Lineitem name\n"
BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)


@point("needs.page", p95_within(60), queries_within(10), order=55)
def needs_page(bench: Bench) -> Result:
    """The list of the shop with the most jobs: 60, of which 30 people have said something."""
    owner = _owner().user
    assert owner is not None
    return bench.page("/needs/", by=owner, expects="data-row-link", rows=bench.rows(Need, Peer, Opinion))


@point("orders.import", at_most(30, "s"), order=60)
def orders_import(bench: Bench) -> Result:
    """Two hundred thousand lines, from the file to the figures of months; taken back afterwards. By how many MB this
    process has grown meanwhile stands among the rows. A quick run has two thousand."""
    many = LINES // SMALLER if bench.is_quick else LINES
    owner = _owner()
    file = SimpleUploadedFile("bench.csv", _list(many))
    process, grown = psutil.Process(os.getpid()), 0
    with transaction.atomic():
        made = actions.upload(file, day_order="", by=owner, at=clock.now())
        assert made.file is not None
        key = made.file.key
        del file
        before = process.memory_info().rss
        try:
            started = time.perf_counter()
            actions.read(made.pk, now=clock.now)
            seconds = time.perf_counter() - started
            grown = int((process.memory_info().rss - before) / MiB)
            made.refresh_from_db()
            if (made.state, made.lines) != (OrderImport.State.READ, many):
                raise NotMeasured(f"the list is {made.state} with {made.lines} of {many} lines: {made.failure}")
        finally:
            transaction.set_rollback(True)
            remove([key])
    rows = {"lines": many, "grown by MB": max(0, grown), **bench.rows(Organisation)}
    return Result(rows, value=round(seconds, 1), unit="s")


def _list(many: int) -> bytes:
    """Orders of two lines each over half a year, as a shop exports them."""
    day = partial(timedelta, minutes=2)
    lines = []
    for number in range(many):
        order = number // 2
        created = BEGIN + order * day()
        shipped = created + timedelta(hours=order % 90)
        said = f"{created:%Y-%m-%d %H:%M:%S} +0000,{shipped:%Y-%m-%d %H:%M:%S} +0000"
        lines.append(f"#{order},person{order}@customer.example,{said},{number % 3 + 1},A candle number {number % 50}\n")
    return (HEAD + "".join(lines)).encode()


def _owner() -> Membership:
    """The owner of the first shop, which has the jobs."""
    places = Membership.objects.joined().filter(organisation__kind="merchant", roles__contains=[Role.OWNER])
    return places.select_related("user", "organisation").order_by("organisation", "pk")[0]
