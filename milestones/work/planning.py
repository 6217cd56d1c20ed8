"""Which milestones a contract has: written by the merchant, and as agreed from the offer on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones import mails
from milestones.contracts.text import day
from milestones.errors import Circle, NothingPlanned, NotYours, Overtaken
from milestones.health import looking
from milestones.history import tell, what_happened
from milestones.holding import held, hold, see_that_it_is, see_that_nothing_changed, touch
from milestones.models import Contract, ContractThread, Criterion, Dependency, Milestone, State
from outsourcing.accounts.models import Membership

#: A contract holds so many milestones.
MOST = 200
#: What is still open to the merchant once the vendor has accepted.
PEOPLE = ("responsible", "vendor_responsible")


@transaction.atomic
def add(
    contract: Contract,
    fields: Mapping[str, Any],
    *,
    criteria: Sequence[str] = (),
    after: Collection[Milestone] = (),
    by: Membership,
    at: datetime,
    seen: int | None = None,
) -> Milestone:
    """Add a milestone to a draft, or to a contract that runs: then its date is agreed as it stands, and the vendor is
    told. `seen` is the version of the contract's page, so that what is sent twice is added once. Raises
    NotInThisState, NothingPlanned, Circle, NotYours, Overtaken."""
    contract = hold(contract)
    see_that_it_is(contract, State.DRAFT, State.ACTIVE, State.SUSPENDED)
    see_that_nothing_changed(contract, seen)
    if contract.milestones.count() >= MOST:
        raise NothingPlanned(_("A contract holds %(most)s milestones at most.") % {"most": MOST})
    last = contract.milestones.aggregate(last=Max("position"))["last"]
    milestone = Milestone(contract=contract, position=0 if last is None else last + 1, created_at=at, **fields)
    see_that_people_belong(milestone)
    if contract.state != State.DRAFT:
        milestone.baseline_due = milestone.current_due
    milestone.save(force_insert=True)
    write_criteria(milestone, criteria)
    write_dependencies(milestone, after)
    touch(contract)
    if contract.state != State.DRAFT:
        tell(contract, "planned", by=by, at=at, milestone=milestone, due=milestone.current_due)
        mails.news(
            contract,
            mails.vendor_people(contract, milestone),
            title=_("A new milestone: %(milestone)s") % {"milestone": milestone.title},
            words=_("It is due on %(day)s. Ask for another date if that cannot be.")
            % {"day": day(milestone.current_due)},
            action=_("Open the milestone"),
            path=reverse("milestones:milestone", args=[milestone.pk]),
            occurrence=f"milestone:{milestone.pk}:added",
        )
        looking.look([contract.pk], at=at)
    return milestone


@transaction.atomic
def edit(
    milestone: Milestone,
    fields: Mapping[str, Any],
    *,
    criteria: Sequence[str] | None = None,
    after: Collection[Milestone] | None = None,
    by: Membership,
    at: datetime,
    seen: int | None = None,
) -> Milestone:
    """Change a milestone of a draft; of a contract that runs only its people, and what it waits for. `seen` is the
    milestone's version on the page.

    Raises NotInThisState, Circle, NotYours, Overtaken.
    """
    milestone = held(milestone)
    contract = milestone.contract
    see_that_it_is(contract, State.DRAFT, State.ACTIVE, State.SUSPENDED)
    if seen is not None and milestone.version != seen:
        raise Overtaken(what_happened(contract, milestone))
    if contract.state != State.DRAFT:
        fields = {name: value for name, value in fields.items() if name in PEOPLE}
        criteria = None
    for name, value in fields.items():
        setattr(milestone, name, value)
    see_that_people_belong(milestone)
    milestone.version += 1
    milestone.save(update_fields=[*fields, "version"])
    touch(contract)
    if criteria is not None:
        milestone.criteria.all().delete()
        write_criteria(milestone, criteria)
    if after is not None:
        milestone.waits_for.all().delete()
        write_dependencies(milestone, after)
    if contract.state != State.DRAFT:
        tell(contract, "edited", by=by, at=at, milestone=milestone)
    return milestone


@transaction.atomic
def remove(milestone: Milestone, *, by: Membership) -> None:
    """Take a milestone out of a draft. Raises NotInThisState: one that was agreed is cancelled."""
    milestone = held(milestone)
    see_that_it_is(milestone.contract, State.DRAFT)
    ContractThread.objects.filter(milestone=milestone).update(milestone=None)
    milestone.delete()
    touch(milestone.contract)


def write_criteria(milestone: Milestone, texts: Iterable[str]) -> None:
    """Give a milestone these criteria, in order; empty lines are none."""
    lines = [text.strip() for text in texts if text.strip()]
    Criterion.objects.bulk_create(
        Criterion(milestone=milestone, position=number, text=text) for number, text in enumerate(lines)
    )


def write_dependencies(milestone: Milestone, after: Collection[Milestone]) -> None:
    """Have a milestone wait for these of its contract. Raises Circle, NotYours."""
    if any(one.contract_id != milestone.contract_id for one in after):
        raise NotYours(_("A milestone waits for milestones of its own contract."))
    Dependency.objects.bulk_create(Dependency(milestone=milestone, needs=one) for one in after)
    see_that_none_waits_for_itself(milestone.contract)


def see_that_none_waits_for_itself(contract: Contract) -> None:
    """Raises Circle, naming the milestones. One query."""
    rows = Dependency.objects.filter(milestone__contract=contract)
    graph: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for pk, title, needs, needed in rows.values_list("milestone", "milestone__title", "needs", "needs__title"):
        graph.setdefault(str(pk), set()).add(str(needs))
        names |= {str(pk): title, str(needs): needed}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        way = " → ".join(f"“{names[pk]}”" for pk in reversed(error.args[1]))
        raise Circle(_("These would wait for each other: %(way)s.") % {"way": way}) from None


def see_that_people_belong(milestone: Milestone) -> None:
    """Raises NotYours where somebody is named for the side that they are not of."""
    contract = milestone.contract
    named = ((milestone.responsible, contract.merchant_id), (milestone.vendor_responsible, contract.vendor_id))
    for person, organisation in named:
        if person is not None and (person.organisation_id != organisation or person.left_at is not None):
            raise NotYours(_("%(person)s is not one of theirs: choose again.") % {"person": person.label})
