"""The storm brake: where reminders of one organisation would reach unusually many people at once, they are held back
until somebody of it has decided. Source: reference/milestones.md 4.3, reference/reliability.md 4.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.notifications.errors import NothingAhead
from outsourcing.notifications.ladders.posting import Told
from outsourcing.notifications.models import Notice, Tally
from outsourcing.notifications.models.ladders import NoticeQuerySet

TICK = timedelta(minutes=5)
#: More people than settings.STORM in one tick are a storm; or so many times as on an average day, from so many on.
TIMES, FROM = 5, 20
WEEK = timedelta(days=7)
#: In the order of keys, so that two sweeps wait for each other and never in a circle.
COUNT = """
INSERT INTO notifications_tally AS t (organisation_id, tick, count)
SELECT n.id, %(tick)s, n.count FROM unnest(%(ids)s::bigint[], %(counts)s::int[]) AS n(id, count) ORDER BY n.id
ON CONFLICT (organisation_id, tick) DO UPDATE SET count = t.count + excluded.count
RETURNING organisation_id, count, held_at IS NOT NULL AND decided_at IS NULL, decided_at IS NOT NULL
"""
#: People of the last day, and of a day on average in the week before it.
USUAL = """
SELECT organisation_id, sum(count) FILTER (WHERE tick > %(day)s), sum(count) FILTER (WHERE tick <= %(day)s) / 7.0,
    min(tick) FROM notifications_tally
WHERE organisation_id = ANY(%(ids)s) AND tick > %(week)s GROUP BY organisation_id
"""


def apply(notices: Iterable[Told], at: datetime) -> None:
    """Count what is about to be mailed, and hold back what is a storm, with what went before it in the same tick."""
    counts = counted(notices)
    if not counts:
        return
    tick = tick_of(at)
    keys = sorted(counts)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"tick": tick, "ids": keys, "counts": [counts[key] for key in keys]})
        rows = cursor.fetchall()
    unusual = _unusual([key for key, count, _held, _decided in rows if count > FROM], at)
    storms = {
        key
        for key, count, is_held, is_decided in rows
        if not is_decided and (is_held or count > settings.STORM or key in unusual)
    }
    if not storms:
        return
    Tally.objects.filter(organisation__in=storms, tick=tick, held_at=None).update(held_at=at)
    gone = Notice.objects.filter(organisation__in=storms, created_at__gte=tick, state=Notice.State.WAITING)
    gone.update(state=Notice.State.HELD, mail=None)
    for one in notices:
        if one.organisation_id in storms and one.state == Notice.State.WAITING:
            one.state = Notice.State.HELD


def counted(notices: Iterable[Told]) -> Counter[int]:
    """How many people each organisation's notices would be mailed to."""
    waiting = Notice.State.WAITING
    seen = {(one.organisation_id, one.membership_id, one.address) for one in notices if one.state == waiting}
    return Counter(organisation for organisation, _member, _address in seen)


def _unusual(keys: Sequence[int], at: datetime) -> set[int]:
    """Those that reach five times as many today as on a day of the week before; not in their first week."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(USUAL, {"ids": list(keys), "day": at - timedelta(days=1), "week": at - timedelta(days=1) - WEEK})
        rows = cursor.fetchall()
    return {
        key for key, today, usual, first in rows if usual is not None and first <= at - WEEK and today > TIMES * usual
    }


def tick_of(at: datetime) -> datetime:
    """The start of the five minutes in which an instant lies."""
    return at - timedelta(seconds=at.timestamp() % TICK.total_seconds())


@transaction.atomic
def decide(tally: Tally, *, let_go: bool, by: Membership, at: datetime) -> int:
    """Let a storm go, or drop it; how many notices. Raises NothingAhead where a colleague has decided."""
    rows = Tally.objects.held().filter(pk=tally.pk)
    if not rows.update(decided_at=at, decided_by=by, was_let_go=let_go):
        raise NothingAhead(_("A colleague has decided it already."))
    held = held_by(tally)
    if let_go:
        return held.update(state=Notice.State.WAITING)
    return held.update(
        state=Notice.State.DROPPED, why=_("%(person)s decided that it shall not go.")[:300] % {"person": by.label}
    )


def held_by(tally: Tally) -> "NoticeQuerySet":
    """The notices that a storm holds back; one that somebody holds by hand says who."""
    window = {"created_at__gte": tally.tick, "created_at__lt": tally.tick + TICK}
    return Notice.objects.filter(organisation=tally.organisation_id, state=Notice.State.HELD, why="", **window)
