"""What needs a person now, on both home pages; each room adds its own, and the most urgent stand first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from outsourcing.accounts.models import Membership
from outsourcing.shared.hooks import Hook
from outsourcing.shared.statements import Read, read_together


class Urgency(IntEnum):
    """How a thing to do is marked, most urgent first."""

    LATE = 0
    RISK = 1
    INFO = 2
    IDLE = 3

    @property
    def mark(self) -> str:
        """The end of its class names, as in `glyph-late`."""
        return self.name.lower()


class Matter(StrEnum):
    """What the figures on a merchant's home page count."""

    OVERDUE = "overdue"
    OWED = "owed"
    UNANSWERED = "unanswered"
    DECISION = "decision"


@dataclass(frozen=True)
class Waiting:
    """One thing to do: a title that leads to where it is done, what it belongs to, and when it should be done.

    `due` is the short figure ("3 days left"), `due_about` the words after it ("Due 18 Nov"); `when` is the instant by
    which things of one urgency are sorted; `matter` what it counts as. `ask` names whom to ask
    about it, with their `phone` and `hours`. Two that say the same are equal, whatever their `when`.
    """

    title: str
    meta: str
    url: str
    action: str
    icon: str
    urgency: Urgency
    when: datetime = field(compare=False)
    due: str
    due_about: str = ""
    ask: str = ""
    phone: str = ""
    hours: str = ""
    matter: Matter | None = None


class Unsaid(NamedTuple):
    """A thing that is put into words only where it is shown: a home page lists 25 of what may be a hundred. `words` are
    asked for while the request lasts, in the reader's zone; they ask the database for nothing."""

    urgency: Urgency
    when: datetime
    matter: Matter | None
    words: Callable[[], Waiting]


def in_words(one: Waiting | Unsaid) -> Waiting:
    return one.words() if isinstance(one, Unsaid) else one


Things = Iterable[Waiting | Unsaid]
#: For the acting membership and the instant: what a room has waiting for that person, each kind in an order of its own;
#: or the statement that finds it, which goes to the database together with those of the other rooms.
waiting: Hook[[Membership, datetime], Read[Things] | Things] = Hook("accounts.waiting")


def waiting_for(membership: Membership, at: datetime, *others: Read[Any]) -> tuple[list[Waiting | Unsaid], list[Any]]:
    """Every room's things, the most urgent first and the earliest before the later, and what `others` say, which are
    read along with them. Nothing waits in an organisation that closes, where nobody could do it."""
    rooms = [] if membership.organisation.is_closing else waiting(membership, at)
    said: list[Any] = read_together([*rooms, *others])
    things = [one for room in said[: len(rooms)] for one in room]
    return sorted(things, key=lambda one: (one.urgency, one.when)), said[len(rooms) :]
