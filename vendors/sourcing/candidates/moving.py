"""What a merchant says of a candidate: in the closer choice or not, gone, and how a must-have is met."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.sourcing import log
from vendors.sourcing.errors import NotInThisState
from vendors.sourcing.holding import held, move, see_that_it_is, touch
from vendors.sourcing.hooks import candidate_withdrawn
from vendors.sourcing.models import Answer, BriefState, Candidate, Gate, GateRuling, Stage

State = BriefState
#: From these a vendor can be kept in the closer choice: it has answered, or nobody asks it.
ELIGIBLE = (Stage.ANSWERED, Stage.CONSIDERING)


@transaction.atomic
def shortlist(candidate: Candidate, *, by: Membership, at: datetime) -> None:
    """Keep it in the closer choice. Raises NotInThisState."""
    candidate = held(candidate)
    see_that_it_is(candidate.brief, at, State.OPEN, State.CLOSED, State.EVALUATING)
    if candidate.stage not in ELIGIBLE or (candidate.stage == Stage.CONSIDERING and not candidate.brief.is_private):
        words = _("%(vendor)s has not answered: it cannot be in the closer choice.")
        raise NotInThisState(words % {"vendor": candidate.vendor})
    move(candidate, Stage.SHORTLISTED)
    log.note(candidate.brief, "shortlisted", by=by, at=at, candidate=candidate)


@transaction.atomic
def unshortlist(candidate: Candidate, *, by: Membership, at: datetime) -> None:
    """Take it out of the closer choice again. Raises NotInThisState."""
    candidate = held(candidate)
    if candidate.stage != Stage.SHORTLISTED or candidate.brief.is_over:
        raise NotInThisState(_("%(vendor)s is not in the closer choice.") % {"vendor": candidate.vendor})
    has_answered = candidate.brief.is_dark or candidate.answers.live().exists()
    move(candidate, Stage.ANSWERED if has_answered else Stage.CONSIDERING)
    log.note(candidate.brief, "unshortlisted", by=by, at=at, candidate=candidate)


#: Who may leave: whoever is there, the chosen one too (M21).
LEAVING = (Stage.CONSIDERING, Stage.INVITED, Stage.ANSWERED, Stage.SHORTLISTED, Stage.CHOSEN, Stage.NOT_CHOSEN)


@transaction.atomic
def withdraw(candidate: Candidate, *, reason: str, by: Membership, at: datetime) -> None:
    """The vendor is out of it, by its own word or as the merchant recorded it; data and scores stay (M21). Raises
    NotInThisState."""
    candidate = held(candidate)
    if candidate.stage not in LEAVING or candidate.brief.state == State.CANCELLED:
        raise NotInThisState(_("%(vendor)s is not in it any more.") % {"vendor": candidate.vendor})
    move(candidate, Stage.WITHDRAWN, withdrawn_at=at, withdrawn_by=by, withdrawn_reason=reason[:500])
    touch(candidate.brief)
    log.note(candidate.brief, "withdrawn", by=by, at=at, candidate=candidate, reason=reason)
    candidate_withdrawn(candidate, by, at)


@transaction.atomic
def rule(candidate: Candidate, gate: Gate, result: str, *, reason: str, by: Membership, at: datetime) -> GateRuling:
    """Say how a must-have is met; a waiver says why, and all is kept (M13). Raises NotInThisState."""
    candidate = held(candidate)
    see_that_it_is(candidate.brief, at, State.DRAFT, State.OPEN, State.CLOSED, State.EVALUATING)
    if gate.brief_id != candidate.brief_id or gate.removed_at is not None:
        raise NotInThisState(_("That must-have is not asked any more."))
    if result == GateRuling.Result.WAIVED and not reason.strip():
        raise NotInThisState(_("Say why this must-have is waived."))
    GateRuling.objects.filter(candidate=candidate, gate=gate).current().update(replaced_at=at)
    made = GateRuling.objects.create(candidate=candidate, gate=gate, result=result, reason=reason, by=by, at=at)
    touch(candidate.brief)
    log.note(candidate.brief, "ruled", by=by, at=at, candidate=candidate, gate=gate.text,
             result=str(made.get_result_display()).lower())  # fmt: skip
    return made


@transaction.atomic
def enter_rate(answer: Answer, rate: Decimal, *, by: Membership, at: datetime) -> None:
    """What one of an answer's currency is worth in the brief's. Raises NotInThisState."""
    candidate = held(answer.candidate)
    see_that_it_is(candidate.brief, at, State.OPEN, State.CLOSED, State.EVALUATING)
    if answer.currency == candidate.brief.currency:
        raise NotInThisState(_("The price is in the brief's currency already."))
    Answer.objects.filter(pk=answer.pk).update(rate=rate, rate_by=by, rate_at=at)
    touch(candidate.brief)
    log.note(candidate.brief, "rate-entered", by=by, at=at, candidate=candidate, rate=str(rate))
