"""A conversation as it can be laid before somebody else: all entries, the texts they have had, and every time.

The page to print and the file say the same, since both are made of one record of plain values. It holds what the reader
may see and no more: internal notes are the reader's own side's, and only where they were asked for.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from outsourcing.accounts.models import Membership
from outsourcing.conversations.models import (
    Acknowledgement,
    Attachment,
    Entry,
    EntryVersion,
    InternalNote,
    Participant,
    Thread,
    Turn,
    Withdrawal,
)
from outsourcing.conversations.models.entries import Recorded
from outsourcing.conversations.responding import hours
from outsourcing.files.models import File

Values = dict[str, Any]


def record_of(thread: Thread, acting: Membership, *, with_notes: bool, at: datetime) -> Values:
    """The whole conversation as this person may see it: texts, numbers, dates, aware instants. Eight queries, two more
    with notes, however many entries there are."""
    turns = list(
        Turn.objects.filter(thread=thread).select_related("asker", "answerer", "closed_by", "assignee", "answer")
    )
    turns.sort(key=lambda turn: (turn.opened_at, turn.pk))
    numbers = {turn.pk: number for number, turn in enumerate(turns, start=1)}
    record: Values = {
        "subject": thread.subject,
        "merchant": thread.merchant.name,
        "vendor": thread.vendor.name,
        "opened_at": thread.opened_at,
        "closed_at": thread.closed_at,
        "closed_by": _name(thread.closed_by),
        "people": _people(thread),
        "exported_at": at,
        "exported_by": acting.label,
        "exported_for": acting.organisation.name,
        "entries": _entries(thread, numbers),
        "turns": [_turn(turn, numbers[turn.pk]) for turn in turns],
    }
    if with_notes:
        record["notes"] = _notes(thread, acting)
    return record


def as_json(record: Values) -> bytes:
    """The record as a file: UTF-8, instants in ISO 8601 with their offset, which is UTC's."""
    return json.dumps(record, ensure_ascii=False, indent=1, default=_plain).encode()


# ---- Its parts -----------------------------------------------------------------------------------------------------
def _people(thread: Thread) -> list[Values]:
    rows = Participant.objects.filter(thread=thread).select_related("membership__organisation")
    return [
        {"name": one.membership.label, "organisation": one.membership.organisation.name, "since": one.added_at}
        for one in rows
    ]


def _entries(thread: Thread, turns: dict[int, int]) -> list[Values]:
    rows = Entry.objects.filter(thread=thread).select_related("author", "recorded_by", "objected_by").defer("search")
    entries = list(rows.order_by("number"))
    numbers = {entry.pk: entry.number for entry in entries}
    mine = {"entry__thread": thread}
    versions = _by_entry(EntryVersion.objects.filter(**mine).order_by("number"))
    people = ("by", "recorded_by", "objected_by", "file")
    seen = _by_entry(Acknowledgement.objects.filter(**mine).select_related(*people).order_by("pk"))
    ends = {one.entry_id: one for one in Withdrawal.objects.filter(**mine).select_related("by")}
    files = _by_entry(Attachment.objects.filter(**mine).select_related("file").order_by("pk"))
    sides = {"merchant": thread.merchant.name, "vendor": thread.vendor.name, "": ""}
    return [
        {
            "number": entry.number,
            "kind": entry.kind,
            "kind_label": str(entry.get_kind_display()),
            "organisation": sides[entry.side],
            "author": _name(entry.author),
            "text": entry.text,
            "sha256": entry.digest,
            "version": entry.version,
            "created_at": entry.created_at,
            "edited_at": entry.edited_at,
            "after_close": entry.after_close,
            "asks": entry.asks,
            "is_blocking": entry.is_blocking,
            "wanted_by": entry.wanted_by,
            "turn": turns.get(entry.turn_id or 0),
            "about_entry": numbers.get(entry.about_id or 0),
            "call": _call(entry),
            **_recorded(entry),
            "earlier_versions": [
                {"number": one.number, "text": one.text, "sha256": one.digest, "written_at": one.written_at}
                for one in versions[entry.pk]
            ],
            "acknowledgements": [_acknowledgement(one) for one in seen[entry.pk]],
            "taken_back": _taken_back(ends.get(entry.pk)),
            "files": [_file(one.file) for one in files[entry.pk]],
        }
        for entry in entries
    ]


def _turn(turn: Turn, number: int) -> Values:
    """What one side owed: its clock as it was reckoned, in business seconds."""
    return {
        "number": number,
        "asker": turn.asker.name,
        "answerer": turn.answerer.name,
        "opened_at": turn.opened_at,
        "due_at": turn.due_at,
        "target_seconds": turn.target_seconds,
        "needs_answer": turn.needs_answer,
        "is_blocking": turn.is_blocking,
        "closed_at": turn.closed_at,
        "ending": turn.ending,
        "ending_label": str(turn.get_ending_display()),
        "closed_by": _name(turn.closed_by),
        "answer_entry": turn.answer.number if turn.answer else None,
        "response_seconds": turn.response_seconds,
        "hours": "" if turn.response_seconds is None else hours(turn.response_seconds),
        "reckoned_with": turn.reckoned,
    }


def _notes(thread: Thread, acting: Membership) -> list[Values]:
    notes = InternalNote.objects.visible_to(acting).filter(thread=thread).select_related("author").defer("search")
    files: dict[int, list[Attachment]] = defaultdict(list)
    for one in Attachment.objects.filter(note__in=notes.values("pk")).select_related("file").order_by("pk"):
        files[one.note_id or 0].append(one)
    return [
        {
            "after_entry": note.after,
            "author": note.author.label,
            "text": note.text,
            "created_at": note.created_at,
            "files": [_file(one.file) for one in files[note.pk]],
        }
        for note in notes
    ]


def _call(entry: Entry) -> Values | None:
    if entry.called_at is None:
        return None
    return {"with": entry.call_with, "at": entry.called_at, "minutes": entry.call_minutes}


def _recorded(row: Recorded) -> Values:
    """How something reached the merchant elsewhere, and what the vendor said against that."""
    is_recorded, is_objected = row.recorded_by is not None, row.objected_by is not None
    how = {"by": _name(row.recorded_by), "channel": str(row.get_channel_display()), "received_at": row.received_at}
    against = {"by": _name(row.objected_by), "at": row.objected_at, "text": row.objection}
    return {"recorded": how if is_recorded else None, "objection": against if is_objected else None}


def _acknowledgement(given: Acknowledgement) -> Values:
    return {
        "version": given.version,
        "sha256": given.sha256,
        "by": _name(given.by),
        "at": given.at,
        **_recorded(given),
        "file": _file(given.file) if given.file else None,
    }


def _taken_back(end: Withdrawal | None) -> Values | None:
    return {"by": end.by.label, "at": end.at, "reason": end.reason} if end else None


def _file(file: File) -> Values:
    return {"name": file.name, "size": file.size, "type": file.content_type, "sha256": file.sha256}


def _name(person: Membership | None) -> str:
    return person.label if person else ""


def _by_entry(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.entry_id].append(row)
    return found


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} is no plain value")
