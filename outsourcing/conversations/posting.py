"""Writing in a thread: each action is one transaction under the thread's lock, and sending it twice stores it once."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.conversations import drafts, hooks, mails, turns
from outsourcing.conversations.errors import AlreadySent, MayNotWrite, NotThen
from outsourcing.conversations.gone import reads_no_more
from outsourcing.conversations.models import (
    Attachment,
    Channel,
    Entry,
    InternalNote,
    Kind,
    Participant,
    ReadMark,
    Side,
    Thread,
    Turn,
)
from outsourcing.files.models import File

#: Who writes; viewers read.
WRITERS = (Role.OWNER, Role.BUYER, Role.OPERATIONS, Role.MANAGER, Role.CONTACT)
#: What people post themselves, by their side; submissions come from the room that takes them.
KINDS = {
    Side.MERCHANT: (Kind.MESSAGE, Kind.QUESTION, Kind.INSTRUCTION, Kind.CALL_NOTE),
    Side.VENDOR: (Kind.MESSAGE, Kind.QUESTION, Kind.CALL_NOTE),
}


@dataclass(frozen=True)
class Call:
    """A call that a note is about: with whom, when, how many minutes."""

    partner: str
    at: datetime
    minutes: int | None = None


@dataclass(frozen=True)
class Receipt:
    """How something of the vendor's reached the merchant outside, and whose words it is, where that is known."""

    channel: Channel
    received_at: datetime
    author: Membership | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody sends: `key` was made with the form, `asks` is one of Asks or empty.

    `attached` are the draft's files that the form names, by their keys; None stands for all of them.
    """

    key: uuid.UUID
    text: str
    kind: Kind = Kind.MESSAGE
    asks: str = ""
    is_blocking: bool = False
    wanted_by: date | None = None
    about: Entry | None = None
    call: Call | None = None
    receipt: Receipt | None = None
    uploads: Sequence[UploadedFile] = ()
    attached: Sequence[int] | None = None


# ---- Actions -------------------------------------------------------------------------------------------------------
def start(
    other: Organisation, subject: str, said: Said, *, by: Membership, at: datetime, people: Iterable[Membership] = (),
    remember: Callable[[Thread], object] | None = None,
) -> Thread:  # fmt: skip
    """Begin a thread with another organisation and these people of either; sent twice, it is begun once.

    `remember` has an upper room write down what it is about, before anything is said in it: clocks ask for that.

    Raises MayNotWrite, AlreadySent.
    """
    see_that_they_write(by, said)
    if sent := sent_before(by, said):
        return sent.thread
    merchant, vendor = (by.organisation, other) if by.organisation.is_merchant else (other, by.organisation)
    try:
        with transaction.atomic():
            see_that_they_may_begin(by, other)
            thread = Thread.objects.create(
                merchant=merchant, vendor=vendor, subject=subject, opened_by=by, opened_at=at, last_entry_at=at
            )
            if remember:
                remember(thread)
            include(thread, people, at=at)
            say(turns.locked(thread), said, by=by, at=at)
            return thread
    except IntegrityError:
        if sent := sent_before(by, said):  # by the same click, a moment ago
            return sent.thread
        raise


@transaction.atomic
def post(thread: Thread, said: Said, *, by: Membership, at: datetime) -> Entry:
    """Write a public entry: it answers what one's side owes, and asks where it asks. Raises MayNotWrite, AlreadySent.

    In a closed thread it is kept and marked as written after the close; the thread stays closed.
    """
    see_that_they_write(by, said)
    thread = turns.locked(thread)
    if sent := sent_before(by, said, thread):
        return sent
    see_that_it_is_read(thread, said, by)
    return say(thread, said, by=by, at=at)


@transaction.atomic
def note(
    thread: Thread,
    text: str,
    *,
    key: uuid.UUID,
    by: Membership,
    at: datetime,
    uploads: Sequence[UploadedFile] = (),
    attached: Sequence[int] | None = None,
) -> InternalNote:
    """Write beside a thread for one's own side alone. Raises MayNotWrite, AlreadySent."""
    if not by.has_role(*WRITERS):
        raise MayNotWrite(_("You can read this conversation, and not write in it."))
    thread = turns.locked(thread)
    sent = InternalNote.objects.filter(author=by, key=key).first()
    if sent is not None:
        if (sent.thread_id, sent.text) != (thread.pk, text):
            raise AlreadySent(_("That form was sent before with other words. Check the conversation, then send again."))
        return sent
    made = InternalNote.objects.create(
        thread=thread,
        organisation=by.organisation,
        author=by,
        after=thread.entry_count,
        text=text,
        created_at=at,
        key=key,
        search=searchable(text, [by.organisation_id]),
    )
    Attachment.objects.bulk_create(Attachment(file=file, note=made) for file in kept(uploads, by=by, at=at))
    drafts.take(by, key, attached, note=made)
    return made


