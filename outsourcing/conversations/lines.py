"""One line of a thread as a side reads it: an entry or an internal note, and what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Self

from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.conversations.differences import Piece
from outsourcing.conversations.forms import ICONS, NOTE
from outsourcing.conversations.models import (
    Acknowledgement,
    Attachment,
    Entry,
    InternalNote,
    Kind,
    Thread,
    Withdrawal,
)
from outsourcing.conversations.names import bdi, woven

PLACE = "1" * 18


@cache
def _edit_url() -> str:
    """An address to put keys in: reversing one for each line takes longer than the line."""
    return reverse("conversations:edit", args=[int(PLACE)])


@dataclass(frozen=True)
class Remark:
    """A short line under an entry: read, acknowledged, recorded, edited; `tone` is a class of its look.

    `text` is markup already, with each name in it isolated; `url` is where it leads, if anywhere.
    """

    icon: str
    tone: str
    text: SafeString
    url: str = ""


@dataclass(frozen=True)
class Fate:
    """What became of an instruction or a call note: acknowledged, objected to, taken back, changed since."""

    given: Acknowledgement | None = None
    objected: Acknowledgement | None = None
    withdrawal: Withdrawal | None = None
    changes: Sequence[Piece] = ()


UNTOUCHED = Fate()


@dataclass(frozen=True)
class Words:
    """What many lines say, in the reader's language."""

    you: str
    change: str
    kinds: Mapping[str, str]

    @classmethod
    def now(cls) -> Self:
        return cls(_("You"), _("Change"), {kind.value: str(kind.label) for kind in Kind})


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
    may_record: bool = False
    may_take_back: bool = False
    may_object: bool = False
    changes: Sequence[Piece] = ()
    remarks: Sequence[Remark] = ()
    files: Sequence[Attachment] = ()
    words: Words | None = None

    @property
    def anchor(self) -> str:
        """The name of its element; notes have none."""
        return "" if isinstance(self.row, InternalNote) else f"e{self.row.number}"

    @property
    def is_system(self) -> bool:
        """What nobody said: a line in between."""
        return isinstance(self.row, Entry) and self.row.kind == Kind.SYSTEM

    @property
    def is_special(self) -> bool:
        """More than a plain message."""
        return bool(self.kind) or (isinstance(self.row, Entry) and self.row.is_blocking)

    @property
    def has_more(self) -> bool:
        """Something stands below its text."""
        return bool(self.files or self.changes or self.remarks)

    @property
    def may_act(self) -> bool:
        """Whether there is something to do about it but changing it."""
        may = (self.may_acknowledge, self.may_answer, self.may_object, self.may_take_back, self.may_record)
        return any(may)

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
        return timezone.localtime(self.at).isoformat(" ", "minutes")[11:16]


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
    fate: Fate,
    files: Sequence[Attachment],
    *,
    is_owed: bool,
    words: Words,
) -> Line:
    """An entry, with what became of it and its files; `is_owed` where its turn is open."""
    is_system = entry.kind == Kind.SYSTEM
    is_ours = not is_system and entry.side == thread.side_of(acting.organisation_id)
    is_rule = entry.kind == Kind.INSTRUCTION and fate.withdrawal is None
    awaits = fate.given is None and (is_rule or (entry.kind == Kind.CALL_NOTE and bool(entry.asks)))
    is_vendors = acting.organisation_id == thread.vendor_id
    is_recorded = (entry.is_recorded and not entry.objected_at) or bool(fate.given and fate.given.recorded_by_id)
    side = thread.merchant if entry.side == "merchant" else thread.vendor
    person = entry.author or entry.recorded_by
    return Line(
        entry,
        entry.created_at,
        "" if is_system else (entry.author.label if entry.author else side.name),
        "" if entry.author is None else (words.you if person == acting and not entry.is_recorded else side.name),
        "" if entry.kind == Kind.MESSAGE else words.kinds[entry.kind],
        ICONS.get(entry.kind, "bell"),
        is_ours,
        may_acknowledge=awaits and not is_ours,
        may_answer=not is_ours and not awaits and is_owed,
        may_edit=is_ours and (is_rule or (person == acting and entry.kind != Kind.INSTRUCTION)),
        may_record=awaits and is_ours and not is_vendors and fate.objected is None,
        may_take_back=is_rule and is_ours,
        may_object=is_vendors and is_recorded,
        changes=fate.changes if awaits else (),
        remarks=[*_about_the_entry(entry), *_receipts(entry, fate, readers if is_ours else {}, awaits and is_ours)],
        files=files,
        words=words,
    )


