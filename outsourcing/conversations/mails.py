"""Mails about entries: one for each public one to each of its thread's people on the other side."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from outsourcing.accounts.models import Membership, Role
from outsourcing.conversations.models import Entry, Participant, Thread
from outsourcing.notifications import outbox

#: How many are told where nobody of the other side is in the thread yet.
MOST = 20


def tell_other_side(entry: Entry, thread: Thread, *, why: str = "") -> None:
    """Post an entry to the other side's people; a text that was changed is another occurrence."""
    own, other = (thread.merchant, thread.vendor) if entry.side == "merchant" else (thread.vendor, thread.merchant)
    if entry.is_recorded:
        return  # the vendor said it, and not here
    for reader in readers(thread, other.pk):
        with timezone.override(reader.zone):
            outbox.post(
                "message",
                to=reader.email,
                context={
                    "entry": entry,
                    "thread": thread,
                    "writer": entry.author,
                    "turn": entry.turn,
                    "is_change": entry.version > 1,
                    "url": settings.BASE_URL + reverse("conversations:thread", args=[thread.pk]),
                },
                organisation=own,
                membership=reader,
                occurrence=f"entry:{entry.pk}:{entry.version}",
                thread=f"thread:{thread.pk}",
            )


def readers(thread: Thread, organisation: int) -> list[Membership]:
    """Who of an organisation gets the thread's mails: its people there, else all of it who may write."""
    joined = Membership.objects.joined().filter(organisation=organisation).select_related("user", "organisation")
    people = Participant.objects.filter(thread=thread).values("membership")
    named = list(joined.filter(pk__in=people).order_by("pk"))
    return named or list(joined.exclude(roles=[Role.VIEWER]).order_by("pk")[:MOST])
