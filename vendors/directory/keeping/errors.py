"""Rules about what a merchant keeps to itself that can be broken."""

from outsourcing.shared.errors import DomainError


class Blocked(DomainError):
    """The merchant has blocked this vendor."""


class TooManyTags(DomainError):
    """More words on one vendor than anybody reads."""


class OwnPeople(DomainError):
    """Somebody of the vendor has joined: its own people keep its contacts."""


class ContactThere(DomainError):
    """The merchant has this address among the vendor's contacts already."""
