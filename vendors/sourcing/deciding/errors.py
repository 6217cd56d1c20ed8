"""What somebody can do something about, around a decision."""

from outsourcing.shared.errors import DomainError


class CannotBeAwarded(DomainError):
    """The vendor fails a must-have, has an open one, or is no longer there; the message says which."""


class ReasonMissing(DomainError):
    """A close call, a tie, or a vendor that is not first asks for a reason; the message says which."""


class AlreadyTold(DomainError):
    """Vendors are told of a decision once."""


class NobodyRuns(DomainError):
    """Nobody on the merchant's side may run a contract."""
