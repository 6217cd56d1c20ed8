"""A merchant keeps the milestones of a contract as a plan of its own."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from milestones.errors import NameTaken, NothingPlanned
from milestones.holding import calendar
from milestones.models import Contract, Milestone, Plan, PlanStep
from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Membership


def save(contract: Contract, name: str, *, check_in_months: int = 0, by: Membership, at: datetime) -> Plan:
    """Keep what was first planned: dates become working days of the vendor after the contract's start.

    Raises NothingPlanned for a contract without milestones, NameTaken.
    """
    rows = list(
        contract.milestones.exclude(state=Milestone.Step.CANCELLED).prefetch_related("criteria", "waits_for")
    )  # fmt: skip
    if not rows:
        raise NothingPlanned(_("There is no milestone to keep."))
    working = calendar(contract.vendor, at)
    places = {one.pk: number for number, one in enumerate(rows)}
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                merchant=by.organisation, name=name, check_in_months=check_in_months, created_by=by, created_at=at
            )
            PlanStep.objects.bulk_create(_step(plan, places, one, contract, working) for one in rows)
    except IntegrityError:
        raise NameTaken(_("You have a plan of this name already.")) from None
    return plan


def rename(plan: Plan, name: str) -> None:
    """Call a plan otherwise. Raises NameTaken."""
    try:
        with transaction.atomic():
            Plan.objects.filter(pk=plan.pk).update(name=name)
    except IntegrityError:
        raise NameTaken(_("You have a plan of this name already.")) from None


def _step(plan: Plan, places: dict[int, int], one: Milestone, contract: Contract, working: WorkingCalendar) -> PlanStep:
    first, due = contract.starts_on, one.baseline_due or one.current_due
    starts = max(0, working.business_days_between(first, min(one.starts_on or first, due)))
    needs = [places[each.needs_id] for each in one.waits_for.all() if each.needs_id in places]
    return PlanStep(
        plan=plan,
        position=places[one.pk],
        title=one.title,
        description=one.description,
        criteria=[each.text for each in one.criteria.all()],
        starts_after=starts,
        due_after=max(starts, working.business_days_between(first, due)),
        waits_for=sorted(needs),
    )
