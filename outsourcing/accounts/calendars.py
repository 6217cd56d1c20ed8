"""Working calendars: how much working time lies between two instants, and when a stretch of it is over.

Pure arithmetic: no database, no clock. A calendar is a week of opening windows in wall time, a zone, and closed dates.
Windows become instants date by date, by one rule: **a wall time stands for the first instant at which its zone's clock
has reached it**. A time that the clock skips (01:00 in London on 2026-03-29, midnight in Cairo on 2026-04-24) is
therefore the moment of the skip, and one that comes twice is its first coming. So windows keep their order, never
overlap, and last as long as really passes: 00:00 to 24:00 has 23, 24 or 25 hours, 09:00 to 17:00 always 8.

    calendar = WorkingCalendar(zone, assumed_week(), closed=frozenset({date(2026, 12, 25)}))
    calendar.add_business_seconds(asked_at, 8 * 3600, pauses=[(suspended_at, None)])

Instants come in aware, in any zone, and go out in UTC; intervals are half open, [start, end). Sums are exact to the
microsecond. A question looks a century ahead at most, then TooFar. Source: reference/milestones.md 3 (DST) and 4.2.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from outsourcing.shared.errors import DomainError

#: Opening and closing wall time on one date; closing at 00:00 means 24:00, the end of that date.
Window = tuple[time, time]
#: For each weekday, Monday first, its windows.
Week = tuple[tuple[Window, ...], ...]
#: From one instant to another.
Stretch = tuple[datetime, datetime]
#: When the clock is stopped; without an end it still is.
Pause = tuple[datetime, datetime | None]

MIDNIGHT = time(0)
MIDNIGHT_AGAIN = time(0, fold=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
CENTURY = timedelta(days=36_525)
#: What we reckon with leaves room for other zones' dates and the day after.
FIRST, LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)


class BadCalendar(DomainError, ValueError):
    """These windows make no calendar; the message says which and why."""


class TooFar(DomainError, ValueError):
    """What is asked lies more than a century away, or never comes."""

    def __init__(self) -> None:
        super().__init__(_("The working calendar has no answer within a century: look at its closed days and pauses."))


@dataclass(frozen=True)
class WorkingCalendar:
    """When an organisation works: windows in wall time of `zone`, but not on `closed` dates (holidays and its own).

    The windows of a day come in any order and are kept sorted. Raises BadCalendar where two touch or overlap, where one
    does not end after it starts (a night is two: until 00:00, and from 00:00 on the next day), or where there is none.
    """

    zone: ZoneInfo
    windows: Week
    closed: frozenset[date] = frozenset()
    _lengths: tuple[timedelta, ...] = field(init=False, repr=False, compare=False)  # of a weekday, on the wall

    def __post_init__(self) -> None:
        if len(self.windows) != len(WEEKDAYS):
            raise BadCalendar(_("A working calendar has seven weekdays, Monday to Sunday."))
        if not any(self.windows):
            raise BadCalendar(_("A working calendar is open at least once a week."))
        windows = tuple(_checked(weekday, windows) for weekday, windows in enumerate(self.windows))
        object.__setattr__(self, "windows", windows)
        object.__setattr__(self, "_lengths", tuple(sum(map(_wall_length, day), timedelta()) for day in windows))

    # Time between instants

    def business_seconds(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> float:
        """Seconds of [start, end) inside the windows and outside the pauses.

        The pauses may overlap and come in any order. Whole seconds are whole numbers, microseconds survive. Raises
        ValueError where an interval ends before it starts or an instant has no zone, TooFar over a century.
        """
        unpaused = _unpaused(start, end, pauses)
        return sum((self._open_time(resumes, stops) for resumes, stops in unpaused), timedelta()).total_seconds()

    def add_business_seconds(self, start: datetime, seconds: float, pauses: Iterable[Pause] = ()) -> datetime:
        """The first instant at or after `start` with that many business seconds in between, to the microsecond.

        Eight hours from an opening at 09:00 end at 17:00 that day, not the next morning; no seconds end at `start`,
        open or not. Raises ValueError for negative seconds, TooFar where the time never comes (a pause without end).
        """
        left = timedelta(seconds=seconds)
        if left < timedelta():
            raise ValueError("Business seconds are added, never taken away.")
        if not left:
            return _utc(start)
        for opens, closes in self._openings_ahead(start, pauses):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise TooFar

    def next_opening(self, at: datetime, pauses: Iterable[Pause] = ()) -> datetime:
        """The first instant from `at` on that is open and not paused: `at` itself during a window. Raises TooFar."""
        return self.next_stretch(at, pauses)[0]

    def next_stretch(self, at: datetime, pauses: Iterable[Pause] = ()) -> Stretch:
        """The first stretch from `at` on that is open and not paused; it begins at `at` during a window. Raises
        TooFar."""
        for stretch in self._openings_ahead(at, pauses):
            return stretch
        raise TooFar

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in a window: at its start yes, at its end no."""
        at = _utc(at)  # before adding: a local sum would be off where the clock is changed
        return any(self.openings(at, at + timedelta.resolution))

    def openings(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> Iterator[Stretch]:
        """The stretches of [start, end) that are open and not paused, in order, none empty; raises as business_seconds.

        What closes at midnight and opens at once comes as two stretches.
        """
        for resumes, stops in _unpaused(start, end, pauses):
            yield from self._open_within(resumes, stops)

    def _openings_ahead(self, start: datetime, pauses: Iterable[Pause]) -> Iterator[Stretch]:
        return self.openings(start, min(_utc(start), LAST - CENTURY) + CENTURY, pauses)

    def _open_within(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """The windows of each date from that of `start` on, cut to [start, end)."""
        first, last = self._ordinals(start, end)
        # No window of the date before reaches `start`. Where the clock is put back over midnight, the date after that
        # of `end` may have begun already.
        for day in map(date.fromordinal, range(first, last + 2)):
            for opens, closes in self._windows_on(day):
                if opens >= end:
                    return
                if closes > start:
                    yield max(opens, start), min(closes, end)

    def _windows_on(self, day: date) -> tuple[Stretch, ...]:
        """The windows of a date as instants."""
        return () if day in self.closed else _stretches(day, self.windows[day.weekday()], self.zone)

    def _open_time(self, start: datetime, end: datetime) -> timedelta:
        """The sum of _open_within, quicker over years: whole dates in between are neither placed nor cut."""
        first, last = self._ordinals(start, end)
        whole = range(first + 2, last)  # `start` may lie in the date after its own, see _open_within
        if not whole:
            return _sum(self._open_within(start, end))
        head = self._open_within(start, first_instant(date.fromordinal(whole.start), MIDNIGHT, self.zone))
        tail = self._open_within(first_instant(date.fromordinal(whole.stop), MIDNIGHT, self.zone), end)
        return _sum(head) + sum(map(self._length, map(date.fromordinal, whole)), timedelta()) + _sum(tail)

    def _length(self, day: date) -> timedelta:
        """How long the windows of a date really last: what the wall says, unless the clock is changed on that date.

        No zone has ever changed and changed back within a date (four days were the least, Freetown in 1939), so equal
        offsets at both ends mean a steady one. Of weeks that is not true: northern Brazil in October 2000.
        """
        if not self.is_business_day(day):
            return timedelta()
        starts = datetime.combine(day, MIDNIGHT, self.zone)
        ends = datetime.combine(day + DAY, MIDNIGHT_AGAIN, self.zone)
        return self._lengths[day.weekday()] if starts.utcoffset() == ends.utcoffset() else _sum(self._windows_on(day))

    def _ordinals(self, start: datetime, end: datetime) -> tuple[int, int]:
        return start.astimezone(self.zone).toordinal(), end.astimezone(self.zone).toordinal()

    # Days

    def is_business_day(self, day: date) -> bool:
        """Whether the calendar has a window on this date (of its own zone) and is not closed."""
        return bool(self.windows[day.weekday()]) and day not in self.closed

    def add_business_days(self, day: date, days: int) -> date:
        """The business day that many after `day`, or before it where negative; none leaves `day` as it is.

        One after a Saturday is Monday, one before it Friday. Raises TooFar.
        """
        if not days:
            return day
        reach = CENTURY.days if days > 0 else -CENTURY.days
        furthest = min(max(day.toordinal() + reach, date.min.toordinal()), date.max.toordinal())
        left = abs(days)
        for passed in _way(day, date.fromordinal(furthest)):
            left -= self.is_business_day(passed)
            if not left:
                return passed
        raise TooFar

    def business_days_between(self, a: date, b: date) -> int:
        """The business days on the way from `a` to `b`, without `a` and with `b`; negative where `b` is earlier.

        So business_days_between(a, add_business_days(a, n)) == n, for every n. Raises TooFar over a century.
        """
        if abs(b - a) > CENTURY:
            raise TooFar
        passed = sum(map(self.is_business_day, _way(a, b)))
        return passed if a <= b else -passed


def assumed_week() -> Week:
    """Monday to Friday 09:00 to 17:00, for who has told us nothing."""
    return (((time(9), time(17)),),) * 5 + ((), ())


def holidays_of(country: str, region: str, years: Iterable[int]) -> dict[date, str]:
    """Public holidays of these years by date, with their names, as the `holidays` package knows them.

    `country` is an ISO 3166-1 code of two letters, `region` the part of an ISO 3166-2 code after the dash, or empty. An
    unknown region has its country's holidays, an unknown country none.
    """
    return dict(_holidays_of(country, region, tuple(years)))


@lru_cache(maxsize=500)
def _holidays_of(country: str, region: str, years: tuple[int, ...]) -> dict[date, str]:
    """Kept, since working them out takes a hundred times as long as what is reckoned with them."""
    known = _supported()
    if country not in known:
        return {}
    return dict(holidays.country_holidays(country, subdiv=region if region in known[country] else None, years=years))


@lru_cache(maxsize=1)
def _supported() -> dict[str, list[str]]:
    return dict(holidays.list_supported_countries())


@lru_cache(maxsize=10_000)
def _stretches(day: date, windows: tuple[Window, ...], zone: ZoneInfo) -> tuple[Stretch, ...]:
    """Windows as instants of a date; one that the clock skips as a whole is left out."""
    ends = (
        (first_instant(day, opens, zone), first_instant(day + DAY if closes == MIDNIGHT else day, closes, zone))
        for opens, closes in windows
    )
    return tuple((opens, closes) for opens, closes in ends if opens < closes)


@lru_cache(maxsize=10_000)
def first_instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the clock of `zone` has reached this wall time; a skipped time has one too.

    `first_instant(due_on + DAY, MIDNIGHT, zone)` is when overdue begins. Kept, since thousands are due on one day.
    """
    aim = datetime.combine(day, wall.replace(fold=0) if wall.fold else wall, zone)
    instant = aim.astimezone(UTC)
    if instant.astimezone(zone) == aim:  # the clock does show it, once or twice
        return instant
    # It jumps over it: the old offset has led us beyond the jump, the new one leads before it. Zones change on seconds.
    low = aim.replace(fold=1).astimezone(UTC).replace(microsecond=0)
    seconds = range((instant - low) // SECOND)
    return low + SECOND * bisect_left(seconds, True, key=lambda passed: (low + SECOND * passed).astimezone(zone) >= aim)


def _utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError without a zone (Python would take the server's), TooFar in 9999."""
    if at.utcoffset() is None:
        raise ValueError("An instant needs a time zone.")
    if not FIRST <= at <= LAST:
        raise TooFar
    return at.astimezone(UTC)


def _unpaused(start: datetime, end: datetime, pauses: Iterable[Pause]) -> Iterator[Stretch]:
    """What is left of [start, end) without the union of the pauses."""
    start, end = _interval(start, end)
    if end - start > CENTURY:
        raise TooFar
    for paused, resumed in sorted(_interval(paused, resumed or LAST) for paused, resumed in pauses):
        if start < min(paused, end):
            yield start, min(paused, end)
        start = max(start, resumed)
    if start < end:
        yield start, end


def _interval(start: datetime, end: datetime) -> Stretch:
    start, end = _utc(start), _utc(end)
    if end < start:
        raise ValueError("An interval cannot end before it starts.")
    return start, end


def _sum(stretches: Iterable[Stretch]) -> timedelta:
    return sum((closes - opens for opens, closes in stretches), timedelta())


def _way(a: date, b: date) -> Iterator[date]:
    """The dates from `a` to `b`, forwards or backwards, without `a` and with `b`."""
    step = 1 if a < b else -1
    return map(date.fromordinal, range(a.toordinal() + step, b.toordinal() + step, step))


def _wall_length(window: Window) -> timedelta:
    opens, closes = (timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second) for wall in window)
    return (closes or DAY) - opens


def _checked(weekday: int, windows: tuple[Window, ...]) -> tuple[Window, ...]:
    """The windows of a weekday, sorted. Raises BadCalendar where they contradict each other."""
    name = WEEKDAYS[weekday]
    for opens, closes in windows:
        if opens.tzinfo or closes.tzinfo or opens.microsecond or closes.microsecond:
            raise BadCalendar(_("Opening hours are wall times in whole seconds; the zone is the calendar's."))
        if MIDNIGHT != closes <= opens:
            says = _("%(weekday)s: %(opens)s to %(closes)s does not end after it starts; split a night at 00:00.")
            raise BadCalendar(says % {"weekday": name, "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"})
    windows = tuple(sorted(windows))
    for (_opens, closes), (opens, _closes) in pairwise(windows):
        if closes == MIDNIGHT or opens <= closes:
            says = _("%(weekday)s: one window ends at %(closes)s, the next starts at %(opens)s; make them one.")
            raise BadCalendar(says % {"weekday": name, "closes": f"{closes:%H:%M}", "opens": f"{opens:%H:%M}"})
    return windows
