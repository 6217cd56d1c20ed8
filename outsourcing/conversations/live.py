"""What came into a thread while somebody has it open: entries and one's own notes after those shown, and changes.

The page says what it shows: the number of its last entry, how many of one's own notes there are, and when it asked the
last time. What happened since is asked a little further back, since a transaction that began earlier may end later: a
line that is sent twice replaces itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from zlib import crc32

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from outsourcing.accounts.models import Membership
from outsourcing.conversations import reading
from outsourcing.conversations.lines import Line, line_of_note
from outsourcing.conversations.models import Acknowledgement, Entry, InternalNote, Kind, Thread
from outsourcing.conversations.reading import Owed

#: Changes are looked for so much before the page asked the last time, and in so many of the newest entries.
OVERLAP = timedelta(seconds=15)
SHOWN = 50


@dataclass(frozen=True)
class Seen:
    """What a page shows already; `day` is the date of its last line in ISO form, `told` stands for the last changes."""

    after: int
    notes: int
    since: datetime
    day: str = ""
    told: int = 0

    @classmethod
    def of(cls, query: QueryDict, at: datetime) -> Self:
        """As the page's address says; what is nonsense in it is taken for nothing shown, or for now."""
        since = _number(query.get("since", ""))
        when = datetime.fromtimestamp(since, UTC) if since else at
        after, notes, told = (_number(query.get(name, "")) for name in ("after", "notes", "told"))
        day = query.get("day", "")
        return cls(after, notes, min(when, at), day if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else "", told)

    @property
    def query(self) -> str:
        """For the address of the next look."""
        return (
            f"after={self.after}&notes={self.notes}&since={int(self.since.timestamp())}&day={self.day}&told={self.told}"
        )


def _number(said: str) -> int:
    return int(said) if said.isdecimal() and len(said) < 12 else 0


@dataclass(frozen=True)
class News:
    """What is to be shown anew: lines to add by day, lines that read otherwise now, and what is owed."""

    days: Sequence[tuple[date, list[Line]]]
    changed: Sequence[Line]
    owed: Sequence[Owed]
    seen: Seen
    sent: Sequence[str] = field(default=())


def seen_on(page: reading.Page, acting: Membership, at: datetime) -> Seen:
    """What a page that stands at the newest entry shows. One query at most."""
    day = page.last_day
    notes = _notes(page.thread, acting).count() if page.notes is None else page.notes
    return Seen(page.newest, notes, at, day.isoformat() if day else "")


def news(thread: Thread, acting: Membership, seen: Seen, at: datetime) -> News | None:
    """What came since, or None. Two queries where nothing did; about ten where something has."""
    changed, told = _changed(thread, seen)
    if told == seen.told:
        changed = []
    notes = list(_notes(thread, acting).select_related("author").prefetch_related("attachments__file")[seen.notes :])
    if not (changed or notes or thread.entry_count > seen.after):
        return None
    entries = reading.entries_of(thread, pk__in=changed) if changed else []
    first = max(seen.after, thread.entry_count - SHOWN) + 1
    fresh = reading.entries_of(thread, number__range=(first, thread.entry_count))
    owed = reading.owed_in(thread, acting, at)
    lines = reading.lines_of(fresh, thread, acting, {}, owed)
    lines = [*lines, *(line_of_note(one, acting) for one in notes)]
    lines.sort(key=lambda line: line.at)
    days = reading.by_day(lines)
    day = days[-1][0].isoformat() if days else seen.day
    shown = Seen(thread.entry_count, seen.notes + len(notes), at, day, told)
    return News(
        days,
        reading.lines_of(entries, thread, acting, {}, owed),
        owed,
        shown,
        reading.sent_by(acting, [*fresh, *notes]),
    )


def _notes(thread: Thread, acting: Membership) -> Any:
    """One's own side's notes, in the order in which they were written; none is ever taken away."""
    return InternalNote.objects.visible_to(acting).filter(thread=thread).defer("search").order_by("created_at", "pk")


def _changed(thread: Thread, seen: Seen) -> tuple[list[int], int]:
    """Entries on the page that read otherwise since: edited, acknowledged, or their turn was closed or opened again.

    And a number that is the same for the same changes, so that they are told once.
    """
    since = seen.since - OVERLAP
    given = Acknowledgement.objects.filter(entry=OuterRef("pk"), at__gt=since)
    named = Entry.objects.filter(thread=thread, number__gt=seen.after, kind=Kind.SYSTEM, about__isnull=False)
    told = named.values("about")  # taken back, recorded or objected to: a line after those shown says so
    rows = Entry.objects.filter(thread=thread, number__range=(seen.after - SHOWN, seen.after)).filter(
        Q(edited_at__gt=since)
        | Q(turn__closed_at__gt=since)
        | Q(turn__answer__number__gt=seen.after)
        | Q(turn__reopened_at__gt=since)
        | Q(objected_at__gt=since)
        | Q(pk__in=told)
        | Exists(given)
    )
    fields = ("pk", "version", "turn__closed_at", "turn__reopened_at", "objected_at")
    found = sorted(rows.annotate(given=Exists(given)).values_list(*fields, "given"), key=lambda one: one[0])
    return [one[0] for one in found], crc32(repr(found).encode()) if found else 0
