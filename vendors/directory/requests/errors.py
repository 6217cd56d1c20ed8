"""Rules about asking and answering that can be broken."""

from outsourcing.shared.errors import DomainError


class NotAsked(DomainError):
    """This vendor cannot be asked: blocked, merged away, or nobody there can be reached (`is_about_people`)."""

    is_about_people = False


class NobodyReachable(NotAsked):
    """Nobody has joined, and the merchant keeps no contact."""

    is_about_people = True


class NoLongerOpen(DomainError):
    """The item has moved on meanwhile: withdrawn, refused, judged."""


class NothingThere(DomainError):
    """There is nothing to call received, or nothing to be judged."""


class JudgedMeanwhile(DomainError):
    """A colleague's verdict came between."""
