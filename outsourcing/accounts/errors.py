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


class OtherOrganisation(DomainError):
    """The form was made for another organisation than the one acted for now."""
