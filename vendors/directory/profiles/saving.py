"""Saves one section of a profile: in one transaction, and only over what its editor has seen."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Role
from outsourcing.files import storage
from outsourcing.files.kinds import PICTURES
from vendors.directory.errors import NotYours, Stale
from vendors.directory.models import Capability, Site, Vendor
from vendors.directory.profiles import proof
from vendors.directory.profiles.facts import Facts, Place, facts_of
from vendors.directory.search import index

#: The fields of a vendor's row that each section writes.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "about": ("tagline", "description", "website", "links", "founded", "people"),
    "sites": (),
    "services": (),
    "terms": (
        *("orders_from", "orders_to", "price_from", "price_to", "minimum"),
        *("contract_months", "notice_days", "cut_off", "hours"),
    ),
}
#: The facets whose values each section writes.
FACETS: Mapping[str, tuple[str, ...]] = {
    "about": (),
    "sites": (),
    "services": ("service", "handling", "ships_to", "integration", "language", "hours"),
    "terms": ("terms",),
}


@dataclass(frozen=True)
class Changes:
    """What one section says from now on.

    `values` are keys of facet values with how (empty for all but integrations); `places` all sites in their order,
    with a `pk` of 0 where one is new; None leaves either alone. `logo` is a new one, False for none, None for the same.
    """

    section: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    organisation: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[int, str] | None = None
    places: Sequence[Place] | None = None
    logo: UploadedFile | Literal[False] | None = None


def version_of(section: str, vendor: Vendor, facts: Facts) -> str:
    """A digest of what a section says now: a form carries the one it was made from."""
    said: list[Any] = [getattr(vendor, name) for name in FIELDS[section]]
    said += [sorted((one.pk, one.how) for one in facts.values if one.facet in FACETS[section])]
    if section == "about":
        said += [vendor.logo_id, vendor.name, str(vendor.organisation.country)]
    if section == "sites":
        said += [[one.pk, one.country, one.region, one.city, one.about] for one in facts.places]
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:20]


def may_edit(vendor: Vendor, by: Membership) -> bool:
    """The vendor's managers once it is claimed; until then the buyers of the merchant that added it."""
    if vendor.merged_into_id:
        return False
    if by.organisation.is_merchant:
        owns = not vendor.is_claimed and vendor.added_by_id == by.organisation_id
        return owns and by.has_role(Role.OWNER, Role.BUYER)
    return vendor.is_claimed and vendor.organisation_id == by.organisation_id and by.has_role(Role.MANAGER)


@transaction.atomic
def save_section(vendor: Vendor, changes: Changes, *, version: str, by: Membership, at: datetime) -> None:
    """Write what has changed. Raises NotYours, Stale where somebody else has saved the section since `version`,
    NotProven, and Refused for a logo that is no picture."""
    vendor = Vendor.objects.select_for_update(of=("self",)).select_related("organisation", "logo").get(pk=vendor.pk)
    if not may_edit(vendor, by):
        raise NotYours(_("%(vendor)s keeps its own profile.") % {"vendor": vendor})
    facts = facts_of(vendor)
    if version != version_of(changes.section, vendor, facts):
        raise Stale(_("Somebody saved this after you opened it. Nothing of yours was saved yet."))
    _save_row(vendor, changes, by=by, at=at)
    if changes.organisation:
        for name, value in changes.organisation.items():
            setattr(vendor.organisation, name, value)
        vendor.organisation.save(update_fields=list(changes.organisation))
    if changes.values is not None:
        _save_values(vendor, facts, FACETS[changes.section], changes.values)
    if changes.places is not None:
        _save_places(vendor, facts, changes.places)
    index.refresh([vendor.pk])


def _save_row(vendor: Vendor, changes: Changes, *, by: Membership, at: datetime) -> None:
    domain, replaced = vendor.domain, vendor.logo
    for name, value in changes.fields.items():
        setattr(vendor, name, value)
    if changes.logo is not None:
        owner = vendor.organisation
        keep = storage.keep(changes.logo, by=by, organisation=owner, at=at, kinds=PICTURES) if changes.logo else None
        vendor.logo = keep
    vendor.changed_at = at
    vendor.save()
    if vendor.domain != domain:
        proof.keep_proven(vendor, at=at)
    if changes.logo is not None and replaced is not None:
        storage.discard(replaced)


def _save_values(vendor: Vendor, facts: Facts, facets: Sequence[str], wanted: Mapping[int, str]) -> None:
    now = {one.pk: one.how for one in facts.values if one.facet in facets}
    own = Capability.objects.filter(vendor=vendor)
    own.filter(value__in=now.keys() - wanted.keys()).delete()
    Capability.objects.bulk_create(
        Capability(vendor=vendor, value_id=pk, how=wanted[pk]) for pk in sorted(wanted.keys() - now.keys())
    )
    for pk in now.keys() & wanted.keys():
        if now[pk] != wanted[pk]:
            own.filter(value=pk).update(how=wanted[pk])


def _save_places(vendor: Vendor, facts: Facts, places: Sequence[Place]) -> None:
    """Keys that are none of the vendor's own were refused by the form, which was made from the same version."""
    now = {one.pk: (at, one) for at, one in enumerate(facts.places)}
    sites = Site.objects.filter(vendor=vendor)
    sites.filter(pk__in=now.keys() - {one.pk for one in places}).delete()
    for position, one in enumerate(places):
        said = {"country": one.country, "region": one.region, "city": one.city, "about": one.about}
        if one.pk not in now:
            Site.objects.create(vendor=vendor, position=position, **said)
        else:
            sites.filter(pk=one.pk).exclude(position=position, **said).update(position=position, **said)
