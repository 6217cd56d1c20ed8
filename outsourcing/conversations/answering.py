"""What follows a question or an instruction besides words: acknowledging, taking back, waving away, handing over."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.errors import NotAColleague
from outsourcing.accounts.models import Membership
from outsourcing.conversations import hooks, mails, posting, recording, turns
from outsourcing.conversations.errors import (
    MayNotWrite,
    NotYourTurn,
    StillOwed,
    TextChanged,
)
from outsourcing.conversations.figures import Ending
from outsourcing.conversations.models import (
    Acknowledgement,
    Entry,
    EntryVersion,
    Kind,
    Participant,
    ReadMark,
    Thread,
    Turn,
)
from outsourcing.conversations.names import plain
from outsourcing.conversations.posting import WRITERS, Receipt


# ---- Instructions --------------------------------------------------------------------------------------------------
@transaction.atomic
def acknowledge(
    entry: Entry,
    *,
    version: int,
    by: Membership,
    at: datetime,
    receipt: Receipt | None = None,
    upload: UploadedFile | None = None,
) -> Acknowledgement:
    """Say that one version of an instruction or call note was seen; a second time changes nothing.

    With a `receipt` a merchant records it for the vendor. Raises TextChanged where there is a newer text by now,
    NotYourTurn where it is not the other side's to acknowledge, NotThen where it cannot have come when it is said to
    have, and MayNotWrite where the vendor has said already that this was recorded wrongly.
    """
    thread = turns.locked(entry.thread)
    entry = thread.entries.select_related("turn__answerer").get(pk=entry.pk)
    is_own = entry.side == thread.side_of(by.organisation_id)
    if not _may_be_acknowledged(entry) or is_own is not (receipt is not None) or (receipt and entry.side == "vendor"):
        raise NotYourTurn(_("This is not yours to acknowledge."))
    if version != entry.version:
        raise TextChanged(_("The text was changed meanwhile: read it as it is now, then acknowledge it."))
    came_at = None
    if receipt:
        came_at = posting.came_at(receipt, since=entry.edited_at or entry.heard_at, at=at)
        if entry.acknowledgements.filter(version=version).exclude(objected_at=None).exists():
            raise MayNotWrite(_("The vendor has objected to that already: only they can acknowledge it now."))
    given, is_new = Acknowledgement.objects.standing().get_or_create(
        entry=entry,
        version=version,
        defaults={
            "sha256": entry.digest,
            "by": receipt.author if receipt else by,
            "at": at,
            "channel": receipt.channel if receipt else "",
            "received_at": came_at,
            "recorded_by": by if receipt else None,
            "file": next(iter(posting.kept([upload] if upload else [], by=by, at=at)), None),
        },
    )
    if is_new:
        Participant.objects.get_or_create(thread=thread, membership=by, defaults={"added_at": at})
        turns.acknowledged(entry, given, at=at)
        if receipt:
            recording.tell_of(entry, given, at=at)
    return given


def _may_be_acknowledged(entry: Entry) -> bool:
    """An instruction that was not taken back, and a call note that asks for it."""
    if entry.kind == Kind.INSTRUCTION:
        return not turns.is_taken_back(entry)
    return entry.kind == Kind.CALL_NOTE and bool(entry.asks)


def may_edit(entry: Entry, by: Membership) -> bool:
    """Whether this is one's own entry, or an instruction of a colleague's; one that holds no more stays as it is."""
    if entry.kind == Kind.INSTRUCTION and turns.is_taken_back(entry):
        return False
    is_ours = entry.kind == Kind.INSTRUCTION and entry.side == entry.thread.side_of(by.organisation_id)
    return by.has_role(*WRITERS) and (is_ours or by.pk in (entry.author_id, entry.recorded_by_id))


@transaction.atomic
def edit(entry: Entry, text: str, *, by: Membership, at: datetime) -> Entry:
    """Change a text; the earlier one is kept. A changed instruction asks for its acknowledgement again.

    One's own entries, and instructions of colleagues. Raises MayNotWrite.
    """
    thread = turns.locked(entry.thread)
    entry = thread.entries.select_related("author", "turn").get(pk=entry.pk)
    if not may_edit(entry, by):
        raise MayNotWrite(_("Only who wrote this can change it."))
    if text == entry.text:
        return entry
    EntryVersion.objects.create(
        entry=entry, number=entry.version, text=entry.text, written_at=entry.edited_at or entry.created_at
    )
    entry.text, entry.version, entry.edited_at = text, entry.version + 1, at
    entry.search = posting.searchable(text, [thread.merchant_id, thread.vendor_id])
    entry.save(update_fields=["text", "version", "edited_at", "search"])
    if _may_be_acknowledged(entry):
        kind = str(entry.get_kind_display()).lower()
        words = _("%(person)s changed the %(kind)s.") % {"person": plain(by.label), "kind": kind}
        posting.tell(thread, words, at=at, about=entry)
        turns.ask_again(entry, thread, at=at)
        mails.tell_other_side(entry, thread)
    return entry


# ---- Turns ---------------------------------------------------------------------------------------------------------
def _open_turn(turn: Turn) -> tuple[Thread, Turn]:
    """The turn under its thread's lock. Raises NotYourTurn where it is closed by now."""
    thread = turns.locked(turn.thread)
    found = thread.turns.open().select_related("answerer", "asker").filter(pk=turn.pk).first()
    if found is None:
        raise NotYourTurn(_("This is not open any more."))
    return thread, found


