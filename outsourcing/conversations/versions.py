"""The texts that an entry has had: each with what was changed in it, and who has acknowledged it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from outsourcing.conversations import lines
from outsourcing.conversations.differences import Piece, differences
from outsourcing.conversations.lines import Remark
from outsourcing.conversations.models import Acknowledgement, Entry, EntryVersion


@dataclass(frozen=True)
class Version:
    """One text; `changes` are against the one before, none for the first. Times are instants."""

    number: int
    text: str
    written_at: datetime
    changes: Sequence[Piece]
    remarks: Sequence[Remark]


#: Versions compared on one page, the newest; older ones are shown as they are.
MOST_COMPARED = 50


def of(entry: Entry) -> list[Version]:
    """All versions of an entry, the newest first. Two queries."""
    rows = [(one.number, one.text, one.written_at) for one in entry.versions.order_by("number")]
    rows.append((entry.version, entry.text, entry.edited_at or entry.created_at))
    given: dict[int, list[Acknowledgement]] = {}
    for seen in entry.acknowledgements.select_related("by", "recorded_by", "objected_by").order_by("pk"):
        given.setdefault(seen.version, []).append(seen)
    found = []
    for place, (number, text, at) in enumerate(rows):
        is_compared = place > 0 and len(rows) - place <= MOST_COMPARED
        changes = differences(rows[place - 1][1], text) if is_compared else ()
        found.append(Version(number, text, at, changes, _remarks(given.get(number, ()))))
    return found[::-1]


def _remarks(given: Iterable[Acknowledgement]) -> list[Remark]:
    """Who has acknowledged a version, and what was said against it."""
    return [one for seen in given for one in (lines.acknowledged(seen), lines.objection_to(seen)) if one]


def changed_since_acknowledged(entries: Sequence[Entry]) -> dict[int, list[Piece]]:
    """For those of `entries` that were changed: what is new since the other side acknowledged a text of it.

    By the entry's key; since the text before the last change where none was acknowledged. Two queries, none for none.
    """
    changed = [one for one in entries if one.version > 1]
    if not changed:
        return {}
    seen: dict[int, int] = {}
    standing = Acknowledgement.objects.standing().filter(entry__in=changed).order_by("version")
    seen.update(standing.values_list("entry", "version"))
    olds = {(one.entry_id, one.number): one.text for one in EntryVersion.objects.filter(entry__in=changed)}
    found = {}
    for one in changed:
        old = olds.get((one.pk, seen.get(one.pk) or one.version - 1))
        if old is not None:
            found[one.pk] = differences(old, one.text)
    return found
