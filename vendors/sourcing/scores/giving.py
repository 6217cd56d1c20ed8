"""Scores as people give them: a word on conflicts first, blind until all of one's own are submitted, locked from then.

Every act holds the brief's row and then the evaluator's, so that a score, the submission of all scores, who scores what
and the decision never pass each other; in the database a trigger refuses a score of somebody who has submitted.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import Count
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.models import Membership
from vendors.sourcing import holding
from vendors.sourcing.errors import NotTheChair, Overtaken
from vendors.sourcing.log import note
from vendors.sourcing.models import (
    STEPS,
    Brief,
    BriefState,
    Candidate,
    Criterion,
    Evaluator,
    Reopening,
    Score,
    ScoreEvidence,
)
from vendors.sourcing.scores.blindness import others_were_in
from vendors.sourcing.scores.errors import (
    BlanksLeft,
    ConflictNotStated,
    NotAScore,
    NotAskedToScore,
    NotInTheRunning,
    NotOpenToScores,
    ReasonMissing,
    Submitted,
)


class Piece(Protocol):
    """A piece of evidence: the key, and the column of ScoreEvidence that holds it."""

    @property
    def pk(self) -> int: ...
    @property
    def field(self) -> str: ...


#: So many cells are named in a message; the others are counted.
NAMED = 3
Cell = tuple[Candidate, Criterion]


def hold(evaluator: Evaluator) -> Evaluator:
    """The evaluator's row as it is now, with its brief's, held until the transaction ends. Two queries."""
    brief = holding.hold(evaluator.brief_id)
    found = Evaluator.objects.select_for_update(of=("self",)).select_related("member").get(pk=evaluator.pk)
    found.brief = brief
    return found


def see_that_it_can_be_scored(brief: Brief, at: datetime) -> None:
    """Raises NotOpenToScores with the reason."""
    state = brief.state_at(at)
    if state == BriefState.DRAFT:
        raise NotOpenToScores(_("This brief is still being written: nothing is scored yet."))
    if brief.is_over:
        raise NotOpenToScores(_("This brief is over: scores stay as they are."))
    if brief.is_dark:
        raise NotOpenToScores(_("The answers are sealed: scoring begins when they are opened."))


def see_that_they_may_score(evaluator: Evaluator) -> None:
    """Raises NotAskedToScore, ConflictNotStated, Submitted."""
    if evaluator.removed_at or evaluator.recused_at:
        raise NotAskedToScore(_("You no longer score this brief."))
    if evaluator.stated_at is None:
        raise ConflictNotStated(_("Say first whether anything ties you to one of the vendors."))
    if evaluator.submitted_at is not None:
        raise Submitted(_("You have submitted your scores: ask the chair to open them again."))


# ---- Before --------------------------------------------------------------------------------------------------------
@transaction.atomic
def state_conflict(evaluator: Evaluator, conflict: str, *, by: Membership, at: datetime) -> None:
    """Say what ties one to a vendor, or that nothing does (empty). Raises NotAskedToScore, Overtaken."""
    evaluator = hold(evaluator)
    if evaluator.member_id != by.pk or evaluator.removed_at or evaluator.recused_at:
        raise NotAskedToScore(_("Only who scores this brief says that."))
    free = Evaluator.objects.filter(pk=evaluator.pk, submitted_at=None)
    if not free.update(stated_at=at, conflict=conflict):
        raise Overtaken(_("You have submitted your scores already."))
    kind = "conflict-stated" if conflict else "no-conflict"
    note(evaluator.brief, kind, by=by, at=at, conflict=conflict)


@transaction.atomic
def recuse(evaluator: Evaluator, reason: str, *, by: Membership, at: datetime) -> None:
    """Step back, or be asked to by the chair: the scores stay and no longer count. Raises NotTheChair, Overtaken."""
    evaluator = hold(evaluator)
    if evaluator.member_id != by.pk and not evaluator.brief.is_chaired_by(by):
        raise NotTheChair(_("Only they themselves or the chair can do that."))
    see_that_it_is_not_over(evaluator.brief)
    if not Evaluator.objects.filter(pk=evaluator.pk, recused_at=None).update(recused_at=at, recused_reason=reason):
        raise Overtaken(_("They have stepped back already."))
    note(evaluator.brief, "recused", by=by, at=at, evaluator=evaluator.member.label, reason=reason)


def see_that_it_is_not_over(brief: Brief) -> None:
    """Raises NotOpenToScores."""
    if brief.is_over:
        raise NotOpenToScores(_("This brief is over: scores stay as they are."))


# ---- One score -----------------------------------------------------------------------------------------------------
@transaction.atomic
def score(
    evaluator: Evaluator, candidate: Candidate, criterion: Criterion, value: int | None, *,
    reason: str | None = None, evidence: Iterable[Piece] | None = None, by: Membership, at: datetime,
) -> Score:  # fmt: skip
    """Give a score, change it, or take it back (None, which is not 0); without a `reason` or `evidence` those there
    stay.

    Raises NotAskedToScore, NotOpenToScores, ConflictNotStated, Submitted, NotAScore, NotInTheRunning.
    """
    if value is not None and value not in STEPS:
        raise NotAScore(_("A score is 0, 1, 2, 3, 4 or 5."))
    evaluator = hold(evaluator)
    if evaluator.member_id != by.pk:
        raise NotAskedToScore(_("These are somebody else's scores."))
    see_that_it_can_be_scored(evaluator.brief, at)
    see_that_they_may_score(evaluator)
    see_that_it_is_theirs(evaluator, criterion)
    candidate = Candidate.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=candidate.pk)
    if candidate.brief_id != evaluator.brief_id or not candidate.is_in_the_running:
        raise NotInTheRunning(_("%(vendor)s is no longer on the shortlist.") % {"vendor": candidate.vendor})
    fields = {"value": value, "scored_at": at} | ({} if reason is None else {"reason": reason})
    made, _created = Score.objects.update_or_create(
        evaluator=evaluator, candidate=candidate, criterion=criterion, defaults=fields
    )
    if evidence is not None:
        made.evidence.all().delete()
        ScoreEvidence.objects.bulk_create(ScoreEvidence(score=made, **{one.field: one.pk}) for one in evidence)
    return made


def see_that_it_is_theirs(evaluator: Evaluator, criterion: Criterion) -> None:
    """Raises NotAskedToScore where somebody else, or nobody, scores that criterion. One query."""
    if criterion.source != Criterion.Source.PEOPLE or criterion.removed_at is not None:
        raise NotAskedToScore(_("People do not score “%(criterion)s”.") % {"criterion": criterion})
    if not evaluator.assignments.filter(criterion=criterion, criterion__brief=evaluator.brief_id).exists():
        raise NotAskedToScore(_("You were not asked to score “%(criterion)s”.") % {"criterion": criterion})


# ---- All of them ---------------------------------------------------------------------------------------------------
@transaction.atomic
def submit(evaluator: Evaluator, *, blanks: bool = False, by: Membership, at: datetime) -> None:
    """Submit all of one's scores: from then on they are locked and one sees the others'. With `blanks`, those that
    are blank are meant to be.

    Raises NotAskedToScore, NotOpenToScores, ConflictNotStated, Submitted, ReasonMissing, BlanksLeft.
    """
    evaluator = hold(evaluator)
    if evaluator.member_id != by.pk:
        raise NotAskedToScore(_("These are somebody else's scores."))
    see_that_it_can_be_scored(evaluator.brief, at)
    see_that_they_may_score(evaluator)
    cells = list(cells_of(evaluator))
    scores = evaluator.scores.exclude(value=None).annotate(pieces=Count("evidence"))
    given = {(one.candidate_id, one.criterion_id): one for one in scores}
    see_that_reasons_are_there(cells, given)
    blank = [cell for cell in cells if (cell[0].pk, cell[1].pk) not in given]
    if len(blank) == len(cells):
        raise BlanksLeft(_("You have given no score yet."))
    if blank and not blanks:
        raise BlanksLeft(
            _("Blank: %(cells)s. Score them, or say that they are to stay blank.") % {"cells": named(blank)}
        )
    Evaluator.objects.filter(pk=evaluator.pk).update(submitted_at=at)
    note(evaluator.brief, "scores-submitted", by=by, at=at, blanks=len(blank))


def see_that_reasons_are_there(cells: list[Cell], given: Mapping[tuple[int, int], Score]) -> None:
    """Raises ReasonMissing where a score has no reason, or no evidence, and needs it."""
    scored = [(*cell, one) for cell in cells if (one := given.get((cell[0].pk, cell[1].pk)))]
    bare = [(who, what) for who, what, one in scored if what.needs_reason and not one.reason.strip()]
    if bare:
        raise ReasonMissing(_("A reason is missing for %(cells)s.") % {"cells": named(bare)})
    unproven = [(who, what) for who, what, one in scored if what.needs_evidence and not one.pieces]  # type: ignore[attr-defined]
    if unproven:
        raise ReasonMissing(_("Evidence is missing for %(cells)s.") % {"cells": named(unproven)})


def cells_of(evaluator: Evaluator) -> Iterable[Cell]:
    """What they are asked to score: each of their criteria for each vendor that is still there. Two queries."""
    criteria = Criterion.objects.filter(
        assignments__evaluator=evaluator, removed_at=None, source=Criterion.Source.PEOPLE
    ).order_by("position", "pk")
    vendors = list(evaluator.brief.candidates.in_the_running().select_related("vendor").order_by("vendor__name", "pk"))
    for criterion in criteria:
        for candidate in vendors:
            yield candidate, criterion


def named(cells: Sequence[Cell]) -> str:
    """The first few cells by name, and how many more."""
    names = [
        _("%(vendor)s on “%(criterion)s”") % {"vendor": candidate.vendor, "criterion": criterion}
        for candidate, criterion in cells[:NAMED]
    ]
    more = len(cells) - len(names)
    if more:
        names.append(ngettext("%(more)s more", "%(more)s more", more) % {"more": more})
    return get_text_list(names, _("and"))


@transaction.atomic
def reopen(evaluator: Evaluator, reason: str, *, by: Membership, at: datetime) -> None:
    """Open somebody's submitted scores again; it is logged, and they are blind again until they submit. One's own only
    before anybody else has submitted: from then on one has read theirs, and somebody else decides it.

    Raises NotTheChair, NotOpenToScores, Overtaken.
    """
    evaluator = hold(evaluator)
    holding.see_that_they_chair(evaluator.brief, by)
    see_that_it_is_not_over(evaluator.brief)
    if evaluator.submitted_at is None:
        raise Overtaken(_("They are open already."))
    if evaluator.member_id == by.pk and others_were_in(evaluator):
        raise NotTheChair(
            _("You may have read the others' scores: another owner, or whoever wrote the brief, opens yours again.")
        )
    Reopening.objects.create(evaluator=evaluator, submitted_at=evaluator.submitted_at, reason=reason, by=by, at=at)
    Evaluator.objects.filter(pk=evaluator.pk).update(submitted_at=None)
    note(evaluator.brief, "scores-reopened", by=by, at=at, evaluator=evaluator.member.label, reason=reason)
