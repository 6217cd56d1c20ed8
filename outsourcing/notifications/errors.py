"""What can be wrong with a reminder."""

from outsourcing.shared.errors import DomainError


class NothingAhead(DomainError):
    """No reminder is planned there any more."""


class TooFarOff(DomainError):
    """It cannot be put off so far."""
