"""Measured criteria follow the log: what it says of each vendor, and the points that the criterion's steps give for it.

The figures are kept as rows, so that the comparison reads them at once; they are read again every quarter of an hour,
and at every step of a brief, until it is decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from django.db import transaction

from outsourcing.accounts.models import Membership, Organisation
from vendors.sourcing.measured import reading
from vendors.sourcing.measured.reading import Figure
from vendors.sourcing.models import MEASURED, Brief, BriefState, Candidate, Criterion, CriterionStep, Measurement
from vendors.sourcing.scoring import ladder

Source = Criterion.Source
#: Two decimals of hours, per cent or a count are what steps are compared with and what is shown.
STEP = Decimal("0.01")


@transaction.atomic
def measure(brief: Brief, at: datetime) -> int:
    """Read the log again for every measured criterion of a brief that is not over; returns how many figures changed.

    Two queries where nothing is measured, else eleven at most.
    """
    criteria = cast("list[Criterion]", list(brief.criteria.filter(removed_at=None, source__in=MEASURED)))
    held = Brief.objects.select_for_update(of=("self",)).select_related("merchant", "created_by")
    brief = held.get(pk=brief.pk)
    if not criteria or brief.is_over:
        return 0
    candidates = list(brief.candidates.in_the_running().select_related("vendor__vendor"))
    figures = read({one.source for one in criteria}, brief, candidates, at)
    steps = steps_of(criteria)
    kept = cast("list[Measurement]", list(Measurement.objects.filter(candidate__brief=brief)))
    there = {(one.candidate_id, one.criterion_id): one for one in kept}
    made = [
        measured(candidate, criterion, figures[criterion.source].get(candidate.vendor_id), steps[criterion.pk], at)
        for criterion in criteria
        for candidate in candidates
    ]
    changed = [one for one in made if is_another(one, there.get((one.candidate_id, one.criterion_id)))]
    for one in changed:
        one.since = since_of(brief)
    Measurement.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["candidate", "criterion"],
        update_fields=["figure", "of", "points", "since", "measured_at"],
    )
    return len(changed)


def is_another(one: Measurement, before: Measurement | None) -> bool:
    """Whether it says anything else than what is kept."""
    return before is None or (one.figure, one.of, one.points) != (before.figure, before.of, before.points)


def since_of(brief: Brief) -> datetime:
    """From when on replies count: since vendors could read the brief, else since it was begun."""
    return brief.published_at or brief.created_at


def read(
    sources: Iterable[str], brief: Brief, candidates: Sequence[Candidate], at: datetime
) -> Mapping[str, Mapping[int, Figure]]:
    """The figures of each source by the vendor's key, as the merchant sees them."""
    vendors: list[Organisation] = [one.vendor for one in candidates]
    found: dict[str, Mapping[int, Figure]] = {}
    for source in sources:
        if source == Source.REPLIES:
            found[source] = reading.reply_hours(brief.merchant, vendors, since_of(brief), at)
        elif source == Source.ON_TIME:
            found[source] = reading.on_time(brief.merchant, [one.pk for one in vendors])
        else:
            profiles = {one.pk: one.vendor.pk for one in vendors if hasattr(one, "vendor")}
            reader = Membership.objects.select_related("organisation").get(pk=brief.created_by_id)
            found[source] = reading.verified_references(reader, profiles)
    return found


def steps_of(criteria: Iterable[Criterion]) -> dict[int, list[tuple[Decimal, int]]]:
    """The bounds of each criterion's steps, as (bound, points). One query."""
    keys = [one.pk for one in criteria]
    found: dict[int, list[tuple[Decimal, int]]] = {key: [] for key in keys}
    rows = CriterionStep.objects.filter(criterion__in=keys, bound__isnull=False)
    for criterion, step, bound in rows.values_list("criterion", "step", "bound"):
        found[criterion].append((cast("Decimal", bound), step))
    return found


def measured(
    candidate: Candidate,
    criterion: Criterion,
    figure: Figure | None,
    steps: Sequence[tuple[Decimal, int]],
    at: datetime,
) -> Measurement:
    """A row that is not saved yet. Points are those of the figure as it is shown; of "over 9 h" only a 0 is proven,
    since the true time may be any longer one."""
    value = None if figure is None or figure.value is None else figure.value.quantize(STEP, ROUND_HALF_UP)
    points = ladder(value, steps, higher_is_better=criterion.source != Source.REPLIES) if steps else None
    if figure is not None and figure.is_over and points:
        points = None
    return Measurement(
        candidate=candidate,
        criterion=criterion,
        figure=value,
        of=figure.count if figure else 0,
        points=None if points is None else Decimal(points),
        measured_at=at,
    )


def measure_from_now(brief: Brief, at: datetime) -> None:
    """For the hook: comparing began."""
    measure(brief, at)


def measure_all(at: datetime) -> int:
    """Every brief that is being answered or compared and measures anything; returns how many figures changed."""
    going = Brief.objects.filter(
        state__in=[BriefState.OPEN, BriefState.CLOSED, BriefState.EVALUATING],
        criteria__source__in=MEASURED,
        criteria__removed_at=None,
    )
    return sum(measure(one, at) for one in going.distinct())
