"""Whom one may ask about a vendor: naming them, correcting what is known of them, taking them off the list."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from vendors.directory.enquiries.errors import AlreadyNamed, NotAskable
from vendors.directory.models import Enquiry, Evidence, FacetValue, Reference, RequestedItem, Vendor
from vendors.directory.search import index


@transaction.atomic
def name_reference(
    vendor: Vendor,
    *,
    merchant: Organisation,
    by: Membership,
    at: datetime,
    services: Iterable[FacetValue] = (),
    item: RequestedItem | None = None,
    **about: Any,
) -> Reference:
    """Put somebody who can be asked about `vendor` on the list of `merchant`: named by one of its own people, or by one
    of the vendor's, who answers a request (`item`).

    `about` are the fields of `RefereeForm`. Raises AlreadyNamed where the same side named the address before: a vendor
    does not learn whom the merchant has found by itself.
    """
    vendor = Vendor.objects.select_for_update().select_related("organisation").get(pk=vendor.pk)
    about["email"] = about.get("email", "").lower()
    if by.organisation_id == vendor.organisation_id:
        about["named_by"] = Reference.NamedBy.VENDOR
    known = references().filter(
        removed_at=None,
        vendor=vendor,
        merchant=merchant,
        created_by__organisation=by.organisation_id,
        email=about["email"],
    )
    if about["email"] and known.exists():
        raise AlreadyNamed(_("%(email)s is on the list already.") % about)
    reference = references().create(vendor=vendor, merchant=merchant, created_by=by, created_at=at, item=item, **about)
    reference.services.set(services)
    index.refresh([vendor.pk])
    return reference


@transaction.atomic
def change_reference(reference: Reference, *, services: Iterable[FacetValue] = (), at: datetime, **about: Any) -> None:
    """Correct what is known of somebody. Another address takes back what was sent to the earlier one.

    Raises NotAskable once they have answered: what they said would stand under another name.
    """
    lock_open(reference=reference)
    before = references().select_for_update().get(pk=reference.pk)
    if before.state in (Reference.State.ANSWERED, Reference.State.WITHDRAWN):
        raise NotAskable(_("%(person)s has answered: who they are no longer changes.") % {"person": before})
    about["email"] = about.get("email", "").lower()
    if before.email != about["email"]:
        take_back(before, at=at)
    Reference.objects.filter(pk=reference.pk).update(**about)
    before.services.set(services)
    index.refresh([before.vendor_id])


@transaction.atomic
def remove_reference(reference: Reference, *, at: datetime) -> None:
    """Take somebody off the list; what was asked of them can no longer be answered."""
    take_back(reference, at=at)
    Reference.objects.filter(pk=reference.pk, removed_at=None).update(removed_at=at)
    index.refresh([reference.vendor_id])


def take_back(reference: Reference, *, at: datetime) -> int:
    """End what is open with this person; returns how many links that were."""
    ended = Enquiry.objects.unanswered().filter(reference=reference).update(revoked_at=at)
    if ended:
        asked = Reference.objects.filter(pk=reference.pk, state=Reference.State.ASKED)
        asked.update(state=Reference.State.NAMED)
    return ended


def lock_open(**about: Evidence) -> None:
    """Hold what is open about somebody or something. Everybody takes these rows before the row that they are about."""
    list(Enquiry.objects.unanswered().filter(**about).order_by("pk").select_for_update())


def references() -> QuerySet[Reference]:
    """All of them, under their own type."""
    return cast("QuerySet[Reference]", Reference.objects.all())
