"""A contract and what belongs to it, held for one change at a time; and the calendars of its two sides."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from milestones.errors import NotInThisState, Overtaken
from milestones.history import what_happened
from milestones.models import Contract, Milestone, State, Step
from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Organisation
from outsourcing.accounts.working_time import calendar_of


def hold(contract: Contract | int) -> Contract:
    """The contract's row as it is now, locked until the transaction ends: whoever changes anything of it begins here,
    so that nobody waits for two of its rows in two orders."""
    pk = contract if isinstance(contract, int) else contract.pk
    return (
        Contract.objects.select_for_update(of=("self",))
        .select_related("merchant", "vendor", "owner", "vendor_owner")
        .get(pk=pk)
    )


def see_that_it_is(contract: Contract, *states: State) -> None:
    """Raises NotInThisState, with where the contract stands."""
    if contract.state not in states:
        words = _("The contract is %(state)s: that cannot be done now.")
        raise NotInThisState(words % {"state": contract.get_state_display().lower()})


def see_that_nothing_changed(contract: Contract, seen: int | None) -> None:
    """Raises Overtaken where a held contract is not at the version that whoever acts has read; None asks for none."""
    if seen is not None and contract.version != seen:
        raise Overtaken(what_happened(contract, ours=contract.state == State.DRAFT))


def touch(contract: Contract) -> None:
    """Count a change of what a held contract says, for whoever still reads the page before."""
    Contract.objects.filter(pk=contract.pk).update(version=F("version") + 1)


def advance(contract: Contract, *, origin: Collection[State], to: State, **fields: Any) -> None:
    """Move a held contract from one of these states to another, and count it. Raises Overtaken."""
    rows = Contract.objects.filter(pk=contract.pk, state__in=origin)
    if not rows.update(state=to, version=F("version") + 1, **fields):
        raise Overtaken(what_happened(contract))
    contract.refresh_from_db(fields=["state", "version", *fields])


def move(
    milestone: Milestone, *, origin: Collection[Step], to: Step, seen: int | None = None, **fields: Any
) -> Milestone:
    """Move a milestone, whose contract is held, from one of these states to another, and count it.

    `seen` is the version that whoever acts has read. Raises Overtaken, saying what happened.
    """
    rows = Milestone.objects.filter(pk=milestone.pk, state__in=origin)
    if seen is not None:
        rows = rows.filter(version=seen)
    if not rows.update(state=to, version=F("version") + 1, **fields):
        raise Overtaken(what_happened(milestone.contract, milestone))
    milestone.refresh_from_db(fields=["state", "version", *fields])
    return milestone


def held(milestone: Milestone) -> Milestone:
    """The milestone as it is now, with its contract held."""
    contract = hold(milestone.contract_id)
    now = Milestone.objects.get(pk=milestone.pk)
    now.contract = contract
    return now


def calendar(organisation: Organisation, at: datetime) -> WorkingCalendar:
    """When one side works, for reckoning a few years around `at`. Two queries."""
    return calendar_of(organisation, range(at.year - 1, at.year + 3))
