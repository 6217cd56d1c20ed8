"""A brief's way: out to vendors, closed, opened, compared; extended, asked again or cancelled (M7, M8, M11).

The clock of the server decides. A brief past its deadline is closed for whoever acts, whether or not the task that says
so has run.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.sourcing import log
from vendors.sourcing.briefs import deadlines, versions, writing
from vendors.sourcing.candidates import inviting, mails
from vendors.sourcing.errors import NotInThisState, NotReady, StillSealed
from vendors.sourcing.holding import advance, hold, move, see_that_it_is, see_that_nothing_changed, see_that_they_chair
from vendors.sourcing.hooks import comparing_began
from vendors.sourcing.models import OVER, Answer, Brief, BriefState, Candidate, Stage
from vendors.sourcing.naming import ALL, see_that_nobody_is_named
from vendors.sourcing.reminders.following import follow

State = BriefState


def missing(brief: Brief, at: datetime) -> list[str]:
    """What keeps a draft from going out, a sentence each; whom to invite is asked then. One query."""
    found = []
    criteria = list(brief.criteria.filter(removed_at=None))
    if not criteria:
        found.append(_("There is no criterion to compare by."))
    elif not any(one.weight for one in criteria):
        found.append(_("All weights are 0: give one criterion more, or no total can be made."))
    found += [writing.no_yardstick(one) for one in criteria if one.weight and one.lacks_yardstick]
    if brief.is_private:
        return found
    if brief.deadline_at is None:
        found.append(_("Say until when vendors can answer."))
    elif brief.deadline_at <= at:
        found.append(_("The deadline has passed already: choose a later one."))
    return found


@transaction.atomic
def publish(
    brief: Brief, candidates: Sequence[Candidate], *, by: Membership, at: datetime, seen: int | None = None
) -> Brief:
    """Ask these of its candidates to answer: from now on the text is versioned. Raises NotReady with all that is
    missing, NotInThisState, Overtaken, NobodyReachable."""
    brief = hold(brief)
    see_that_it_is(brief, at, State.DRAFT)
    see_that_nothing_changed(brief, seen)
    if brief.is_private:
        raise NotReady(_("This brief is for you alone: compare without asking, or take that back first."))
    lacking = missing(brief, at)
    chosen = list(brief.candidates.filter(pk__in=[one.pk for one in candidates], stage=Stage.CONSIDERING))
    if not chosen:
        lacking.append(_("Choose at least one vendor to invite."))
    if lacking:
        raise NotReady(" ".join(lacking))
    advance(brief, State.OPEN, published_at=at)
    versions.freeze(brief, by=by, at=at)
    log.note(brief, "published", by=by, at=at, deadline=deadlines.told(brief.deadline_at, brief.zone))
    for one in chosen:
        inviting.invite_held(brief, one, by=by, at=at)
    follow(brief, at=at)
    return brief


@transaction.atomic
def compare_without_asking(brief: Brief, *, by: Membership, at: datetime) -> Brief:
    """Begin to compare on a private brief: what is known is entered by the merchant. Raises NotReady,
    NotInThisState."""
    brief = hold(brief)
    see_that_it_is(brief, at, State.DRAFT)
    lacking = missing(brief, at) if brief.is_private else [_("Vendors are asked first: this brief is not private.")]
    if not brief.candidates.exists():
        lacking.append(_("Put at least one vendor on the shortlist."))
    if lacking:
        raise NotReady(" ".join(lacking))
    advance(brief, State.EVALUATING, published_at=at, opened_at=at)
    versions.freeze(brief, by=by, at=at)
    log.note(brief, "comparing", by=by, at=at)
    comparing_began(brief, at)
    follow(brief, at=at)
    return brief


@transaction.atomic
def extend(brief: Brief, deadline: datetime, *, by: Membership, at: datetime) -> Brief:
    """Give all more time, while answers are still taken; only ever later (M8). Raises BadDeadline, NotInThisState."""
    brief = hold(brief)
    see_that_it_is(brief, at, State.OPEN)
    before = brief.deadline_at
    advance(brief, State.OPEN, deadline_at=deadlines.see_that_it_can_be(deadline, at, after=before))
    made = versions.freeze(brief, by=by, at=at)
    zone = brief.zone
    log.note(brief, "extended", by=by, at=at, old=deadlines.told(before, zone), new=deadlines.told(deadline, zone))
    if made is not None:
        mails.tell_of_change(brief, made)
    follow(brief, at=at)
    return brief


def close_due(at: datetime, most: int = 200) -> int:
    """Close what is past its deadline; how many. May run twice, and beside others."""
    closed = 0
    for pk in Brief.objects.past_deadline(at).order_by("deadline_at").values_list("pk", flat=True)[:most]:
        with transaction.atomic():
            closed += close(hold(pk), at)
    return closed


def close(brief: Brief, at: datetime) -> bool:
    """Close a held brief whose deadline has passed, as of then; whether it was open."""
    if brief.state != State.OPEN or brief.state_at(at) != State.CLOSED:
        return False
    advance(brief, State.CLOSED, closed_at=brief.deadline_at)
    log.note(brief, "closed", by=None, at=brief.deadline_at or at)
    return True


def open_answers(brief: Brief, *, by: Membership, at: datetime) -> Brief:
    """Open what was answered, and begin to compare: the chair's act, after the deadline.

    Raises NotTheChair, NotInThisState, and StillSealed before the deadline, which is logged.
    """
    with transaction.atomic():
        now = hold(brief)
        see_that_they_chair(now, by)
        is_early = now.state_at(at) == State.OPEN
        if is_early:
            log.note(now, "open-refused", by=by, at=at)
        else:
            close(now, at)
            see_that_it_is(now, at, State.CLOSED)
            _open_held(now, by, at)
    if is_early:  # only now: the line in the log stays
        words = _("Answers are taken until %(deadline)s: nobody opens them before. This attempt is in the history.")
        raise StillSealed(words % {"deadline": deadlines.told(now.deadline_at, now.zone)})
    return now


def _open_held(brief: Brief, by: Membership, at: datetime) -> None:
    answers = Answer.objects.filter(candidate__brief=brief, opened_at=None).live()
    fresh = list(answers.values_list("candidate", flat=True))
    answers.update(opened_at=at)
    advance(brief, State.EVALUATING, opened_at=at)
    for one in brief.candidates.filter(pk__in=fresh, stage=Stage.INVITED).select_related("vendor"):
        move(one, Stage.ANSWERED)
    if brief.is_sealed:  # what was taken back under seal moved nobody then
        stays = Answer.objects.filter(candidate__brief=brief).live().values("candidate")
        asked = brief.candidates.filter(stage__in=[Stage.ANSWERED, Stage.SHORTLISTED], invited_at__isnull=False)
        for one in asked.exclude(pk__in=stays).select_related("vendor"):
            move(one, Stage.INVITED)
    log.note(brief, "opened", by=by, at=at, count=Answer.objects.filter(candidate__brief=brief).opened().live().count())
    comparing_began(brief, at)
    follow(brief, at=at)


@transaction.atomic
def ask_again(brief: Brief, deadline: datetime, *, reason: str, by: Membership, at: datetime) -> Brief:
    """Take answers anew from everybody, until one new deadline (M11): after closing, or after they were read. What
    came late meanwhile counts as in time for it. Raises BadDeadline, NotInThisState, NotTheChair."""
    brief = hold(brief)
    see_that_they_chair(brief, by)
    close(brief, at)
    see_that_it_is(brief, at, State.CLOSED, State.EVALUATING)
    if brief.is_private:
        raise NotInThisState(_("No vendor was asked."))
    deadlines.see_that_it_can_be(deadline, at, after=brief.deadline_at)
    advance(brief, State.OPEN, deadline_at=deadline, opened_at=None, closed_at=None)
    made = versions.freeze(brief, by=by, at=at, note=reason)
    for late in Answer.objects.filter(candidate__brief=brief, state=Answer.State.LATE).select_related("candidate"):
        Answer.objects.filter(candidate=late.candidate_id).live().update(state=Answer.State.REPLACED, ended_at=at)
        opened = None if brief.is_sealed else at
        Answer.objects.filter(pk=late.pk).update(state=Answer.State.LIVE, opened_at=opened)
        if opened and late.candidate.stage == Stage.INVITED:
            move(late.candidate, Stage.ANSWERED)
    log.note(brief, "rerun", by=by, at=at, reason=reason, new=deadlines.told(deadline, brief.zone))
    if made is not None:
        mails.tell_of_change(brief, made)
    follow(brief, at=at)
    return brief


@transaction.atomic
def cancel(brief: Brief, *, reason: str, by: Membership, at: datetime) -> Brief:
    """End it without a decision, from any state before; whoever was invited is told, with the reason (M8). Raises
    NotInThisState, NotTheChair, NamesAnother."""
    brief = hold(brief)
    see_that_they_chair(brief, by)
    if brief.state in OVER:
        see_that_it_is(brief, at, *(one for one in State if one not in OVER))
    see_that_nobody_is_named(brief, {ALL: reason})
    advance(brief, State.CANCELLED, cancelled_at=at, cancel_reason=reason)
    log.note(brief, "cancelled", by=by, at=at, reason=reason)
    mails.tell_of_cancelling(brief)
    return brief
