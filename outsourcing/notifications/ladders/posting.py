"""Which mail a notice goes with: the digest of a working day, or one of its own at once. A mail is a row from now on,
and drawn when it is about to go (drawing.py).

One digest a membership and working day, at 09:00 where they are and up to half an hour later, always as much later for
the same person. What is urgent goes at once inside their working hours, three times a day at most; the rest of it folds
into the digest. The occurrence says which day's it is, so there are never two.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from outsourcing.accounts.calendars import first_instant
from outsourcing.accounts.models import Membership
from outsourcing.notifications.ladders.people import Calendars, Person, Roster
from outsourcing.notifications.models import Notice

DIGEST, REMINDER = "digest", "reminder"
NINE, SPREAD_SECONDS = time(9), 30 * 60
#: Mails of reminders to one person on one day that go at once; more fold into the digest.
AT_ONCE = 3
#: So many digests are tried, should those of the next days have gone already: the clock was put back.
TRIES = 10
#: A mail that goes later than this is still open when a sweep ends, which has less time (CELERY_TASK_TIME_LIMIT): a
#: digest is found, or made, once.
FAR = timedelta(minutes=10)
BATCH = 1_000
#: It is given up so long after it may first go, not after the sweep. An `address` without a place gets a link that
#: acts, which is a secret. Should it never be drawn, `organisation` says whose people see that.
MAILS = """
INSERT INTO notifications_mail (occurrence, template, organisation_id, membership_id, address, sender_name, reply_to,
    subject, text, html, thread, category, message_id, state, created_at, not_before, attempts, is_secret, resent,
    crashes, answer)
SELECT n.occurrence, n.template, n.place, n.member, n.address, %(site)s, '', '', '', '', '', '', n.message_id,
    'pending', greatest(%(at)s, n.not_before), n.not_before, 0, n.member IS NULL, 0, 0, ''
FROM unnest(%(occurrences)s::text[], %(templates)s::text[], %(places)s::bigint[], %(members)s::bigint[],
    %(addresses)s::text[], %(ids)s::text[], %(times)s::timestamptz[])
    AS n(occurrence, template, place, member, address, message_id, not_before)
ORDER BY n.occurrence ON CONFLICT (occurrence, address) DO NOTHING
"""
#: Nobody claims one of these until we are through: what joins it now goes with it.
OPEN = """
SELECT occurrence, id FROM notifications_mail WHERE occurrence = ANY(%(occurrences)s) AND state = 'pending'
ORDER BY id FOR UPDATE
"""
#: Mails that have gone take no more: what waits for one of them waits for another.
TIDY = """
UPDATE notifications_notice n SET mail_id = NULL FROM notifications_mail m
WHERE n.state = 'waiting' AND m.id = n.mail_id AND m.state IN ('sent', 'failed', 'uncertain')
"""
CALLED_OFF = """
UPDATE notifications_notice n SET state = 'dropped', why = left(coalesce(nullif(m.answer, ''), '-'), 300)
FROM notifications_mail m WHERE n.state = 'waiting' AND m.id = n.mail_id AND m.state = 'cancelled'
"""


class Told(Protocol):
    """A notice, saved or about to be."""

    rung_id: int
    organisation_id: int
    membership_id: int | None
    address: str
    state: str
    at_once: bool
    mail_id: int | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A mail that takes notices: what it is called, and when it goes."""

    occurrence: str
    template: str
    not_before: datetime


def post(notices: Iterable[Told], roster: Roster, at: datetime) -> None:
    """Give each notice that waits its mail, in the caller's transaction; the notices are not saved here.

    Two statements for all of them, as a rule; none for those that the roster remembers. `due_at` of a notice, where it
    has one, is when its rung was due.
    """
    left = [one for one in notices if one.state == Notice.State.WAITING]
    for attempt in range(TRIES):
        if not left:
            return
        slots: dict[tuple[str, str], tuple[Slot, Told, int]] = {}
        chosen: list[tuple[Told, str]] = []
        for one in left:
            person = roster.people.get(one.membership_id) if one.membership_id else None
            slot = _slot(one, person, roster, at, attempt)
            address = person.email if person else one.address
            place = person.organisation if person else one.organisation_id
            if slot.occurrence not in roster.mails:
                slots.setdefault((slot.occurrence, address), (slot, one, place))
            chosen.append((one, slot.occurrence))
        found = _mails(slots, at) if slots else {}
        far = {slot.occurrence for slot, *_ in slots.values() if slot.template == DIGEST and slot.not_before > at + FAR}
        roster.mails |= {occurrence: mail for occurrence, mail in found.items() if occurrence in far}
        left = []
        for one, occurrence in chosen:
            one.mail_id = found.get(occurrence) or roster.mails.get(occurrence)
            if one.mail_id is None:
                left.append(one)


