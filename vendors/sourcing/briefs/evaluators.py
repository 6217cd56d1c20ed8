"""Who scores which criteria of a brief; and what becomes of it where somebody leaves."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.sourcing import log
from vendors.sourcing.errors import NotYours
from vendors.sourcing.holding import hold, see_that_it_is, see_that_nothing_changed, touch
from vendors.sourcing.models import Assignment, Brief, BriefState, Criterion, Evaluator
from vendors.sourcing.roles import SCORERS
from vendors.sourcing.scores.blindness import could_read


@transaction.atomic
def name(
    brief: Brief,
    wanted: Mapping[Membership, Iterable[Criterion]],
    *,
    by: Membership,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Say who scores which criteria; whoever is left out scores no longer, and their scores are kept, not counted.

    Whoever has submitted keeps what they were asked, and counts on where they have left since, or may not score any
    more: nobody could name them. Whoever may have read others' scores is not named, or not again.

    Raises NotInThisState, NotYours, Overtaken.
    """
    brief = hold(brief)
    states = (BriefState.DRAFT, BriefState.OPEN, BriefState.CLOSED, BriefState.EVALUATING)
    see_that_it_is(brief, at, *states)
    see_that_nothing_changed(brief, seen)
    own = set(brief.criteria.filter(removed_at=None).values_list("pk", flat=True))
    there = {one.member_id: one for one in brief.evaluators.select_related("member")}
    for member, criteria in wanted.items():
        if member.organisation_id != brief.merchant_id or not can_be_named(member):
            raise NotYours(_("%(person)s cannot score here.") % {"person": member.label})
        keys = {one.pk for one in criteria} & own
        if keys and has_looked(brief, there.get(member.pk), member):
            says = _("%(person)s may have read the others' scores: they cannot score here any more.")
            raise NotYours(says % {"person": member.label})
        _assign(brief, there.get(member.pk), member, keys, by, at)
    named = {member.pk for member in wanted}
    left_out = [
        one.pk
        for one in there.values()
        if one.member_id not in named and (one.submitted_at is None or can_be_named(one.member))
    ]
    Evaluator.objects.filter(pk__in=left_out, removed_at=None).update(removed_at=at)
    touch(brief)
    log.note(brief, "evaluators", by=by, at=at)


def can_be_named(member: Membership) -> bool:
    """Whether somebody has joined, is still there, and may score."""
    return member.user_id is not None and member.left_at is None and member.has_role(*SCORERS)


def has_looked(brief: Brief, row: Evaluator | None, member: Membership) -> bool:
    """Whether somebody who owes no scores now, and has given none, may have read others'. Three queries at most."""
    if row is not None and (row.removed_at is None or row.submitted_at is not None):
        return False
    return could_read(brief, member, row.removed_at if row is not None else None)


def _assign(
    brief: Brief, row: Evaluator | None, member: Membership, keys: set[int], by: Membership, at: datetime
) -> None:
    if row is None and not keys:
        return
    if row is None:
        row = Evaluator.objects.create(brief=brief, member=member, named_by=by, named_at=at)
    elif row.submitted_at is not None and row.removed_at is None:
        return
    Evaluator.objects.filter(pk=row.pk).update(removed_at=None if keys else row.removed_at or at)
    row.assignments.exclude(criterion__in=keys).delete()
    Assignment.objects.bulk_create([Assignment(evaluator=row, criterion_id=key) for key in keys], ignore_conflicts=True)


def hand_on(member: Membership, successor: Membership, at: datetime) -> None:
    """For accounts: briefs of whoever leaves are the successor's. Scores are nobody else's: those submitted stay and
    count, what is not is the successor's to give anew where they may score, do not yet, and have not looked."""
    if not member.organisation.is_merchant:
        return
    mine = Brief.objects.filter(created_by=member)
    for brief in mine.unfinished():
        log.note(brief, "handed-on", by=member, at=at, successor=successor.label)
    mine.update(created_by=successor)
    outstanding = Evaluator.objects.current().filter(member=member, submitted_at=None).select_related("brief")
    for row in outstanding.prefetch_related("assignments"):
        there = Evaluator.objects.filter(brief=row.brief_id, member=successor).first()
        may_score = successor.has_role(*SCORERS) and not has_looked(row.brief, there, successor)
        Evaluator.objects.filter(pk=row.pk).update(removed_at=at)
        if may_score:
            theirs, _new = Evaluator.objects.get_or_create(
                brief_id=row.brief_id, member=successor, defaults={"named_by": member, "named_at": at}
            )
            if theirs.submitted_at is None:
                Evaluator.objects.filter(pk=theirs.pk).update(removed_at=None)
                Assignment.objects.bulk_create(
                    [Assignment(evaluator=theirs, criterion_id=one.criterion_id) for one in row.assignments.all()],
                    ignore_conflicts=True,
                )
