"""What this room holds: what both sides said stays with whoever is left, notes and drafts are their writers'."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outsourcing.conversations import erasing
from outsourcing.conversations.models import (
    Acknowledgement,
    Attachment,
    Draft,
    Entry,
    EntryVersion,
    InternalNote,
    Kind,
    Participant,
    ReadMark,
    ReplyTime,
    Thread,
    Turn,
    Withdrawal,
)
from outsourcing.shared.holdings import MEMBERSHIP, About, Told, holds

holds(Thread, merchant="merchant", vendor="vendor", hidden=["last_entry"], unhook=["last_entry"])
holds(Turn, merchant="thread__merchant", vendor="thread__vendor", unhook=["answer"])
holds(
    Entry,
    merchant="thread__merchant",
    vendor="thread__vendor",
    hidden=["key", "search"],
    told=[
        Told("text", where=Q(kind=Kind.SYSTEM), then=erasing.index_again),
        Told("call_with", where=Q(kind=Kind.CALL_NOTE)),
    ],
)
holds(EntryVersion, merchant="entry__thread__merchant", vendor="entry__thread__vendor")
holds(Withdrawal, merchant="entry__thread__merchant", vendor="entry__thread__vendor")
holds(Acknowledgement, merchant="entry__thread__merchant", vendor="entry__thread__vendor")
holds(Participant, merchant="thread__merchant", vendor="thread__vendor")
holds(
    ReadMark,
    merchant="membership__organisation",
    vendor="membership__organisation",
    left_out=_("How far each has read, for them alone."),
    people=[About(MEMBERSHIP, "membership")],
)
holds(InternalNote, merchant="organisation", vendor="organisation", hidden=["key", "search"])
holds(
    Draft,
    merchant="membership__organisation",
    vendor="membership__organisation",
    left_out=_("Nobody but who writes it reads it before it is sent."),
    people=[About(MEMBERSHIP, "membership")],
)
holds(
    Attachment,
    merchant=("entry__thread__merchant", "note__organisation", "draft__membership__organisation"),
    vendor=("entry__thread__vendor", "note__organisation", "draft__membership__organisation"),
    people=[About(MEMBERSHIP, "draft__membership")],
)
holds(ReplyTime, vendor="organisation")
