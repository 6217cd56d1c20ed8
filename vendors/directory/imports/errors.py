"""Rules of imports and exports that can be broken."""

from outsourcing.shared.errors import DomainError


class Unreadable(DomainError):
    """The file holds no table that can be read."""


class NotReady(DomainError):
    """The import is at another step: it runs already, has ended, or its columns are still to be chosen."""


class TooLong(DomainError):
    """The list has more vendors than a file takes."""
