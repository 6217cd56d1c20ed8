"""What a milestone's page shows: its rounds with their points and files, how its date has moved, what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from milestones.contracts.shown import Mark, Row, rows_of, step_mark
from milestones.contracts.text import money
from milestones.history import Told, told
from milestones.models import DateChange, HistoryLine, Milestone, State, Step, Submission
from milestones.reminders.told import merged, reminded
from outsourcing.accounts.models import Membership, Role

#: Who runs contracts on a merchant's side, and who works on them on a vendor's.
RUN, WORK = (Role.OWNER, Role.OPERATIONS), (Role.MANAGER, Role.CONTACT)
HISTORY = 50


@dataclass(frozen=True)
class May:
    """What this person can do now; every action checks it again."""

    start: bool = False
    report: bool = False
    submit: bool = False
    record: bool = False
    withdraw: bool = False
    judge: bool = False
    reopen: bool = False
    cancel: bool = False
    block: bool = False
    unblock: bool = False
    move: bool = False
    decide_date: bool = False
    take_date_back: bool = False
    pay: bool = False
    unpay: bool = False
    edit: bool = False
    remove: bool = False


@dataclass(frozen=True)
class Shown:
    """A milestone's page; `rounds` newest first, `open_round` the one that waits for a verdict."""

    milestone: Milestone
    row: Row
    mark: Mark
    pays: str
    rounds: Sequence[Submission]
    open_round: Submission | None
    asked: DateChange | None
    changes: Sequence[DateChange]
    waits_for: Sequence[Milestone]
    needed_by: Sequence[Milestone]
    history: Sequence[Told]
    may: May


def shown(milestone: Milestone, acting: Membership, at: datetime) -> Shown:
    """All of it as this person sees it. Eight queries, ten where it is late."""
    contract = milestone.contract
    rounds = list(
        milestone.submissions.select_related("by", "decided_by", "recorded_by", "replied_by")
        .prefetch_related("points", "proofs__file")
        .order_by("-number")
    )
    changes = list(milestone.date_changes.select_related("proposed_by", "decided_by", "recorded_by").order_by("-pk"))
    changes.sort(key=lambda one: one.proposed_at, reverse=True)
    asked = next((one for one in changes if one.state == DateChange.State.PROPOSED), None)
    needs = list(milestone.after.all())
    titles = {one.pk: one for one in needs}
    (row,) = rows_of([milestone], contract, at, asked={}, needs={milestone.pk: list(titles)}, titles=titles)
    lines = HistoryLine.objects.visible_to(acting).filter(milestone=milestone).select_related("by", "milestone")
    return Shown(
        milestone,
        row,
        step_mark(milestone.state, is_late=row.late > 0, is_blocked=milestone.is_blocked),
        money(milestone.amount, contract.currency),
        rounds,
        next((one for one in rounds if not one.decision), None),
        asked,
        [one for one in changes if one is not asked],
        needs,
        list(milestone.before.all()),
        merged(told(lines[:HISTORY]), reminded(milestone.contract, acting, HISTORY, milestone), HISTORY),
        may_of(milestone, asked, rounds, acting),
    )


def may_of(milestone: Milestone, asked: DateChange | None, rounds: Sequence[Submission], acting: Membership) -> May:
    """What a person can do with a milestone as it stands."""
    contract = milestone.contract
    runs, works = acting.has_role(*RUN), acting.has_role(*WORK)
    goes_on = contract.state in (State.ACTIVE, State.CLOSE_OUT)
    with_vendor, submitted = milestone.is_with_vendor and goes_on, milestone.state == Step.SUBMITTED and goes_on
    accepted = milestone.state == Step.ACCEPTED
    is_draft = contract.state == State.DRAFT
    decides = asked is not None and (runs if asked.decides == "merchant" else works)
    asks = asked is not None and (runs if asked.decides == "vendor" else works)
    is_recorded = bool(rounds and rounds[0].recorded_by_id)
    return May(
        start=milestone.state == Step.PLANNED and goes_on and works,
        report=with_vendor and (works or runs),
        submit=with_vendor and works,
        record=with_vendor and runs,
        withdraw=submitted and (works or (runs and is_recorded)),
        judge=submitted and runs,
        reopen=accepted and goes_on and runs and milestone.paid_on is None,
        cancel=milestone.is_open and contract.is_running and runs,
        block=with_vendor and runs and not milestone.is_blocked,
        unblock=with_vendor and runs and milestone.is_blocked,
        move=milestone.is_open and contract.is_running and (runs or works) and not decides,
        decide_date=decides,
        take_date_back=asks,
        pay=accepted and runs and milestone.amount is not None and milestone.paid_on is None,
        unpay=accepted and runs and milestone.paid_on is not None,
        edit=runs and (is_draft or (milestone.is_open and contract.state in (State.ACTIVE, State.SUSPENDED))),
        remove=runs and is_draft,
    )
