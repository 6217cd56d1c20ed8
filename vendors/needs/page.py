"""Jobs as their pages show them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.needs import drawing, words
from vendors.needs.figures.forms import MarksForm, NeedMonthForm
from vendors.needs.models import Mark, NeedMonth, Reopening, Stance
from vendors.needs.peers.forms import SettleForm
from vendors.needs.reading import Board, Job, readable_opinions
from vendors.needs.verdict import Verdict, View, rounded
from vendors.needs.words import number, signed

#: Of those who see it otherwise so many are quoted on the list.
QUOTED = 4
#: So many months of a job stand on its page.
MONTHS = 12
GO = (Verdict.OUTSOURCE, Verdict.CONTROLLED)


def crumbs() -> list[tuple[str, str]]:
    return [(_("Needs"), reverse("needs:jobs"))]


def find_vendors(job: Job) -> str:
    """The directory with the job's services chosen; empty where it maps to none."""
    if not job.services:
        return ""
    return f"{reverse('directory:list')}?{urlencode([('service', slug) for slug, _name in job.services])}"


class Line:
    """A job in the table, its cells drawn; what many rows have alike is drawn once for all of them."""

    def __init__(self, job: Job) -> None:
        self.pk, self.name = job.task.pk, job.task.name
        self.url = reverse("needs:job", args=[job.task.pk])
        self.verdict = str(words.VERDICTS[job.judged.verdict])
        self.icon, self.mark = words.MARKS[job.judged.verdict]
        self.chip = drawing.chip(self.verdict, self.icon, self.mark)
        self.hours = number(job.facts.hours) or drawing.NOTHING
        self.skill, self.liking = drawing.dots(job.facts.skill), drawing.dots(job.facts.liking)
        self.gap = signed(job.judged.gap)
        self.gap_words = words.gap_in_words(job)
        self.score = number(job.judged.score)
        self.is_reopened = bool(job.reopened)
        self.view = view_of(job)
        self.view_drawn = drawing.status(*self.view) if self.view else ""
        self.others = others_on(job) or drawing.NOTHING


def view_of(job: Job) -> tuple[str, str, str] | None:
    """Word, icon and mark of what others think; None where too few have said."""
    if job.judged.view == View.TOO_FEW:
        return None
    word, icon, mark = words.VIEWS[job.judged.view]
    return str(word), icon, mark


def others_on(job: Job) -> str:
    """Two of three agree, mean 2.3."""
    said = job.said
    if not said.answers:
        if said.withheld:
            return _("%(count)s kept back for now") % {"count": said.withheld}
        return ""
    if not said.scores:
        return _("%(count)s cannot say") % {"count": said.unsure}
    counts = {"agreed": said.agreed, "total": said.agreed + said.disputed, "mean": number(job.judged.peers_mean)}
    words = _("%(agreed)s of %(total)s agree, mean %(mean)s") % counts
    if said.to_answer:
        return _("%(words)s, %(left)s to answer") % {"words": words, "left": said.to_answer}
    return words


def overview(board: Board) -> dict[str, Any]:
    """The context of the list."""
    go = [job for job in board.shown if job.judged.verdict in GO]
    hours = sum((job.facts.hours or Decimal(0) for job in go), Decimal(0))
    share = int(rounded(100 * hours / board.hours, 0)) if board.hours else 0
    first = next((job for job in go if job.services), None)
    return {
        "rows": [Line(job) for job in board.shown],
        "hidden": board.hidden,
        "hours": number(board.hours),
        "answered": board.answered,
        "waiting": board.waiting,
        "rated": sum(job.is_rated for job in board.shown),
        "go": go,
        "go_names": words.listed([job.task.name for job in go[:6]]),
        "go_hours": number(hours),
        "go_share": share,
        "first": first,
        "find": find_vendors(first) if first else "",
        "disputed": [
            {
                "job": job,
                "own": number(job.facts.skill),
                "mean": number(job.judged.peers_mean),
                "quote": job.said.comments[0] if job.said.comments else "",
            }
            for job in sorted(board.shown, key=lambda one: abs(one.judged.gap or Decimal(0)), reverse=True)
            if job.said.disputed and job.judged.gap is not None
        ][:QUOTED],
        "to_answer": sum(job.said.to_answer for job in board.shown),
        "reopened": [(job, again) for job in board.shown for again in again_of(job)],
    }


