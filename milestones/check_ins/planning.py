"""When a contract is looked at, and which figures were promised."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import count

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones import mails
from milestones.errors import BadDate, NameTaken, NotInThisState, Overtaken
from milestones.health import looking
from milestones.history import tell
from milestones.holding import hold, see_that_it_is, touch
from milestones.models import ENDED, RUNNING, CheckIn, Contract, Measure, State
from milestones.plans.applying import AHEAD, months_after
from outsourcing.accounts.models import Membership

#: A contract has so many measures, and so many check-ins that are still to come.
MOST_MEASURES, MOST_OPEN = 20, 60


@transaction.atomic
def plan(contract: Contract, first: date, *, every_months: int = 0, by: Membership, at: datetime) -> list[CheckIn]:
    """Lay out check-ins: one, or one every so many months until the contract ends, or for a year. A day that has one
    already keeps it. Raises NotInThisState, BadDate."""
    contract = hold(contract)
    if contract.state in ENDED:
        raise NotInThisState(_("This contract has ended."))
    if first < max(contract.starts_on, contract.today(at)):
        raise BadDate(_("Choose a day that lies ahead, and not before the contract starts."))
    if contract.ends_on and first > contract.ends_on:
        raise BadDate(_("That is after the contract ends."))
    taken = set(contract.check_ins.values_list("due_on", flat=True))
    days = [day for day in _days(contract, first, every_months) if day not in taken]
    if contract.check_ins.open().count() + len(days) > MOST_OPEN:
        raise NotInThisState(_("That would be more than %(most)s check-ins ahead.") % {"most": MOST_OPEN})
    made = CheckIn.objects.bulk_create(CheckIn(contract=contract, due_on=day) for day in days)
    for one in made[:1]:
        tell(contract, "check-in-planned", by=by, at=at, is_ours=True, due=one.due_on)
    looking.look([contract.pk], at=at)
    return made


def _days(contract: Contract, first: date, every_months: int) -> Iterator[date]:
    last = contract.ends_on or months_after(first, AHEAD - 1)
    for number in count():
        day = months_after(first, every_months * number)
        if day > last:
            return
        yield day
        if not every_months:
            return


@transaction.atomic
def skip(check_in: CheckIn, *, reason: str, by: Membership, at: datetime) -> None:
    """Leave one out, with a reason. Raises Overtaken."""
    contract = hold(check_in.contract_id)
    if not CheckIn.objects.open().filter(pk=check_in.pk).update(skipped_at=at):
        raise Overtaken(_("It is signed or left out already."))
    tell(contract, "check-in-skipped", by=by, at=at, is_ours=True, due=check_in.due_on, reason=reason)
    looking.look([contract.pk], at=at)


@transaction.atomic
def promise(
    contract: Contract, name: str, promised: Decimal, *, unit: str = "", is_at_least: bool = True, by: Membership,
    at: datetime,
) -> Measure:  # fmt: skip
    """Write down a figure that was promised; both sides read it, and each check-in asks what came. In a draft it
    becomes part of the text; later it is the merchant's own aim, of which the vendor is told.

    Raises NotInThisState, NameTaken.
    """
    contract = hold(contract)
    see_that_it_is(contract, State.DRAFT, *RUNNING)
    is_agreed = contract.state == State.DRAFT
    if contract.measures.count() >= MOST_MEASURES:
        raise NotInThisState(_("A contract has %(most)s measures at most.") % {"most": MOST_MEASURES})
    last = contract.measures.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    try:
        with transaction.atomic():
            made = Measure.objects.create(
                contract=contract, name=name, promised=promised, unit=unit, is_at_least=is_at_least,
                position=position, is_agreed=is_agreed,
            )  # fmt: skip
    except IntegrityError:
        raise NameTaken(_("That is measured already.")) from None
    touch(contract)
    if is_agreed:
        tell(contract, "promised", by=by, at=at, is_ours=True, measure=f"{name}, {made.target}")
    else:
        tell(contract, "aimed-at", by=by, at=at, measure=f"{name}, {made.target}")
        _tell_the_vendor(made, contract, by)
    return made


def _tell_the_vendor(measure: Measure, contract: Contract, by: Membership) -> None:
    mails.news(
        contract,
        mails.vendor_people(contract),
        title=_("Measured from now on: %(contract)s") % {"contract": contract.title},
        words=_("%(person)s looks at this at each check-in: %(measure)s, %(target)s. It is their aim, not agreed.")
        % {"person": by.label, "measure": measure.name, "target": measure.target},
        action=_("Open the contract"),
        path=reverse("milestones:contract", args=[contract.pk]),
        occurrence=f"measure:{measure.pk}",
    )


@transaction.atomic
def drop(measure: Measure, *, by: Membership, at: datetime) -> None:
    """No longer measure it, while no check-in has, and it is not in a text that was offered. Raises NotInThisState."""
    contract = hold(measure.contract_id)
    see_that_it_is(contract, State.DRAFT, *RUNNING)
    if measure.is_agreed and contract.state != State.DRAFT:
        raise NotInThisState(_("It stands in the contract that was agreed: it stays."))
    if measure.readings.exists():
        raise NotInThisState(_("It was measured at a check-in: it stays."))
    Measure.objects.filter(pk=measure.pk).delete()
    touch(contract)
    is_ours = contract.state == State.DRAFT
    tell(contract, "no-longer-promised", by=by, at=at, is_ours=is_ours, measure=measure.name)
