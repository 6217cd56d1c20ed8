"""Where upper rooms meet conversations; functions run in the caller's transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from outsourcing.accounts.calendars import Pause
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations.models import Thread, Turn
from outsourcing.shared.hooks import Hook


@dataclass(frozen=True)
class Topic:
    """What a thread is about, as a link; `label` is what the reader may know of it."""

    label: str
    url: str


@dataclass(frozen=True)
class Matter:
    """What a new thread is to be about: its name as a subject, and how the room that it is of remembers the thread."""

    subject: str
    other: Organisation
    remember: Callable[[Thread], object]


#: For the person and a word that names something of an upper room ("contract-17"): the matter, where they see it.
matter: Hook[[Membership, str], Matter | None] = Hook("conversations.matter")

#: For the keys of some threads and the reader: what they are about, in bulk. Upper rooms own the rows that say so.
topic: Hook[[Sequence[int], Membership], Mapping[int, Sequence[Topic]]] = Hook("conversations.topic")

#: A turn was opened, joined, handed over, closed or opened again, as of the instant: ladders follow it.
turn_changed: Hook[[Turn, datetime], None] = Hook("conversations.turn_changed")

#: When the answerer's clock stood still for these turns, by their keys: a suspended contract, a declared absence,
#: blocked by the asker. In bulk, for figures of many turns.
pauses: Hook[[Sequence[Turn]], Mapping[int, Iterable[Pause]]] = Hook("conversations.pauses")

#: Organisations to whom one may write a first time, a few to choose from, best first.
counterparts: Hook[[Membership], Iterable[Organisation]] = Hook("conversations.counterparts")

#: Whether one may write to this organisation a first time; one yes is enough.
may_write_to: Hook[[Membership, Organisation], bool] = Hook("conversations.may_write_to")

#: Why one may not begin with some of these organisations all the same, by their keys: what goes before every yes.
against: Hook[[Membership, Sequence[int]], Mapping[int, str]] = Hook("conversations.against")
