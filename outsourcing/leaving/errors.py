"""Rules of leaving that can be broken."""

from outsourcing.shared.errors import DomainError


class OneAtATime(DomainError):
    """An organisation's export is being made already."""


class StillNeeded(DomainError):
    """Something has to be ended or handed over first."""
