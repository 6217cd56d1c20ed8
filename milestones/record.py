"""The track record of vendors with one merchant, out of all their contracts: numerators and denominators, no opinions.

A milestone was on time where the round that was accepted had come by the date in force then, on the vendor's working
days and without those on which the merchant held it up (reference/milestones.md 4.1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Max, Q, Sum

from milestones.models import Cause, DateChange, Submission
from outsourcing.accounts.models import Organisation

#: Fewer accepted milestones than this say nothing.
ENOUGH = 5
PERCENT = Decimal(100)


@dataclass(frozen=True)
class Record:
    """Of `accepted` milestones `on_time` were; `sent_back` counts rounds, `slip` working days by whose they are, and
    `worst` the working days of the latest one."""

    accepted: int = 0
    on_time: int = 0
    sent_back: int = 0
    worst: int = 0
    slip: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_enough(self) -> bool:
        return self.accepted >= ENOUGH

    @property
    def enough(self) -> int:
        return ENOUGH

    @property
    def share(self) -> Decimal | None:
        """Of what was accepted, how much was on time, from 0 to 1; None below the least number."""
        return Decimal(self.on_time) / self.accepted if self.is_enough else None

    @property
    def percent(self) -> int | None:
        share = self.share
        return None if share is None else int((share * PERCENT).quantize(Decimal(1), ROUND_HALF_UP))


def record_of(merchant: Organisation, vendor: int) -> Record:
    """One vendor's. Two queries."""
    return on_time_of(merchant, [vendor]).get(vendor, Record())


def on_time_of(merchant: Organisation, vendors: Sequence[int]) -> dict[int, Record]:
    """The records of some vendors with this merchant, by their keys, where anything was decided. Two queries."""
    of = "milestone__contract__vendor"
    mine = {"milestone__contract__merchant": merchant, f"{of}__in": vendors}
    is_accepted = Q(decision="accepted")
    rounds = (
        Submission.objects.counted()
        .filter(**mine)
        .order_by()
        .values(of)
        .annotate(
            accepted=Count("pk", filter=is_accepted),
            on_time=Count("pk", filter=is_accepted & Q(late_days=0)),
            sent_back=Count("pk", filter=Q(decision="changes")),
            worst=Max("late_days", filter=is_accepted),
            late=Sum("late_days", filter=is_accepted),
            held=Sum("held_days", filter=is_accepted),
        )
    )
    moved = DateChange.objects.decided().filter(**mine).select_related(None).order_by()
    slip: dict[int, dict[str, int]] = {}
    for vendor, cause, days in moved.values_list(of, "cause").annotate(sum=Sum("days")):
        slip.setdefault(vendor, {})[cause] = days
    found = {one[of]: one for one in rounds}
    return {vendor: _record(found.get(vendor, {}), slip.get(vendor, {})) for vendor in {*found, *slip}}


def _record(rounds: Mapping[str, int | None], moved: Mapping[str, int]) -> Record:
    slip = {cause: moved.get(cause, 0) for cause in Cause.values}
    slip[Cause.VENDOR] += rounds.get("late") or 0
    slip[Cause.MERCHANT] += rounds.get("held") or 0
    counts = {name: rounds.get(name) or 0 for name in ("accepted", "on_time", "sent_back", "worst")}
    return Record(**counts, slip=slip)
