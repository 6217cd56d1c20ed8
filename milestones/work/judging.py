"""What a merchant decides about a milestone: accept, send back, open again, cancel, hold up, pay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones import mails
from milestones.contracts.text import day, money
from milestones.errors import CriteriaOpen, NotInThisState, NotYours, Overtaken, OwnSubmission
from milestones.health import looking
from milestones.history import tell, what_happened
from milestones.holding import calendar, held, move, see_that_it_is
from milestones.models import (
    OPEN,
    RUNNING,
    WITH_VENDOR,
    Cause,
    DateChange,
    HistoryLine,
    Hold,
    Milestone,
    Point,
    Step,
    Submission,
)
from milestones.reminders.noticed import was_noticed
from milestones.work.handing_in import WORKING
from milestones.work.moving import follow
from outsourcing.accounts.models import Membership

Decision = Submission.Decision
#: Working days after acceptance in which it can be opened again.
REOPEN_DAYS = 10
#: Without a decision for so long, it is accepted where the contract says so.
SILENCE = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the reviewer found: for each point by its key what is missing, empty where it is met; words and marks."""

    missing: Mapping[int, str] = field(default_factory=dict)
    words: str = ""
    quality: int | None = None
    communication: int | None = None


# ---- The verdict ---------------------------------------------------------------------------------------------------
@transaction.atomic
def accept(
    submission: Submission, verdict: Verdict, *, by: Membership, at: datetime, seen: int | None = None
) -> Milestone:
    """Accept what was handed in: every criterion is met. Raises OwnSubmission, CriteriaOpen, Overtaken."""
    milestone = held(submission.milestone)
    if submission.by and by.user_id == submission.by.user_id:
        raise OwnSubmission(_("You handed this in yourself: a colleague decides it."))
    if any(verdict.missing.values()):
        raise CriteriaOpen(_("Something is missing: send it back, or mark every point as met."))
    _decide(submission, milestone, Decision.ACCEPTED, verdict, by=by, at=at)
    submission.points.update(is_met=True, reason="")
    _accept(milestone, at=at, seen=seen)
    is_own = submission.recorded_by_id == by.pk
    tell(milestone.contract, "accepted-own-record" if is_own else "milestone-accepted", by=by, at=at,
         milestone=milestone)  # fmt: skip
    pays = money(milestone.amount, milestone.contract.currency)
    words = _("%(person)s accepted it.") % {"person": by.label}
    if pays:
        words += " " + _("%(amount)s falls due.") % {"amount": pays}
    _tell_the_vendor(milestone, submission, _("Accepted: %(milestone)s"), words, verdict.words)
    looking.look([milestone.contract_id], at=at)
    return milestone


@transaction.atomic
def send_back(
    submission: Submission, verdict: Verdict, *, by: Membership, at: datetime, seen: int | None = None
) -> Milestone:
    """Ask for changes, with what is missing; the date moves where the days to put it right go beyond it, and these days
    are the vendor's. Raises CriteriaOpen where nothing is said to be missing, Overtaken."""
    milestone = held(submission.milestone)
    contract = milestone.contract
    missing = {pk: reason.strip() for pk, reason in verdict.missing.items() if reason.strip()}
    points = list(submission.points.all())
    if points and not missing:
        raise CriteriaOpen(_("Say which point is not met, and what is missing."))
    if not points and not verdict.words.strip():
        raise CriteriaOpen(_("Say what must change."))
    _decide(submission, milestone, Decision.CHANGES, verdict, by=by, at=at)
    for point in points:
        point.is_met, point.reason = point.pk not in missing, missing.get(point.pk, "")
    Point.objects.bulk_update(points, ["is_met", "reason"])
    fields = {"submitted_at": None, "review_due": None, "rework_round": F("rework_round") + 1}
    move(milestone, origin=[Step.SUBMITTED], to=Step.CHANGES_REQUESTED, seen=seen, **fields)
    until = calendar(contract.vendor, at).add_business_days(contract.today(at), contract.rework_days)
    reason = _("It was sent back: %(days)s working days to put it right.") % {"days": contract.rework_days}
    new = max(milestone.current_due, until)
    follow(milestone, new, DateChange.Origin.REWORK, cause=Cause.VENDOR, reason=reason, by=by, at=at)
    tell(contract, "sent-back", by=by, at=at, milestone=milestone)
    words = _("%(person)s sent it back. It is due on %(day)s now.") % {"person": by.label, "day": day(new)}
    quote = "\n".join(filter(None, [verdict.words, *(f"{one.text}: {one.reason}" for one in points if one.reason)]))
    _tell_the_vendor(milestone, submission, _("Sent back: %(milestone)s"), words, quote)
    looking.look([contract.pk], at=at)
    return milestone


