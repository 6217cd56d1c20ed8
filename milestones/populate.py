"""Invented contracts in bulk, with their milestones: most go well, some are late, a few have gone quiet.

Unlike other rooms' rows these lie around the day on which they are made: what is late must be so when it is looked at.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from random import Random

from django.db import connection

from milestones.health.looking import RANKS
from milestones.models import Contract, Criterion, Health, HistoryLine, Milestone, State, Step, Submission
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared import clock
from outsourcing.shared.errors import Stop
from outsourcing.shared.hooks import Progress, populates
from outsourcing.shared.keys import LARGEST
from outsourcing.shared.populate import copy_in

BATCH = 500
DAY = timedelta(days=1)
#: The first merchant has one contract in twenty; its first contract ten times as many milestones as others.
SHARE, LONG = 20, 11
#: So many of a contract's milestones are over, where it runs.
OVER = 0.55
#: How the contracts stand: a state, how it is doing, and how many in a hundred.
MIX = [
    (State.ACTIVE, Health.ON_TRACK, 66),
    (State.ACTIVE, Health.AT_RISK, 12),
    (State.ACTIVE, Health.OVERDUE, 8),
    (State.ACTIVE, Health.LANGUISHING, 3),
    (State.COMPLETED, Health.ENDED, 6),
    (State.DRAFT, Health.DRAFT, 3),
    (State.SUSPENDED, Health.SUSPENDED, 2),
]
REASONS = {
    Health.ON_TRACK: "",
    Health.AT_RISK: "The next milestone is expected after its date.",
    Health.OVERDUE: "A milestone is late.",
    Health.LANGUISHING: "Nothing was heard for nine working days.",
}
WORK = "Peak Returns Gift Spring Bulk Kitting Export Overflow Storage Photo Customs Label Pallet Support Newsletter"
KINDS = "overflow fulfilment grading restock storage pilot rota onboarding dispatch audit counts trial rework plan"
CONTRACT = [
    *("id", "merchant", "vendor", "title", "state", "value", "currency", "starts_on", "ends_on", "time_zone"),
    *("owner", "vendor_owner", "created_by", "created_at", "activated_at", "ended_at", "health", "health_rank"),
    *("health_since", "health_reasons", "next_look_at", "last_vendor_act_at", "scope", "waiting_reasons"),
]
MILESTONE = [
    *("id", "contract", "position", "title", "state", "starts_on", "baseline_due", "current_due", "progress"),
    *("submitted_at", "review_due", "accepted_at", "amount", "paid_on", "created_at"),
]
SUBMISSION = [
    *("id", "milestone", "number", "text", "by", "submitted_at", "due_on", "review_due", "late_days", "decision"),
    *("decided_by", "decided_at"),
]
Rows = list[list[object]]


@populates("contracts", order=60)
def contracts(count: int, rng: Random, progress: Progress) -> None:
    """Contracts between heads of merchants and of vendors, around today. Raises Stop where either is missing."""
    heads = dict(Membership.objects.joined().order_by("-pk").values_list("organisation", "pk"))
    sides: dict[str, list[int]] = {"merchant": [], "vendor": []}
    for pk, kind in Organisation.objects.order_by("pk").values_list("pk", "kind"):
        if pk in heads:
            sides[kind].append(pk)
    if count and not (sides["merchant"] and sides["vendor"]):
        raise Stop("Contracts need people of both sides: ask for memberships too, for example memberships=20000.")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or each row of history looks through all that wait
    rows = (_contract(rng, number, sides, heads) for number in range(count))
    while batch := list(islice(rows, BATCH)):
        copy_in(Contract, CONTRACT, (row for row, _line in batch))
        copy_in(HistoryLine, ["contract", "kind", "details", "by", "at"], (line for _row, line in batch))
        progress(len(batch))


def _contract(
    rng: Random, number: int, sides: dict[str, list[int]], heads: dict[int, int]
) -> tuple[list[object], list[object]]:
    merchant = sides["merchant"][0] if number % SHARE == 0 else rng.choice(sides["merchant"])
    vendor = rng.choice(sides["vendor"])
    states, levels, weights = zip(*MIX, strict=True)
    ((state, level),) = rng.choices(list(zip(states, levels, strict=True)), weights)
    if number == 0:
        state, level = State.ACTIVE, Health.OVERDUE
    now = clock.now()
    begun = now - rng.randrange(60, 300) * DAY
    is_draft, is_over = state == State.DRAFT, state == State.COMPLETED
    title = f"{rng.choice(WORK.split())} {rng.choice(KINDS.split())} {number + 1}"
    since = now - rng.randrange(1, 40) * DAY
    reason = {"code": level.value, "sentence": REASONS.get(level), "milestone": None, "days": None}
    key = _key(rng)
    return [
        key, merchant, vendor, title, state.value, rng.randrange(10, 900) * 100, "GBP", begun.date(),
        (begun + 500 * DAY).date(), "Europe/London", heads[merchant], heads[vendor], heads[merchant], begun,
        None if is_draft else begun, now - DAY if is_over else None, level.value, RANKS[level], since,
        json.dumps([reason] if reason["sentence"] else []), None if is_draft or is_over else now + 400 * DAY, since,
        "Pick, pack and send. " * 10, "[]",
    ], [key, "drafted", {}, heads[merchant], begun]  # fmt: skip


@dataclass
class Batch:
    """Rows of some contracts' milestones by their tables, in the order in which they are written."""

    milestones: Rows = field(default_factory=list)
    criteria: Rows = field(default_factory=list)
    submissions: Rows = field(default_factory=list)
    history: Rows = field(default_factory=list)

    def write(self) -> None:
        copy_in(Milestone, MILESTONE, self.milestones)
        copy_in(Criterion, ["milestone", "position", "text"], self.criteria)
        copy_in(Submission, SUBMISSION, self.submissions)
        copy_in(HistoryLine, ["contract", "milestone", "kind", "details", "by", "at"], self.history)


