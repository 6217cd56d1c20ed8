"""A contract's milestones as a timeline: which are drawn, from when to when, and how each looks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from milestones.contracts.shown import has_moved, step_mark
from milestones.models import DONE, OPEN, WITH_VENDOR, Contract, Milestone, Step
from milestones.timeline.drawing import NARROW, WIDE, Drawing, Span, draw

#: A contract's page draws so many; its page of the timeline alone draws a page of these.
ON_THE_PAGE, PER_PAGE = 24, 60
#: So long a milestone is drawn to take where nobody said when it starts.
USUAL = timedelta(days=7)
KINDS = {
    Step.PLANNED: "b-none",
    Step.IN_PROGRESS: "f-ink",
    Step.SUBMITTED: "b-sub",
    Step.CHANGES_REQUESTED: "b-back",
    Step.ACCEPTED: "f-ok",
}


@dataclass(frozen=True)
class Timeline:
    """Both sizes of the picture, which kinds of bar it has, and how many milestones it leaves out."""

    wide: Drawing
    narrow: Drawing
    kinds: frozenset[str]
    left_out: int


Needs = Mapping[int, Sequence[int]]


def timeline(contract: Contract, milestones: Sequence[Milestone], needs: Needs, at: datetime) -> Timeline | None:
    """Those of a contract as its page shows them: none of a contract without any, and of many those around the first
    that is open. `needs` says by key what each waits for. No query."""
    there = [one for one in milestones if one.state != Step.CANCELLED]
    if not there:
        return None
    left_out = max(0, len(there) - ON_THE_PAGE)
    return picture(contract, around_now(there), needs, at, left_out=left_out, among=milestones)


def around_now(there: Sequence[Milestone]) -> Sequence[Milestone]:
    """As many as the page draws, a few before the first that is open, and the others after it."""
    first = next((place for place, one in enumerate(there) if one.state in OPEN), 0)
    start = max(0, min(first - 3, len(there) - ON_THE_PAGE))
    return there[start : start + ON_THE_PAGE]


def picture(
    contract: Contract,
    drawn: Sequence[Milestone],
    needs: Needs,
    at: datetime,
    *,
    left_out: int,
    among: Iterable[Milestone],
) -> Timeline:
    """These milestones in both sizes; their numbers count `among` all of the contract."""
    today = contract.today(at)
    numbers = {one.pk: number for number, one in enumerate(among, start=1)}
    by_key = {one.pk: one for one in drawn}
    spans = [
        _span(one, numbers[one.pk], [k for k in needs[one.pk] if k in by_key], by_key, contract, today) for one in drawn
    ]
    kinds = {one.kind for one in spans}
    kinds |= {name for one in spans for name, has in _extras(one) if has}
    return Timeline(draw(spans, WIDE, today), draw(spans, NARROW, today), frozenset(kinds), left_out)


def _extras(one: Span) -> Iterable[tuple[str, bool]]:
    yield "ghost", one.baseline is not None
    yield "forecast", one.forecast is not None and one.forecast != one.ends
    yield "undone", one.undone_from is not None
    yield "needs", bool(one.needs)


def _span(
    one: Milestone, number: int, needs: Sequence[int], by_key: dict[int, Milestone], contract: Contract, today: date
) -> Span:
    counts = contract.state in (Contract.State.ACTIVE, Contract.State.CLOSE_OUT)
    is_late = counts and one.state in WITH_VENDOR and one.current_due < today and not one.is_blocked
    mark = step_mark(one.state, is_late=is_late, is_blocked=one.is_blocked)
    starts = one.starts_on or _begins(one, [by_key[pk].current_due for pk in needs], contract)
    ends, undone = one.current_due, None
    if one.state in (Step.ACCEPTED, Step.SUBMITTED) and one.submitted_at:
        ends = max(starts, contract.today(one.submitted_at))
    elif is_late:
        ends, undone = today, one.current_due + timedelta(days=1)
    elif one.state in (Step.IN_PROGRESS, Step.CHANGES_REQUESTED):
        undone = max(today, starts)
    return Span(
        key=one.pk,
        number=number,
        title=one.title,
        word=mark.word,
        kind="f-late" if is_late else KINDS[Step(one.state)],
        starts=starts,
        ends=ends,
        baseline=one.baseline_due if has_moved(one) or one.state in DONE or is_late else None,
        forecast=one.forecast_due if one.state in WITH_VENDOR else None,
        undone_from=undone if undone and undone <= ends else None,
        is_done=one.state == Step.ACCEPTED,
        needs=needs,
    )


def _begins(one: Milestone, needed: Sequence[date], contract: Contract) -> date:
    """Where nobody said when it starts: after what it waits for, or a week before it is due."""
    due = min(filter(None, (one.current_due, one.baseline_due)))
    if needed and max(needed) < due:
        return max(needed) + timedelta(days=1)
    return min(due, max(contract.starts_on, due - USUAL))
