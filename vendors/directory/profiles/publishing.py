"""Opening a profile to all shops, and taking it back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Role
from vendors.directory.errors import NotReady, NotYours
from vendors.directory.models import Vendor
from vendors.directory.profiles import proof
from vendors.directory.profiles.completeness import Completeness, completeness
from vendors.directory.profiles.facts import facts_of
from vendors.directory.search import index


@dataclass(frozen=True)
class Standing:
    """Why a profile may not be published (yet): `not_claimed`, `withheld` and `not_proven` are sentences or empty."""

    done: Completeness
    not_claimed: str
    withheld: str
    not_proven: str

    @property
    def may_publish(self) -> bool:
        return not (self.done.least_missing or self.not_claimed or self.withheld or self.not_proven)

    @property
    def obstacle(self) -> str:
        """The first one, as a sentence."""
        if self.done.least_missing:
            return _("Something is missing: %(what)s.") % {"what": self.done.least_missing[0].ask}
        return self.not_claimed or self.withheld or self.not_proven


def standing_of(vendor: Vendor, done: Completeness) -> Standing:
    """One query: the addresses of the managers."""
    return Standing(
        done=done,
        not_claimed="" if vendor.is_claimed else not_claimed(vendor),
        withheld=_("We took your profile out of the directory.") if vendor.withheld_at else "",
        not_proven="" if not vendor.is_claimed or proof.is_proven(vendor) else proof.why_not(vendor),
    )


def not_claimed(vendor: Vendor) -> str:
    """Why its own people do not keep the profile yet, and what to do."""
    return _("A shop keeps this profile until we know that you are %(vendor)s. %(why)s") % {
        "vendor": vendor,
        "why": proof.why_not(vendor),
    }


@transaction.atomic
def publish(vendor: Vendor, *, by: Membership, at: datetime) -> None:
    """Open the profile to all shops; a second time only proves anew who they are. Raises NotYours and NotReady."""
    vendor = _own(vendor, by)
    standing = standing_of(vendor, completeness(vendor, facts_of(vendor)))
    if not standing.may_publish:
        raise NotReady(standing.obstacle)
    proof.note(vendor, at=at)
    vendor.published_at = vendor.published_at or at
    vendor.save(update_fields=["proven_by", "proven_domain", "proven_at", "published_at"])
    index.refresh([vendor.pk])


@transaction.atomic
def unpublish(vendor: Vendor, *, by: Membership) -> None:
    """Take it back: from now on only shops that know the vendor see it. Raises NotYours."""
    vendor = _own(vendor, by)
    vendor.published_at = None
    vendor.save(update_fields=["published_at"])
    index.refresh([vendor.pk])


@transaction.atomic
def ask_to_look(vendor: Vendor, *, by: Membership, at: datetime) -> None:
    """Ask staff to see who these people are. Raises NotYours."""
    vendor = _own(vendor, by)
    if vendor.asked_to_look_at is None:
        vendor.asked_to_look_at = at
        vendor.save(update_fields=["asked_to_look_at"])


def _own(vendor: Vendor, by: Membership) -> Vendor:
    """The row under its lock."""
    vendor = Vendor.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=vendor.pk)
    if vendor.organisation_id != by.organisation_id or not by.has_role(Role.MANAGER) or vendor.merged_into_id:
        raise NotYours(_("%(vendor)s keeps its own profile.") % {"vendor": vendor})
    return vendor
