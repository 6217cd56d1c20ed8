"""How late something was handed in, in the vendor's working days."""

from datetime import datetime

from milestones.holding import calendar
from milestones.models import Milestone


def late_days(milestone: Milestone, at: datetime) -> int:
    """The vendor's working days from the date in force to `at`, without those on which it was held up. Four queries.

    A day on which a hold stood at any moment is not the vendor's.
    """
    contract = milestone.contract
    due, today = milestone.current_due, contract.today(at)
    if today <= due:
        return 0
    working = calendar(contract.vendor, at)
    held_up = set()
    for started, ended in milestone.holds.values_list("started_at", "ended_at"):
        first, last = contract.today(started), contract.today(ended or at)
        held_up |= set(range(first.toordinal(), last.toordinal() + 1))
    days = (number for number in range(due.toordinal() + 1, today.toordinal() + 1) if number not in held_up)
    return sum(working.is_business_day(type(due).fromordinal(number)) for number in days)
