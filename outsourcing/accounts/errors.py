"""Rules about people and organisations that can be broken."""

from outsourcing.shared.errors import DomainError


class LastHead(DomainError):
    """An organisation is never without an owner (a merchant) or a manager (a vendor)."""


class AlreadyMember(DomainError):
    """The address belongs to somebody who is in already."""


class NotAColleague(DomainError):
    """Somebody of another organisation, or who has left, was named."""


class InvitationUnusable(DomainError):
    """The link was used, has expired or was revoked, or is for somebody else."""


class TooManyInvitations(DomainError):
    """An organisation invites far more in a day than people do."""


class Moved(DomainError):
    """What a form was about became one with something else meanwhile."""


class NotErasable(DomainError):
    """Who is to be erased is still here, or keeps something that somebody has to take over first."""
