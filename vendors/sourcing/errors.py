"""What somebody can do something about, around briefs and shortlists."""

from outsourcing.shared.errors import DomainError


class Overtaken(DomainError):
    """Somebody was quicker, or the page is an old one: the message says where it stands."""


class NotInThisState(DomainError):
    """The brief or the candidate does not stand where this can be done."""


class NotReady(DomainError):
    """Something is missing before a brief can go out; the message names all of it."""


class BadDeadline(DomainError):
    """A deadline that cannot be: past, earlier than before, or at a time that the clock does not show once."""


class StillSealed(DomainError):
    """Answers are unreadable until the deadline has passed."""


class NotTheChair(DomainError):
    """Whoever wrote the brief, or an owner, decides this."""


class AlreadyThere(DomainError):
    """That vendor is on the shortlist already."""


class NotOnOffer(DomainError):
    """A vendor that cannot be put on a shortlist: blocked, or one with another."""


class NobodyReachable(DomainError):
    """Nobody at the vendor can be invited: no one has joined, and no contact is kept."""


class NoLongerOpen(DomainError):
    """Answers or questions are not taken any more."""


class NotYours(DomainError):
    """The other side decides this, or somebody of another organisation was named."""


class NamesAnother(DomainError):
    """A text that a vendor reads names another vendor of the shortlist."""


class TooMany(DomainError):
    """More than a shortlist or a brief holds; the message says how many do."""
