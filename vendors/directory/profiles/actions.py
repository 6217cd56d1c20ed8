"""What happens to a vendor's profile: each in one transaction."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from outsourcing.accounts.models import Membership, Organisation, Role
from vendors.directory.models import Contact, Relationship, Vendor
from vendors.directory.search import index


@transaction.atomic
def add_vendor(
    *, name: str, website: str, country: str, contact_name: str, contact_email: str, by: Membership, at: datetime
) -> Vendor:
    """Add a vendor that only the merchant of `by` sees, with its contact where one is given."""
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
    return vendor


def start_profile(organisation: Organisation, first: Membership, at: datetime) -> None:
    """A company that signs up itself has its profile from the first minute, published when it says so."""
    if not organisation.is_merchant:
        Vendor.objects.create(organisation=organisation, added_at=at, changed_at=at, claimed_at=at)


def follow_organisation(organisation: Organisation) -> None:
    """A vendor is listed under the name that its organisation has now."""
    index.refresh(Vendor.objects.filter(organisation=organisation).values_list("pk", flat=True))
