"""What of conversations waits for a person: answers and acknowledgements that are owed, most urgent first."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache, partial
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Membership
from outsourcing.accounts.waiting import Matter, Things, Unsaid, Urgency, Waiting
from outsourcing.accounts.working_time import Hours, Workplace
from outsourcing.conversations import clock, contacts
from outsourcing.conversations.models import Kind
from outsourcing.conversations.posting import WRITERS
from outsourcing.shared.addresses import address
from outsourcing.shared.statements import Read, Values

#: So many of what is owed and of what is late are listed on a home page, the earliest due; the inbox holds all.
MOST = 25
#: Business seconds left from which on an answer is marked.
SOON = 2 * clock.HOUR
#: Beyond so many business seconds the date says more than the hours.
COUNTED = 16 * clock.HOUR
WAITING = f"""
WITH found AS MATERIALIZED (
    SELECT t.id, t.thread_id, t.answerer_id, t.needs_answer, t.is_blocking, t.due_at, h.entry_count,
        CASE WHEN h.merchant_id = %(us)s THEN h.vendor_id ELSE h.merchant_id END AS other_id
    FROM ((SELECT * FROM conversations_turn
        WHERE closed_at IS NULL AND answerer_id = %(us)s AND (assignee_id IS NULL OR assignee_id = %(me)s)
        ORDER BY due_at, id LIMIT {MOST})
    UNION ALL (SELECT * FROM conversations_turn
        WHERE closed_at IS NULL AND asker_id = %(us)s AND due_at < %(late)s ORDER BY due_at, id LIMIT {MOST})) t
    JOIN conversations_thread h ON h.id = t.thread_id
), sides AS (SELECT other_id AS id FROM found WHERE answerer_id = %(us)s UNION SELECT %(us)s)
SELECT (SELECT json_agg(r) FROM (
        SELECT f.thread_id, f.answerer_id, f.needs_answer, f.is_blocking, f.due_at, f.entry_count, f.other_id,
            o.name AS other, e.number, e.kind, left(e.text, 200) AS text,
            CASE WHEN m.organisation_id = f.other_id THEN coalesce(nullif(m.name, ''), m.email) END AS person, m.phone
        FROM found f JOIN accounts_organisation o ON o.id = f.other_id
        JOIN LATERAL (SELECT number, kind, text, author_id FROM conversations_entry e WHERE e.turn_id = f.id
            ORDER BY number LIMIT 1) e ON TRUE
        LEFT JOIN accounts_membership m ON m.id = e.author_id
        ORDER BY f.due_at, f.id) r) AS found,
    (SELECT json_agg(json_build_array(o.id, o.time_zone, o.country, o.region)) FROM accounts_organisation o
        JOIN sides USING (id)) AS sides,
    (SELECT json_agg(json_build_array(organisation_id, weekday, opens, closes)) FROM accounts_opening
        JOIN sides ON sides.id = organisation_id) AS openings,
    (SELECT json_agg(json_build_array(organisation_id, day)) FROM accounts_closedday
        JOIN sides ON sides.id = organisation_id) AS closed
"""


def waiting(acting: Membership, at: datetime) -> Read[Things] | Things:
    """What one's side owes, but for what a colleague took; for a merchant also answers that are late."""
    if not acting.has_role(*WRITERS):
        return ()
    at = timezone.localtime(at)
    late = at if acting.organisation.is_merchant else None
    given = {"us": acting.organisation_id, "me": acting.pk, "late": late}
    return Read(WAITING, given, partial(_said, acting.organisation_id, at))


def _said(us: int, at: datetime, rows: Sequence[Values]) -> Iterator[Unsaid]:
    [row] = rows
    found = row["found"]
    if not found:
        return
    hours = Hours(map(Workplace._make, row["sides"]), row["openings"] or (), row["closed"] or ())
    oldest = min(at, datetime.fromisoformat(found[0]["due_at"]))
    calendar_of = hours.calendar_of(range(oldest.year, at.year + 2))
    at_work = cache(lambda calendar: contacts.said_of(calendar, at))  # of who works alike it is said once
    late_since = _late_since(calendar_of(us), at)
    for one in found:
        due_at = datetime.fromisoformat(one["due_at"])
        if one["answerer_id"] != us:
            yield Unsaid(Urgency.RISK, due_at, Matter.UNANSWERED, partial(_late, one, due_at, at))
            continue
        urgency = _urgency(due_at, one["is_blocking"], calendar_of(us), at)
        is_long_late = late_since is not None and due_at < late_since
        words = partial(_owed, one, due_at, urgency, is_long_late, calendar_of, at_work, at)
        yield Unsaid(urgency, due_at, Matter.OWED, words)


