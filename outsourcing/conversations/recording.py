"""What a merchant recorded for a vendor: the vendor hears of it, and may say that it is not so.

DESIGN 3: a record closes a turn as of when it came, on the merchant's word alone, and a joined vendor may object. What
follows from an objection: **the vendor's word about itself weighs more**. What the record closed is open again as if it
had never been closed, since it was first asked and due as before; its clock has run all the while, so that objecting
improves no figure. What the vendor wrote itself since then answers it instead, where there is something. A question
that was recorded is taken back, and an acknowledgement has still to be given, which only the vendor itself can do then.
The record stays to be read by both sides, with the objection beside it, and nobody objects twice.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.conversations import posting, turns
from outsourcing.conversations.errors import MayNotWrite, NotRecorded
from outsourcing.conversations.figures import Ending
from outsourcing.conversations.models import Acknowledgement, Attachment, Entry, Thread
from outsourcing.conversations.names import plain
from outsourcing.conversations.posting import WRITERS


def tell_of(entry: Entry, given: Acknowledgement, *, at: datetime) -> None:
    """Say in the thread that an acknowledgement was recorded: unlike an entry, it would not be seen as new."""
    assert given.recorded_by is not None, "it was recorded"
    words = _("%(person)s recorded that this was acknowledged by %(how)s.")
    fields = {"person": plain(given.recorded_by.label), "how": str(given.get_channel_display()).lower()}
    told = posting.tell(entry.thread, words % fields, at=at, about=entry)
    if given.file is not None:
        Attachment.objects.create(file=given.file, entry=told)  # so both sides see the proof


def recorded_in(entry: Entry) -> Entry | Acknowledgement | None:
    """What of an entry can be objected to: itself, or the latest acknowledgement of it, where that was recorded."""
    if entry.is_recorded:
        return entry if entry.objected_at is None else None
    return entry.acknowledgements.standing().exclude(recorded_by=None).order_by("version").last()


@transaction.atomic
def object_to(recorded: Entry | Acknowledgement, text: str, *, by: Membership, at: datetime) -> None:
    """Say as the vendor that what was recorded for it is not so, once; see above what follows.

    Raises MayNotWrite, NotRecorded.
    """
    if not by.has_role(*WRITERS):
        raise MayNotWrite(_("You can read this conversation, and not write in it."))
    entry = recorded if isinstance(recorded, Entry) else recorded.entry
    thread = turns.locked(entry.thread)
    rows = type(recorded)._default_manager.filter(pk=recorded.pk, objected_at=None, recorded_by__isnull=False)
    if by.organisation_id != thread.vendor_id or not rows.update(objected_at=at, objected_by=by, objection=text):
        raise NotRecorded(_("This was not recorded for you, or you have objected to it already."))
    words = _("%(person)s objects to what was recorded here.") % {"person": plain(by.label)}
    posting.tell(thread, words, at=at, about=entry)
    entry = thread.entries.select_related("turn__asker", "turn__answerer").get(pk=entry.pk)
    if isinstance(recorded, Acknowledgement):
        _ask_for_it_again(entry, recorded, thread, at=at)
    else:
        _undo_what_it_did(entry, thread, by=by, at=at)


def _ask_for_it_again(entry: Entry, given: Acknowledgement, thread: Thread, *, at: datetime) -> None:
    """The text as it is now waits to be acknowledged again; an earlier one does not matter any more."""
    turn = entry.turn
    if given.version != entry.version or turns.is_taken_back(entry):
        return
    if turn is not None and turn.ending == Ending.ACKNOWLEDGED:
        turns.undo(turn, at=at)
    elif turn is None or not turn.is_open:
        turns.ask_again(entry, thread, at=at)


def _undo_what_it_did(entry: Entry, thread: Thread, *, by: Membership, at: datetime) -> None:
    """It answered nothing, and it asked nothing."""
    for turn in thread.turns.filter(answer=entry, ending=Ending.ANSWERED).select_related("asker", "answerer"):
        turns.undo(turn, at=at)
    asked = entry.turn
    if asked is not None and asked.is_open and not asked.entries.exclude(pk=entry.pk).exists():
        turns.close(asked, turns.Close(Ending.WITHDRAWN, at, by), at=at)
