"""Rules about saved searches that can be broken."""

from outsourcing.shared.errors import DomainError


class NameTaken(DomainError):
    """This person has a search of that name."""


class SavedAlready(DomainError):
    """This person has saved this very search."""


class TooManySearches(DomainError):
    """More searches than stand beside the list."""


class TooWide(DomainError):
    """A search that chooses more than an address keeps."""
