"""Contracts out of a table, written all at once or not at all. Nobody gets a mail about what lies behind."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from milestones.contracts.drafting import draft
from milestones.contracts.text import text_of
from milestones.errors import NothingPlanned, Overtaken
from milestones.health import looking
from milestones.history import tell
from milestones.models import (
    Cause,
    Contract,
    ContractImport,
    Criterion,
    DateChange,
    Milestone,
    Offer,
    Point,
    State,
    Step,
    Submission,
)
from milestones.transfer.reading import Coming, Result
from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.working_time import calendar_of
from outsourcing.conversations.models.entries import Channel, digest

NOON = time(12)
FIELDS = (
    "title", "reference", "scope", "pricing", "value", "rate_unit", "currency", "starts_on", "ends_on", "renews_on",
    "notice_days",
)  # fmt: skip


@transaction.atomic
def bring_in_once(made: ContractImport, coming: Callable[[], Sequence[Coming]], *, by: Membership, at: datetime) -> int:
    """Bring an uploaded table in, as it reads once nobody else of the merchant brings anything in; how many contracts.

    Raises Overtaken at a second time, NothingPlanned, and what reading raises.
    """
    Organisation.objects.select_for_update(of=("self",)).get(pk=made.merchant_id)  # two tables may name the same
    now = ContractImport.objects.select_for_update(of=("self",)).get(pk=made.pk)
    if now.done_at:
        raise Overtaken(_("It was brought in already."))
    found = bring_in(coming(), by=by, at=at)
    now.done_at, now.contracts = at, len(found)
    now.milestones = Milestone.objects.filter(contract__in=found).count()
    now.save(update_fields=["done_at", "contracts", "milestones"])
    return len(found)


@transaction.atomic
def bring_in(coming: Sequence[Coming], *, by: Membership, at: datetime) -> list[Contract]:
    """Write contracts that are not there yet, each with its milestones; signed ones run, completed ones have ended.

    About thirty queries for each, however many milestones it has. Raises NothingPlanned where there is none.
    """
    new = [one for one in coming if not one.is_known]
    if not new:
        raise NothingPlanned(_("There is no contract to bring in."))
    made = [_contract(one, by=by, at=at) for one in new]
    looking.look([one.pk for one in made if one.state == State.ACTIVE], at=at)
    return made


def _contract(one: Coming, *, by: Membership, at: datetime) -> Contract:
    values = {name: one.values[name] for name in FIELDS if name in one.values}
    contract = draft(one.vendor.organisation, values, by=by, at=at)
    milestones, criteria = _milestones(contract, one.milestones, at=at)
    if one.stands != "draft":
        _run(contract, one, milestones, criteria, by=by, at=at)
    tell(contract, "brought-in", by=by, at=at, is_ours=True)
    return contract


Criteria = dict[int, list[Criterion]]


def _milestones(contract: Contract, results: Sequence[Result], *, at: datetime) -> tuple[list[Milestone], Criteria]:
    """The milestones, and the criteria of each by its key."""
    rows = [
        Milestone(
            contract=contract, position=number, title=one.title, starts_on=one.values.get("milestone_starts"),
            current_due=one.due, amount=one.values.get("pays"), created_at=at,
        )
        for number, one in enumerate(results)
    ]  # fmt: skip
    made = Milestone.objects.bulk_create(rows)
    written = Criterion.objects.bulk_create(
        Criterion(milestone=milestone, position=number, text=text)
        for milestone, one in zip(made, results, strict=True)
        for number, text in enumerate(one.values.get("criteria", ()))
    )
    criteria: Criteria = {}
    for criterion in written:
        criteria.setdefault(criterion.milestone_id, []).append(criterion)
    return made, criteria


def _run(
    contract: Contract, one: Coming, milestones: list[Milestone], criteria: Criteria, *, by: Membership, at: datetime
) -> None:
    """It was signed, and what was handed in, accepted or cancelled since was so, as of then."""
    signed = _noon(contract, one.values["signed_on"], at)
    text = text_of(contract, contract.milestones.prefetch_related("criteria"))
    Offer.objects.create(
        contract=contract, number=1, state=Offer.State.ACCEPTED, text=text, digest=digest(text), offered_by=by,
        offered_at=signed, decided_at=signed, channel=Channel.POST, received_at=signed, recorded_by=by,
    )  # fmt: skip
    first = min([signed.year, *(result.due.year for result in one.milestones)])
    theirs = calendar_of(contract.vendor, range(first - 1, at.year + 3))
    for milestone, result in zip(milestones, one.milestones, strict=True):
        _stand(milestone, result, contract, at)
    Milestone.objects.bulk_update(
        milestones, ["baseline_due", "state", "submitted_at", "accepted_at", "cancelled_at", "cancel_reason", "paid_on",
                     "progress"],
    )  # fmt: skip
    DateChange.objects.bulk_create(
        _moved(milestone, result, theirs, by, signed)
        for milestone, result in zip(milestones, one.milestones, strict=True)
        if milestone.baseline_due != milestone.current_due
    )
    rounds = Submission.objects.bulk_create(
        _round(milestone, contract, theirs, by) for milestone in milestones if milestone.state == Step.ACCEPTED
    )
    Point.objects.bulk_create(
        Point(submission=one, criterion=each, position=each.position, text=each.text, is_met=True)
        for one in rounds
        for each in criteria.get(one.milestone_id, ())
    )
    ended = one.values.get("completed_on")
    fields: dict[str, Any] = {"state": State.ACTIVE, "activated_at": signed}
    if ended:
        fields = {"state": State.COMPLETED, "activated_at": signed, "ended_at": _noon(contract, ended, at)}
    Contract.objects.filter(pk=contract.pk).update(**fields, last_vendor_act_at=_last_act(milestones, signed))
    contract.refresh_from_db()
    if ended:
        looking.look([contract.pk], at=at)


def _stand(milestone: Milestone, result: Result, contract: Contract, at: datetime) -> None:
    """Where a milestone stands by what the table says."""
    values = result.values
    milestone.baseline_due = values.get("first_due", milestone.current_due)
    if accepted := values.get("accepted_on"):
        milestone.state, milestone.progress = Step.ACCEPTED, 100
        milestone.accepted_at = _noon(contract, accepted, at)
        milestone.submitted_at = _noon(contract, values.get("submitted_on", accepted), at)
        milestone.paid_on = values.get("paid_on")
    elif cancelled := values.get("cancelled_on"):
        milestone.state, milestone.cancelled_at = Step.CANCELLED, _noon(contract, cancelled, at)
        milestone.cancel_reason = _("It was cancelled before it was brought in.")


def _moved(
    milestone: Milestone, result: Result, theirs: WorkingCalendar, by: Membership, signed: datetime
) -> DateChange:
    assert milestone.baseline_due is not None
    return DateChange(
        milestone=milestone, state=DateChange.State.AGREED, old_due=milestone.baseline_due,
        new_due=milestone.current_due, reason=_("It had moved before it was brought in."),
        cause=result.values.get("cause", Cause.AGREED), proposed_by=by, proposed_at=signed, decides="merchant",
        decided_by=by, decided_at=signed,
        days=theirs.business_days_between(milestone.baseline_due, milestone.current_due),
    )  # fmt: skip


def _round(milestone: Milestone, contract: Contract, theirs: WorkingCalendar, by: Membership) -> Submission:
    assert milestone.submitted_at is not None
    handed = contract.today(milestone.submitted_at)
    return Submission(
        milestone=milestone, number=1, text=_("Brought in from a table."), submitted_at=milestone.submitted_at,
        due_on=milestone.current_due, review_due=handed,
        late_days=max(0, theirs.business_days_between(milestone.current_due, handed)),
        decision=Submission.Decision.ACCEPTED, decided_by=by, decided_at=milestone.accepted_at,
        channel=Channel.POST, received_at=milestone.submitted_at, recorded_by=by,
    )  # fmt: skip


def _noon(contract: Contract, day: date, at: datetime) -> datetime:
    """Noon of a day in the contract's zone, which is not still to come."""
    return min(datetime.combine(day, NOON, contract.zone), at)


def _last_act(milestones: Sequence[Milestone], signed: datetime) -> datetime:
    """When the vendor was last heard of: what it handed in, else its signature."""
    return max([signed, *(one.submitted_at for one in milestones if one.submitted_at)])