@transaction.atomic
def accept_by_silence(submission: Submission, *, at: datetime) -> bool:
    """For the beat: accept what nobody decided within 14 days, where the contract says so; whether it was.

    Not before the merchant was told that it would be: until then it waits, and both sides read why.
    """
    milestone = held(submission.milestone)
    contract = milestone.contract
    late = submission.submitted_at + SILENCE > at
    if not contract.silence_accepts or contract.state not in WORKING or late:
        return False
    open_one = Submission.objects.open().filter(pk=submission.pk)
    if not was_noticed(submission, contract.merchant_id, at=at):
        if open_one.exists():
            _say_that_it_waits(milestone, submission, at)
        return False
    if not open_one.update(decision=Decision.ACCEPTED, decided_at=at):
        return False
    _accept(milestone, at=at, by_silence=True)
    tell(contract, "accepted-by-silence", by=None, at=at, milestone=milestone)
    words = _("There was no decision within 14 days, so it counts as accepted.")
    _tell_the_vendor(milestone, submission, _("Accepted: %(milestone)s"), words, "")
    looking.look([contract.pk], at=at)
    return True


def _say_that_it_waits(milestone: Milestone, submission: Submission, at: datetime) -> None:
    """In the history, once for each hand-in."""
    said = HistoryLine.objects.filter(
        contract=milestone.contract, milestone=milestone, kind="silence-waits", at__gte=submission.submitted_at
    )
    if not said.exists():
        tell(milestone.contract, "silence-waits", by=None, at=at, milestone=milestone,
             merchant=milestone.contract.merchant.name)  # fmt: skip


@transaction.atomic
def reopen(milestone: Milestone, *, reason: str, by: Membership, at: datetime) -> Milestone:
    """Take an acceptance back, within ten working days; both stay in the history. Raises NotInThisState, Overtaken."""
    milestone = held(milestone)
    contract = milestone.contract
    see_that_it_is(contract, *WORKING)
    if milestone.accepted_at is None:
        raise Overtaken(what_happened(contract, milestone))
    merchant = calendar(contract.merchant, at)
    accepted, today = (when.astimezone(merchant.zone).date() for when in (milestone.accepted_at, at))
    if merchant.business_days_between(accepted, today) > REOPEN_DAYS:
        words = _("It was accepted more than %(days)s working days ago: ask for a new milestone instead.")
        raise NotInThisState(words % {"days": REOPEN_DAYS})
    if milestone.paid_on:
        raise NotInThisState(_("It is marked paid: take that back first."))
    fields: dict[str, Any] = {"accepted_at": None, "accepted_by_silence": False, "submitted_at": None}
    move(milestone, origin=[Step.ACCEPTED], to=Step.IN_PROGRESS, reopened_count=F("reopened_count") + 1, **fields)
    tell(contract, "reopened", by=by, at=at, milestone=milestone, reason=reason)
    _tell_the_vendor(milestone, None, _("Opened again: %(milestone)s"),
                     _("%(person)s opened it again.") % {"person": by.label}, reason)  # fmt: skip
    looking.look([contract.pk], at=at)
    return milestone


@transaction.atomic
def cancel(milestone: Milestone, *, reason: str, by: Membership, at: datetime) -> Milestone:
    """No longer want it. Raises Overtaken where it is done."""
    milestone = held(milestone)
    contract = milestone.contract
    see_that_it_is(contract, *RUNNING)
    fields: dict[str, Any] = {"cancelled_at": at, "cancel_reason": reason, "review_due": None, "blocked_since": None}
    move(milestone, origin=OPEN, to=Step.CANCELLED, **fields)
    Submission.objects.open().filter(milestone=milestone).update(
        decision=Decision.CANCELLED, decided_at=at, decided_by=by
    )
    DateChange.objects.open().filter(milestone=milestone).update(state=DateChange.State.OVERTAKEN, decided_at=at)
    Hold.objects.filter(milestone=milestone, ended_at=None).update(ended_at=at)
    tell(contract, "cancelled", by=by, at=at, milestone=milestone, reason=reason)
    _tell_the_vendor(milestone, None, _("Cancelled: %(milestone)s"),
                     _("%(person)s cancelled it.") % {"person": by.label}, reason)  # fmt: skip
    looking.look([contract.pk], at=at)
    return milestone


