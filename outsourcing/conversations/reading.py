"""A thread as one side reads it: entries and one's own notes in order, who owes what, and what still stands open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.conversations import clock, hooks, turns
from outsourcing.conversations.forms import ICONS, NOTE
from outsourcing.conversations.hooks import Topic
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
)

PER_PAGE = 50
#: Notes shown beside one page of entries; the newest ones.
MOST_NOTES = 200


@dataclass(frozen=True)
class Line:
    """One line of a thread: an entry or an internal note, as the reader sees it."""

    row: Entry | InternalNote
    at: datetime
    name: str
    place: str
    kind: str
    icon: str
    is_ours: bool
    is_note: bool = False
    turn: Turn | None = None
    acknowledgement: Acknowledgement | None = None
    awaits_acknowledgement: bool = False
    may_acknowledge: bool = False
    may_edit: bool = False
    readers: Sequence[str] = ()
    files: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Owed:
    """An open turn as the reader sees it: what was asked, who answers, by when, and whether that is over."""

    turn: Turn
    text: str
    number: int
    is_ours: bool
    due: str
    is_late: bool


@dataclass
class Page:
    """One page of a thread; `days` are its lines by the date in the reader's zone."""

    thread: Thread
    days: list[tuple[date, list[Line]]] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    earlier: int = 0
    later: int | None = None
    newest: int = 0
    people: Sequence[Participant] = ()
    topics: Sequence[Topic] = ()


def page_of(thread: Thread, acting: Membership, *, upto: int | None, at: datetime) -> Page:
    """The entries up to the number `upto`, 50 at most, newest last; without it the newest ones.

    Queries: entries, acknowledgements, files, notes, their files, open turns, their entries, marks, people.
    """
    last = min(upto, thread.entry_count) if upto else thread.entry_count
    first = max(1, last - PER_PAGE + 1)
    entries = list(
        thread.entries.filter(number__range=(first, last))
        .select_related("author", "recorded_by", "objected_by", "turn")
        .prefetch_related("acknowledgements__by", "acknowledgements__recorded_by", "attachments__file")
        .defer("search")
        .order_by("number")
    )
    marks = ReadMark.objects.filter(thread=thread).select_related("membership")
    readers = {one.membership: one.number for one in marks if one.membership.organisation_id != acting.organisation_id}
    lines = [_line(entry, thread, acting, readers) for entry in entries]
    lines += [_note(note, acting) for note in _notes(thread, acting, first, last)]
    lines.sort(key=_order)
    found = Page(thread, earlier=first - 1, newest=last, later=last + PER_PAGE if last < thread.entry_count else None)
    for line in lines:
        day = timezone.localtime(line.at).date()
        if not found.days or found.days[-1][0] != day:
            found.days.append((day, []))
        found.days[-1][1].append(line)
    found.owed = owed_in(thread, acting, at)
    found.people = list(thread.participants.select_related("membership"))
    found.topics = [one for room in hooks.topic([thread.pk], acting) for one in room.get(thread.pk, ())]
    return found


def _order(line: Line) -> tuple[int, bool, datetime]:
    """Notes stand behind the entry that was the newest when they were written."""
    number = line.row.after if isinstance(line.row, InternalNote) else line.row.number
    return number, line.is_note, line.at


def _notes(thread: Thread, acting: Membership, first: int, last: int) -> list[InternalNote]:
    rows = InternalNote.objects.visible_to(acting).filter(thread=thread, after__range=(first - (first == 1), last))
    rows = rows.select_related("author").prefetch_related("attachments__file").defer("search")
    return list(rows.order_by("-after", "-created_at")[:MOST_NOTES])


def _note(note: InternalNote, acting: Membership) -> Line:
    return Line(
        note,
        note.created_at,
        note.author.label,
        _("Only %(organisation)s sees this") % {"organisation": acting.organisation},
        _("Internal note"),
        ICONS[NOTE],
        is_ours=True,
        is_note=True,
        files=list(note.attachments.all()),
    )


def _line(entry: Entry, thread: Thread, acting: Membership, readers: Mapping[Membership, int]) -> Line:
    is_system = entry.kind == Kind.SYSTEM
    is_ours = not is_system and entry.side == thread.side_of(acting.organisation_id)
    given = {one.version: one for one in entry.acknowledgements.all()}.get(entry.version)
    awaits = given is None and (entry.kind == Kind.INSTRUCTION or (entry.kind == Kind.CALL_NOTE and bool(entry.asks)))
    side = thread.merchant if entry.side == "merchant" else thread.vendor
    person = entry.author or entry.recorded_by
    return Line(
        entry,
        entry.created_at,
        "" if is_system else (entry.author.label if entry.author else side.name),
        "" if is_system else (_("You") if person == acting and not entry.is_recorded else side.name),
        "" if entry.kind == Kind.MESSAGE else str(entry.get_kind_display()),
        ICONS.get(entry.kind, "bell"),
        is_ours,
        turn=entry.turn,
        acknowledgement=given,
        awaits_acknowledgement=awaits,
        may_acknowledge=awaits and not is_ours,
        may_edit=is_ours and (person == acting or entry.kind == Kind.INSTRUCTION),
        readers=[one.label for one, number in readers.items() if number >= entry.number] if is_ours else (),
        files=list(entry.attachments.all()),
    )


def owed_in(thread: Thread, acting: Membership, at: datetime) -> list[Owed]:
    """What either side owes now, one's own first. Two queries."""
    open_turns = thread.turns.open().select_related("assignee").prefetch_related("entries")
    found = []
    for turn in open_turns:
        asked = min(turn.entries.all(), key=lambda one: one.number)
        found.append(
            Owed(
                turn,
                asked.text,
                asked.number,
                turn.answerer_id == acting.organisation_id,
                clock.moment(turn.due_at, ZoneInfo(timezone.get_current_timezone_name()), at),
                turn.due_at < at,
            )
        )
    return sorted(found, key=lambda one: (not one.is_ours, one.turn.due_at))


def expectation(thread: Thread, acting: Membership, at: datetime) -> str:
    """The line under the composer: whether the others work now, and when an answer by default is due. Two queries."""
    other = thread.other_than(acting.organisation_id)
    return expectation_of(other, acting, at)


def expectation_of(other: Any, acting: Membership, at: datetime) -> str:
    """The same for an organisation to which there is no thread yet."""
    calendar = turns.calendar_around(other, at, at)
    return clock.sentence(at, clock.expected(at, calendar).due_at, calendar, acting.zone)
