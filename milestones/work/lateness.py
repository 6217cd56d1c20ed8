"""How late something was handed in, in the vendor's working days."""

from datetime import date, datetime
from typing import NamedTuple

from milestones.holding import calendar
from milestones.models import Milestone


class Lateness(NamedTuple):
    """Working days between the date in force and an instant: `late` are the vendor's, on `held` it was held up."""

    late: int
    held: int


def lateness(milestone: Milestone, at: datetime) -> Lateness:
    """The vendor's working days from the date in force to `at`, apart from those on which it was held up; a day on
    which a hold stood at any moment is not the vendor's. Three queries where it is late, none else."""
    contract = milestone.contract
    due, today = milestone.current_due, contract.today(at)
    if today <= due:
        return Lateness(0, 0)
    working = calendar(contract.vendor, at)
    held_up: set[int] = set()
    for started, ended in milestone.holds.values_list("started_at", "ended_at"):
        first, last = contract.today(started), contract.today(ended or at)
        held_up |= set(range(first.toordinal(), last.toordinal() + 1))
    since = range(due.toordinal() + 1, today.toordinal() + 1)
    days = [number for number in since if working.is_business_day(date.fromordinal(number))]
    held = sum(number in held_up for number in days)
    return Lateness(len(days) - held, held)
