"""A thread as one side reads it: entries and one's own notes in order, who owes what, and what still stands open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import dateformat, timezone
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
class Remark:
    """A short line under an entry: read, acknowledged, recorded, edited; `tone` is a class of its look."""

    icon: str
    tone: str
    text: str


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
    may_acknowledge: bool = False
    may_answer: bool = False
    may_edit: bool = False
    remarks: Sequence[Remark] = ()
    files: Sequence[Attachment] = ()

    @property
    def look(self) -> str:
        """The classes of its element."""
        marks = {
            "msg-ours": self.is_ours,
            "msg-note": self.is_note,
            "msg-open": self.may_answer or self.may_acknowledge,
        }
        return " ".join(["msg", *(name for name, holds in marks.items() if holds)])

    @property
    def iso(self) -> str:
        """For `datetime` attributes; and below, the wall time in the reader's zone. Quicker than the date filter."""
        return self.at.isoformat(timespec="seconds")

    @property
    def wall_time(self) -> str:
        return f"{timezone.localtime(self.at):%H:%M}"


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
    read: int = 0
    people: Sequence[Participant] = ()
    topics: Sequence[Topic] = ()


def page_of(thread: Thread, acting: Membership, *, upto: int | None, at: datetime) -> Page:
    """The entries up to the number `upto`, 50 at most, newest last; without it the newest ones.

    Queries: entries, their authors, acknowledgements, files, marks, notes, their files, open turns, what opened them,
    people; and three at most where something was recorded, objected to or asked about.
    """
    last = min(upto, thread.entry_count) if upto else thread.entry_count
    first = max(1, last - PER_PAGE + 1)
    entries = _entries(thread, first, last)
    given, files = _acknowledgements(entries), _files(entries)
    marks = list(ReadMark.objects.filter(thread=thread).select_related("membership"))
    readers = {one.membership: one.number for one in marks if one.membership.organisation_id != acting.organisation_id}
    owed = owed_in(thread, acting, at)
    open_turns = {one.turn.pk for one in owed}
    lines = [
        _line(
            entry,
            thread,
            acting,
            readers,
            given.get((entry.pk, entry.version)),
            files.get(entry.pk, ()),
            is_owed=entry.turn_id in open_turns,
        )
        for entry in entries
    ]
    lines += [_note(note, acting) for note in _notes(thread, acting, first, last)]
    lines.sort(key=_order)
    found = Page(thread, earlier=first - 1, newest=last, later=last + PER_PAGE if last < thread.entry_count else None)
    found.read = next((one.number for one in marks if one.membership_id == acting.pk), 0)
    for line in lines:
        day = timezone.localtime(line.at).date()
        if not found.days or found.days[-1][0] != day:
            found.days.append((day, []))
        found.days[-1][1].append(line)
    found.owed = owed
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


def _entries(thread: Thread, first: int, last: int) -> list[Entry]:
    """The entries of these numbers, in order. The few people in them are read once, which joins would not do."""
    entries = list(thread.entries.filter(number__range=(first, last)).defer("search").order_by("number"))
    keys = {pk for one in entries for pk in (one.author_id, one.recorded_by_id, one.objected_by_id) if pk}
    people = Membership.objects.in_bulk(keys)
    asked_about = {one.about_id for one in entries if one.about_id}
    others = thread.entries.defer("search").in_bulk(asked_about) if asked_about else {}
    for one in entries:
        one.author = people[one.author_id] if one.author_id else None
        one.recorded_by = people[one.recorded_by_id] if one.recorded_by_id else None
        one.objected_by = people[one.objected_by_id] if one.objected_by_id else None
        one.about = others[one.about_id] if one.about_id else None
    return entries


def _acknowledgements(entries: Sequence[Entry]) -> dict[tuple[int, int], Acknowledgement]:
    """What was acknowledged, by entry and version."""
    keys = [one.pk for one in entries if one.kind in (Kind.INSTRUCTION, Kind.CALL_NOTE)]
    rows = Acknowledgement.objects.filter(entry__in=keys).select_related("by", "recorded_by") if keys else ()
    return {(one.entry_id, one.version): one for one in rows}


def _files(entries: Sequence[Entry]) -> dict[int, list[Attachment]]:
    """The files of each entry that has some, by its key."""
    found: dict[int, list[Attachment]] = {}
    for one in Attachment.objects.filter(entry__in=[one.pk for one in entries]).select_related("file").order_by("pk"):
        found.setdefault(one.entry_id or 0, []).append(one)
    return found


