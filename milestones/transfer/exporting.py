"""Contracts and their milestones as files, as the list is narrowed; what an import reads stands first."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from milestones.contracts.listing import Wanted, narrowed
from milestones.errors import TooMany
from milestones.models import Contract, DateChange, Milestone, State
from milestones.transfer.columns import COLUMNS
from outsourcing.accounts.models import Membership
from vendors.directory.imports.cells import together

#: A file holds so many milestones at most.
MOST = 20_000
BATCH = 500


def header(acting: Membership) -> list[str]:
    """The names of the columns; a vendor reads of merchants, and of no health."""
    is_merchant = acting.organisation.is_merchant
    names = [str(column.label) for column in COLUMNS]
    if not is_merchant:
        names[0] = _("Merchant")
    more = [_("Contract stands at"), _("Milestone stands at"), _("Expected"), _("Per cent done"), _("Rounds sent back")]
    return [*names, *more, *([_("How it is doing")] if is_merchant else [])]


def rows(acting: Membership, wanted: Wanted, at: datetime) -> Iterator[list[object]]:
    """A row for each milestone, and one for a contract without any. Raises TooMany; four queries for each batch."""
    today = at.astimezone(acting.zone).date()
    found = narrowed(acting, wanted, today)
    keys = list(found.values_list("pk", flat=True))
    if Milestone.objects.filter(contract__in=keys).count() + len(keys) > MOST:
        raise TooMany(
            _("That is more than %(most)s rows, which is what a file takes: narrow the list first.")
            % {"most": f"{MOST:,}"}
        )
    for start in range(0, len(keys), BATCH):
        yield from _batch(Contract.objects.filter(pk__in=keys[start : start + BATCH]), acting)


def _batch(contracts: QuerySet[Contract], acting: Membership) -> Iterator[list[object]]:
    changes = {
        one.milestone_id: one.cause for one in DateChange.objects.decided().filter(milestone__contract__in=contracts)
    }
    rows = contracts.select_related("merchant", "vendor").order_by("pk")
    for contract in rows.prefetch_related("milestones__criteria", "offers"):
        milestones: list[Milestone | None] = list(contract.milestones.all())
        own = _contract(contract, acting)
        for one in milestones or [None]:
            yield _row(own, contract, one, changes.get(one.pk, "") if one else "", acting)


def _contract(contract: Contract, acting: Membership) -> list[object]:
    signed = next((one for one in contract.offers.all() if one.state == "accepted"), None)
    signed_at = (signed.received_at or signed.decided_at) if signed else None
    ended_at = contract.ended_at if contract.state == State.COMPLETED else None
    return [
        str(contract.other_than(acting.organisation_id)), contract.title, contract.reference, contract.scope,
        contract.pricing, contract.value, contract.rate_unit, contract.currency, contract.starts_on, contract.ends_on,
        contract.renews_on, contract.notice_days, _day(contract, signed_at), _day(contract, ended_at),
    ]  # fmt: skip


def _row(own: list[object], contract: Contract, one: Milestone | None, cause: str, acting: Membership) -> list[object]:
    health = [contract.get_health_display()] if acting.organisation.is_merchant else []
    if one is None:
        return [*own, *[None] * (len(COLUMNS) - len(own)), contract.get_state_display(), *[None] * 4, *health]
    moved = one.baseline_due is not None and one.baseline_due != one.current_due
    return [
        *own, one.title, together(each.text for each in one.criteria.all()), one.starts_on, one.current_due,
        one.baseline_due, cause if moved else "",
        _day(contract, one.submitted_at if one.state in ("submitted", "accepted") else None),
        _day(contract, one.accepted_at), _day(contract, one.cancelled_at), one.amount, one.paid_on,
        contract.get_state_display(), one.get_state_display(), one.forecast_due, one.progress, one.rework_round,
        *health,
    ]  # fmt: skip


def _day(contract: Contract, at: datetime | None) -> object:
    return contract.today(at) if at else None
