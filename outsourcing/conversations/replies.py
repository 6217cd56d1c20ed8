"""How quickly each side replies, and the turns that it is made of: what both sides see of each other, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on
from outsourcing.conversations import agreeing, clock, responding
from outsourcing.conversations.models import Entry, ReplyTime, Thread, Turn
from outsourcing.conversations.responding import Responding
from outsourcing.shared.clock import now

PER_PAGE = 25
TURNS_PER_PAGE = 50
THEY, WE = "they", "we"


@dataclass(frozen=True)
class Row:
    """One organisation, and how each side answers the other; `thread` is the newest with it."""

    other: Organisation
    thread: int
    they: Responding
    we: Responding


@dataclass(frozen=True)
class Asked:
    """One turn of a figure: what was asked, where it stands, and what became of it."""

    turn: Turn
    text: str
    url: str
    asked: str
    ended: str
    taken: str
    may_take: str
    is_late: bool
    is_counted: bool


@require_safe
@acts_as()
def overview(request: UserRequest) -> HttpResponse:
    """Everybody with whom one talks, the latest first: how they answer, and how we do."""
    at, acting = now(), request.acting
    us = acting.organisation
    theirs = "vendor" if us.is_merchant else "merchant"
    latest = Thread.objects.visible_to(acting).order_by().values(theirs).annotate(last=Max("last_entry_at"))
    page: Page[Any] = Paginator(latest.order_by("-last", theirs).values_list(theirs, flat=True), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": rows_of(list(page.object_list), acting, at),
        "own": of_ours(us, at) if not us.is_merchant else None,
        "shown": ReplyTime.objects.filter(organisation=us).first() if not us.is_merchant else None,
        "may_show": acting.has_role(Role.MANAGER),
        "least": agreeing.LEAST,
        "crumbs": [(_("Messages"), reverse("conversations:inbox"))],
    }
    return render(request, "conversations/responding.html", context)


@require_POST
@acts_as(Role.MANAGER)
def show_everybody(request: UserRequest) -> HttpResponse:
    """A vendor's manager says whether all merchants may know how fast it replies."""
    vendor = request.acting.organisation
    if request.POST.get("show") == "1":
        agreeing.agree(vendor, by=request.acting, at=now())
        messages.success(request, _("Merchants see it on your page, once %d of them contribute.") % agreeing.LEAST)
    else:
        agreeing.take_back(vendor)
        messages.success(request, _("Only you see it now."))
    return redirect("conversations:responding")


def rows_of(keys: Sequence[int], acting: Membership, at: datetime) -> list[Row]:
    """The organisations of these keys in their order. Queries: they, their hours in two, newest threads, turns."""
    us = acting.organisation
    theirs = "vendor" if us.is_merchant else "merchant"
    others = Organisation.objects.filter(pk__in=[*keys, us.pk]).prefetch_related("openings", "closed_days")
    found = {one.pk: one for one in others}
    threads = Thread.objects.visible_to(acting).filter(**{f"{theirs}__in": keys})
    newest = dict(threads.order_by(theirs, "-last_entry_at", "pk").distinct(theirs).values_list(theirs, "pk"))
    turns: dict[int, list[Turn]] = {pk: [] for pk in keys}
    between = list(responding.turns_between(us.pk, keys, at))
    responding.remember_pauses(between)
    for turn in between:
        turns[turn.asker_id if turn.answerer_id == us.pk else turn.answerer_id].append(turn)
    calendar_of = responding.calendars(found.values(), at)
    return [
        Row(found[pk], newest[pk], *responding.both_ways(us.pk, turns[pk], calendar_of, at))
        for pk in keys
        if pk in newest
    ]


def of_ours(us: Organisation, at: datetime) -> Responding:
    """How one answers everybody. Three queries."""
    rows = Turn.objects.owed_by(us.pk).filter(responding.in_view(at)).defer("reckoned")
    return responding.responding(rows, responding.calendars([us], at), at)


@require_safe
@acts_on(Thread)
def replies(request: UserRequest, thread: Thread) -> HttpResponse:
    """How the two organisations of a thread answer each other, over all their threads, and each turn of it."""
    at, us = now(), request.acting.organisation_id
    other = thread.other_than(us)
    places = Organisation.objects.filter(pk__in=[us, other.pk]).prefetch_related("openings", "closed_days")
    calendar_of = responding.calendars(places, at)
    found = list(responding.turns_between(us, [other.pk], at).order_by("-opened_at", "pk"))
    responding.remember_pauses(found)
    they, we = responding.both_ways(us, found, calendar_of, at)
    side = WE if request.GET.get("side") == WE else THEY
    owed = [turn for turn in found if (turn.answerer_id == us) is (side == WE)]
    page: Page[Any] = Paginator(owed, TURNS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "thread": thread,
        "other": other,
        "they": they,
        "we": we,
        "side": side,
        "page": page,
        "turns": asked_in(list(page.object_list), calendar_of, at),
        "crumbs": [
            (_("Messages"), reverse("conversations:inbox")),
            (thread.subject, reverse("conversations:thread", args=[thread.pk])),
        ],
    }
    return render(request, "conversations/replies.html", context)


def asked_in(turns: Sequence[Turn], calendar_of: responding.CalendarOf, at: datetime) -> list[Asked]:
    """Each turn with the words that opened it. One query, and what rooms need for the pauses."""
    firsts = Entry.objects.filter(turn__in=[one.pk for one in turns]).order_by("turn", "number").distinct("turn")
    words = {key: (text, number) for key, text, number in firsts.values_list("turn", "text", "number")}
    zone = ZoneInfo(timezone.get_current_timezone_name())
    timed = responding.timed_of(turns, calendar_of, at)
    return [_asked(turn, *words.get(turn.pk, ("", 1)), seconds, zone, at) for turn, seconds in timed]


def _asked(turn: Turn, text: str, number: int, seconds: int, zone: ZoneInfo, at: datetime) -> Asked:
    ended = str(turn.get_ending_display()) if turn.ending else _("Open")
    if turn.closed_at:
        ended = _("%(ending)s %(when)s") % {"ending": ended, "when": clock.short(turn.closed_at, zone, at)}
    return Asked(
        turn,
        text,
        reverse("conversations:thread", args=[turn.thread_id]) + f"?upto={number + 20}#e{number}",
        clock.short(turn.opened_at, zone, at),
        ended,
        "" if turn.ending in responding.UNCOUNTED else responding.hours(seconds),
        responding.hours(turn.target_seconds),
        seconds > turn.target_seconds,
        responding.is_counted(turn, at),
    )
