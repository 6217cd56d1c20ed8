"""Mails about entries: one for each public one to each of its thread's people on the other side."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from outsourcing.accounts import by_code
from outsourcing.accounts.models import Membership, Role
from outsourcing.conversations.models import Entry, Participant, Thread
from outsourcing.conversations.names import plain
from outsourcing.notifications import outbox
from outsourcing.notifications.ladders.people import rows
from outsourcing.notifications.models import Mail
from outsourcing.notifications.outbox import NO_WAIT

#: So long somebody has to read it in the app before it is mailed; what work waits for goes at once.
UNREAD_FOR = timedelta(minutes=5)
#: What occurrences of entries begin with.
ENTRY = "entry:"
#: How many are told where nobody of the other side is in the thread yet.
MOST = 20


def tell_other_side(entry: Entry, thread: Thread) -> None:
    """Post an entry to the other side's people; a text that was changed is another occurrence."""
    if entry.is_recorded:
        return  # the vendor said it, and not here
    assert entry.author is not None, "somebody wrote it here"
    about = {"writer": plain(entry.author.label), "turn": entry.turn, "is_change": entry.version > 1}
    _tell(entry, thread, about, occurrence=f"entry:{entry.pk}:{entry.version}")


def tell_that_it_holds_no_more(entry: Entry, thread: Thread, *, by: Membership, reason: str) -> None:
    """Tell the other side's people that an instruction was taken back, and why."""
    about = {"writer": plain(by.label), "is_taken_back": True, "reason": reason}
    _tell(entry, thread, about, occurrence=f"entry:{entry.pk}:taken-back")


def _tell(entry: Entry, thread: Thread, about: dict[str, Any], *, occurrence: str) -> None:
    own, other = (thread.merchant, thread.vendor) if entry.side == "merchant" else (thread.vendor, thread.merchant)
    for reader in readers(thread, other.pk):
        with timezone.override(reader.zone):
            outbox.post(
                "message",
                to=reader.email,
                context={
                    "entry": entry,
                    "thread": thread,
                    **about,
                    "url": link(entry, thread, reader),
                },
                organisation=own,
                membership=reader,
                occurrence=occurrence,
                thread=f"thread:{thread.pk}",
                wait=NO_WAIT if entry.is_blocking else UNREAD_FOR,
            )


def link(entry: Entry, thread: Thread, reader: Membership) -> str:
    """Where the mail leads: to the entry, a vendor's people by a code for whom needs to sign in."""
    path = reverse("conversations:thread", args=[thread.pk])
    path = path if reader.organisation.is_merchant else by_code.address(path, reader)
    return f"{settings.BASE_URL}{path}#e{entry.number}"


def readers(thread: Thread, organisation: int) -> list[Membership]:
    """Who of an organisation gets the thread's mails: its people there, else all of it who may write."""
    joined = Membership.objects.joined().filter(organisation=organisation).select_related("user", "organisation")
    people = Participant.objects.filter(thread=thread).values("membership")
    named = list(joined.filter(pk__in=people).order_by("pk"))
    return named or list(joined.exclude(roles=[Role.VIEWER]).order_by("pk")[:MOST])


READ = """
SELECT m.id FROM notifications_mail m
JOIN conversations_entry e ON e.id = split_part(m.occurrence, ':', 2)::bigint
JOIN conversations_readmark r ON r.thread_id = e.thread_id AND r.membership_id = m.membership_id
WHERE m.id = ANY(%(mails)s) AND r.number >= e.number AND r.read_at >= m.created_at
"""


def unwanted(batch: Sequence[Mail]) -> dict[int, str]:
    """For mails about to go: those about entries that their readers have seen meanwhile. One query where there are
    any."""
    ours = [one.pk for one in batch if one.template == "message" and one.occurrence.startswith(ENTRY)]
    if not ours:
        return {}
    return {pk: _("They have read it meanwhile.") for (pk,) in rows(READ, mails=ours)}
