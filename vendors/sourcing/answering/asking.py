"""Questions about a brief before answering it: asked by one, answered for all, without the asker's name (M12)."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.sourcing import log
from vendors.sourcing.answering.submitting import mine, see_that_it_answers, see_that_it_is_not_over
from vendors.sourcing.briefs import versions
from vendors.sourcing.candidates import mails
from vendors.sourcing.errors import NoLongerOpen, NotInThisState, TooMany
from vendors.sourcing.holding import held, touch
from vendors.sourcing.models import Brief, BriefState, Candidate, Clarification
from vendors.sourcing.naming import ALL, see_that_nobody_is_named

#: A vendor asks no more than this about one brief.
MOST = 50


def takes_questions(brief: Brief, at: datetime) -> bool:
    """Until the cut-off, else as long as answers are taken."""
    return brief.state_at(at) == BriefState.OPEN and (brief.questions_until is None or at < brief.questions_until)


@transaction.atomic
def ask(candidate: Candidate, text: str, *, by: Membership, at: datetime) -> Clarification:
    """Ask the merchant something about the brief. Raises NoLongerOpen, TooMany; the same again is the first."""
    candidate = mine(candidate, by)
    brief = candidate.brief
    see_that_it_is_not_over(brief)
    see_that_it_answers(candidate)
    if not takes_questions(brief, at):
        raise NoLongerOpen(_("Questions are not taken any more."))
    if twice := candidate.clarifications.filter(text=text, answered_at=None).first():
        return twice
    if candidate.clarifications.count() >= MOST:
        raise TooMany(_("You have asked %(most)s questions: write a message instead.") % {"most": MOST})
    asked = Clarification.objects.create(candidate=candidate, text=text, asked_by=by, asked_at=at)
    log.note(brief, "asked", by=None, at=at, candidate=candidate)
    mails.tell_merchant(
        brief, title=_("A question about %(brief)s") % {"brief": brief.title}, quote=text,
        words=_("%(vendor)s asks before it answers. All who are invited read your answer, without who asked.")
        % {"vendor": candidate.vendor}, path=reverse("sourcing:questions", args=[brief.pk]),
        occurrence=f"brief-asked:{asked.pk}",
    )  # fmt: skip
    return asked


@transaction.atomic
def reply(
    asked: Clarification, *, shown_text: str, answer: str, changes_brief: bool, by: Membership, at: datetime
) -> None:
    """Answer for all to read, while answers are taken; one that changes the brief is a version of it (M12). Raises
    NotInThisState, NamesAnother."""
    candidate = held(asked.candidate)
    brief = candidate.brief
    if brief.state_at(at) != BriefState.OPEN:
        raise NotInThisState(_("Answers are closed: nobody reads it any more."))
    see_that_nobody_is_named(brief, {ALL: f"{shown_text}\n{answer}"})
    rows = Clarification.objects.filter(pk=asked.pk, answered_at=None)
    if not rows.update(
        shown_text=shown_text, answer=answer, changes_brief=changes_brief, answered_by=by, answered_at=at
    ):
        raise NotInThisState(_("It was answered already."))
    asked.refresh_from_db()
    log.note(brief, "question-answered", by=by, at=at)
    if changes_brief:
        versions.freeze(brief, by=by, at=at)
        touch(brief)
    mails.tell_of_clarification(brief, asked)


def published(brief: Brief) -> list[Clarification]:
    """What all who are invited read, the earliest first; nothing of who asked is read. One query."""
    rows = Clarification.objects.filter(candidate__brief=brief).published()
    return list(rows.order_by("answered_at", "pk").only("shown_text", "answer", "answered_at", "changes_brief"))
