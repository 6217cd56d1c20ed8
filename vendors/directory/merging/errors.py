"""Why two rows of one vendor are not made one."""

from outsourcing.shared.errors import DomainError


class NotMergeable(DomainError):
    """The two cannot become one, or not by this person."""


class AlreadyMerged(DomainError):
    """One of the two was made one with another meanwhile."""
