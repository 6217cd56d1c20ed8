"""Rules about asking and answering that can be broken."""

from outsourcing.shared.errors import DomainError


class NotAskable(DomainError):
    """This person cannot be asked, or not at this address, or not about this."""


class TooManyEnquiries(DomainError):
    """A shop writes to far more people in a day than shops do."""


class NoLongerOpen(DomainError):
    """It was answered, refused or taken back, or its time is over."""


class AlreadyNamed(DomainError):
    """Somebody with this address is on the list."""
