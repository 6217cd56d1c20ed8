"""A contract that runs: it stands still, goes on, is closed, completed or ended, each in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones import mails
from milestones.errors import NotYours, Overtaken, StillOpen
from milestones.health import looking
from milestones.history import tell
from milestones.holding import advance, calendar, hold, see_that_it_is
from milestones.models import (
    DONE,
    OPEN,
    RUNNING,
    WITH_VENDOR,
    Cause,
    CheckIn,
    Contract,
    ContractThread,
    DateChange,
    Hold,
    Milestone,
    Offer,
    Override,
    State,
    Step,
    Submission,
    Suspension,
    Wish,
)
from milestones.work.moving import follow
from outsourcing.accounts.calendars import Pause
from outsourcing.accounts.models import Membership, Role
from outsourcing.conversations import turns
from outsourcing.conversations.figures import Ending
from outsourcing.conversations.models import Turn
from outsourcing.conversations.models.turns import TurnQuerySet

#: Who on a merchant's side runs contracts.
RUN = mails.RUN


# ---- Standing still ------------------------------------------------------------------------------------------------
@transaction.atomic
def suspend(contract: Contract, *, reason: str, by: Membership, at: datetime) -> Suspension:
    """Stop all clocks of a contract. Raises NotInThisState."""
    contract = hold(contract)
    see_that_it_is(contract, State.ACTIVE)
    advance(contract, origin=[State.ACTIVE], to=State.SUSPENDED)
    made = Suspension.objects.create(contract=contract, started_at=at, reason=reason, by=by)
    _grant(contract, Wish.Kind.SUSPEND, by=by, at=at)
    Override.objects.filter(contract=contract, ended_at=None).update(ended_at=at)
    tell(contract, "suspended", by=by, at=at, reason=reason)
    _tell_the_vendor(contract, _("Suspended: %(title)s"), f"suspension:{made.pk}", quote=reason)
    _reckon_turns_again(contract, at=at)
    looking.look([contract.pk], at=at)
    return made


@transaction.atomic
def resume(contract: Contract, *, shift: bool = True, by: Membership, at: datetime) -> None:
    """Let it run again; what is open moves by the vendor's working days in between, which are nobody's fault, unless
    `shift` is off. Raises NotInThisState."""
    contract = hold(contract)
    see_that_it_is(contract, State.SUSPENDED)
    advance(contract, origin=[State.SUSPENDED], to=State.ACTIVE)
    stood = contract.suspensions.get(ended_at=None)
    Suspension.objects.filter(pk=stood.pk).update(ended_at=at)
    tell(contract, "resumed", by=by, at=at)
    if shift:
        working = calendar(contract.vendor, at)
        days = working.business_days_between(contract.today(stood.started_at), contract.today(at))
        for one in contract.milestones.filter(state__in=WITH_VENDOR):
            one.contract = contract
            reason = _("The contract stood still for %(days)s working days.") % {"days": days}
            new = working.add_business_days(one.current_due, days)
            follow(one, new, DateChange.Origin.SUSPENSION, cause=Cause.AGREED, reason=reason, by=by, at=at)
    _tell_the_vendor(contract, _("Running again: %(title)s"), f"suspension:{stood.pk}:over")
    _reckon_turns_again(contract, at=at)
    looking.look([contract.pk], at=at)


def pauses(rows: Sequence[Turn]) -> dict[int, list[Pause]]:
    """For conversations: when the clocks of turns stood still, because their contracts did. One query."""
    threads = {turn.thread_id for turn in rows}
    found: dict[int, list[Pause]] = {}
    stood = Suspension.objects.filter(contract__threads__thread__in=threads)
    for thread, started, ended in stood.values_list("contract__threads__thread", "started_at", "ended_at"):
        found.setdefault(thread, []).append((started, ended))
    return {turn.pk: found.get(turn.thread_id, []) for turn in rows}


def _reckon_turns_again(contract: Contract, *, at: datetime) -> None:
    for side in (contract.merchant, contract.vendor):
        turns.reckon_again(side, at)


# ---- Ending --------------------------------------------------------------------------------------------------------
@transaction.atomic
def begin_closing(contract: Contract, *, by: Membership | None, at: datetime) -> None:
    """No new milestones from now on: the merchant decides what is open. Without `by` the end date has passed.

    Raises NotInThisState.
    """
    contract = hold(contract)
    see_that_it_is(contract, State.ACTIVE)
    advance(contract, origin=[State.ACTIVE], to=State.CLOSE_OUT)
    Offer.objects.open().filter(contract=contract).update(state=Offer.State.WITHDRAWN, decided_at=at, decided_by=by)
    tell(contract, "closing-by" if by else "closing", by=by, at=at)
    mails.news(
        contract,
        mails.merchant_people(contract),
        title=_("To be closed: %(title)s") % {"title": contract.title},
        words=_("Its time is over and something is still open: decide each of them, then complete the contract."),
        action=_("Decide what is open"),
        path=reverse("milestones:contract", args=[contract.pk]),
        occurrence=f"contract:{contract.pk}:closing",
    )
    looking.look([contract.pk], at=at)


@transaction.atomic
def close_after_its_end(contract: Contract, *, at: datetime) -> bool:
    """For the beat: close a contract whose end date is over in its zone, if anything is open; whether it did."""
    contract = hold(contract)
    if contract.state != State.ACTIVE or contract.ends_on is None or contract.ends_on >= contract.today(at):
        return False
    if not (contract.milestones.open().exists() or open_turns(contract).exists()):
        return False
    begin_closing(contract, by=None, at=at)
    return True


@transaction.atomic
def complete(contract: Contract, *, by: Membership, at: datetime) -> None:
    """All is done. Raises StillOpen, naming what is not, and NotInThisState."""
    contract = hold(contract)
    see_that_it_is(contract, State.ACTIVE, State.CLOSE_OUT)
    left = contract.milestones.exclude(state__in=DONE).order_by("position").first()
    if left is not None:
        raise StillOpen(_("“%(milestone)s” is still open: accept or cancel it first.") % {"milestone": left})
    owed = open_turns(contract).owed_by(contract.merchant_id).select_related("thread").first()
    if owed is not None:
        raise StillOpen(_("You still owe an answer in “%(thread)s”.") % {"thread": owed.thread})
    _end(contract, State.COMPLETED, origin=[State.ACTIVE, State.CLOSE_OUT], reason="", by=by, at=at)
    tell(contract, "completed", by=by, at=at)
    _tell_the_vendor(contract, _("Completed: %(title)s"), f"contract:{contract.pk}:completed")


@transaction.atomic
def terminate(contract: Contract, *, reason: str, by: Membership, at: datetime) -> None:
    """End it before its time: what is open is cancelled, and nobody owes an answer any more. Raises NotInThisState."""
    contract = hold(contract)
    see_that_it_is(contract, *RUNNING)
    for one in contract.milestones.open():
        one.contract = contract
        fields = {"cancelled_at": at, "cancel_reason": _("The contract ended."), "review_due": None}
        Milestone.objects.filter(pk=one.pk).update(state=Step.CANCELLED, blocked_since=None, **fields)
        tell(contract, "cancelled-with-contract", by=None, at=at, milestone=one)
    _grant(contract, Wish.Kind.END, by=by, at=at)
    _end(contract, State.TERMINATED, origin=RUNNING, reason=reason, by=by, at=at)
    tell(contract, "terminated", by=by, at=at, reason=reason)
    _tell_the_vendor(contract, _("Ended: %(title)s"), f"contract:{contract.pk}:terminated", quote=reason)


def open_turns(contract: Contract) -> TurnQuerySet:
    """What either side owes in the conversations about it."""
    return Turn.objects.open().filter(thread__in=ContractThread.objects.filter(contract=contract).values("thread"))


def _end(contract: Contract, to: State, *, origin: Sequence[State], reason: str, by: Membership, at: datetime) -> None:
    """Move it to its end, and close whatever is open beside the milestones."""
    advance(contract, origin=origin, to=to, ended_at=at, end_reason=reason)
    mine = Q(milestone__contract=contract)
    Submission.objects.open().filter(mine).update(
        decision=Submission.Decision.CANCELLED, decided_at=at, decided_by=None
    )
    DateChange.objects.open().filter(mine).update(state=DateChange.State.OVERTAKEN, decided_at=at)
    Hold.objects.filter(mine, ended_at=None).update(ended_at=at)
    Offer.objects.open().filter(contract=contract).update(state=Offer.State.WITHDRAWN, decided_at=at, decided_by=by)
    Suspension.objects.filter(contract=contract, ended_at=None).update(ended_at=at)
    CheckIn.objects.open().filter(contract=contract).update(skipped_at=at)
    Override.objects.filter(contract=contract, ended_at=None).update(ended_at=at)
    Wish.objects.open().filter(contract=contract).update(state=Wish.State.WITHDRAWN, decided_at=at)
    for turn in open_turns(contract).select_related("asker", "answerer", "thread"):
        turns.close(turn, turns.Close(Ending.CONTRACT_ENDED, at, by), at=at)
    looking.look([contract.pk], at=at)


# ---- What a vendor may ask for -------------------------------------------------------------------------------------
@transaction.atomic
def ask(contract: Contract, kind: Wish.Kind, *, reason: str, by: Membership, at: datetime) -> Wish:
    """Ask as the vendor that it be suspended or ended. Raises NotYours, NotInThisState, Overtaken."""
    contract = hold(contract)
    see_that_it_is(contract, *((State.ACTIVE,) if kind == Wish.Kind.SUSPEND else RUNNING))
    if by.organisation_id != contract.vendor_id or not by.has_role(Role.MANAGER):
        raise NotYours(_("A manager of %(vendor)s asks for this.") % {"vendor": contract.vendor})
    if contract.wishes.open().exists():
        raise Overtaken(_("You have asked for something already: wait for the answer, or take it back."))
    made = Wish.objects.create(contract=contract, kind=kind, reason=reason, asked_by=by, asked_at=at)
    tell(contract, f"wish-{kind}", by=by, at=at, reason=reason)
    mails.news(
        contract,
        mails.merchant_people(contract),
        title=_("They ask: %(title)s") % {"title": contract.title},
        words=_("%(vendor)s asks: %(what)s.") % {"vendor": contract.vendor, "what": made.get_kind_display().lower()},
        quote=reason,
        action=_("Decide"),
        path=reverse("milestones:contract", args=[contract.pk]),
        occurrence=f"wish:{made.pk}",
    )
    return made


@transaction.atomic
def take_back(wish: Wish, *, by: Membership, at: datetime) -> None:
    """No longer ask for it. Raises Overtaken."""
    contract = hold(wish.contract_id)
    if not Wish.objects.open().filter(pk=wish.pk).update(state=Wish.State.WITHDRAWN, decided_at=at, decided_by=by):
        raise Overtaken(_("It is decided already."))
    tell(contract, "wish-withdrawn", by=by, at=at)


@transaction.atomic
def refuse(wish: Wish, *, answer: str, by: Membership, at: datetime) -> None:
    """Not agree, with a reason. Raises Overtaken."""
    contract = hold(wish.contract_id)
    rows = Wish.objects.open().filter(pk=wish.pk)
    if not rows.update(state=Wish.State.REFUSED, decided_at=at, decided_by=by, answer=answer):
        raise Overtaken(_("It is decided already, or no longer asked for."))
    tell(contract, "wish-refused", by=by, at=at, reason=answer)
    _tell_the_vendor(contract, _("Not agreed: %(title)s"), f"wish:{wish.pk}:refused", quote=answer)


def grant(wish: Wish, *, answer: str, by: Membership, at: datetime) -> None:
    """Do what is asked. Raises Overtaken, NotInThisState."""
    with transaction.atomic():
        contract = hold(wish.contract_id)
        if not Wish.objects.open().filter(pk=wish.pk).exists():
            raise Overtaken(_("It is decided already, or no longer asked for."))
        reason = answer or wish.reason
        if wish.kind == Wish.Kind.SUSPEND:
            suspend(contract, reason=reason, by=by, at=at)
        else:
            terminate(contract, reason=reason, by=by, at=at)


def _grant(contract: Contract, kind: Wish.Kind, *, by: Membership, at: datetime) -> None:
    """What was asked for has come."""
    wishes = Wish.objects.open().filter(contract=contract, kind=kind)
    wishes.update(state=Wish.State.GRANTED, decided_at=at, decided_by=by)


# ---- People --------------------------------------------------------------------------------------------------------
def hand_on(leaver: Membership, successor: Membership, at: datetime) -> None:
    """For accounts: what somebody who leaves ran is the successor's, in everything that has not ended."""
    running = Contract.objects.exclude(state__in=[State.COMPLETED, State.TERMINATED, State.DECLINED, State.LAPSED])
    for name in ("owner", "backup", "vendor_owner", "vendor_backup"):
        for contract in running.filter(**{name: leaver}):
            Contract.objects.filter(pk=contract.pk).update(**{name: successor})
            if name in ("owner", "vendor_owner"):
                tell(contract, "handed-on", by=leaver, at=at, successor=successor.label)
    for name in ("responsible", "vendor_responsible"):
        Milestone.objects.filter(state__in=OPEN, **{name: leaver}).update(**{name: successor})


def _tell_the_vendor(contract: Contract, title: str, occurrence: str, quote: str = "") -> None:
    mails.news(
        contract,
        mails.vendor_people(contract),
        title=title % {"title": contract.title},
        words=_("%(merchant)s decided this.") % {"merchant": contract.merchant},
        quote=quote,
        action=_("Open the contract"),
        path=reverse("milestones:contract", args=[contract.pk]),
        occurrence=occurrence,
    )
