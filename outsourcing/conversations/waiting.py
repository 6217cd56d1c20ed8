"""What of conversations waits for a person: answers and acknowledgements that are owed, most urgent first."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Membership
from outsourcing.accounts.waiting import Urgency, Waiting
from outsourcing.accounts.working_time import read_hours
from outsourcing.conversations import clock, contacts, turns
from outsourcing.conversations.models import Entry, Turn
from outsourcing.conversations.posting import WRITERS

#: So many are listed on a home page, the earliest due; the inbox holds all of them.
MOST = 25
#: Business seconds left from which on an answer is marked.
SOON = 2 * clock.HOUR
#: Beyond so many business seconds the date says more than the hours.
COUNTED = 16 * clock.HOUR


def waiting(acting: Membership, at: datetime) -> Iterable[Waiting]:
    """What one's side owes, but for what a colleague has taken; for a merchant also answers that are late.

    One query; where something is there, one for its words and one for the hours of all sides.
    """
    if not acting.has_role(*WRITERS):
        return []
    us = acting.organisation_id
    owed = Q(answerer=us) & (Q(assignee=None) | Q(assignee=acting))
    late = Q(asker=us, due_at__lt=at) if acting.organisation.is_merchant else Q(pk__in=())
    rows = Turn.objects.open().filter(owed | late).select_related("thread__merchant", "thread__vendor")
    found = list(rows.order_by("due_at", "pk")[:MOST])
    return list(_lines(found, acting, at)) if found else []


def _lines(found: list[Turn], acting: Membership, at: datetime) -> Iterator[Waiting]:
    entries = Entry.objects.visible_to(acting).filter(turn__in=found).select_related("author")
    firsts = {one.turn_id: one for one in entries.order_by("turn", "number").distinct("turn").defer("search")}
    oldest, us = min(one.due_at for one in found), acting.organisation_id
    others = {one.thread.other_than(us).pk: one.thread.other_than(us) for one in found}
    read_hours([acting.organisation, *others.values()])
    calendar = turns.calendar_around(acting.organisation, min(oldest, at), at + timedelta(days=60))
    hours = {pk: contacts.said(one, at) for pk, one in others.items()}
    for turn in found:
        first = firsts[turn.pk]
        if turn.answerer_id == us:
            yield _owed(turn, first, calendar, hours, at)
        else:
            yield _late(turn, first, at)


def _owed(turn: Turn, first: Entry, calendar: WorkingCalendar, hours: dict[int, str], at: datetime) -> Waiting:
    """Can the pallets move? Pallet & Post, question; ask Imogen Tully; 2 working hours left, reply by 13:30."""
    other = turn.thread.other_than(turn.answerer_id)
    due, urgency = _left(turn, calendar, at)
    asks = _("Reply by %(when)s") if turn.needs_answer else _("Acknowledge by %(when)s")
    when = _when(turn.due_at, at)
    who = contacts.contact(first.author, other.pk, hours)
    return Waiting(
        title=Truncator(first.text).chars(90),
        meta=f"{other.name}, {str(first.get_kind_display()).lower()}",
        url=_url(turn, first),
        action=_("Answer") if turn.needs_answer else _("Read"),
        icon="reply" if turn.needs_answer else "instruction",
        urgency=urgency,
        when=turn.due_at,
        due=due or when,
        due_about=(_("Was due %(when)s") % {"when": when}) if turn.due_at < at else asks % {"when": when},
        ask=_("Ask %(person)s") % {"person": who.name} if who else "",
        phone=who.phone if who else "",
        hours=who.hours if who else "",
    )


def _late(turn: Turn, first: Entry, at: datetime) -> Waiting:
    """Our question, no answer yet."""
    other = turn.thread.other_than(turn.asker_id)
    says = _("%(organisation)s, our question, no answer yet")
    if not turn.needs_answer:
        says = _("%(organisation)s, not yet acknowledged")
    return Waiting(
        title=Truncator(first.text).chars(90),
        meta=says % {"organisation": other.name},
        url=_url(turn, first),
        action=_("Look"),
        icon="clock",
        urgency=Urgency.RISK,
        when=turn.due_at,
        due=_("No answer"),
        due_about=_("Was due %(when)s") % {"when": _when(turn.due_at, at)},
    )


def _left(turn: Turn, calendar: WorkingCalendar, at: datetime) -> tuple[str, Urgency]:
    """How long is left or over in working time, in words; nothing where a date says more."""
    if turn.due_at < at:
        over = calendar.business_seconds(turn.due_at, at)
        return (_hours(over, is_over=True) if over <= COUNTED else _("Late")), Urgency.LATE
    left = calendar.business_seconds(at, turn.due_at)
    urgency = Urgency.RISK if turn.is_blocking or left <= SOON else Urgency.INFO
    return (_hours(left, is_over=False) if left <= COUNTED else ""), urgency


def _hours(seconds: float, *, is_over: bool) -> str:
    """Whole hours, or minutes below two of them."""
    if seconds < 2 * clock.HOUR:
        count = int(seconds // 60)
        left = ngettext("%(count)s working minute left", "%(count)s working minutes left", count)
        over = ngettext("%(count)s working minute late", "%(count)s working minutes late", count)
    else:
        count = int(seconds // clock.HOUR)
        left = ngettext("%(count)s working hour left", "%(count)s working hours left", count)
        over = ngettext("%(count)s working hour late", "%(count)s working hours late", count)
    return (over if is_over else left) % {"count": count}


def _when(instant: datetime, at: datetime) -> str:
    return clock.short(instant, ZoneInfo(timezone.get_current_timezone_name()), at)


def _url(turn: Turn, first: Entry) -> str:
    """The thread, at what was asked."""
    page = reverse("conversations:thread", args=[turn.thread_id])
    newest = turn.thread.entry_count
    return (
        f"{page}#e{first.number}" if first.number > newest - 50 else f"{page}?upto={first.number + 20}#e{first.number}"
    )