def _about_the_entry(entry: Entry) -> Iterator[Remark]:
    """How it came here and what became of it."""
    if entry.recorded_by and entry.received_at:
        words = _("Recorded by %(person)s: came by %(how)s, %(when)s")
        yield _remark("pencil", "muted", words, person=entry.recorded_by, how=_way(entry), when=said(entry.received_at))
    if entry.objected_by:
        yield _objection(entry.objected_by, entry.objection)
    if entry.edited_at:
        yield edited(entry)
    if entry.after_close:
        yield _remark("clock", "muted", _("Written after the conversation was closed"))


def _receipts(entry: Entry, fate: Fate, readers: Mapping[Membership, int], is_awaited: bool) -> Iterator[Remark]:
    """Whether the other side has acknowledged it, or who of it has read it."""
    if fate.objected and fate.objected.objected_by:
        yield _objection(fate.objected.objected_by, fate.objected.objection)
    if fate.given:
        yield acknowledged(fate.given)
    if fate.withdrawal:
        words = _("Taken back by %(person)s, %(when)s: it does not hold any more")
        yield _remark("x-circle", "late", words, person=fate.withdrawal.by, when=said(fate.withdrawal.at))
        if fate.withdrawal.reason:
            yield _remark("quote", "muted", "%(why)s", why=bdi(fate.withdrawal.reason))
    elif is_awaited:
        yield not_acknowledged()
    names = [bdi(one.label) for one, number in readers.items() if number >= entry.number]
    if names and not fate.given:
        yield _remark("check", "muted", _("Read by %(people)s"), people=SafeString(", ".join(names)))


def acknowledged(given: Acknowledgement) -> Remark:
    """Who has seen a text, when, and who says so."""
    fields: dict[str, Any] = {"when": said(given.heard_at), "person": given.by, "recorder": given.recorded_by}
    if given.recorded_by is None:
        return _remark("check-circle", "ok", _("Acknowledged by %(person)s, %(when)s"), **fields)
    if given.by is None:
        words = _("Acknowledged by %(how)s, %(when)s, recorded by %(recorder)s")
    else:
        words = _("Acknowledged by %(person)s by %(how)s, %(when)s, recorded by %(recorder)s")
    return _remark("check-circle", "ok", words, how=_way(given), **fields)


def not_acknowledged(earlier: int | None = None) -> Remark:
    """That nobody has, or only an earlier version."""
    if earlier is None:
        return _remark("clock", "risk", _("Not yet acknowledged"))
    words = _("Changed since version %(number)s was acknowledged; this one is not yet")
    return _remark("clock", "risk", words, number=earlier)


def edited(entry: Entry) -> Remark:
    """When its text was changed the last time; leads to the versions."""
    when = said(entry.edited_at or entry.created_at)
    return _remark("pencil", "muted", _("Edited %(when)s"), url=_versions_of(entry), when=when)


def objection_to(given: Acknowledgement) -> Remark | None:
    """What was said against an acknowledgement that was recorded."""
    return _objection(given.objected_by, given.objection) if given.objected_by else None


def _objection(person: Membership, text: str) -> Remark:
    return _remark("alert", "risk", _("%(person)s objects: %(text)s"), person=person, text=bdi(text))


def _way(recorded: Entry | Acknowledgement) -> str:
    return str(recorded.get_channel_display()).lower()


def _versions_of(entry: Entry) -> str:
    return reverse("conversations:versions", args=[entry.pk])


def _remark(icon: str, tone: str, words: str, *, url: str = "", **fields: object) -> Remark:
    """With each person in it as a name that stays apart."""
    names = {name: bdi(one.label) if isinstance(one, Membership) else one for name, one in fields.items()}
    return Remark(icon, tone, woven(words, **names), url)


def said(instant: datetime) -> str:
    """An instant in the reader's zone: "24 November, 14:26"."""
    return dateformat.format(timezone.localtime(instant), "j F, H:i")
