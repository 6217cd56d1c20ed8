"""Who of the directory may begin a conversation with whom: what the room below asks through its hooks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Invitation, Membership, Organisation
from outsourcing.conversations import moving
from vendors.directory.keeping.actions import sentence
from vendors.directory.models import EvidenceRequest, Relationship, Vendor

#: So many are offered to choose from; others are named by the link on their page.
OFFERED = 100
Status = Relationship.Status


def counterparts(acting: Membership) -> Iterable[Organisation]:
    """For a merchant the vendors that it knows and has not blocked; for a vendor the merchants that turned to it."""
    if not acting.organisation.is_merchant:
        return turned_to(acting.organisation)[:OFFERED]
    known = Relationship.objects.visible_to(acting).exclude(status__in=[Status.BLOCKED, Status.FORMER])
    live = Vendor.objects.live().filter(pk__in=known.values("vendor"))
    return Organisation.objects.filter(vendor__in=live).order_by("name", "pk")[:OFFERED]


def may_write_to(acting: Membership, other: Organisation) -> bool:
    """A merchant to every vendor that it sees and has not blocked; a vendor to merchants that turned to it first."""
    if not acting.organisation.is_merchant:
        return turned_to(acting.organisation).filter(pk=other.pk).exists()
    blocked = Relationship.objects.visible_to(acting).filter(status=Status.BLOCKED)
    seen = Vendor.objects.visible_to(acting).live().filter(organisation=other)
    return seen.exclude(pk__in=blocked.values("vendor")).exists()


def against(acting: Membership, others: Sequence[int]) -> Mapping[int, str]:
    """Vendors that the merchant has blocked, and why. A vendor never learns of a block."""
    blocked = Relationship.objects.visible_to(acting).filter(vendor__organisation__in=others, status=Status.BLOCKED)
    words = _("You have blocked %(vendor)s: %(reason)s Take the block back first.")
    rows = blocked.values_list("vendor__organisation", "vendor__organisation__name", "blocked_reason")
    return {pk: words % {"vendor": name, "reason": sentence(reason)} for pk, name, reason in rows}


def follow(loser: Vendor, winner: Vendor, by: Membership, at: datetime) -> None:
    """What was said with a vendor that became one with another is said with that one."""
    moving.move(loser.organisation, winner.organisation, at=at)


def turned_to(vendor: Organisation) -> models.QuerySet[Organisation]:
    """The merchants that invited somebody of this vendor, or asked it for evidence."""
    invited = Invitation.objects.filter(membership__organisation=vendor).values("invited_by__organisation")
    asked = EvidenceRequest.objects.filter(vendor__organisation=vendor).values("merchant")
    merchants = Organisation.objects.filter(kind=Organisation.Kind.MERCHANT)
    return merchants.filter(models.Q(pk__in=invited) | models.Q(pk__in=asked)).order_by("name", "pk")