@transaction.atomic
def withdraw(turn: Turn, *, by: Membership, at: datetime) -> None:
    """Say that no reply is needed any more; only who asked can. Raises NotYourTurn."""
    _thread, turn = _open_turn(turn)
    if by.organisation_id != turn.asker_id:
        raise NotYourTurn(_("Only who asked can take it back."))
    turns.close(turn, turns.Close(Ending.WITHDRAWN, at, by), at=at)


@transaction.atomic
def dismiss(turn: Turn, *, by: Membership, at: datetime) -> None:
    """Say that it needs no reply; only who was asked can, and the asker may open it again once. Raises NotYourTurn."""
    _thread, turn = _open_turn(turn)
    if by.organisation_id != turn.answerer_id:
        raise NotYourTurn(_("Only who was asked can say that it needs no answer."))
    turns.close(turn, turns.Close(Ending.DISMISSED, at, by), at=at)


@transaction.atomic
def reopen(turn: Turn, *, by: Membership, at: datetime) -> None:
    """Open a dismissed turn again, once; its clock has run all the while. Raises NotYourTurn."""
    thread = turns.locked(turn.thread)
    turn = thread.turns.get(pk=turn.pk)
    may = turn.ending == Ending.DISMISSED and by.organisation_id == turn.asker_id and turn.reopened_at is None
    if not may or thread.turns.open().filter(answerer=turn.answerer_id).exists():
        raise NotYourTurn(_("This cannot be opened again: ask anew."))
    turn.ending, turn.closed_at, turn.closed_by, turn.reopened_at = "", None, None, at
    turn.save(update_fields=["ending", "closed_at", "closed_by", "reopened_at"])
    hooks.turn_changed(turn, at)


@transaction.atomic
def hand_over(turn: Turn, to: Membership, *, by: Membership, at: datetime) -> None:
    """Give what one's side owes to a colleague. Raises NotYourTurn, NotAColleague."""
    thread, turn = _open_turn(turn)
    if by.organisation_id != turn.answerer_id:
        raise NotYourTurn(_("Only who was asked can hand it to a colleague."))
    colleagues = Membership.objects.joined().filter(organisation=turn.answerer_id).exclude(roles=["viewer"])
    if not colleagues.filter(pk=to.pk).exists():
        raise NotAColleague(_("Choose a colleague who can answer."))
    turn.assignee = to
    turn.save(update_fields=["assignee"])
    Participant.objects.get_or_create(thread=thread, membership=to, defaults={"added_at": at})
    hooks.turn_changed(turn, at)


