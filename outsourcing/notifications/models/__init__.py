"""Rows of the room: mails and what came back of them; ladders with their rungs and notices; what people chose."""

from outsourcing.notifications.models.choices import OptOut, Policy, Tally
from outsourcing.notifications.models.ladders import Ladder, Notice, Rung
from outsourcing.notifications.models.mails import BATCH, GIVE_UP, LEASE, MOST_CRASHES, Bounce, Mail, Recipient

__all__ = [
    "BATCH",
    "GIVE_UP",
    "LEASE",
    "MOST_CRASHES",
    "Bounce",
    "Ladder",
    "Mail",
    "Notice",
    "OptOut",
    "Policy",
    "Recipient",
    "Rung",
    "Tally",
]