def _line(
    entry: Entry,
    thread: Thread,
    acting: Membership,
    readers: Mapping[Membership, int],
    given: Acknowledgement | None,
    files: Sequence[Attachment],
    *,
    is_owed: bool,
) -> Line:
    is_system = entry.kind == Kind.SYSTEM
    is_ours = not is_system and entry.side == thread.side_of(acting.organisation_id)
    awaits = given is None and (entry.kind == Kind.INSTRUCTION or (entry.kind == Kind.CALL_NOTE and bool(entry.asks)))
    side = thread.merchant if entry.side == "merchant" else thread.vendor
    person = entry.author or entry.recorded_by
    return Line(
        entry,
        entry.created_at,
        "" if is_system else (entry.author.label if entry.author else side.name),
        "" if is_system else (_("You") if person == acting and not entry.is_recorded else side.name),
        "" if entry.kind == Kind.MESSAGE else str(Kind(entry.kind).label),
        ICONS.get(entry.kind, "bell"),
        is_ours,
        may_acknowledge=awaits and not is_ours,
        may_answer=not is_ours and not awaits and is_owed,
        may_edit=is_ours and (person == acting or entry.kind == Kind.INSTRUCTION),
        remarks=[*_about_the_entry(entry), *_receipts(entry, given, readers if is_ours else {}, awaits and is_ours)],
        files=files,
    )


def _about_the_entry(entry: Entry) -> Iterator[Remark]:
    """How it came here and what became of it."""
    if entry.recorded_by and entry.received_at:
        words = _("Recorded by %(person)s: came by %(how)s, %(when)s")
        how = str(entry.get_channel_display()).lower()
        yield Remark(
            "pencil", "muted", words % {"person": entry.recorded_by.label, "how": how, "when": said(entry.received_at)}
        )
    if entry.objected_by:
        words = _("%(person)s objects: %(text)s")
        yield Remark("alert", "risk", words % {"person": entry.objected_by.label, "text": entry.objection})
    if entry.edited_at:
        yield Remark("pencil", "muted", _("Edited %(when)s") % {"when": said(entry.edited_at)})
    if entry.after_close:
        yield Remark("clock", "muted", _("Written after the conversation was closed"))


def _receipts(
    entry: Entry, given: Acknowledgement | None, readers: Mapping[Membership, int], is_awaited: bool
) -> Iterator[Remark]:
    """Whether the other side has acknowledged it, or who of it has read it."""
    if given and given.recorded_by:
        words = _("Acknowledged by %(how)s, %(when)s, recorded by %(person)s")
        how = str(given.get_channel_display()).lower()
        fields = {"how": how, "when": said(given.heard_at), "person": given.recorded_by.label}
        yield Remark("check-circle", "ok", words % fields)
    elif given and given.by:
        words = _("Acknowledged by %(person)s, %(when)s")
        yield Remark("check-circle", "ok", words % {"person": given.by.label, "when": said(given.at)})
    elif is_awaited:
        yield Remark("clock", "risk", _("Not yet acknowledged"))
    names = [one.label for one, number in readers.items() if number >= entry.number]
    if names and not given:
        yield Remark("check", "muted", _("Read by %(people)s") % {"people": ", ".join(names)})


def said(instant: datetime) -> str:
    """An instant in the reader's zone: "24 November, 14:26"."""
    return dateformat.format(timezone.localtime(instant), "j F, H:i")


def owed_in(thread: Thread, acting: Membership, at: datetime) -> list[Owed]:
    """What either side owes now, one's own first. Two queries."""
    zone = ZoneInfo(timezone.get_current_timezone_name())
    open_turns = {one.pk: one for one in thread.turns.open().select_related("assignee")}
    firsts = Entry.objects.filter(turn__in=open_turns).order_by("turn", "number").distinct("turn")
    found = [
        Owed(
            turn := open_turns[key],
            text,
            number,
            turn.answerer_id == acting.organisation_id,
            clock.moment(turn.due_at, zone, at),
            turn.due_at < at,
        )
        for key, text, number in (firsts.values_list("turn", "text", "number") if open_turns else ())
    ]
    return sorted(found, key=lambda one: (not one.is_ours, one.turn.due_at))


def expectation(thread: Thread, acting: Membership, at: datetime) -> str:
    """The line under the composer: whether the others work now, and when an answer by default is due. Two queries."""
    other = thread.other_than(acting.organisation_id)
    return expectation_of(other, acting, at)


def expectation_of(other: Any, acting: Membership, at: datetime) -> str:
    """The same for an organisation to which there is no thread yet."""
    calendar = turns.calendar_around(other, at, at)
    return clock.sentence(at, clock.expected(at, calendar).due_at, calendar, acting.zone)
