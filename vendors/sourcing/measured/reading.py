"""What the log says of vendors, for criteria that no person scores: answers, dates kept, references that were verified.

Each figure is of one merchant with one vendor and carries how many it was made of. Nothing measured is None: neither a
nought nor the best.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from milestones.record import Record, on_time_of
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations import responding
from outsourcing.conversations.clock import HOUR
from outsourcing.conversations.figures import Taken, median
from outsourcing.conversations.models import Turn
from vendors.directory.compare.pieces import evidence_of


@dataclass(frozen=True)
class Figure:
    """Something measured: `value` in the criterion's unit, or None, out of `count` things; where `is_over`, all that is
    known is that it is no less."""

    value: Decimal | None = None
    count: int = 0
    is_over: bool = False


def reply_hours(
    merchant: Organisation, vendors: Sequence[Organisation], since: datetime, at: datetime
) -> dict[int, Figure]:
    """Working hours in which half of what was asked since `since` was answered, by the vendor's key.

    Of the evaluation itself, however few turns there are; what is open counts with the time it has taken. Where only
    the least is known ("over 9 h"), that is the value, marked so. Four queries.
    """
    keys = [vendor.pk for vendor in vendors]
    opened = Q(opened_at__gte=since, opened_at__lte=at)
    turns = list(Turn.objects.filter(opened, asker=merchant, answerer__in=keys).defer("reckoned"))
    timed = responding.timed_of(turns, responding.calendars(vendors, at), at)
    by_vendor: dict[int, list[Taken]] = {}
    for turn, seconds in timed:
        taken = Taken(turn.opened_at, seconds, turn.target_seconds, turn.ending, turn.is_blocking)
        by_vendor.setdefault(turn.answerer_id, []).append(taken)
    return {vendor: _hours(taken, at) for vendor, taken in by_vendor.items()}


def _hours(taken: Iterable[Taken], at: datetime) -> Figure:
    middle = median(taken, at)
    return Figure(None if middle.seconds is None else Decimal(middle.seconds) / HOUR, middle.n, middle.is_over)


def on_time(merchant: Organisation, vendors: Iterable[int]) -> dict[int, Figure]:
    """Per cent of accepted milestones that were on time, by the vendor's key. Two queries."""
    return {vendor: _on_time(record) for vendor, record in on_time_of(merchant, list(vendors)).items()}


def _on_time(record: Record) -> Figure:
    return Figure(None if record.share is None else record.share * 100, record.accepted)


def verified_references(acting: Membership, profiles: Mapping[int, int]) -> dict[int, Figure]:
    """How many references were verified, as far as one may see, by the vendor's organisation; `profiles` are the keys
    of the vendors' profiles by it. None answered is a 0: a merchant can ask. One query."""
    found = evidence_of(profiles.values(), acting)
    return {
        vendor: Figure(Decimal(found[profile].verified), found[profile].asked) for vendor, profile in profiles.items()
    }