def _owed(
    one: Values,
    due_at: datetime,
    urgency: Urgency,
    is_long_late: bool,
    calendar_of: Callable[[int], WorkingCalendar],
    at_work: Callable[[WorkingCalendar], str],
    at: datetime,
) -> Waiting:
    """Can the pallets move? Pallet & Post, question; ask Imogen Tully; 2 working hours left, reply by 13:30."""
    asks = _("Reply by %(when)s") if one["needs_answer"] else _("Acknowledge by %(when)s")
    when = _when(due_at, at)
    return Waiting(
        title=_title(one["text"]),
        meta=f"{one['other']}, {_kind(one['kind'])}",
        url=_url(one),
        action=_("Answer") if one["needs_answer"] else _("Read"),
        icon="reply" if one["needs_answer"] else "instruction",
        urgency=urgency,
        when=due_at,
        due=_("Late") if is_long_late else _left(due_at, calendar_of(one["answerer_id"]), at) or when,
        due_about=(_("Was due %(when)s") % {"when": when}) if due_at < at else asks % {"when": when},
        ask=_("Ask %(person)s") % {"person": one["person"]} if one["person"] else "",
        phone=one["phone"] if one["person"] else "",
        hours=at_work(calendar_of(one["other_id"])) if one["person"] else "",
        matter=Matter.OWED,
    )


def _late(one: Values, due_at: datetime, at: datetime) -> Waiting:
    """Our question, no answer yet."""
    says = _("%(organisation)s, our question, no answer yet")
    if not one["needs_answer"]:
        says = _("%(organisation)s, not yet acknowledged")
    return Waiting(
        title=_title(one["text"]),
        meta=says % {"organisation": one["other"]},
        url=_url(one),
        action=_("Look"),
        icon="clock",
        urgency=Urgency.RISK,
        when=due_at,
        due=_("No answer"),
        due_about=_("Was due %(when)s") % {"when": _when(due_at, at)},
        matter=Matter.UNANSWERED,
    )


@cache
def _kind(kind: str) -> str:
    """What it is called inside a line."""
    return str(Kind(kind).label).lower()


@lru_cache(maxsize=4_096)
def _title(text: str) -> str:
    """What is asked, as far as a line of a list holds it; kept, since to count what is seen of it takes long."""
    return Truncator(text).chars(90)


def _urgency(due_at: datetime, is_blocking: bool, calendar: WorkingCalendar, at: datetime) -> Urgency:
    if due_at < at:
        return Urgency.LATE
    return Urgency.RISK if is_blocking or _counted(calendar, at, due_at) <= SOON else Urgency.INFO


def _left(due_at: datetime, calendar: WorkingCalendar, at: datetime) -> str:
    """How long is left or over in working time, in words; nothing where a date says more."""
    if due_at < at:
        over = _counted(calendar, due_at, at)
        return _hours(over, is_over=True) if 60 <= over <= COUNTED else _("Late")
    left = _counted(calendar, at, due_at)
    return _hours(left, is_over=False) if left <= COUNTED else ""


def _late_since(calendar: WorkingCalendar, at: datetime) -> datetime | None:
    """What was due before this is late by more than is counted: looked for once, as most of a long list is. None where
    a week is too short to say."""
    seconds = 0.0
    for opens, closes in reversed(list(calendar.openings(at - timedelta(days=7), at))):
        seconds += (closes - opens).total_seconds()
        if seconds > COUNTED:
            return opens
    return None


def _counted(calendar: WorkingCalendar, start: datetime, end: datetime) -> float:
    """Business seconds between two instants, no longer counted once they are more than are said."""
    seconds = 0.0
    for opens, closes in calendar.openings(start, end):
        seconds += (closes - opens).total_seconds()
        if seconds > COUNTED:
            break
    return seconds


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
    return clock.short(instant, ZoneInfo(str(at.tzinfo)), at)


def _url(one: Values) -> str:
    """The thread, at what was asked."""
    page, number = address("conversations:thread", one["thread_id"]), one["number"]
    return f"{page}#e{number}" if number > one["entry_count"] - 50 else f"{page}?upto={number + 20}#e{number}"
