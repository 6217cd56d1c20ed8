"""What the chair says of single cells: what was agreed in place of a mean, and what does not apply.

Each word replaces the one before it, and all are kept with who said them, when and why.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.sourcing.errors import Overtaken
from vendors.sourcing.holding import see_that_they_chair
from vendors.sourcing.log import note
from vendors.sourcing.models import (
    Brief,
    Candidate,
    Consensus,
    Criterion,
    Evaluator,
    NotApplicable,
    Score,
)
from vendors.sourcing.scores.errors import NotAScore, NotInTheRunning, StillHidden
from vendors.sourcing.scores.giving import see_that_it_is_not_over
from vendors.sourcing.scoring import Cell, Opinion
from vendors.sourcing.sheet import hides


def hold(candidate: Candidate) -> Candidate:
    """The candidate's row as it is now, with its brief's, held until the transaction ends. Two queries.

    Raises NotOpenToScores where the brief is over: what a decision rested on stays.
    """
    brief = Brief.objects.select_for_update().get(pk=candidate.brief_id)
    see_that_it_is_not_over(brief)
    found = Candidate.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=candidate.pk)
    found.brief = brief
    return found


def see_that_it_belongs(candidate: Candidate, part: Criterion) -> None:
    """Raises NotInTheRunning for a criterion of another brief, or one that was taken out."""
    if part.brief_id != candidate.brief_id or part.removed_at is not None:
        raise NotInTheRunning(_("That is no part of this brief."))


def replace(rows: "models.QuerySet[Any]", made: models.Model, at: datetime) -> None:
    """Let a new word hold in place of the one before. Raises Overtaken where somebody else's came between."""
    rows.filter(replaced_at=None).update(replaced_at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Overtaken(_("Somebody else has just said something about that: look again.")) from None


# ---- Consensus -----------------------------------------------------------------------------------------------------
@transaction.atomic
def settle(
    candidate: Candidate, criterion: Criterion, value: Decimal, reason: str, *, by: Membership, at: datetime
) -> Consensus:
    """Write down what was agreed in place of the mean, with a reason; the scores and the difference stay visible.

    Raises NotTheChair, StillHidden, NotOpenToScores, NotInTheRunning, NotAScore.
    """
    candidate = hold(candidate)
    see_that_they_chair(candidate.brief, by)
    see_that_it_belongs(candidate, criterion)
    if criterion.source != Criterion.Source.PEOPLE:
        raise NotAScore(_("“%(criterion)s” is worked out, not agreed on.") % {"criterion": criterion})
    if not 0 <= value <= 5:
        raise NotAScore(_("A score is from 0 to 5."))
    if hides(candidate.brief, evaluators_of(candidate.brief), by):
        raise StillHidden(_("The others' scores are hidden from you until you have submitted your own."))
    mean = mean_of(candidate, criterion)
    made = Consensus(
        candidate=candidate, criterion=criterion, value=value, reason=reason, by=by, at=at,
        mean=None if mean is None else Decimal(mean.numerator) / Decimal(mean.denominator),
    )  # fmt: skip
    replace(Consensus.objects.filter(candidate=candidate, criterion=criterion), made, at)
    tell(candidate, "settled", {"criterion": criterion.name}, by, at)  # not what: some may not see it yet
    return made


def evaluators_of(brief: Brief) -> list[Evaluator]:
    return list(Evaluator.objects.filter(brief=brief))


def mean_of(candidate: Candidate, criterion: Criterion) -> Any:
    """The exact mean of what counts now, a fraction; None without any. One query."""
    counted = Score.objects.filter(candidate=candidate, criterion=criterion).counted()
    return Cell(tuple(Opinion(0, one) for one in counted.values_list("value", flat=True) if one is not None)).mean


@transaction.atomic
def unsettle(candidate: Candidate, criterion: Criterion, *, by: Membership, at: datetime) -> None:
    """Let the mean hold again. Raises NotTheChair, NotOpenToScores, Overtaken."""
    candidate = hold(candidate)
    see_that_they_chair(candidate.brief, by)
    holding = Consensus.objects.filter(candidate=candidate, criterion=criterion, replaced_at=None)
    if not holding.update(replaced_at=at):
        raise Overtaken(_("Nothing is agreed there any more."))
    tell(candidate, "unsettled", {"criterion": criterion.name}, by, at)


# ---- What does not apply -------------------------------------------------------------------------------------------
@transaction.atomic
def leave_out(candidate: Candidate, criterion: Criterion, reason: str, *, by: Membership, at: datetime) -> None:
    """Say that a criterion does not fit a vendor; of all vendors, it is dropped.

    Raises NotTheChair, NotOpenToScores, NotInTheRunning.
    """
    candidate = hold(candidate)
    see_that_they_chair(candidate.brief, by)
    see_that_it_belongs(candidate, criterion)
    made = NotApplicable(candidate=candidate, criterion=criterion, reason=reason, by=by, at=at)
    replace(NotApplicable.objects.filter(candidate=candidate, criterion=criterion), made, at)
    tell(candidate, "not-applicable", {"criterion": criterion.name, "reason": reason}, by, at)


@transaction.atomic
def take_in(candidate: Candidate, criterion: Criterion, *, by: Membership, at: datetime) -> None:
    """Say that it fits after all. Raises NotTheChair, NotOpenToScores, Overtaken."""
    candidate = hold(candidate)
    see_that_they_chair(candidate.brief, by)
    holding = NotApplicable.objects.filter(candidate=candidate, criterion=criterion, replaced_at=None)
    if not holding.update(replaced_at=at):
        raise Overtaken(_("It applies already."))
    tell(candidate, "applicable", {"criterion": criterion.name}, by, at)


def tell(candidate: Candidate, kind: str, details: dict[str, str], by: Membership, at: datetime) -> None:
    """A line in the brief's log."""
    note(candidate.brief, kind, by=by, at=at, candidate=candidate, **details)
