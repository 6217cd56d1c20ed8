"""The one place where the time of day is read, so that whole journeys can be moved in time.

Only views and tasks call this; everything else takes `at` (an aware instant, UTC) or `today` (a date in somebody's
zone) as an argument.
"""

from datetime import date, datetime, tzinfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The instant, aware, in UTC, moved by `CLOCK_OFFSET` (which production refuses)."""
    return timezone.now() + settings.CLOCK_OFFSET


def today(zone: tzinfo) -> date:
    """The date that it is now in `zone`."""
    return now().astimezone(zone).date()
