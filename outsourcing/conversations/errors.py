"""Rules of conversations that can be broken."""

from outsourcing.shared.errors import DomainError


class MayNotWrite(DomainError):
    """Somebody who only reads, a kind that is not theirs, or an organisation that they may not write to."""


class AlreadySent(DomainError):
    """The form was sent before, with other words: what was sent stands, and this is not it."""


class TooManyFiles(DomainError):
    """As many files as one entry takes are there already."""


class NotYourTurn(DomainError):
    """The answer is owed by the other side, or to it, or by nobody any more."""


class TextChanged(DomainError):
    """The text was changed meanwhile: what is acknowledged is one version of it."""


class StillOwed(DomainError):
    """An answer is still open, so the thread cannot be closed."""


class NotRecorded(DomainError):
    """Only what was recorded for a vendor can be objected to, once, by somebody of that vendor."""


class NotThen(DomainError):
    """What is recorded cannot have come at that time: it is still to come, or what it answers was not there yet."""


class NotInForce(DomainError):
    """An instruction was taken back before, or this is none."""
