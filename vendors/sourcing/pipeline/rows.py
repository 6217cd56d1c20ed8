"""All briefs of a merchant with what waits for whom, a page at a time; each count out of one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from outsourcing.accounts.models import Membership
from vendors.sourcing.briefs.shown import Mark, mark_of
from vendors.sourcing.models import (
    OVER,
    Answer,
    Brief,
    BriefState,
    Candidate,
    Clarification,
    Evaluator,
    Stage,
)

SHOWN = 25
#: Which briefs, by the word in the address.
SHOWS = {
    "open": gettext_lazy("Going on"),
    "drafts": gettext_lazy("Drafts"),
    "over": gettext_lazy("Over"),
    "all": gettext_lazy("All"),
}
#: They take no part any more.
GONE = (Stage.DECLINED, Stage.WITHDRAWN)
#: From so long before its time something is marked.
SOON = timedelta(days=2)


@dataclass(frozen=True)
class Wait:
    """What waits, for whom, and since or until when."""

    words: str
    whom: str
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """A brief as the pipeline shows it."""

    brief: Brief
    mark: Mark
    listed: int
    invited: int
    answered: int
    scored: str
    waits: Sequence[Wait]


def wanted(show: str) -> str:
    return show if show in SHOWS else "open"


def briefs_of(acting: Membership, show: str) -> Any:
    """The briefs of one's organisation that are asked for: what has to be closed, compared or decided first."""
    rows = Brief.objects.visible_to(acting).select_related("created_by")
    if show == "open":
        rows = rows.exclude(state__in=[*OVER, BriefState.DRAFT])
    elif show == "drafts":
        rows = rows.filter(state=BriefState.DRAFT)
    elif show == "over":
        rows = rows.filter(state__in=OVER)
    order = {BriefState.EVALUATING: 0, BriefState.CLOSED: 1, BriefState.OPEN: 2, BriefState.DRAFT: 3}
    place = Case(*(When(state=state, then=Value(number)) for state, number in order.items()), default=Value(4),
                 output_field=IntegerField())  # fmt: skip
    return rows.order_by(place, Coalesce("deadline_at", "created_at"), "pk")


def page_of(acting: Membership, show: str, number: str | None, at: datetime) -> tuple[Page[Brief], list[Row]]:
    """One page. Seven queries, however many briefs there are."""
    page = Paginator(briefs_of(acting, show), SHOWN).get_page(number)
    briefs = list(page.object_list)
    return page, rows_of(briefs, at)


def rows_of(briefs: Sequence[Brief], at: datetime) -> list[Row]:
    keys = [one.pk for one in briefs]
    counts = _counts(keys)
    answered = _per_brief(Answer.objects.filter(candidate__brief__in=keys).live(), "candidate__brief")
    late = _per_brief(Answer.objects.filter(candidate__brief__in=keys, state=Answer.State.LATE), "candidate__brief")
    asked = _per_brief(Clarification.objects.filter(candidate__brief__in=keys, answered_at=None), "candidate__brief")
    scoring = _scoring(keys)
    rows = []
    for one in briefs:
        count = counts.get(one.pk, {"listed": 0, "invited": 0, "left": 0})
        people = scoring.get(one.pk, [])
        figures = {**count, "answered": answered.get(one.pk, 0), "late": late.get(one.pk, 0)}
        done = len([1 for _name, is_in in people if is_in])
        scored = _("%(done)s of %(all)s") % {"done": done, "all": len(people)} if people else ""
        waits = waits_of(one, figures, asked.get(one.pk, 0), [name for name, is_in in people if not is_in], at)
        rows.append(Row(one, mark_of(one, at), count["listed"], count["invited"], figures["answered"], scored, waits))
    return rows


def _counts(keys: Sequence[int]) -> Mapping[int, dict[str, int]]:
    """Whoever left after answering counts among the answers, and not among those that left as well."""
    live = Answer.objects.filter(candidate=OuterRef("pk")).live()
    rows = Candidate.objects.filter(brief__in=keys).values("brief").annotate(
        listed=Count("pk", filter=~Q(stage__in=GONE)),
        invited=Count("pk", filter=Q(invited_at__isnull=False)),
        left=Count("pk", filter=Q(~Exists(live), stage__in=GONE, invited_at__isnull=False)),
    )  # fmt: skip
    return {one["brief"]: one for one in rows}


def _per_brief(rows: Any, path: str) -> Mapping[int, int]:
    return dict(rows.values(path).annotate(count=Count("pk")).values_list(path, "count"))


def _scoring(keys: Sequence[int]) -> Mapping[int, list[tuple[str, bool]]]:
    rows = Evaluator.objects.counted().filter(brief__in=keys).order_by("member__name", "pk")
    found: dict[int, list[tuple[str, bool]]] = {}
    for brief, name, email, submitted in rows.values_list("brief", "member__name", "member__email", "submitted_at"):
        found.setdefault(brief, []).append((name or email, submitted is not None))
    return found


def waits_of(
    brief: Brief, count: Mapping[str, int], questions: int, scoring: Sequence[str], at: datetime
) -> list[Wait]:
    """What has to happen next, the most pressing first. No query."""
    chair = brief.created_by.label
    state = brief.state_at(at)
    waits = []
    if questions and state == BriefState.OPEN:
        words = ngettext("%(count)s question to answer", "%(count)s questions to answer", questions)
        waits.append(Wait(words % {"count": questions}, chair, "risk"))
    if count["late"] and state == BriefState.CLOSED:
        waits.append(Wait(_("A late answer to decide"), chair, "risk"))
    if state == BriefState.DRAFT:
        words = _("Compare or invite") if count["listed"] else _("Find vendors for it")
        waits.append(Wait(words, chair))
    elif state == BriefState.OPEN:
        missing = count["invited"] - count["left"] - count["answered"]
        if missing > 0:
            words = ngettext("%(count)s answer to come", "%(count)s answers to come", missing) % {"count": missing}
            is_soon = brief.deadline_at is not None and brief.deadline_at - at <= SOON
            waits.append(Wait(words, _("vendors"), "risk" if is_soon else ""))
        else:
            waits.append(Wait(_("All have answered: opens at the deadline"), _("nobody")))
    elif state == BriefState.CLOSED:
        waits.append(Wait(_("Open the answers"), chair, "risk"))
    elif state == BriefState.EVALUATING:
        waits += _comparing(brief, scoring, chair, at)
    return waits


def _comparing(brief: Brief, scoring: Sequence[str], chair: str, at: datetime) -> list[Wait]:
    today: date = at.astimezone(brief.zone).date()
    is_late = brief.decide_by is not None and brief.decide_by < today
    tone = "late" if is_late else "risk" if brief.decide_by and brief.decide_by - today <= SOON else ""
    if scoring:
        return [Wait(_("Scores to come"), ", ".join(scoring[:3]) + (" …" if len(scoring) > 3 else ""), tone)]
    return [Wait(_("To decide"), chair, tone)]
