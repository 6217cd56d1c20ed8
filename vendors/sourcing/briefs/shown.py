"""What a brief's page shows, gathered in few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Membership
from outsourcing.accounts.working_time import calendar_of
from vendors.sourcing.briefs import publishing, versions, writing
from vendors.sourcing.briefs.volumes import filled
from vendors.sourcing.models import Answer, Brief, BriefState, Criterion, Stage
from vendors.sourcing.roles import BUYERS

#: How a state is marked.
MARKS = {
    BriefState.DRAFT: ("", "pencil"),
    BriefState.OPEN: ("info", "clock"),
    BriefState.CLOSED: ("risk", "lock"),
    BriefState.EVALUATING: ("info", "shortlist"),
    BriefState.DECIDED: ("ok", "check"),
    BriefState.CANCELLED: ("idle", "x"),
}
#: Fewer working days than this are short notice (reference/vendors.md B11).
SHORT_NOTICE = 5


@dataclass(frozen=True)
class Mark:
    """A state as icon, word and tone."""

    word: str
    tone: str
    icon: str


def mark_of(brief: Brief, at: datetime) -> Mark:
    state = BriefState(brief.state_at(at))
    tone, icon = MARKS[state]
    return Mark(str(state.label), tone, icon)


@dataclass(frozen=True)
class Row:
    """A criterion with its share in per cent, its steps, and who scores it."""

    criterion: Criterion
    share: Decimal
    steps: Sequence[Any]
    people: Sequence[str]


def shown(brief: Brief, acting: Membership, at: datetime) -> dict[str, Any]:
    """For the page: about ten queries, however much there is of each."""
    criteria = list(brief.criteria.filter(removed_at=None).prefetch_related("steps"))
    evaluators = list(brief.evaluators.current().select_related("member").prefetch_related("assignments"))
    part = versions.shares(criteria)
    names: dict[int, list[str]] = {}
    for one in evaluators:
        for assigned in one.assignments.all():
            names.setdefault(assigned.criterion_id, []).append(one.member.label)
    state = brief.state_at(at)
    writes = acting.has_role(*BUYERS)
    return {
        "brief": brief,
        "mark": mark_of(brief, at),
        "state": state,
        "volumes": filled(brief.volumes),
        "gates": list(brief.gates.filter(removed_at=None)),
        "criteria": [Row(one, part[one.pk], list(one.steps.all()), names.get(one.pk, [])) for one in criteria],
        "all_zero": bool(criteria) and not any(one.weight for one in criteria),
        "questions": list(brief.questions.filter(removed_at=None)),
        "files": list(brief.files.filter(removed_at=None).select_related("file")),
        "evaluators": evaluators,
        "writes": writes,
        "may_write": writes and state in writing.WRITABLE,
        "may_weigh": writes and not brief.is_over,
        "chairs": brief.is_chaired_by(acting),
        "missing": publishing.missing(brief, at) if state == BriefState.DRAFT and writes else [],
        "counts": counts(brief),
        "is_short": is_short_notice(brief, at),
        "has_ended": brief.is_over,
    }


def counts(brief: Brief) -> dict[str, int]:
    """How many are on the list, were asked, and have answered; of a sealed brief the last is a count and no more. Two
    queries."""
    rows = list(brief.candidates.values_list("stage", "invited_at"))
    answered = Answer.objects.filter(candidate__brief=brief).live().count()
    return {
        "listed": len([1 for stage, _invited in rows if stage not in (Stage.DECLINED, Stage.WITHDRAWN)]),
        "invited": len([1 for _stage, invited in rows if invited]),
        "answered": answered,
    }


def is_short_notice(brief: Brief, at: datetime) -> bool:
    """Whether a draft's deadline is within five working days of the merchant's. Two queries."""
    if brief.state != BriefState.DRAFT or brief.deadline_at is None or brief.deadline_at <= at:
        return False
    if brief.deadline_at - at > timedelta(days=SHORT_NOTICE * 4):
        return False
    calendar: WorkingCalendar = calendar_of(brief.merchant, range(at.year, brief.deadline_at.year + 1))
    today, last = at.astimezone(brief.zone).date(), brief.deadline_at.astimezone(brief.zone).date()
    return calendar.business_days_between(today, last) < SHORT_NOTICE
