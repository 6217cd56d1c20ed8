"""The room's rows, a module for each topic."""

from outsourcing.conversations.models.entries import (
    Asks,
    Attachment,
    Channel,
    Draft,
    Entry,
    EntryVersion,
    InternalNote,
    Kind,
    Recorded,
)
from outsourcing.conversations.models.figures import ReplyTime
from outsourcing.conversations.models.instructions import Acknowledgement, Withdrawal
from outsourcing.conversations.models.threads import Participant, ReadMark, Side, Thread
from outsourcing.conversations.models.turns import Turn

__all__ = [
    "Acknowledgement",
    "Asks",
    "Attachment",
    "Channel",
    "Draft",
    "Entry",
    "EntryVersion",
    "InternalNote",
    "Kind",
    "Participant",
    "ReadMark",
    "Recorded",
    "ReplyTime",
    "Side",
    "Thread",
    "Turn",
    "Withdrawal",
]
