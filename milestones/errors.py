"""What somebody can do something about, around contracts and milestones."""

from outsourcing.shared.errors import DomainError


class Overtaken(DomainError):
    """Somebody was quicker: it stands elsewhere by now. The message says what happened."""


class NotInThisState(DomainError):
    """The contract or milestone does not stand where this can be done."""


class NobodyReachable(DomainError):
    """A contract is offered to somebody: the vendor has nobody with an address who was asked in or has joined."""


class NothingPlanned(DomainError):
    """There is nothing to offer, to hand in, or to change."""


class OwnSubmission(DomainError):
    """Nobody accepts what they handed in themselves."""


class StillOpen(DomainError):
    """Something is not finished: the message names it."""


class Circle(DomainError):
    """Milestones would wait for each other; the message names them."""


class BadDate(DomainError):
    """A date that cannot be; the message says why."""


class NotYours(DomainError):
    """The other side decides this."""


class CriteriaOpen(DomainError):
    """A milestone is accepted when every criterion is met, and sent back when one is not."""


class NameTaken(DomainError):
    """One of this name is there already."""


class TooMany(DomainError):
    """More than a file takes, or an import brings in at once; the message says how many fit."""
