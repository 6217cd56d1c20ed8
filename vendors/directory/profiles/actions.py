"""What happens to a vendor's profile: each in one transaction."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts import actions as people
from outsourcing.accounts.models import Membership, Organisation, Role
from vendors.directory.errors import NotYours
from vendors.directory.keeping.actions import refuse_if_blocked, standing_row
from vendors.directory.models import Contact, Relationship, Vendor
from vendors.directory.search import index


@transaction.atomic
def add_vendor(
    *,
    name: str,
    website: str,
    country: str,
    contact_name: str,
    contact_email: str,
    invite: bool = False,
    by: Membership,
    at: datetime,
) -> Vendor:
    """Add a vendor that only the merchant of `by` sees, with its contact where one is given, who is asked in with
    `invite`. Raises TooManyInvitations."""
    merchant = by.organisation
    organisation = Organisation.objects.create(
        kind=Organisation.Kind.VENDOR,
        name=name,
        country=country,
        time_zone=ZoneInfo(str(merchant.time_zone)),
        currency=merchant.currency,
    )
    vendor = Vendor.objects.create(
        organisation=organisation, website=website, added_by=merchant, added_at=at, changed_at=at
    )
    Relationship.objects.create(vendor=vendor, merchant=merchant, created_at=at)
    if contact_email:
        member = Membership.objects.create(
            organisation=organisation, email=contact_email.lower(), name=contact_name, roles=[Role.CONTACT]
        )
        Contact.objects.create(membership=member, vendor=vendor, merchant=merchant, created_at=at)
    index.refresh([vendor.pk])
    if invite:
        invite_contact(vendor, email=contact_email, name=contact_name, by=by, at=at)
    return vendor


@transaction.atomic
def invite_contact(vendor: Vendor, *, email: str, name: str, by: Membership, at: datetime) -> None:
    """Ask somebody of the vendor's in, as its manager: they complete the profile and answer.

    Raises NotYours where somebody of the vendor has joined already (they ask their colleagues in themselves) or the
    vendor is another merchant's, Blocked where the merchant wants nothing to do with it, and AlreadyMember.
    """
    vendor = standing_row(vendor)
    refuse_if_blocked(vendor, by)
    has_joined = Membership.objects.joined().filter(organisation=vendor.organisation_id).exists()
    if vendor.is_claimed or has_joined or vendor.added_by_id != by.organisation_id:
        raise NotYours(_("%(vendor)s has joined already and asks its own people in.") % {"vendor": vendor})
    invitation = people.invite(vendor.organisation, email=email, name=name, roles=[Role.MANAGER], by=by, at=at)
    Relationship.objects.get_or_create(vendor=vendor, merchant=by.organisation, defaults={"created_at": at})
    Contact.objects.get_or_create(
        membership=invitation.membership, merchant=by.organisation, defaults={"vendor": vendor, "created_at": at}
    )


def start_profile(organisation: Organisation, first: Membership, at: datetime) -> None:
    """A company that signs up itself has its profile from the first minute, published when it says so."""
    if not organisation.is_merchant:
        Vendor.objects.create(organisation=organisation, added_at=at, changed_at=at, claimed_at=at)


def follow_organisation(organisation: Organisation) -> None:
    """A vendor is listed under the name that its organisation has now."""
    index.refresh(Vendor.objects.filter(organisation=organisation).values_list("pk", flat=True))
