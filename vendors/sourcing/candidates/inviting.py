"""Asking a candidate to answer through the portal."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.errors import AlreadyMember, TooManyInvitations
from outsourcing.accounts.models import Invitation, Membership
from vendors.directory.errors import NotYours as NotTheirs
from vendors.directory.models import Relationship, Vendor
from vendors.directory.profiles.actions import invite_contact
from vendors.sourcing import log
from vendors.sourcing.candidates import mails
from vendors.sourcing.candidates.adding import refuse_if_not_on_offer
from vendors.sourcing.errors import NobodyReachable, NotInThisState
from vendors.sourcing.holding import held, move, see_that_it_is
from vendors.sourcing.models import Brief, BriefState, Candidate, Stage
from vendors.sourcing.reminders.following import follow


@transaction.atomic
def invite(candidate: Candidate, *, by: Membership, at: datetime) -> Candidate:
    """Ask one more, while answers are taken. Raises NotInThisState, NobodyReachable, NotOnOffer."""
    candidate = held(candidate)
    see_that_it_is(candidate.brief, at, BriefState.OPEN)
    if candidate.stage != Stage.CONSIDERING:
        raise NotInThisState(_("%(vendor)s was asked already.") % {"vendor": candidate.vendor})
    invite_held(candidate.brief, candidate, by=by, at=at)
    follow(candidate.brief, at=at)
    return candidate


def invite_held(brief: Brief, candidate: Candidate, *, by: Membership, at: datetime) -> None:
    """The same for a candidate whose brief is held. Raises NobodyReachable, NotOnOffer."""
    candidate.brief = brief
    profile = Vendor.objects.get(organisation=candidate.vendor_id)
    refuse_if_not_on_offer(profile, by.organisation)
    people = mails.people_of(candidate)
    invitations = {one.pk: made for one in people if not one.user_id and (made := _way_in(profile, one, by, at))}
    people = [one for one in people if one.user_id or one.pk in invitations]
    if not people:
        words = _("Nobody at %(vendor)s can be reached: no one has joined, and you keep no contact to ask in.")
        raise NobodyReachable(words % {"vendor": candidate.vendor})
    move(candidate, Stage.INVITED, invited_at=at, invited_by=by)
    Relationship.objects.get_or_create(vendor=profile, merchant=brief.merchant, defaults={"created_at": at})
    log.note(brief, "invited", by=by, at=at, candidate=candidate)
    mails.invite(candidate, people, invitations, at)


def _way_in(profile: Vendor, person: Membership, by: Membership, at: datetime) -> Invitation | None:
    """The invitation that this contact has, or a new one where the merchant may ask them in; None where it may not."""
    open_ones = Invitation.objects.open(at).filter(membership=person).select_related("membership__organisation")
    if known := open_ones.first():
        return known
    try:
        invite_contact(profile, email=person.email, name=person.name, by=by, at=at)
    except (NotTheirs, AlreadyMember, TooManyInvitations):
        return None
    return open_ones.first()
