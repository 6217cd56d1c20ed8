"""What the directory has to say when an organisation closes."""

from collections.abc import Iterable
from datetime import datetime

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.notifications.ladders import planning
from vendors.directory.enquiries.asking import ENQUIRY
from vendors.directory.models import Enquiry, EvidenceRequest, Reference, RequestedItem, Vendor
from vendors.directory.requests import asking
from vendors.directory.search import index

NOBODY = dict.fromkeys(("name", "role", "company", "email", "phone", "website", "product_type"), "")


def closing(organisation: Organisation, by: Membership, at: datetime) -> None:
    """A vendor leaves the directory; what a merchant has asked of vendors and of others ends."""
    if not organisation.is_merchant:
        vendors = Vendor.objects.filter(organisation=organisation, published_at__isnull=False)
        keys = list(vendors.values_list("pk", flat=True))
        Vendor.objects.filter(pk__in=keys).update(published_at=None)
        index.refresh(keys)
        return
    enquiries = list(Enquiry.objects.unanswered().filter(asker=organisation).values_list("pk", flat=True))
    Enquiry.objects.filter(pk__in=enquiries).update(revoked_at=at)
    Reference.objects.filter(merchant=organisation, state=Reference.State.ASKED).update(state=Reference.State.NAMED)
    planning.follow(ENQUIRY, enquiries, at=at)
    waiting = RequestedItem.objects.filter(request__merchant=organisation, state=RequestedItem.State.ASKED)
    for asked in EvidenceRequest.objects.filter(pk__in=waiting.values("request")).order_by("pk"):
        asking.withdraw(asked, by=by, at=at)


def ending(organisation: Organisation, at: datetime) -> None:
    """What referees let other shops see goes with the shop that asked them: nobody is left whom they could ask to take
    it back. Of one that another shop's scores point to, the row is left, and says nothing of anybody."""
    shared = Reference.objects.filter(merchant=organisation, is_shared=True)
    keys = set(shared.values_list("vendor_id", flat=True))
    shared.exclude(created_by__organisation__kind=Organisation.Kind.VENDOR).update(**NOBODY, removed_at=at)
    shared.update(is_shared=False)
    index.refresh(keys)


def ended(organisation: Organisation, at: datetime) -> None:
    """Of a vendor, shops that know it find the name alone."""
    index.refresh(Vendor.objects.filter(organisation=organisation).values_list("pk", flat=True))


def kept_alone(organisation: Organisation) -> Iterable[int]:
    """Organisations of vendors that this merchant added and nobody has claimed."""
    rows = Vendor.objects.filter(added_by=organisation, claimed_at=None)
    return list(rows.order_by("pk").values_list("organisation_id", flat=True))