# ---- Threads -------------------------------------------------------------------------------------------------------
@transaction.atomic
def close_thread(thread: Thread, *, by: Membership, at: datetime) -> None:
    """Say that it is done; a second time changes nothing. Raises StillOwed while either side owes an answer."""
    thread = turns.locked(thread)
    if thread.turns.open().filter(answerer=by.organisation_id).exists():
        raise StillOwed(_("You still owe an answer here: answer it, or say that it needs none."))
    if thread.turns.open().exists():
        raise StillOwed(_("You still wait for an answer here: take the question back first."))
    if thread.closed_at is None:
        thread.closed_at, thread.closed_by = at, by
        thread.save(update_fields=["closed_at", "closed_by"])
        posting.tell(thread, _("%(person)s closed the conversation.") % {"person": plain(by.label)}, at=at)


@transaction.atomic
def reopen_thread(thread: Thread, *, by: Membership, at: datetime) -> None:
    """Take the close back."""
    thread = turns.locked(thread)
    if thread.closed_at is not None:
        thread.closed_at = thread.closed_by = None
        thread.save(update_fields=["closed_at", "closed_by"])
        posting.tell(thread, _("%(person)s opened the conversation again.") % {"person": plain(by.label)}, at=at)


def read(thread: Thread, number: int, *, by: Membership, at: datetime) -> None:
    """Remember that somebody has seen the thread up to this number; it never falls back."""
    mark, is_new = ReadMark.objects.get_or_create(
        thread=thread, membership=by, defaults={"number": number, "read_at": at}
    )
    if not is_new and mark.number < number:
        ReadMark.objects.filter(pk=mark.pk, number__lt=number).update(number=number, read_at=at)


@transaction.atomic
def add_people(thread: Thread, people: Sequence[Membership], *, by: Membership, at: datetime) -> None:
    """Add colleagues to a thread: they get its mails. Each side adds its own people. Raises MayNotWrite."""
    if not by.has_role(*WRITERS) or any(one.organisation_id != by.organisation_id or not one.user_id for one in people):
        raise MayNotWrite(_("You can add colleagues who have joined."))
    thread = turns.locked(thread)
    there = set(thread.participants.values_list("membership", flat=True))
    new = [one for one in people if one.pk not in there]
    if new:
        posting.include(thread, new, at=at)
        names = ", ".join(plain(one.label) for one in new)
        posting.tell(thread, _("%(person)s added %(names)s.") % {"person": plain(by.label), "names": names}, at=at)


# ---- What upper rooms ask for --------------------------------------------------------------------------------------
@transaction.atomic
def end_turns(thread: Thread, *, at: datetime) -> None:
    """A contract ended: nothing of this thread is owed any more."""
    thread = turns.locked(thread)
    for turn in thread.turns.open().select_related("answerer"):
        turns.close(turn, turns.Close(Ending.CONTRACT_ENDED, at, None), at=at)


def succeed(leaver: Membership, successor: Membership, at: datetime) -> None:
    """What was handed to somebody who leaves goes to who takes over, and so do the mails of their threads."""
    for turn in Turn.objects.open().filter(assignee=leaver):
        turn.assignee = successor
        turn.save(update_fields=["assignee"])
        hooks.turn_changed(turn, at)
    threads = Participant.objects.filter(membership=leaver).values_list("thread", flat=True)
    Participant.objects.bulk_create(
        (Participant(thread_id=thread, membership=successor, added_at=at) for thread in threads), ignore_conflicts=True
    )


def needs_acknowledgement(entry: Entry) -> bool:
    """Whether the other side has still to acknowledge the text as it is now."""
    return _may_be_acknowledged(entry) and not turns.is_acknowledged(entry)
