"""Rules about files that can be broken."""

from outsourcing.shared.errors import DomainError


class Refused(DomainError):
    """What was handed in is not of a kind that is taken here, too large, or damaged."""