@transaction.atomic
def tell(thread: Thread, text: str, *, at: datetime, about: Entry | None = None) -> Entry:
    """Write what the system has to say: it answers nothing, asks nothing and is not mailed."""
    thread = turns.locked(thread)
    return _append(thread, Entry(kind=Kind.SYSTEM, text=text, about=about, created_at=at))


@transaction.atomic
def include(thread: Thread, people: Iterable[Membership], *, at: datetime) -> None:
    """Have these people get the thread's mails from now on. Raises MayNotWrite for somebody of neither side."""
    both = (thread.merchant_id, thread.vendor_id)
    named = list(people)
    if any(one.organisation_id not in both or one.left_at for one in named):
        raise MayNotWrite(_("A conversation is between people of the two organisations."))
    Participant.objects.bulk_create(
        (Participant(thread=thread, membership=one, added_at=at) for one in named), ignore_conflicts=True
    )


# ---- Their parts ---------------------------------------------------------------------------------------------------
def see_that_they_write(by: Membership, said: Said) -> None:
    """Raises MayNotWrite for a viewer, for a kind that is not theirs, and for a vendor that records for itself."""
    if not by.has_role(*WRITERS):
        raise MayNotWrite(_("You can read this conversation, and not write in it."))
    side = Side.MERCHANT if by.organisation.is_merchant else Side.VENDOR
    if said.receipt and side != Side.MERCHANT:
        raise MayNotWrite(_("Only a merchant records what reached it elsewhere."))
    if said.kind not in (*KINDS[Side.VENDOR if said.receipt else side], Kind.SUBMISSION):
        raise MayNotWrite(_("Your side does not write entries of this kind."))


def see_that_it_is_read(thread: Thread, said: Said, by: Membership) -> None:
    """Raises MayNotWrite where the other side is closing or closed; what reached one elsewhere may be written down."""
    reason = reads_no_more(thread.other_than(by.organisation_id))
    if reason and said.receipt is None and said.kind != Kind.CALL_NOTE:
        raise MayNotWrite(reason)


def see_that_they_may_begin(by: Membership, other: Organisation) -> None:
    """Raises MayNotWrite. The other organisation is held meanwhile: one that becomes one with another takes none."""
    Organisation.objects.select_for_update(of=("self",)).get(pk=other.pk)
    if reason := against(by, [other.pk]).get(other.pk):
        raise MayNotWrite(reason)
    if not may_write_to(by, other):
        raise MayNotWrite(_("You can write to those who have written to you or invited you."))


def against(by: Membership, others: Sequence[int]) -> dict[int, str]:
    """Why one may not begin with some of these organisations, by their keys."""
    return {pk: reason for room in hooks.against(by, others) for pk, reason in room.items()}


def came_at(receipt: Receipt, *, since: datetime | None = None, at: datetime) -> datetime:
    """When something recorded came, no earlier than `since` in the same minute: people write down no seconds.

    Raises NotThen for what is still to come, and for what came before it could be said.
    """
    if receipt.received_at > at:
        raise NotThen(_("That is still to come: say when it reached you."))
    if since and receipt.received_at < since.replace(second=0, microsecond=0):
        when = date_format(localtime(since), "j F, H:i")
        raise NotThen(_("You asked on %(when)s: what came before that cannot be the answer.") % {"when": when})
    return max(receipt.received_at, since) if since else receipt.received_at


def may_write_to(by: Membership, other: Organisation) -> bool:
    """Whether a thread with them may be begun: there is one already, or an upper room knows a reason."""
    if by.organisation.kind == other.kind:
        return False
    if Thread.objects.visible_to(by).filter(Q(merchant=other) | Q(vendor=other)).exists():
        return True
    return any(hooks.may_write_to(by, other))


