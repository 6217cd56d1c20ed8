"""What whoever writes reads below: whether they work now, when an answer is due, and a day that does not suit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import dateformat
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.working_time import read_hours
from outsourcing.conversations import clock, turns
from outsourcing.conversations.forms import asked
from outsourcing.conversations.models import Asks, Kind, Turn


@dataclass(frozen=True)
class Wish:
    """What is about to be asked for: `asks` is one of Asks or empty."""

    asks: str
    is_blocking: bool = False
    wanted_by: date | None = None


@dataclass(frozen=True)
class Expectation:
    """The line below what is written, and a warning, or an empty one."""

    line: str
    warning: str = ""


def wish_of(fields: Mapping[str, Any]) -> Wish:
    """Out of the fields of a form as they stand, whatever is in them."""
    named = str(fields.get("kind") or "")
    kind = Kind(named) if named in Kind.values else Kind.MESSAGE
    day = fields.get("wanted_by")
    wanted_by = day if isinstance(day, date) else _day(str(day or ""))
    is_blocking = bool(fields.get("is_blocking"))
    return Wish(asked(kind, {**fields, "wanted_by": wanted_by}), is_blocking, wanted_by)


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 2000 <= day.year < 2100 else None


def expectation(
    other: Organisation, acting: Membership, wish: Wish, *, at: datetime, owed: Turn | None = None
) -> Expectation:
    """The line for what would be sent to `other` at `at`; `owed` is what they owe already, which it would join.

    One query.
    """
    read_hours([other])
    calendar = turns.calendar_around(other, at, at)
    if not wish.asks:
        return Expectation(clock.sentence(at, None, calendar, acting.zone))
    if owed is not None and owed.due_at <= at:
        since = clock.moment(owed.due_at, acting.zone, at)
        line = _("%(opens)s What you write joins what they owe, which was due %(when)s.")
        return Expectation(line % {"opens": clock.sentence(at, None, calendar, acting.zone), "when": since})
    only_acknowledge = wish.asks == Asks.ACKNOWLEDGEMENT
    target = clock.default_target(is_blocking=wish.is_blocking, only_acknowledge=only_acknowledge)
    due_at = clock.expected(at, calendar, target=target, wanted_by=wish.wanted_by).due_at
    if owed is not None:
        due_at = min(due_at, owed.due_at)
    line = clock.sentence(at, due_at, calendar, acting.zone, only_acknowledge=only_acknowledge)
    return Expectation(line, _warning(wish.wanted_by, calendar, at) if wish.wanted_by else "")


def _warning(day: date, calendar: WorkingCalendar, at: datetime) -> str:
    """What is wrong with a day that an answer is wanted on, on the calendar of whoever answers."""
    if not calendar.is_business_day(day):
        again = calendar.add_business_days(day, 1)
        words = _("They are closed on %(day)s. They work again on %(again)s.")
        return words % {"day": dateformat.format(day, "l j F"), "again": dateformat.format(again, "l j F")}
    if clock.close_of(day, calendar) <= at:
        return _("They have closed for that day: choose a later one, or it is late at once.")
    return ""