@populates("milestones", order=61)
def milestones(count: int, rng: Random, progress: Progress) -> None:
    """Milestones of all contracts, as many for each but the first merchant's first. Raises Stop without contracts."""
    fields = ("pk", "state", "health", "starts_on", "owner", "vendor_owner", "merchant")
    rows = list(Contract.objects.order_by("merchant", "created_at", "pk").values_list(*fields))
    if count and not rows:
        raise Stop("Milestones belong to contracts: ask for contracts too, for example contracts=1000.")
    late = (number for number, row in enumerate(rows) if row[2] == Health.OVERDUE and row[-1] == rows[0][-1])
    long = next(late, 0)
    wanted = _shares(count, len(rows), long)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    today = clock.now().astimezone(UTC).date()
    for start in range(0, len(rows), BATCH):
        batch = Batch()
        for number, row in enumerate(rows[start : start + BATCH], start):
            _milestones(rng, batch, row, wanted[number], today)
        batch.write()
        progress(len(batch.milestones))


def _shares(count: int, contracts: int, long: int) -> list[int]:
    """How many milestones each contract gets."""
    if not contracts:
        return []
    each, over = divmod(count, contracts + LONG - 1)
    wanted = [each + (number < over) for number in range(contracts)]
    wanted[long] += each * (LONG - 1)
    return wanted


def _milestones(
    rng: Random, batch: Batch, contract: tuple[int, str, str, date, int, int, int], count: int, today: date
) -> None:
    """The first ones are accepted, the next one is worked at, or late, or handed in; the rest is planned."""
    pk, state, health, begun, owner, vendor, _merchant = contract
    is_draft = state == State.DRAFT
    done = count if state == State.COMPLETED else 0 if is_draft else int(count * OVER)
    step = max(1, (today - begun).days // (done + 2))
    for position in range(count):
        key, due = _key(rng), begun + (position + 1) * step * DAY
        starts = due - step * DAY
        if position >= done:
            ahead = (position - done) * step + rng.randrange(3, 20)
            late = health in (Health.OVERDUE, Health.LANGUISHING) and position == done
            due = today - rng.randrange(2, 9) * DAY if late else today + ahead * DAY
            starts = due - step * DAY
        is_next = position == done and not is_draft
        step_now = Step.ACCEPTED if position < done else Step.PLANNED
        if is_next:
            step_now = Step.SUBMITTED if health == Health.ON_TRACK and rng.random() < 0.1 else Step.IN_PROGRESS
        handed = _noon(due - DAY if step_now == Step.ACCEPTED and rng.random() < 0.8 else due + DAY)
        if step_now == Step.SUBMITTED:
            handed = _noon(today - DAY)
        is_handed, accepted = step_now in (Step.ACCEPTED, Step.SUBMITTED), handed + DAY
        is_accepted = step_now == Step.ACCEPTED
        batch.milestones.append([
            key, pk, position, f"{rng.choice(WORK.split())} {rng.choice(KINDS.split())}", step_now.value, starts,
            None if is_draft else due, due, 40 if step_now == Step.IN_PROGRESS else 0, handed if is_handed else None,
            (handed + 7 * DAY).date() if step_now == Step.SUBMITTED else None, accepted if is_accepted else None,
            500, accepted.date() if is_accepted and position % 2 else None, _noon(begun),
        ])  # fmt: skip
        batch.criteria.append([key, 0, "Counted twice, with the same result."])
        if is_handed:
            batch.submissions.append([
                _key(rng), key, 1, "Done, see the sheet.", vendor, handed, due, (handed + 7 * DAY).date(),
                max(0, (handed.date() - due).days), "accepted" if is_accepted else "",
                owner if is_accepted else None, accepted if is_accepted else None,
            ])  # fmt: skip
        if is_accepted:
            batch.history.append([pk, key, "milestone-accepted", {}, owner, accepted])


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _key(rng: Random) -> int:
    return rng.randrange(1, LARGEST)
