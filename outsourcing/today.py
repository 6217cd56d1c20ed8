"""Both home pages: what needs a merchant today, and what waits for a vendor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from milestones.contracts.glance import glance
from outsourcing.accounts.first_run import Step, steps_of
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.waiting import Matter, Unsaid, Waiting, in_words, waiting_for
from outsourcing.notifications.ladders.coming import next_ones
from outsourcing.notifications.ladders.rules import RUN
from outsourcing.shared import clock
from outsourcing.shared.statements import Read

#: In the session: the places whose first steps are done, as texts.
STEPS_DONE = "steps_done"
#: So many reminders that will go are named.
SOON = 5
#: From so many on a figure says "25+": of a kind no more are listed.
LISTED = 25
#: So many things stand on the page at first; the address says when all are asked for.
SHOWN = 25


@require_safe
def today(request: UserRequest) -> HttpResponse:
    """A merchant's today, a vendor's portal, or, for a member of nothing, what to do about it."""
    if not request.memberships:
        return render(request, "no_organisation.html")
    now = timezone.localtime(clock.now())
    steps = _first_steps(request)
    is_ready = request.acting.organisation.is_merchant and all(step.is_done for step in steps)
    beside: dict[str, Read[Any]] = {"glance": glance(request.acting, now)} if is_ready else {}
    if is_ready and request.acting.has_role(*RUN):
        beside["coming"] = next_ones(request.acting, SOON)
    waiting, others = waiting_for(request.acting, now, *beside.values())
    context: dict[str, Any] = {
        "greeting": _greeting(now.hour, request.user.get_short_name() if request.user.name.strip() else ""),
        "today": now.date(),
        "steps": steps,
        "done_count": sum(step.is_done for step in steps),
        "waiting": waiting,
        "shown": [in_words(one) for one in (waiting if "all" in request.GET else waiting[:SHOWN])],
        **dict(zip(beside, others, strict=True)),
    }
    if not request.acting.organisation.is_merchant:
        return render(request, "portal.html", context)
    if is_ready:
        url = "?all=1#needs-you" if len(context["shown"]) < len(waiting) else "#needs-you"
        context["figures"] = figures_of(waiting, url)
    return render(request, "today.html", context)


def _first_steps(request: UserRequest) -> list[Step]:
    """What is left to do at first; once it is done, this session does not look again."""
    place = str(request.acting.pk)
    if place in request.session.get(STEPS_DONE, ()):
        return []
    steps = steps_of(request.acting)
    if all(step.is_done for step in steps):
        request.session[STEPS_DONE] = [*request.session.get(STEPS_DONE, ()), place]
    return steps


@dataclass(frozen=True)
class Figure:
    """One number at the top of the page, which leads to the list; "25+" where there may be more than are listed."""

    count: str
    label: str
    icon: str
    tone: str
    note: str
    url: str


def figures_of(waiting: Sequence[Waiting | Unsaid], url: str = "#needs-you") -> list[Figure]:
    """The things to do, counted by what they are, each with its most urgent one; nothing where nothing is to do. All of
    them stand at `url`."""
    if not waiting:
        return []
    return [
        _figure(waiting, url, Matter.OVERDUE, _("Overdue milestones"), "late", "late"),
        _figure(waiting, url, Matter.OWED, _("Waiting for our reply"), "reply"),
        _figure(waiting, url, Matter.UNANSWERED, _("Vendors past reply time"), "clock", "risk"),
        _figure(waiting, url, Matter.DECISION, _("Decisions pending"), "award"),
    ]


def _figure(
    waiting: Sequence[Waiting | Unsaid], url: str, matter: Matter, label: str, icon: str, tone: str = ""
) -> Figure:
    found = [one for one in waiting if one.matter == matter]
    if not found:
        return Figure("0", label, icon, "", "", url)
    first = in_words(found[0])
    note = ", ".join(filter(None, [first.due, first.due_about[:1].lower() + first.due_about[1:]]))
    return Figure(str(len(found)) if len(found) < LISTED else f"{LISTED}+", label, icon, tone, note, url)


def _greeting(hour: int, name: str) -> str:
    """Good morning before noon, good afternoon before six, else good evening; the first name where it is known."""
    if hour < 12:
        words = _("Good morning")
    elif hour < 18:
        words = _("Good afternoon")
    else:
        words = _("Good evening")
    return f"{words}, {name}" if name else words
