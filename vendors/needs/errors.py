"""Rules about needs that can be broken."""

from outsourcing.shared.errors import DomainError


class NotOwn(DomainError):
    """A task of the catalogue is the same for all shops: it is cloned, not edited."""


class AlreadyThere(DomainError):
    """The merchant has a job of this name."""


class TooMany(DomainError):
    """More jobs than one page holds."""


class NotAskable(DomainError):
    """This person cannot be asked, or not now."""


class NoLongerOpen(DomainError):
    """It was answered, refused or taken back, or its time is over."""


class NothingToAsk(DomainError):
    """Nobody of the shop has rated anything yet: there is nothing to agree with."""


class AlreadyDone(DomainError):
    """Somebody else did it meanwhile."""
