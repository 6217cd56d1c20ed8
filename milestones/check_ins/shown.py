"""Check-ins and measures as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery

from milestones.models import CheckIn, Contract, Measure, Reading
from outsourcing.accounts.models import Membership

#: So many check-ins stand on a contract's page: what is to come, then what is signed.
MOST = 6


@dataclass(frozen=True)
class MeasureShown:
    """What was promised beside what came at the last check-in that found a figure; empty where none did."""

    measure: Measure
    actual: str
    source: str
    is_kept: bool | None


@dataclass(frozen=True)
class Evaluated:
    """What a contract's page says of its check-ins."""

    ahead: Sequence[CheckIn]
    signed: Sequence[CheckIn]
    measures: Sequence[MeasureShown]
    next_is_due: bool


def evaluated(contract: Contract, acting: Membership, at: datetime) -> Evaluated:
    """Check-ins that this person sees, and the measures. Two queries."""
    rows = list(CheckIn.objects.visible_to(acting).filter(contract=contract, skipped_at=None))
    ahead = [one for one in rows if one.signed_at is None]
    signed = sorted((one for one in rows if one.signed_at), key=lambda one: one.due_on, reverse=True)
    today: date = contract.today(at)
    return Evaluated(
        ahead[:MOST], signed[:MOST], measures_of(contract), bool(ahead and ahead[0].due_on <= today)
    )  # fmt: skip


def measures_of(contract: Contract) -> list[MeasureShown]:
    """Each measure with its latest figure. One query."""
    latest = Reading.objects.filter(measure=OuterRef("pk"), actual__isnull=False).order_by("-check_in__due_on")
    rows: Any = contract.measures.annotate(
        last=Subquery(latest.values("actual")[:1]), last_source=Subquery(latest.values("source")[:1])
    )
    return [_measure(one, one.last, one.last_source or "") for one in rows]


def readings_of(check_in: CheckIn) -> list[MeasureShown]:
    """What one check-in found. One query."""
    rows = check_in.readings.select_related("measure")
    return [_measure(one.measure, one.actual, one.source) for one in rows]


def _measure(measure: Measure, actual: Decimal | None, source: str) -> MeasureShown:
    if actual is None:
        return MeasureShown(measure, "", "", None)
    return MeasureShown(measure, measure.in_words(actual), source, measure.is_kept_by(actual))
