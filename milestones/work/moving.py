"""A milestone's date moves: proposed with a cause and decided by the other side, or at once where that is fair.

The vendor proposes any date and the merchant decides. The merchant moves a date later at once, and earlier only with
the vendor's consent. A new proposal takes the place of one's own that is open. reference/milestones.md 4.1.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones import mails
from milestones.contracts.text import day
from milestones.errors import BadDate, NotInThisState, NotYours, Overtaken
from milestones.health import looking
from milestones.history import tell
from milestones.holding import calendar, held, see_that_it_is
from milestones.models import OPEN, Cause, DateChange, Milestone, State
from outsourcing.accounts.models import Membership
from outsourcing.conversations.posting import Receipt

#: Working days that the merchant has for a decision before it is reminded.
DECIDE_DAYS = 3
LATEST = 3650


@dataclass(frozen=True)
class Wanted:
    """A new date, why, and whose days these are."""

    due: date
    reason: str
    cause: Cause


@transaction.atomic
def propose(
    milestone: Milestone, wanted: Wanted, *, by: Membership, at: datetime, receipt: Receipt | None = None
) -> DateChange:
    """Ask for another date; a merchant's later one holds at once. With a `receipt` a merchant records the vendor's.

    Raises NotInThisState for what is finished, BadDate, Overtaken where the other side has asked already.
    """
    milestone = held(milestone)
    contract = milestone.contract
    see_that_it_can_move(milestone, wanted.due)
    is_vendors = receipt is not None or by.organisation_id == contract.vendor_id
    open_ones = milestone.date_changes.open()
    if (waiting := open_ones.first()) and (waiting.decides == "vendor") == is_vendors:
        raise Overtaken(_("They have asked for %(day)s: decide that first.") % {"day": day(waiting.new_due)})
    open_ones.update(state=DateChange.State.OVERTAKEN, decided_at=at)
    change = DateChange(
        milestone=milestone,
        old_due=milestone.current_due,
        new_due=wanted.due,
        reason=wanted.reason,
        cause=wanted.cause,
        proposed_by=receipt.author if receipt else by,
        proposed_at=at,
        decides="merchant" if is_vendors else "vendor",
    )
    if receipt:
        change.channel, change.received_at, change.recorded_by = receipt.channel, receipt.received_at, by
    if not is_vendors and wanted.due > milestone.current_due:
        return _move_at_once(change, by=by, at=at)
    if is_vendors:
        merchant = calendar(contract.merchant, at)
        change.decide_by = merchant.add_business_days(at.astimezone(merchant.zone).date(), DECIDE_DAYS)
        milestone.forecast_due = wanted.due
        milestone.save(update_fields=["forecast_due"])
    change.save(force_insert=True)
    _tell(change, "date-asked", by=by, at=at, reason=wanted.reason)
    if not receipt:
        _mail(change, _("A new date is asked for: %(milestone)s"), quote=wanted.reason, to_decider=True)
    looking.look([contract.pk], at=at, active=is_vendors)
    return change


@transaction.atomic
def agree(change: DateChange, *, by: Membership, at: datetime, cause: Cause | None = None) -> Milestone:
    """Agree to a date that the other side asked for; the merchant may name another cause. Raises NotYours, Overtaken,
    NotInThisState."""
    milestone = held(change.milestone)
    _see_that_they_decide(change, milestone, by)
    see_that_it_can_move(milestone, change.new_due, from_today=False)
    old = milestone.current_due
    if change.new_due == old:
        raise Overtaken(_("It is due on that day by now: nothing moves."))
    days = days_between(milestone, old, change.new_due, at)
    fields = {"decided_by": by, "decided_at": at, "old_due": old, "days": days}
    if cause is not None:
        fields["cause"] = cause
    _close(change, DateChange.State.AGREED, **fields)
    _move(milestone, change.new_due)
    change.milestone = milestone
    _tell(change, "date-agreed", by=by, at=at)
    _mail(change, _("Agreed, a new date: %(milestone)s"), to_decider=False)
    looking.look([milestone.contract_id], at=at, active=by.organisation_id == milestone.contract.vendor_id)
    return milestone


@transaction.atomic
def refuse(change: DateChange, *, answer: str, by: Membership, at: datetime) -> None:
    """Not agree, with a reason: the date stays. Raises NotYours, Overtaken."""
    milestone = held(change.milestone)
    _see_that_they_decide(change, milestone, by)
    _close(change, DateChange.State.REFUSED, decided_by=by, decided_at=at, answer=answer)
    if change.decides == "merchant" and milestone.forecast_due == change.new_due:
        Milestone.objects.filter(pk=milestone.pk).update(forecast_due=None)
    _tell(change, "date-refused", by=by, at=at, reason=answer)
    _mail(change, _("Not agreed, the date stays: %(milestone)s"), quote=answer, to_decider=False)
    looking.look([milestone.contract_id], at=at)


@transaction.atomic
def take_back(change: DateChange, *, by: Membership, at: datetime) -> None:
    """No longer ask for it. Raises NotYours, Overtaken."""
    milestone = held(change.milestone)
    asks = milestone.contract.merchant_id if change.decides == "vendor" else milestone.contract.vendor_id
    if by.organisation_id != asks:
        raise NotYours(_("The other side asked for this."))
    _close(change, DateChange.State.WITHDRAWN, decided_by=by, decided_at=at)
    _tell(change, "date-withdrawn", by=by, at=at)
    looking.look([milestone.contract_id], at=at)


def follow(
    milestone: Milestone,
    new: date,
    origin: DateChange.Origin,
    *,
    cause: Cause,
    reason: str,
    by: Membership | None,
    at: datetime,
) -> None:
    """Move a date because of something else that happened, whose contract is held; nothing where it is the same."""
    old = milestone.current_due
    if new == old:
        return
    DateChange.objects.create(
        milestone=milestone, state=DateChange.State.AGREED, origin=origin, old_due=old, new_due=new, reason=reason,
        cause=cause, proposed_by=by, proposed_at=at, decides="merchant", decided_by=by, decided_at=at,
        days=days_between(milestone, old, new, at),
    )  # fmt: skip
    _move(milestone, new)
    asked = milestone.date_changes.open().filter(new_due=new)
    asked.update(state=DateChange.State.OVERTAKEN, decided_at=at)  # it has come to that by itself
    tell(milestone.contract, "date-followed", by=by, at=at, milestone=milestone, old=old, new=new, reason=reason)


def days_between(milestone: Milestone, old: date, new: date, at: datetime) -> int:
    """The vendor's working days from one date to another, negative where the new one is earlier. Two queries."""
    return calendar(milestone.contract.vendor, at).business_days_between(old, new)


