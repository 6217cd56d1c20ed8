"""A brief as one invited vendor sees it: its text, what changed, the questions answered for all, and its own answer.

Nothing here reads another candidate's row: what a rival does changes no byte of these pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.sourcing.answering.asking import published, takes_questions
from vendors.sourcing.answering.submitting import ANSWERING, is_untold
from vendors.sourcing.deciding.bands import bands_in_words
from vendors.sourcing.models import Answer, AnswerDraft, BriefState, Candidate, Stage, Told

State = Answer.State


@dataclass(frozen=True)
class Standing:
    """Where a vendor stands with a brief, in its own words: never the merchant's stage."""

    word: str
    tone: str
    icon: str
    is_open: bool = False


def standing_of(
    candidate: Candidate, at: datetime, *, has_draft: bool, own: Answer | None, told: Told | None
) -> Standing:
    """No query."""
    brief = candidate.brief
    state = brief.state_at(at)
    if told is not None:
        return Standing(_("Decided"), "ok", "check")
    if candidate.stage == Stage.WITHDRAWN:
        return Standing(_("Withdrawn"), "idle", "x")
    if candidate.stage == Stage.DECLINED:
        return Standing(_("Declined"), "idle", "x")
    if state == BriefState.CANCELLED:
        return Standing(_("Cancelled"), "idle", "x")
    if own is not None and own.state == State.LATE:
        return Standing(_("Sent late, not decided"), "risk", "late")
    if own is not None and own.state == State.LIVE:
        return Standing(_("Answered"), "ok", "check", is_open=state == BriefState.OPEN)
    if state == BriefState.OPEN:
        return Standing(_("Draft") if has_draft else _("To answer"), "info", "pencil", is_open=True)
    return Standing(_("Deadline passed"), "late", "late")


@dataclass(frozen=True)
class Row:
    """A line of the list of briefs."""

    candidate: Candidate
    standing: Standing


def rows_of(acting: Membership, at: datetime) -> list[Row]:
    """All briefs that one was invited to, the latest first. Three queries."""
    drafts = AnswerDraft.objects.filter(candidate=OuterRef("pk"))
    found = Candidate.objects.visible_to(acting).annotate(has_draft=Exists(drafts)).order_by("-invited_at", "pk")
    rows: list[Any] = list(found[:200])
    keys = [one.pk for one in rows]
    own = {one.candidate_id: one for one in _own(Answer.objects.filter(candidate__in=keys))}
    told = {one.candidate_id: one for one in Told.objects.filter(candidate__in=keys).order_by("at")}
    return [
        Row(one, standing_of(one, at, has_draft=one.has_draft, own=own.get(one.pk), told=told.get(one.pk)))
        for one in rows
    ]


def _own(rows: QuerySet[Answer]) -> QuerySet[Answer]:
    """The answers that stand for a vendor: the live one, and after it a late one."""
    return rows.filter(state__in=[State.LIVE, State.LATE]).order_by("number")


def asked_of(candidate: Candidate, at: datetime) -> dict[str, Any]:
    """Everything for the page where one answers. Ten queries."""
    brief = candidate.brief
    versions = list(brief.versions.order_by("number"))
    answers = list(candidate.answers.select_related("submitted_by", "recorded_by", "brief_version").order_by("-number"))
    live = next((one for one in answers if one.state in (State.LIVE, State.LATE)), None)
    draft = AnswerDraft.objects.filter(candidate=candidate).select_related("saved_by").first()
    told = Told.objects.filter(candidate=candidate).order_by("-at").first()
    seen = live.brief_version.number if live and live.brief_version else versions[0].number if versions else 0
    state = brief.state_at(at)
    standing = standing_of(candidate, at, has_draft=draft is not None, own=live, told=told)
    answers_now = (candidate.stage in ANSWERING and not brief.is_over) or is_untold(candidate)
    return {
        "candidate": candidate,
        "brief": brief,
        "text": versions[-1].content if versions else {},
        "changes": [one for one in versions[1:] if one.number > seen] or versions[1:][-1:],
        "changed_since": bool(live and versions and versions[-1].number > seen),
        "clarifications": published(brief),
        "own_questions": list(candidate.clarifications.filter(answered_at=None)),
        "takes_questions": takes_questions(brief, at) and answers_now,
        "answers": answers,
        "live": live,
        "draft": draft,
        "told": told,
        "told_bands": bands_in_words(told) if told else [],
        "standing": standing,
        "state": state,
        "is_open": state == BriefState.OPEN,
        "answers_now": answers_now,
        "is_late": answers_now and state != BriefState.OPEN,
        "may_take_back": bool(live and live.state == State.LIVE and state == BriefState.OPEN and not live.is_recorded),
        "objectionable": next((one for one in answers if one.recorded_by_id and one.objected_at is None), None),
        "may_withdraw": candidate.stage not in (Stage.WITHDRAWN, Stage.DECLINED) and state != BriefState.CANCELLED,
        "zone": str(brief.zone).replace("_", " "),
    }


def content_of(answer: Answer) -> Mapping[str, Any]:
    """An answer's content in a draft's shape, for the form to open with. Three queries."""
    return {
        "price_month": answer.price_month,
        "price_order": answer.price_order,
        "currency": answer.currency,
        "assumptions": answer.assumptions,
        "message": answer.message,
        "gates": {str(one.gate_id): (one.says_yes, one.text) for one in answer.gates.all()},
        "questions": {str(one.question_id): one.text for one in answer.questions.all()},
        "files": [one.file_id for one in answer.files.all()],
    }
