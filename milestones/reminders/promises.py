"""Which dates that a vendor names keep its reminders quiet."""

from datetime import date

from outsourcing.accounts.calendars import WorkingCalendar

#: A promise further ahead than this many of the vendor's working days silences nothing.
PROMISE_DAYS = 10


def furthest(calendar: WorkingCalendar, today: date) -> date:
    """The last day that a promise given today may name to keep reminders quiet until then."""
    return calendar.add_business_days(today, PROMISE_DAYS)