def again_of(job: Job) -> list[dict[str, Any]]:
    """The open questions of a job, figures as they are read."""
    return [{"one": one, "figure": number(one.figure, 2), "mark": number(one.at_least, 2)} for one in job.reopened]


def verdict_of(job: Job) -> dict[str, Any]:
    """All that a viewer reads: no rating of anybody's."""
    icon, mark = words.MARKS[job.judged.verdict]
    return {
        "task": job.task,
        "verdict": str(words.VERDICTS[job.judged.verdict]),
        "icon": icon,
        "mark": mark,
        "score": number(job.judged.score),
        "find": find_vendors(job),
        "crumbs": crumbs(),
    }


def of_job(acting: Membership, job: Job, at: datetime) -> dict[str, Any]:
    """The context of one job's page."""
    currency = acting.organisation.currency
    return {
        "job": job,
        "line": Line(job),
        "reopened": again_of(job),
        "bars": words.bars(job, currency),
        "summary": words.summary(job),
        "left_out": words.left_out(job),
        "estimates": list(words.estimates(job, currency)),
        "in_house": words.amount(job.judged.in_house, currency) if job.judged.in_house is not None else "",
        "find": find_vendors(job),
        "currency": currency,
        "crumbs": crumbs(),
        **others_of(job),
        **when_of(job, at.astimezone(ZoneInfo(str(acting.organisation.time_zone))).date()),
    }


def when_of(job: Job, today: date) -> dict[str, Any]:
    """When to look again: months, marks, and what was concluded. Three queries."""
    if job.need is None:
        return {"marks_form": MarksForm(), "month_form": NeedMonthForm(today=today), "months": [], "concluded": []}
    marks: dict[str, Any] = dict(Mark.objects.filter(need=job.need).values_list("kind", "at_least"))
    closed = Reopening.objects.filter(need=job.need, closed_at__isnull=False).select_related("closed_by")
    return {
        "marks": marks,
        "marks_form": MarksForm(marks=marks),
        "month_form": NeedMonthForm(today=today),
        "months": list(NeedMonth.objects.filter(need=job.need)[:MONTHS]),
        "concluded": [
            {"one": one, "figure": number(one.figure, 2)} for one in closed.order_by("-closed_at", "pk")[:MONTHS]
        ],
    }


def others_of(job: Job) -> dict[str, Any]:
    """What others say of a job, each dispute with a form to answer it. One query."""
    if job.need is None:
        return {"opinions": []}
    said, is_hidden = readable_opinions(job.need)
    entries = [
        {
            "opinion": one,
            "form": SettleForm(opinion=one) if one.stance == Stance.DISPUTE and not one.outcome else None,
            "icon": STANCES[Stance(one.stance)][0],
            "mark": STANCES[Stance(one.stance)][1],
        }
        for one in said
    ]
    return {"opinions": entries, "is_hidden": is_hidden}


STANCES = {Stance.AGREE: ("check", "ok"), Stance.DISPUTE: ("x", "late"), Stance.UNSURE: ("question", "none")}


def rated_of(job: Job) -> dict[str, Any]:
    """What stands beside a form of ratings."""
    icon, mark = words.MARKS[job.judged.verdict]
    return {"verdict": str(words.VERDICTS[job.judged.verdict]), "icon": icon, "mark": mark, "is_rated": job.is_rated}


def has_more(job: Job) -> bool:
    """Whether the person has said something beyond the first pass."""
    own = job.own
    names = ("people", "hour_value", "direct_cost", "space_cost", "rework_cost", "brand")
    return own is not None and bool(own.done_by or any(getattr(own, name) is not None for name in names))


def line_of(job: Job) -> Sequence[object]:
    """A row of the export."""
    judged = job.judged
    figures = (job.facts.hours, job.facts.skill, job.facts.liking, judged.peers_mean)
    shown = ["" if one is None else rounded(one, 2) for one in figures]
    gap = "" if judged.gap is None else rounded(judged.gap, 2)
    score = "" if judged.score is None else rounded(judged.score)
    return [job.task.name, *shown, len(job.said.scores), gap, score, str(words.VERDICTS[judged.verdict])]
