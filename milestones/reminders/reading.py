"""What the rules of this room read, in bulk and as plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.notifications.ladders.people import rows

MILESTONES = """
SELECT m.id, m.title, m.state, m.current_due, m.forecast_due, m.progress_at, m.starts_on, m.created_at, m.review_due,
    m.submitted_at, m.rework_round, m.reopened_count, m.blocked_since, m.responsible_id, m.vendor_responsible_id,
    m.amount, c.id, c.title, c.state, c.merchant_id, c.vendor_id, c.owner_id, c.backup_id, c.vendor_owner_id,
    c.vendor_backup_id, c.time_zone, c.currency, c.silence_accepts,
    (SELECT d.old_due FROM milestones_datechange d WHERE d.milestone_id = m.id AND d.state = 'agreed'
        AND d.new_due = m.current_due ORDER BY d.decided_at DESC, d.id DESC LIMIT 1)
FROM milestones_milestone m JOIN milestones_contract c ON c.id = m.contract_id WHERE m.id = ANY(%(keys)s)
"""
HOLDS = """
SELECT milestone_id, started_at, ended_at FROM milestones_hold WHERE milestone_id = ANY(%(keys)s) ORDER BY started_at
"""
DATES = """
SELECT d.id, d.state, d.decides, d.old_due, d.new_due, d.decide_by, d.proposed_at, m.id
FROM milestones_datechange d JOIN milestones_milestone m ON m.id = d.milestone_id WHERE d.id = ANY(%(keys)s)
"""
CHECK_INS = """
SELECT k.id, k.due_on, k.signed_at, k.skipped_at, c.id, c.title, c.state, c.merchant_id, c.vendor_id, c.owner_id,
    c.backup_id, c.time_zone
FROM milestones_checkin k JOIN milestones_contract c ON c.id = k.contract_id WHERE k.id = ANY(%(keys)s)
"""
CONTRACTS = """
SELECT id, title, state, merchant_id, vendor_id, owner_id, backup_id, time_zone, renews_on, ends_on, notice_days
FROM milestones_contract WHERE id = ANY(%(keys)s)
"""
#: Those that renew or end with notice, of which the last day for it has not passed.
ENDING = """
SELECT id FROM milestones_contract WHERE id > %(after)s AND state = 'active'
    AND coalesce(renews_on, CASE WHEN notice_days IS NOT NULL THEN ends_on END) - coalesce(notice_days, 0) >= %(today)s
ORDER BY id LIMIT %(most)s
"""


@dataclass(slots=True)
class Work:
    """A milestone with its contract."""

    pk: int
    title: str
    state: str
    due: date
    forecast: date | None
    progress_at: datetime | None
    starts_on: date | None
    created_at: datetime
    review_due: date | None
    submitted_at: datetime | None
    rework: int
    reopened: int
    blocked_since: datetime | None
    responsible: int | None
    vendor_responsible: int | None
    amount: Any
    contract: int
    contract_title: str
    contract_state: str
    merchant: int
    vendor: int
    owner: int
    backup: int | None
    vendor_owner: int | None
    vendor_backup: int | None
    zone: str
    currency: str
    silence_accepts: bool
    #: The date before the one in force, where it was moved.
    moved_from: date | None


@dataclass(slots=True)
class Asked:
    """A date that somebody asked for."""

    pk: int
    state: str
    decides: str
    old_due: date
    new_due: date
    decide_by: date | None
    proposed_at: datetime
    milestone: int


@dataclass(slots=True)
class Look:
    """A check-in with its contract."""

    pk: int
    due_on: date
    signed_at: datetime | None
    skipped_at: datetime | None
    contract: int
    contract_title: str
    contract_state: str
    merchant: int
    vendor: int
    owner: int
    backup: int | None
    zone: str


@dataclass(slots=True)
class Agreed:
    """A contract, for notice."""

    pk: int
    title: str
    state: str
    merchant: int
    vendor: int
    owner: int
    backup: int | None
    zone: str
    renews_on: date | None
    ends_on: date | None
    notice_days: int | None


T = TypeVar("T")


class Read(Generic[T]):
    """Rows of one statement as values of one type."""

    def __init__(self, statement: str, made: type[T]) -> None:
        self.statement, self.made = statement, made

    def __call__(self, keys: Iterable[int]) -> list[T]:
        """One query."""
        return [self.made(*row) for row in rows(self.statement, keys=list(keys))]


work = Read(MILESTONES, Work)
asked = Read(DATES, Asked)
looks = Read(CHECK_INS, Look)
agreed = Read(CONTRACTS, Agreed)


def ending(after: int, today: date, most: int) -> list[int]:
    """The next so many contracts above a key that may still be given notice of. One query."""
    return [row[0] for row in rows(ENDING, after=after, today=today, most=most)]


def held_days(keys: Sequence[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """When the merchant held these milestones up. One query."""
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for key, started, ended in rows(HOLDS, keys=list(keys)):
        found.setdefault(key, []).append((started, ended))
    return found


def moved_by_holds(
    one: Work, holds: Iterable[tuple[datetime, datetime | None]], calendar: WorkingCalendar, at: datetime
) -> date:
    """The date in force, later by the vendor's working days after it on which the merchant held it up."""
    zone = calendar.zone
    days: set[int] = set()
    for started, ended in holds:
        first, last = started.astimezone(zone).date(), (ended or at).astimezone(zone).date()
        days |= set(range(max(first, one.due).toordinal(), last.toordinal() + 1))
    late = [day for day in days if day > one.due.toordinal() and calendar.is_business_day(date.fromordinal(day))]
    return calendar.add_business_days(one.due, len(late)) if late else one.due
