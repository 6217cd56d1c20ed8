"""Points of the sweep, among a million planned rungs: when nothing is due, when a thousand are, and a hundred thousand
that become twenty thousand digests."""

import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pgtrigger
from django.db import connection, transaction
from django.test import override_settings

from milestones.models import Milestone
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Ladder, Mail, Notice, Rung
from outsourcing.shared.bench import SMALLER, Bench, Probe, needs, point, raced, running
from outsourcing.shared.budgets import NotMeasured, Result, at_least, p95_within

needs(organisations=1_000, memberships=20_000, contracts=10_000, milestones=200_000, reminders=1_000_000)

MANY, WORKERS, SECONDS = 100_000, 2, 120
#: A Wednesday: what was due on Tuesday has its first reminder. All that was planned in bulk lies after it.
AT = datetime(2026, 6, 17, 6, tzinfo=UTC)
#: So many milestones become overdue, each with somebody of its vendor who does it, and its first reminder planned.
LATE = """
WITH people AS (
    SELECT organisation_id, array_agg(id ORDER BY id) AS ids FROM accounts_membership
    WHERE left_at IS NULL AND user_id IS NOT NULL GROUP BY organisation_id
), picked AS (
    SELECT m.id, c.id AS contract, row_number() OVER (ORDER BY m.id) AS place, p.ids
    FROM milestones_milestone m JOIN milestones_contract c ON c.id = m.contract_id
    JOIN people p ON p.organisation_id = c.vendor_id ORDER BY m.id LIMIT %(many)s
), going AS (
    UPDATE milestones_contract SET state = 'active', activated_at = coalesce(activated_at, created_at), ended_at = NULL
    WHERE id IN (SELECT contract FROM picked)
)
UPDATE milestones_milestone m SET state = 'in_progress', current_due = %(due)s, starts_on = NULL, submitted_at = NULL,
    review_due = NULL, accepted_at = NULL, paid_on = NULL, blocked_since = NULL,
    vendor_responsible_id = p.ids[1 + mod(p.place, array_length(p.ids, 1))]
FROM picked p WHERE p.id = m.id
"""
PLANNED = """
WITH made AS (
    INSERT INTO notifications_ladder (id, rule, subject, organisation_id, owed_by_id, epoch, version, title, url,
        started_at, why, broken_promises)
    SELECT m.id, 'milestone', m.id, c.merchant_id, c.vendor_id, 1,
        m.current_due || ':' || m.current_due || ':' || m.rework_round || ':' || m.reopened_count, m.title, '/',
        %(at)s, '', 0
    FROM milestones_milestone m JOIN milestones_contract c ON c.id = m.contract_id
    WHERE m.current_due = %(due)s AND m.state = 'in_progress' RETURNING id, organisation_id
)
INSERT INTO notifications_rung (id, ladder_id, organisation_id, epoch, step, state, due_at, why, at_once)
SELECT id, id, organisation_id, 1, 1, 'planned', %(at)s - interval '1 hour', '', FALSE FROM made
"""
#: What a worker does of it, told the instant, once it is told to begin; it says how many rungs it did.
WORKER = """
import gc, sys
from datetime import datetime
import django; django.setup()
from django.conf import settings
from django.urls import get_resolver
from outsourcing.notifications.ladders.sweeping import sweep
get_resolver().url_patterns
settings.STORM = 10**9
gc.freeze()
print("ready", flush=True)
input()
print(sweep(datetime.fromisoformat(sys.argv[1])))
"""
#: What was there before, of what becomes late.
KEEP = """
CREATE TABLE bench_kept AS
SELECT m.id, m.state, m.current_due, m.starts_on, m.submitted_at, m.review_due, m.accepted_at, m.paid_on,
    m.blocked_since, m.vendor_responsible_id, c.id AS contract, c.state AS contract_state, c.activated_at, c.ended_at
FROM milestones_milestone m JOIN milestones_contract c ON c.id = m.contract_id
WHERE EXISTS (SELECT FROM accounts_membership p
    WHERE p.organisation_id = c.vendor_id AND p.left_at IS NULL AND p.user_id IS NOT NULL)
ORDER BY m.id LIMIT %(many)s
"""
PUT_BACK = (
    """CREATE TEMPORARY TABLE bench_mails ON COMMIT DROP AS
    WITH gone AS (DELETE FROM notifications_notice WHERE rung_id IN (
        SELECT id FROM notifications_rung WHERE ladder_id IN (SELECT id FROM bench_kept)) RETURNING mail_id)
    SELECT DISTINCT mail_id AS id FROM gone WHERE mail_id IS NOT NULL""",
    "DELETE FROM notifications_mail m WHERE id IN (SELECT id FROM bench_mails) AND created_at >= %(at)s",
    "DELETE FROM notifications_rung WHERE ladder_id IN (SELECT id FROM bench_kept)",
    "DELETE FROM notifications_ladder WHERE id IN (SELECT id FROM bench_kept)",
    "DELETE FROM notifications_tally WHERE tick = %(at)s",
    """UPDATE milestones_milestone m SET state = k.state, current_due = k.current_due, starts_on = k.starts_on,
        submitted_at = k.submitted_at, review_due = k.review_due, accepted_at = k.accepted_at, paid_on = k.paid_on,
        blocked_since = k.blocked_since, vendor_responsible_id = k.vendor_responsible_id
    FROM bench_kept k WHERE k.id = m.id""",
    """UPDATE milestones_contract c SET state = k.contract_state, activated_at = k.activated_at, ended_at = k.ended_at
    FROM bench_kept k WHERE k.contract = c.id""",
    "DROP TABLE bench_kept",
)


