"""A thread as one side reads it: entries and one's own notes in order, who owes what, and what still stands open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.models import Membership
from outsourcing.conversations import clock, hooks, turns, versions
from outsourcing.conversations.hooks import Topic
from outsourcing.conversations.lines import UNTOUCHED, Fate, Line, Words, line_of, line_of_note
from outsourcing.conversations.models import (
    Acknowledgement,
    Attachment,
    Entry,
    InternalNote,
    Kind,
    Participant,
    ReadMark,
    Thread,
    Turn,
    Withdrawal,
)
from outsourcing.notifications.ladders.people import rows

PER_PAGE = 50
#: Notes shown beside one page of entries; the newest ones.
MOST_NOTES = 200


@dataclass(frozen=True)
class Owed:
    """An open turn as the reader sees it: what was asked, who answers, by when, and whether that is over."""

    turn: Turn
    text: str
    number: int
    is_ours: bool
    due: str
    is_late: bool
    reminders: str = ""


@dataclass
class Page:
    """One page of a thread; `days` are its lines by the date in the reader's zone, `notes` all of one's own side's,
    where it is known without asking."""

    thread: Thread
    days: list[tuple[date, list[Line]]] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    earlier: int = 0
    later: int | None = None
    newest: int = 0
    read: int = 0
    people: Sequence[Participant] = ()
    topics: Sequence[Topic] = ()
    sent: Sequence[str] = ()
    notes: int | None = None

    @property
    def last_day(self) -> date | None:
        """The date of the last line."""
        return self.days[-1][0] if self.days else None


def page_of(thread: Thread, acting: Membership, *, upto: int | None, at: datetime) -> Page:
    """The entries up to the number `upto`, 50 at most, newest last; without it the newest ones.

    Queries: people, entries, acknowledgements, files, marks, notes, their files, open turns, what opened them; and four
    at most where something was recorded, objected to or asked about, or said by who is not of the people any more.
    """
    last = min(upto, thread.entry_count) if upto else thread.entry_count
    first = max(1, last - PER_PAGE + 1)
    people = list(thread.participants.select_related("membership"))
    entries = entries_of(thread, [one.membership for one in people], number__range=(first, last))
    marks = dict(ReadMark.objects.filter(thread=thread).values_list("membership", "number"))
    readers = _readers(marks, [one.membership for one in people], acting)
    owed = owed_in(thread, acting, at)
    lines = lines_of(entries, thread, acting, readers, owed)
    notes = _notes(thread, acting, first, last)
    lines += [line_of_note(note, acting) for note in notes]
    lines.sort(key=_order)
    found = Page(thread, earlier=first - 1, newest=last, later=last + PER_PAGE if last < thread.entry_count else None)
    found.read = marks.get(acting.pk, 0)
    found.days = by_day(lines)
    found.sent = sent_by(acting, [*entries, *notes])
    found.notes = len(notes) if first == 1 and last == thread.entry_count and len(notes) < MOST_NOTES else None
    found.owed = owed
    found.people = people
    found.topics = [one for room in hooks.topic([thread.pk], acting) for one in room.get(thread.pk, ())]
    return found


def lines_of(
    entries: Sequence[Entry],
    thread: Thread,
    acting: Membership,
    readers: Mapping[Membership, int],
    owed: Sequence[Owed],
) -> list[Line]:
    """The lines of some entries. Three queries, and two more where an instruction was changed."""
    fates, files = _fates(entries), _files(entries)
    words = Words.now()
    open_turns = {one.turn.pk for one in owed}
    return [
        line_of(
            entry,
            thread,
            acting,
            readers,
            fates.get(entry.pk, UNTOUCHED),
            files.get(entry.pk, ()),
            is_owed=entry.turn_id in open_turns,
            words=words,
        )
        for entry in entries
    ]


def by_day(lines: Sequence[Line]) -> list[tuple[date, list[Line]]]:
    """Lines in their order, by the date in the reader's zone."""
    days: list[tuple[date, list[Line]]] = []
    for line in lines:
        day = timezone.localtime(line.at).date()
        if not days or days[-1][0] != day:
            days.append((day, []))
        days[-1][1].append(line)
    return days


def sent_by(acting: Membership, rows: Sequence[Entry | InternalNote]) -> list[str]:
    """The forms' keys of what one wrote oneself, so that the browser forgets what it kept of them."""
    own = (one for one in rows if acting.pk in (one.author_id, getattr(one, "recorded_by_id", None)))
    return [str(one.key) for one in own]


def _readers(marks: Mapping[int, int], known: Sequence[Membership], acting: Membership) -> dict[Membership, int]:
    """How far each of the other side has read; whoever only looks is no participant, and is read for that."""
    people = {one.pk: one for one in [*known, acting]}
    if others := marks.keys() - people.keys():
        people |= Membership.objects.in_bulk(others)
    theirs = (people[pk] for pk in marks if people[pk].organisation_id != acting.organisation_id)
    return {one: marks[one.pk] for one in theirs}


