"""Whom to ask at the other side: the person, their phone, and until or from when they are at work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.working_time import calendar_of
from outsourcing.conversations import clock


@dataclass(frozen=True)
class Contact:
    """Somebody of the other side; `hours` is said in the reader's zone."""

    name: str
    phone: str
    hours: str


def said(organisation: Organisation, at: datetime) -> str:
    """ "at work until 17:30", "back Monday 09:00"."""
    return said_of(calendar_of(organisation, range(at.year, at.year + 2)), at)


def said_of(calendar: WorkingCalendar, at: datetime) -> str:
    """The same of a calendar."""
    zone = ZoneInfo(timezone.get_current_timezone_name())
    opens, closes = calendar.next_stretch(at)
    if opens > at:
        return _("back %(when)s") % {"when": clock.moment(opens, zone, at)}
    return _("at work until %(when)s") % {"when": clock.moment(closes, zone, at)}


def contact(person: Membership | None, organisation: int, hours: Mapping[int, str]) -> Contact | None:
    """A person of the other side with the hours of their organisation; none where nobody is named."""
    if person is None or person.organisation_id != organisation:
        return None
    return Contact(person.label, person.phone, hours.get(organisation, ""))
