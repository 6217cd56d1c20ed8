"""An answer against the clock: when it is due, how long it took, and the line that says so before it is asked for.

Pure arithmetic: no database, no time of day. Response times run on the calendar of whoever answers, without the pauses,
which are merged first, so that overlapping ones count once and a weekend's takes nothing away. Source:
reference/milestones.md 4.2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from outsourcing.accounts.calendars import MIDNIGHT, Pause, WorkingCalendar, first_instant
from outsourcing.shared.dates import day_words

HOUR = 3600
DAY = timedelta(days=1)
#: How long an answer may take by default, in business seconds of whoever answers.
ANSWER, BLOCKING, ACKNOWLEDGEMENT = 8 * HOUR, 4 * HOUR, 16 * HOUR
#: Beyond this, a weekday alone no longer says which day is meant.
NEXT_DAYS = timedelta(days=6)


def default_target(*, is_blocking: bool, only_acknowledge: bool) -> int:
    """How long an answer may take where nothing else was agreed, in business seconds."""
    if is_blocking:
        return BLOCKING
    return ACKNOWLEDGEMENT if only_acknowledge else ANSWER


def response_seconds(
    opened_at: datetime, answered_at: datetime, calendar: WorkingCalendar, pauses: Iterable[Pause] = ()
) -> int:
    """Whole business seconds from the first asking to the answer, on the calendar of whoever answers."""
    return int(calendar.business_seconds(opened_at, answered_at, pauses))


@dataclass(frozen=True)
class Expected:
    """When an answer is due, and the business seconds that it may take: what was wished for may come before it is fair.

    Whoever asks may give more time than the default; asking for less shows as the due instant, and no figure is made
    worse by it.
    """

    due_at: datetime
    target: int


def expected(
    opened_at: datetime,
    calendar: WorkingCalendar,
    *,
    pauses: Iterable[Pause] = (),
    target: int = ANSWER,
    wanted_by: date | None = None,
) -> Expected:
    """When an answer to something asked at `opened_at` is due: at the close of the wanted date, else after `target`.

    A wanted date that is over already at `opened_at` is taken for that instant. Raises TooFar.
    """
    pauses = list(pauses)
    if wanted_by is None:
        return Expected(calendar.add_business_seconds(opened_at, target, pauses), target)
    due_at = max(close_of(wanted_by, calendar), opened_at)
    return Expected(due_at, max(target, response_seconds(opened_at, due_at, calendar, pauses)))


def joined(first: Expected, then: Expected, passed: int) -> Expected:
    """What is expected once something more is asked, `passed` business seconds after the first: the earlier of both.

    The target still runs from the first asking. So a follow-up never gives more time, and one that is blocking leaves
    its own four hours from when it came.
    """
    return Expected(min(first.due_at, then.due_at), min(first.target, passed + then.target))


def close_of(day: date, calendar: WorkingCalendar) -> datetime:
    """The last closing on a date, or the date's end where the calendar is closed on it."""
    ends = first_instant(day + DAY, MIDNIGHT, calendar.zone)
    openings = list(calendar.openings(first_instant(day, MIDNIGHT, calendar.zone), ends))
    return openings[-1][1] if openings else ends


def sentence(
    at: datetime,
    due_at: datetime | None,
    calendar: WorkingCalendar,
    yours: ZoneInfo,
    *,
    only_acknowledge: bool = False,
) -> str:
    """What whoever asks at `at` reads while writing: whether they work now, and when an answer is due for both.

    "They open again Monday 09:00; an answer is due Monday 17:00 for them, 18:00 for you." Without `due_at` nothing is.
    """
    opens = calendar.next_opening(at)
    if due_at is None:
        if opens <= at:
            return _("They are at work now.")
        return _("They open again %(opens)s.") % {"opens": moment(opens, calendar.zone, at)}
    due = _due(at, due_at, calendar.zone, yours, only_acknowledge=only_acknowledge)
    if opens <= at:
        return _("They are at work now; %(due)s.") % {"due": due}
    return _("They open again %(opens)s; %(due)s.") % {"opens": moment(opens, calendar.zone, at), "due": due}


def _due(at: datetime, due_at: datetime, theirs: ZoneInfo, yours: ZoneInfo, *, only_acknowledge: bool) -> str:
    there, here = due_at.astimezone(theirs), due_at.astimezone(yours)
    if there.utcoffset() == here.utcoffset():
        words = _("an answer is due %(when)s")
        if only_acknowledge:
            words = _("they should have acknowledged it by %(when)s")
        return words % {"when": moment(due_at, theirs, at)}
    mine = f"{here:%H:%M}" if here.date() == there.date() else _on_a_day(here, at)
    words = _("an answer is due %(theirs)s for them, %(yours)s for you")
    if only_acknowledge:
        words = _("they should have acknowledged it by %(theirs)s for them, %(yours)s for you")
    return words % {"theirs": moment(due_at, theirs, at), "yours": mine}


def moment(instant: datetime, zone: ZoneInfo, at: datetime) -> str:
    """An instant on a clock of `zone` as one says it at `at`: "14:30" today, "Monday 09:00", later with a date."""
    there = instant.astimezone(zone)
    return f"{there:%H:%M}" if there.date() == at.astimezone(zone).date() else _on_a_day(there, at)


def short(instant: datetime, zone: ZoneInfo, at: datetime) -> str:
    """The same for a list: "14:30" today, else "Tue 24 Nov 16:00"."""
    there = instant.astimezone(zone)
    is_today = there.date() == at.astimezone(zone).date()
    return f"{there:%H:%M}" if is_today else f"{day_words(there.date(), 'D j M')} {there:%H:%M}"


def _on_a_day(there: datetime, at: datetime) -> str:
    ahead = there.date() - at.astimezone(there.tzinfo).date()
    shape = "l" if timedelta() <= ahead <= NEXT_DAYS else "l j F"
    return f"{day_words(there.date(), shape)} {there:%H:%M}"
