"""Rules of the directory that can be broken; each topic adds its own."""

from outsourcing.shared.errors import DomainError


class NotYours(DomainError):
    """Somebody else keeps this vendor."""


class NobodyJoined(DomainError):
    """A vendor without people cannot keep its own profile."""


class Stale(DomainError):
    """Somebody else has saved what this form was made from."""


class NotProven(DomainError):
    """Nobody knows whether these people are the company that their web site belongs to."""


class NotReady(DomainError):
    """A profile lacks what a merchant needs at least, or may not be published."""
