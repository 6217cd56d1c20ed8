"""One line of a thread as a side reads it: an entry or an internal note, and what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.conversations.forms import ICONS, NOTE
from outsourcing.conversations.models import Acknowledgement, Attachment, Entry, InternalNote, Kind, Thread

PLACE = "1" * 18


@cache
def _edit_url() -> str:
    """An address to put keys in: reversing one for each line takes longer than the line."""
    return reverse("conversations:edit", args=[int(PLACE)])


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
    def edit_url(self) -> str:
        return _edit_url().replace(PLACE, str(self.row.pk))

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
class Words:
    """What many lines say, in the reader's language."""

    you: str
    kinds: Mapping[str, str]


def line_of_note(note: InternalNote, acting: Membership) -> Line:
    """An internal note of one's own side."""
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


def line_of(
    entry: Entry,
    thread: Thread,
    acting: Membership,
    readers: Mapping[Membership, int],
    given: Acknowledgement | None,
    files: Sequence[Attachment],
    *,
    is_owed: bool,
    words: Words,
) -> Line:
    """An entry, with what acknowledged its latest text and its files; `is_owed` where its turn is open."""
    is_system = entry.kind == Kind.SYSTEM
    is_ours = not is_system and entry.side == thread.side_of(acting.organisation_id)
    awaits = given is None and (entry.kind == Kind.INSTRUCTION or (entry.kind == Kind.CALL_NOTE and bool(entry.asks)))
    side = thread.merchant if entry.side == "merchant" else thread.vendor
    person = entry.author or entry.recorded_by
    return Line(
        entry,
        entry.created_at,
        "" if is_system else (entry.author.label if entry.author else side.name),
        "" if is_system else (words.you if person == acting and not entry.is_recorded else side.name),
        "" if entry.kind == Kind.MESSAGE else words.kinds[entry.kind],
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