# ---- Held up by us -------------------------------------------------------------------------------------------------
@transaction.atomic
def block(milestone: Milestone, *, reason: str, by: Membership, at: datetime) -> Hold:
    """Say that the vendor has to wait for us: its clock stands still. Raises NotInThisState, Overtaken."""
    milestone = held(milestone)
    see_that_it_is(milestone.contract, *WORKING)
    rows = Milestone.objects.filter(pk=milestone.pk, state__in=WITH_VENDOR, blocked_since=None)
    if not rows.update(blocked_since=at, version=F("version") + 1):
        raise Overtaken(what_happened(milestone.contract, milestone))
    made = Hold.objects.create(milestone=milestone, started_at=at, reason=reason, by=by)
    tell(milestone.contract, "blocked", by=by, at=at, milestone=milestone, reason=reason)
    looking.look([milestone.contract_id], at=at)
    return made


@transaction.atomic
def unblock(milestone: Milestone, *, by: Membership, at: datetime) -> None:
    """Say that the vendor can go on. Raises Overtaken."""
    milestone = held(milestone)
    rows = Milestone.objects.filter(pk=milestone.pk, blocked_since__isnull=False)
    if not rows.update(blocked_since=None, version=F("version") + 1):
        raise Overtaken(what_happened(milestone.contract, milestone))
    Hold.objects.filter(milestone=milestone, ended_at=None).update(ended_at=at)
    tell(milestone.contract, "unblocked", by=by, at=at, milestone=milestone)
    _tell_the_vendor(milestone, None, _("You can go on: %(milestone)s"),
                     _("%(person)s says that you can go on.") % {"person": by.label}, "",
                     of=f"go-on:{at.isoformat()}")  # fmt: skip
    looking.look([milestone.contract_id], at=at)


# ---- Money, and the vendor's word ----------------------------------------------------------------------------------
@transaction.atomic
def mark_paid(milestone: Milestone, on: date | None, *, by: Membership, at: datetime) -> None:
    """Say that an accepted milestone was paid on a day, or take that back with None. Raises NotInThisState, and
    Overtaken where it is marked already."""
    milestone = held(milestone)
    if milestone.state != Step.ACCEPTED or milestone.amount is None:
        raise NotInThisState(_("Only an accepted milestone that pays something is paid."))
    if on is not None and milestone.paid_on is not None:
        raise Overtaken(what_happened(milestone.contract, milestone))
    Milestone.objects.filter(pk=milestone.pk).update(paid_on=on)
    if on is None:
        tell(milestone.contract, "unpaid", by=by, at=at, milestone=milestone)
    else:
        tell(milestone.contract, "paid", by=by, at=at, milestone=milestone, paid=on)


@transaction.atomic
def reply(submission: Submission, text: str, *, by: Membership, at: datetime) -> None:
    """Answer a verdict as the vendor, once. Raises NotYours, Overtaken."""
    milestone = held(submission.milestone)
    if by.organisation_id != milestone.contract.vendor_id:
        raise NotYours(_("The vendor answers this."))
    judged = [Decision.ACCEPTED, Decision.CHANGES]
    decided = Submission.objects.filter(pk=submission.pk, replied_at=None, decision__in=judged)
    if not decided.update(reply=text, replied_at=at, replied_by=by):
        raise Overtaken(_("It is not decided yet, or you have answered already."))


# ---- Their parts ---------------------------------------------------------------------------------------------------
def _decide(
    submission: Submission, milestone: Milestone, to: Decision, verdict: Verdict, *, by: Membership, at: datetime
) -> None:
    """Close an open submission of a held contract. Raises Overtaken, NotInThisState."""
    see_that_it_is(milestone.contract, *WORKING)
    fields = {"words": verdict.words, "quality": verdict.quality, "communication": verdict.communication}
    rows = Submission.objects.open().filter(pk=submission.pk)
    if not rows.update(decision=to, decided_by=by, decided_at=at, **fields):
        raise Overtaken(what_happened(milestone.contract, milestone))


def _accept(milestone: Milestone, *, at: datetime, by_silence: bool = False, seen: int | None = None) -> None:
    fields = {"accepted_at": at, "accepted_by_silence": by_silence, "review_due": None, "progress": 100}
    move(milestone, origin=[Step.SUBMITTED], to=Step.ACCEPTED, seen=seen, forecast_due=None, **fields)
    DateChange.objects.open().filter(milestone=milestone).update(state=DateChange.State.OVERTAKEN, decided_at=at)


def _tell_the_vendor(
    milestone: Milestone, submission: Submission | None, title: str, words: str, quote: str, of: str = ""
) -> None:
    mails.news(
        milestone.contract,
        mails.vendor_people(milestone.contract, milestone),
        title=title % {"milestone": milestone.title},
        words=words,
        quote=quote,
        action=_("Open the milestone"),
        path=reverse("milestones:milestone", args=[milestone.pk]),
        occurrence=f"submission:{submission.pk}:decided"
        if submission
        else f"milestone:{milestone.pk}:{of or title}:{milestone.version}",
    )