def _slot(one: Told, person: Person | None, roster: Roster, at: datetime, attempt: int) -> Slot:
    if person is None:
        opens = roster.calendar(one.organisation_id).next_opening(at)  # when whoever asks is at work
        return Slot(f"reminder:{one.rung_id}:{attempt}", REMINDER, opens)
    if one.at_once and attempt < AT_ONCE:  # of three urgent mails a day, those that have gone are passed over
        opens = roster.calendar(person.organisation).next_opening(at)
        day = opens.astimezone(person.zone).date()  # what gathers over a weekend is Monday's
        return Slot(f"urgent:{person.pk}:{day}:{attempt + 1}", REMINDER, opens)
    due = getattr(one, "due_at", None) or at
    on, when = digest_slot(person, roster, due, at, later=max(0, attempt - AT_ONCE) if one.at_once else attempt)
    return Slot(f"digest:{person.pk}:{on}", DIGEST, when)


def digest_slot(
    person: Person, roster: Roster, due: datetime, at: datetime, *, later: int = 0
) -> tuple[date, datetime]:
    """The working day whose digest takes what was due, and when it goes; `later` so many working days after.

    What was due before the digest of today and is late goes today still, inside working hours.
    """
    calendar = roster.calendar(person.organisation)
    offset = timedelta(seconds=person.pk * 7919 % SPREAD_SECONDS)
    today = at.astimezone(person.zone).date()
    if calendar.is_business_day(today):
        nine = first_instant(today, NINE, person.zone) + offset
        if nine >= at or (due <= nine and calendar.is_open(at)):
            if not later:
                return today, max(nine, at)
            later -= 1
    day = calendar.add_business_days(today, later + 1)
    return day, first_instant(day, NINE, person.zone) + offset


def _mails(slots: dict[tuple[str, str], tuple[Slot, Told, int]], at: datetime) -> dict[str, int]:
    """The mails of these slots that still take something, by occurrence, ours until the transaction ends."""
    host = urlsplit(settings.BASE_URL).hostname
    keys = sorted(slots)
    given: dict[str, Any] = {
        "at": at, "site": settings.SITE_NAME, "occurrences": [occurrence for occurrence, _ in keys],
        "templates": [slots[key][0].template for key in keys],
        "places": [slots[key][2] for key in keys], "members": [slots[key][1].membership_id for key in keys],
        "addresses": [address for _, address in keys],
        "ids": [f"<{uuid.uuid4().hex}@{host}>" for _ in keys], "times": [slots[key][0].not_before for key in keys],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(MAILS, given)
        cursor.execute(OPEN, {"occurrences": given["occurrences"]})
        return dict(cursor.fetchall())


def post_leftovers(at: datetime) -> int:
    """Give those a mail that wait for one and have none (a storm that was let go); how many."""
    done, last = 0, 0
    while True:
        with transaction.atomic():
            waiting = Notice.objects.waiting().filter(pk__gt=last).order_by("pk")
            rows = list(waiting.select_for_update(skip_locked=True)[:BATCH])
            if not rows:
                return done
            last = rows[-1].pk
            members = {one.membership_id for one in rows if one.membership_id}
            askers = {one.organisation_id for one in rows if not one.membership_id}
            post(cast("list[Told]", rows), _roster(members, askers, at), at)
            Notice.objects.bulk_update(rows, ["mail"])
            done += len(rows)


def _roster(members: Iterable[int], askers: Iterable[int], at: datetime) -> Roster:
    places = Membership.objects.filter(pk__in=list(members)).values_list("organisation", flat=True)
    return Roster.of_organisations({*places, *askers}, Calendars(at))


def tidy() -> None:
    """For the beat: nothing waits for a mail that has gone, or was called off."""
    with connection.cursor() as cursor:
        cursor.execute(CALLED_OFF)
        cursor.execute(TIDY)