@point("sweep.idle", p95_within(5), order=70)
def sweep_idle(bench: Bench) -> Result:
    """Nothing is due."""
    return _timed(bench, 0)


@point("sweep.1000", p95_within(1_000), order=70)
def sweep_1000(bench: Bench) -> Result:
    """A thousand are due; taken back after each time."""
    return _timed(bench, 1_000 // (10 if bench.is_quick else 1))


@point("sweep.100000", at_least(10_000, "rungs/s"), order=71)
def sweep_100000(bench: Bench) -> Result:
    """A hundred thousand are due, about real milestones and for many people, and two workers share them; the digests
    that they became and the memory that one sweep took, in MB, stand among the rows."""
    many = MANY // (SMALLER if bench.is_quick else 1)
    with _due_for_all(many):
        worker = [sys.executable, "-W", "ignore", "-c", WORKER, AT.isoformat()]
        with running(*[worker] * WORKERS) as workers:
            seconds, said = raced(workers, SECONDS)
        done = sum(map(int, said))
        digests = Mail.objects.filter(template="digest", notices__created_at=AT).distinct().count()
        told = Notice.objects.filter(created_at=AT).count()
    if done != many or told < 0.9 * many or not digests:  # some vendors have a holiday
        raise NotMeasured(f"{done} of {many} rungs were done: {told} notices, {digests} digests")
    with _due(min(many, MANY // 10)) as at:
        tracemalloc.start()
        sweep(at)
        peak = round(tracemalloc.get_traced_memory()[1] / 1_000_000)
        tracemalloc.stop()
    rows = {"rungs": many, "digests": digests, "MB at most": peak, **bench.rows(Milestone)}
    return Result(rows, value=round(done / seconds), unit="rungs/s")


def _timed(bench: Bench, many: int) -> Result:
    def once() -> float:
        with _due(many) as at:
            started = time.perf_counter()
            done = sweep(at)
            seconds = time.perf_counter() - started
        if done != many:
            raise NotMeasured(f"{done} of {many} rungs were done")
        return seconds

    (times,) = bench.in_turns(Probe(f"sweep of {many}", once), at_most=100 if not many else 10)
    return Result({"due": many, **bench.rows(Rung, Ladder)}, times)


@contextmanager
def _due(many: int) -> Iterator[datetime]:
    """So many rungs are due at the instant; all of it is taken back."""
    with transaction.atomic(), override_settings(STORM=10**9):
        if many:
            given: dict[str, Any] = {"many": many, "due": "2026-06-16", "at": AT}
            with connection.cursor() as cursor:
                cursor.execute(LATE, given)
                cursor.execute(PLANNED, given)
                cursor.execute("ANALYZE notifications_ladder, notifications_rung")
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit looks at belongs to a sweep
        yield AT
        transaction.set_rollback(True)


@contextmanager
def _due_for_all(many: int) -> Iterator[None]:
    """So many rungs are due, for other processes too; all of it is put back afterwards, or by the next run."""
    given: dict[str, Any] = {"many": many, "due": "2026-06-16", "at": AT}
    _put_back()
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        for statement in (KEEP, LATE, PLANNED):
            cursor.execute(cursor.mogrify(statement, given))  # what ignores triggers knows no names
    try:
        _tidy()
        yield
    finally:
        _put_back()
        _tidy()


def _put_back() -> None:
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_kept') IS NOT NULL")
        if cursor.fetchone() == (True,):
            for statement in PUT_BACK:
                cursor.execute(cursor.mogrify(statement, {"at": AT}))


def _tidy() -> None:
    """What autovacuum does in its time."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) notifications_ladder, notifications_rung, notifications_notice")
        cursor.execute("VACUUM (ANALYZE) milestones_milestone, notifications_mail")