def _order(line: Line) -> tuple[int, bool, datetime]:
    """Notes stand behind the entry that was the newest when they were written."""
    number = line.row.after if isinstance(line.row, InternalNote) else line.row.number
    return number, line.is_note, line.at


def _notes(thread: Thread, acting: Membership, first: int, last: int) -> list[InternalNote]:
    rows = InternalNote.objects.visible_to(acting).filter(thread=thread, after__range=(first - (first == 1), last))
    rows = rows.select_related("author").prefetch_related("attachments__file").defer("search")
    return list(rows.order_by("-after", "-created_at")[:MOST_NOTES])


def entries_of(thread: Thread, known: Iterable[Membership] = (), **which: Any) -> list[Entry]:
    """The entries that a filter chooses, in order; who of the people in them is not `known` is read once for all."""
    entries = list(thread.entries.filter(**which).defer("search").order_by("number"))
    keys = {pk for one in entries for pk in (one.author_id, one.recorded_by_id, one.objected_by_id) if pk}
    people = {one.pk: one for one in known}
    if others := keys - people.keys():
        people |= Membership.objects.in_bulk(others)
    asked_about = {one.about_id for one in entries if one.about_id}
    about = thread.entries.defer("search").in_bulk(asked_about) if asked_about else {}
    for one in entries:
        one.author = people[one.author_id] if one.author_id else None
        one.recorded_by = people[one.recorded_by_id] if one.recorded_by_id else None
        one.objected_by = people[one.objected_by_id] if one.objected_by_id else None
        one.about = about[one.about_id] if one.about_id else None
    return entries


def _fates(entries: Sequence[Entry]) -> dict[int, Fate]:
    """What became of instructions and call notes, by their key: two queries, and two more where some were changed."""
    asking = [one for one in entries if one.kind in (Kind.INSTRUCTION, Kind.CALL_NOTE)]
    if not asking:
        return {}
    seen = Acknowledgement.objects.filter(entry__in=asking).select_related("by", "recorded_by", "objected_by")
    latest = {one.pk: one.version for one in asking}
    rows = [one for one in seen.order_by("pk") if one.version == latest[one.entry_id]]
    given = {one.entry_id: one for one in rows if one.objected_at is None}
    objected = {one.entry_id: one for one in rows if one.objected_at is not None}
    withdrawals = {one.entry_id: one for one in Withdrawal.objects.filter(entry__in=asking).select_related("by")}
    changes = versions.changed_since_acknowledged([one for one in asking if one.pk not in given.keys() | withdrawals])
    return {key: Fate(given.get(key), objected.get(key), withdrawals.get(key), changes.get(key, ())) for key in latest}


def _files(entries: Sequence[Entry]) -> dict[int, list[Attachment]]:
    """The files of each entry that has some, by its key."""
    found: dict[int, list[Attachment]] = {}
    for one in Attachment.objects.filter(entry__in=[one.pk for one in entries]).select_related("file").order_by("pk"):
        found.setdefault(one.entry_id or 0, []).append(one)
    return found


def owed_in(thread: Thread, acting: Membership, at: datetime) -> list[Owed]:
    """What either side owes now, one's own first. One query, and two more where something is open."""
    zone = ZoneInfo(timezone.get_current_timezone_name())
    owing = {one.pk: one for one in thread.turns.open().select_related("assignee")}
    if not owing:
        return []
    said = reminders_of(owing, zone, at) if acting.organisation.is_merchant else {}
    firsts = turns.waiting().filter(turn__in=owing).order_by("turn_id", "number").distinct("turn_id")
    found = [
        Owed(
            turn := owing[pk],
            text,
            number,
            turn.answerer_id == acting.organisation_id,
            clock.moment(turn.due_at, zone, at),
            turn.due_at < at,
            said.get(pk, ""),
        )
        for pk, text, number in firsts.values_list("turn_id", "text", "number")
    ]
    return sorted(found, key=lambda one: (not one.is_ours, one.turn.due_at))


REMINDERS = """
SELECT l.subject, max(r.done_at) FILTER (WHERE r.state = 'done'), count(*) FILTER (WHERE r.state = 'done'),
    min(r.due_at) FILTER (WHERE r.state = 'planned')
FROM notifications_ladder l JOIN notifications_rung r ON r.ladder_id = l.id AND r.epoch = l.epoch
WHERE l.rule = 'turn' AND l.subject = ANY(%(keys)s) GROUP BY l.subject
"""


def reminders_of(owing: Iterable[int], zone: ZoneInfo, at: datetime) -> dict[int, str]:
    """Of open turns by their keys: how often and when it was reminded, and when next. One query."""
    found = {}
    for pk, last, count, next_at in rows(REMINDERS, keys=list(owing)):
        parts = []
        if count:
            times = ngettext("reminded once, %(when)s", "reminded %(count)s times, last %(when)s", count)
            parts.append(times % {"count": count, "when": clock.moment(last, zone, at)})
        if next_at:
            parts.append(_("next reminder %(when)s") % {"when": clock.moment(next_at, zone, at)})
        found[pk] = ", ".join(parts)
    return found
