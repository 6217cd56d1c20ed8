"""An organisation's working calendar out of its rows, and the line of text in which a weekday's hours are written.

`09:00-12:30, 13:30-17:00` are two windows; an empty line is a closed day; `24:00` is midnight at the end of the day.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, time
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from outsourcing.accounts import calendars
from outsourcing.accounts.calendars import BadCalendar, Window, WorkingCalendar
from outsourcing.accounts.models import ClosedDay, Opening, Organisation

DAY = 24 * 60
_WINDOW = re.compile(r"(\d{1,2})[:.](\d{2})\s*(?:-|–|to)\s*(\d{1,2})[:.](\d{2})")  # noqa: RUF001  (people type dashes)


class Span(NamedTuple):
    """What of an opening is reckoned with."""

    weekday: int
    opens: int
    closes: int


class Workplace(NamedTuple):
    """What of an organisation its calendar goes by."""

    pk: int
    time_zone: str
    country: str
    region: str

    @classmethod
    def of(cls, organisation: Organisation) -> "Workplace":
        code = organisation.country.code or ""
        return cls(organisation.pk, str(organisation.time_zone), code, organisation.region)


def calendar_of(organisation: Organisation, years: Iterable[int]) -> WorkingCalendar:
    """When an organisation works in these years. Two queries, none where both are prefetched.

    Without windows of its own: Monday to Friday 9 to 17, an assumption that pages say is one.
    """
    days = (one.day for one in organisation.closed_days.all())
    return calendar_from(organisation, list(organisation.openings.all()), days, years)


def calendar_from(
    organisation: Organisation, openings: Sequence[Opening | Span], closed: Iterable[date], years: Iterable[int]
) -> WorkingCalendar:
    """The same out of rows that were read otherwise."""
    days = frozenset([*holidays_of(organisation, years), *closed])
    week = tuple(tuple(window_of(one) for one in openings if one.weekday == weekday) for weekday in range(7))
    return WorkingCalendar(ZoneInfo(str(organisation.time_zone)), week if openings else calendars.assumed_week(), days)


HOURS = """
SELECT organisation_id, weekday, opens, closes, NULL, '' FROM accounts_opening WHERE organisation_id = ANY(%(all)s)
UNION ALL
SELECT organisation_id, NULL, NULL, NULL, day, name FROM accounts_closedday WHERE organisation_id = ANY(%(all)s)
ORDER BY 1, 2, 3, 5
"""


def read_hours(organisations: Iterable[Organisation]) -> None:
    """Have the openings and closed days of these at hand, as prefetching both would, in one query."""
    them = list(organisations)
    openings: dict[int, list[Opening]] = {one.pk: [] for one in them}
    closed: dict[int, list[ClosedDay]] = {one.pk: [] for one in them}
    with connection.cursor() as cursor:
        cursor.execute(HOURS, {"all": list(openings)})
        for pk, weekday, opens, closes, day, name in cursor.fetchall():
            if day is None:
                openings[pk].append(Opening(organisation_id=pk, weekday=weekday, opens=opens, closes=closes))
            else:
                closed[pk].append(ClosedDay(organisation_id=pk, day=day, name=name))
    for one in them:
        kept: dict[str, Any] = {"openings": one.openings.all(), "closed_days": one.closed_days.all()}
        kept["openings"]._result_cache, kept["closed_days"]._result_cache = openings[one.pk], closed[one.pk]
        one.__dict__.setdefault("_prefetched_objects_cache", {}).update(kept)


@lru_cache(maxsize=256)
def _calendar(
    zone: str, country: str, region: str, openings: Sequence[Span], closed: Sequence[date], years: Sequence[int]
) -> WorkingCalendar:
    """Kept, since a list asks for those of the same organisations again."""
    return calendar_from(Organisation(time_zone=zone, country=country, region=region), openings, closed, years)


class Hours:
    """When some organisations work, out of rows that a statement read as values: of openings (organisation, weekday,
    opens, closes), of closed days (organisation, the day as ISO 8601). Only what is asked for is made."""

    def __init__(self, places: Iterable[Workplace], openings: Iterable[Any], closed: Iterable[Any]) -> None:
        self.places = {one.pk: one for one in places}
        self.openings: dict[int, list[Span]] = {pk: [] for pk in self.places}
        self.closed: dict[int, list[date]] = {pk: [] for pk in self.places}
        for pk, *span in openings:
            self.openings[pk].append(Span(*span))
        for pk, day in closed:
            self.closed[pk].append(date.fromisoformat(day))

    def calendar(self, pk: int, years: Iterable[int]) -> WorkingCalendar:
        return _calendar(*self.places[pk][1:], tuple(self.openings[pk]), tuple(self.closed[pk]), tuple(years))

    def calendar_of(self, years: Sequence[int]) -> Callable[[int], WorkingCalendar]:
        """The calendars of these years by organisation, each made once."""
        made: dict[int, WorkingCalendar] = {}
        return lambda pk: made[pk] if pk in made else made.setdefault(pk, self.calendar(pk, years))


def holidays_of(organisation: Organisation, years: Iterable[int]) -> dict[date, str]:
    """Public holidays where the organisation is, by date, with their names."""
    return calendars.holidays_of(organisation.country.code or "", organisation.region, years)


def window_of(opening: Opening | Span) -> Window:
    """An opening as two wall times; midnight at the end of the day is 00:00."""
    return time(*divmod(opening.opens, 60)), time(*divmod(opening.closes % DAY, 60))


def parse(weekday: int, text: str) -> list[Opening]:
    """The windows that a line of text names, without an organisation. Raises BadCalendar with what is wrong."""
    openings = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;]", text))):
        found = _WINDOW.fullmatch(part)
        if found is None:
            raise BadCalendar(
                _("“%(text)s” is not a window: write it as 09:00-17:00, several with commas.") % {"text": part[:40]}
            )
        numbers = [int(number) for number in found.groups()]
        opens, closes = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
        if numbers[1] > 59 or numbers[3] > 59 or opens >= DAY or closes > DAY:
            raise BadCalendar(_("“%(text)s” is not a time of day.") % {"text": part})
        openings.append(Opening(weekday=weekday, opens=opens, closes=closes))
    return openings


def text_of(openings: Iterable[Opening]) -> dict[int, str]:
    """For each weekday with windows, the line that `parse` reads."""
    rows = sorted(openings, key=lambda one: (one.weekday, one.opens))
    return {
        weekday: ", ".join(f"{_wall(one.opens)}-{_wall(one.closes)}" for one in group)
        for weekday, group in groupby(rows, key=lambda one: one.weekday)
    }


def assumed_openings() -> list[Opening]:
    """The assumed week as rows that are not saved."""
    return [
        Opening(weekday=weekday, opens=opens.hour * 60, closes=closes.hour * 60)
        for weekday, windows in enumerate(calendars.assumed_week())
        for opens, closes in windows
    ]


def _wall(minute: int) -> str:
    return "{:02}:{:02}".format(*divmod(minute, 60))