def sent_before(by: Membership, said: Said, thread: Thread | None = None) -> Entry | None:
    """The entry that this form made before. Raises AlreadySent where it had other words, or another place."""
    sent = Entry.objects.sent_by(by, said.key).select_related("thread").defer("search").first()
    if sent is not None and (sent.text != said.text or thread not in (None, sent.thread)):
        raise AlreadySent(_("That form was sent before with other words. Check the conversation, then send again."))
    return sent


def say(thread: Thread, said: Said, *, by: Membership, at: datetime) -> Entry:
    """Append a person's entry to a locked thread, with all that follows from it."""
    receipt, call = said.receipt, said.call
    if receipt and receipt.author and receipt.author.organisation_id != thread.vendor_id:
        raise MayNotWrite(_("Choose somebody of the vendor, or nobody."))
    entry = Entry(
        kind=said.kind,
        side=Side.VENDOR if receipt else thread.side_of(by.organisation_id),
        author=receipt.author if receipt else by,
        text=said.text,
        created_at=at,
        key=said.key,
        asks=said.asks,
        is_blocking=bool(said.asks) and said.is_blocking,
        wanted_by=said.wanted_by if said.asks else None,
        about=said.about,
    )
    if receipt:
        entry.channel, entry.received_at, entry.recorded_by = receipt.channel, came_at(receipt, at=at), by
    if call:
        entry.call_with, entry.called_at, entry.call_minutes = call.partner, call.at, call.minutes
    owed = {turn.answerer_id: turn for turn in thread.turns.open().select_related("answerer")}
    turn = turns.ask(entry, thread, heard_at=entry.heard_at, at=at, owed=owed) if entry.asks else None
    _append(thread, entry)
    Attachment.objects.bulk_create(Attachment(file=file, entry=entry) for file in kept(said.uploads, by=by, at=at))
    drafts.take(by, said.key, said.attached, entry=entry)
    Participant.objects.get_or_create(thread=thread, membership=by, defaults={"added_at": at})
    ReadMark.objects.filter(thread=thread, membership=by, number=entry.number - 1).update(number=entry.number)
    _answer(thread, entry, owed, at=at)
    if turn is not None:
        hooks.turn_changed(turn, at)
    mails.tell_other_side(entry, thread)
    return entry


def _append(thread: Thread, entry: Entry) -> Entry:
    """Give the entry the next number of its locked thread, and the thread its newest entry."""
    entry.thread, entry.number = thread, thread.entry_count + 1
    entry.after_close = thread.closed_at is not None and entry.kind != Kind.SYSTEM
    owners = [thread.merchant_id, thread.vendor_id]
    entry.search = searchable(entry.text, owners)
    entry.save(force_insert=True)
    thread.entry_count, thread.last_entry, thread.last_entry_at = entry.number, entry, entry.created_at
    thread.save(update_fields=["entry_count", "last_entry", "last_entry_at"])
    return entry


def _answer(thread: Thread, entry: Entry, owed: dict[int, Turn], *, at: datetime) -> None:
    """Close what the writer's side owed.

    Who asked about an instruction and now has the answer still owes its acknowledgement.
    """
    answered = turns.answer(entry, thread, owed, at=at)
    if answered is None:
        return
    asked_about = [one.about for one in answered.entries.select_related("about").exclude(about=None)]
    for instruction in {one.pk: one for one in asked_about if one is not None}.values():
        is_done = turns.is_acknowledged(instruction) or turns.is_taken_back(instruction)
        if instruction.side == entry.side and instruction.asks and not is_done:
            turns.ask_again(instruction, thread, at=entry.heard_at)


def kept(uploads: Iterable[UploadedFile], *, by: Membership, at: datetime) -> list[File]:
    """The files of an entry, checked and kept. Raises Refused."""
    return [drafts.kept(upload, by=by, at=at) for upload in uploads]


def searchable(text: str, owners: Iterable[int]) -> RawSQL:
    """The search index's entry for a text: its words without accents, and whose it is (see search.py)."""
    words = "to_tsvector('simple', regexp_replace(immutable_unaccent(%s), '[^[:alnum:]]+', ' ', 'g'))"
    return RawSQL(f"{words} || array_to_tsvector(%s)", [text, [f"@{owner}" for owner in owners]])
