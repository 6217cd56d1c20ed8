"""What staff do: keep the values of facets, approve who a vendor is, take one out of the directory and let it back."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from outsourcing.accounts.models import Membership
from vendors.directory.models import Capability, FacetValue, Listing, ProvenBy, Relisting, Vendor
from vendors.directory.models.profiles import VendorQuerySet
from vendors.directory.profiles.claims import claim_by_staff
from vendors.directory.search import index

#: So many listings are written anew at once; more are left to a worker.
AT_ONCE, BATCH = 200, 500


def seen_by_staff() -> VendorQuerySet:
    """Vendors with people of their own, or open to all: what one merchant keeps to itself is no concern of staff's."""
    joined = Membership.objects.joined().filter(organisation=OuterRef("organisation"))
    return Vendor.objects.live().filter(Q(claimed_at__isnull=False) | Exists(joined)).select_related("organisation")


@transaction.atomic
def approve(vendor: Vendor, *, at: datetime) -> None:
    """Say that its people are the company at its web site: the profile is theirs, and they may publish it.

    It holds for this web site only. Raises NobodyJoined.
    """
    claim_by_staff(vendor, at=at)
    vendor = _locked(vendor)
    vendor.proven_by, vendor.proven_domain, vendor.proven_at = ProvenBy.STAFF, vendor.domain, at
    vendor.asked_to_look_at = None
    vendor.save()
    index.refresh([vendor.pk])


@transaction.atomic
def withhold(vendor: Vendor, *, at: datetime) -> None:
    """Take it out of the directory: only shops that know it see it, and its people are told on their home page."""
    vendor = _locked(vendor)
    vendor.withheld_at, vendor.asked_to_look_at = vendor.withheld_at or at, None
    vendor.save(update_fields=["withheld_at", "asked_to_look_at"])
    index.refresh([vendor.pk])


@transaction.atomic
def release(vendor: Vendor) -> None:
    """Let it back in; it is seen again as far as it is published."""
    vendor = _locked(vendor)
    vendor.withheld_at = vendor.asked_to_look_at = None
    vendor.save(update_fields=["withheld_at", "asked_to_look_at"])
    index.refresh([vendor.pk])


def _locked(vendor: Vendor) -> Vendor:
    return Vendor.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=vendor.pk)


def vendors_with(value: FacetValue, *, after: int = 0, most: int) -> list[int]:
    """So many of the vendors that a value says something about, by what they chose or by their listings: their keys, in
    order, after this one."""
    chosen = Capability.objects.filter(value=value, vendor__gt=after).values_list("vendor")
    listed = Listing.objects.filter(facets__contains=[value.pk], vendor__gt=after).values_list("vendor")
    public, own = listed.filter(merchant=None), listed.filter(merchant__isnull=False)  # each has its index
    return [pk for (pk,) in chosen.union(public, own).order_by("vendor")[:most]]


@transaction.atomic
def value_changed(value: FacetValue) -> None:
    """Vendors are found by the new words from now on; where there are many, a worker sees to it after the commit."""
    from vendors.directory.profiles.tasks import refresh_listings_of

    vendors = vendors_with(value, most=AT_ONCE + 1)
    if len(vendors) <= AT_ONCE:
        index.refresh(vendors)
    else:
        Relisting.objects.update_or_create(value=value, defaults={"after": 0})
        transaction.on_commit(lambda: refresh_listings_of.delay(value.pk), robust=True)


@transaction.atomic
def refresh_some(value: int) -> bool:
    """The worker's part, a batch at a time, from where it was left; whether there is more. Another worker's is its."""
    rows = Relisting.objects.select_for_update(of=("self",), skip_locked=True).select_related("value")
    left = rows.filter(value=value).first()
    if left is None:
        return False
    vendors = vendors_with(left.value, after=left.after, most=BATCH)
    index.refresh(vendors)
    if len(vendors) < BATCH:
        left.delete()
        return False
    Relisting.objects.filter(pk=left.pk).update(after=vendors[-1])
    return True