# ---- Their parts ---------------------------------------------------------------------------------------------------
def see_that_it_can_move(milestone: Milestone, new: date, *, from_today: bool = True) -> None:
    """Raises NotInThisState for a finished milestone or contract, BadDate for a date that cannot be."""
    see_that_it_is(milestone.contract, State.ACTIVE, State.SUSPENDED, State.CLOSE_OUT)
    if milestone.state not in OPEN:
        words = _("“%(milestone)s” is %(state)s: its date does not move any more.")
        raise NotInThisState(words % {"milestone": milestone, "state": milestone.get_state_display().lower()})
    if from_today and new == milestone.current_due:
        raise BadDate(_("That is the date it has already."))
    if milestone.starts_on and new < milestone.starts_on:
        raise BadDate(_("It would be due before it starts, on %(day)s.") % {"day": day(milestone.starts_on)})
    if abs((new - milestone.current_due).days) > LATEST:
        raise BadDate(_("That is more than ten years away: check the year."))


def _see_that_they_decide(change: DateChange, milestone: Milestone, by: Membership) -> None:
    contract = milestone.contract
    decides = contract.merchant_id if change.decides == "merchant" else contract.vendor_id
    if by.organisation_id != decides:
        raise NotYours(_("The other side decides this."))


def _close(change: DateChange, to: DateChange.State, **fields: object) -> None:
    if not DateChange.objects.open().filter(pk=change.pk).update(state=to, **fields):
        raise Overtaken(_("It is decided already, or no longer asked for: reload the page."))
    change.refresh_from_db(fields=["state", *fields])


def _move(milestone: Milestone, new: date) -> None:
    """Put the date in force; a forecast that it overtakes goes."""
    Milestone.objects.filter(pk=milestone.pk).update(current_due=new, version=F("version") + 1)
    Milestone.objects.filter(pk=milestone.pk, forecast_due=new).update(forecast_due=None)
    milestone.refresh_from_db(fields=["current_due", "forecast_due", "version"])


def _move_at_once(change: DateChange, *, by: Membership, at: datetime) -> DateChange:
    change.state, change.decided_by, change.decided_at = DateChange.State.AGREED, by, at
    change.days = days_between(change.milestone, change.old_due, change.new_due, at)
    change.save(force_insert=True)
    _move(change.milestone, change.new_due)
    _tell(change, "date-moved", by=by, at=at, reason=change.reason)
    _mail(change, _("A new date: %(milestone)s"), quote=change.reason, to_decider=True)
    looking.look([change.milestone.contract_id], at=at)
    return change


def _tell(change: DateChange, kind: str, *, by: Membership, at: datetime, **details: Any) -> None:
    one = change.milestone
    tell(one.contract, kind, by=by, at=at, milestone=one, old=change.old_due, new=change.new_due, **details)


def _mail(change: DateChange, title: str, *, quote: str = "", to_decider: bool) -> None:
    one = change.milestone
    to_merchant = (change.decides == "merchant") == to_decider
    people = mails.merchant_people if to_merchant else mails.vendor_people
    mails.news(
        one.contract,
        people(one.contract, one),
        title=title % {"milestone": one.title},
        words=_("From %(old)s to %(new)s.") % {"old": day(change.old_due), "new": day(change.new_due)},
        quote=quote,
        action=_("Decide") if change.state == DateChange.State.PROPOSED else _("Open the milestone"),
        path=reverse("milestones:milestone", args=[one.pk]),
        occurrence=f"date:{change.pk}:{change.state}",
    )
