"""Rules of the directory that can be broken; each topic adds its own."""

from outsourcing.shared.errors import DomainError


class NotYours(DomainError):
    """Somebody else keeps this vendor."""


class NobodyJoined(DomainError):
    """A vendor without people cannot keep its own profile."""
