"""A draft is filled from a plan: its milestones, what waits for what, and the dates of its check-ins."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, takewhile

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from milestones.errors import BadDate, NothingPlanned
from milestones.history import tell
from milestones.holding import calendar, hold, see_that_it_is, see_that_nothing_changed, touch
from milestones.models import CheckIn, Contract, Criterion, Dependency, Milestone, Plan, State
from milestones.plans.builtin import PLANS, Builtin, Result
from milestones.work.planning import MOST, see_that_none_waits_for_itself
from outsourcing.accounts.calendars import TooFar
from outsourcing.accounts.models import Membership

#: So many check-ins are laid out ahead where a contract has no end.
AHEAD = 12


@dataclass(frozen=True)
class Laid:
    """A milestone of a plan on its dates; `closed` where the merchant does not work on the day it is due."""

    result: Result
    starts_on: date
    due: date
    closed: bool


@dataclass(frozen=True)
class Layout:
    """What a plan would make of a contract that starts on a day."""

    milestones: Sequence[Laid]
    check_ins: Sequence[date]


def plan_of(key: str, merchant: int) -> Builtin | None:
    """One of ours by its name, or a merchant's own by its number; None where there is none. Two queries at most."""
    if key in PLANS:
        return PLANS[key]
    own = Plan.objects.filter(merchant=merchant, pk=key).first() if key.isdecimal() and len(key) < 19 else None
    if own is None:
        return None
    results = [
        Result(one.title, one.starts_after, one.due_after, one.criteria, one.waits_for, one.description)
        for one in own.steps.all()
    ]
    return Builtin(key, own.name, "", results, own.check_in_months)


def lay_out(plan: Builtin, contract: Contract, start: date, at: datetime) -> Layout:
    """The plan on dates: working days of the vendor, whose people do the work. Four queries. Raises BadDate."""
    theirs, ours = calendar(contract.vendor, at), calendar(contract.merchant, at)
    try:
        laid = [
            Laid(one, theirs.add_business_days(start, one.starts_after), due, not ours.is_business_day(due))
            for one in plan.results
            for due in [theirs.add_business_days(start, one.due_after)]
        ]
    except TooFar:
        raise BadDate(_("Its dates lie too far ahead: the vendor's calendar has hardly a working day.")) from None
    return Layout(laid, list(_check_ins(plan, contract, start)))


@transaction.atomic
def fill(
    contract: Contract, plan: Builtin, *, start: date, by: Membership, at: datetime, seen: int | None = None
) -> list[Milestone]:
    """Add a plan's milestones to a draft, after those that it has; `seen` is the version of the contract's page.

    Raises NotInThisState, NothingPlanned, BadDate, Circle, Overtaken; nothing is added then.
    """
    contract = hold(contract)
    see_that_it_is(contract, State.DRAFT)
    see_that_nothing_changed(contract, seen)
    layout = lay_out(plan, contract, start, at)
    there = contract.milestones.count()
    if there + len(layout.milestones) > MOST:
        raise NothingPlanned(_("A contract holds %(most)s milestones at most.") % {"most": MOST})
    last = contract.milestones.aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    made = [
        Milestone(
            contract=contract, position=first + number, title=str(one.result.title)[:160],
            description=str(one.result.description), starts_on=one.starts_on, current_due=one.due, created_at=at,
        )
        for number, one in enumerate(layout.milestones)
    ]  # fmt: skip
    Milestone.objects.bulk_create(made)
    Criterion.objects.bulk_create(
        Criterion(milestone=milestone, position=place, text=str(text))
        for milestone, one in zip(made, layout.milestones, strict=True)
        for place, text in enumerate(one.result.criteria)
    )
    Dependency.objects.bulk_create(
        Dependency(milestone=milestone, needs=made[needs])
        for milestone, one in zip(made, layout.milestones, strict=True)
        for needs in one.result.waits_for
        if needs < len(made)
    )
    see_that_none_waits_for_itself(contract)
    taken = set(contract.check_ins.values_list("due_on", flat=True))
    CheckIn.objects.bulk_create(
        CheckIn(contract=contract, due_on=day) for day in layout.check_ins if day not in taken
    )  # fmt: skip
    touch(contract)
    tell(contract, "filled", by=by, at=at, is_ours=True, plan=str(plan.name))
    return made


def months_after(start: date, months: int) -> date:
    """The same day of a later month, its last one where it has no such day."""
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _check_ins(plan: Builtin, contract: Contract, start: date) -> Iterator[date]:
    """Every so many months until the contract ends, or a year of them."""
    if not plan.check_in_months:
        return
    days = (months_after(start, plan.check_in_months * number) for number in count(1))
    if ends_on := contract.ends_on:
        yield from takewhile(lambda day: day <= ends_on, (next(days) for _ in range(120)))
    else:
        yield from (next(days) for _ in range(max(1, AHEAD // plan.check_in_months)))
