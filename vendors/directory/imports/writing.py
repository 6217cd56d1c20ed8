"""Carries the steps of a batch out, in statements for many rows at once and in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.functions import Lower

from outsourcing.accounts.models import Membership, Organisation
from vendors.directory.domains import registered_domain
from vendors.directory.imports.plan import Step, contact_of
from vendors.directory.models import Capability, Contact, Note, Relationship, Site, Tag, Tagging, Vendor
from vendors.directory.search import index

Status = Relationship.Status


def write(steps: Sequence[Step], *, by: Membership, at: datetime) -> None:
    """Bring the rows in; a step without changes writes nothing. The index is kept."""
    changing = [step for step in steps if step.outcome != "unchanged"]
    added = [step for step in changing if step.vendor is None]
    changed = [step for step in changing if step.changes_profile]
    _add(added, by.organisation, at)
    _change(changed, at)
    _keep(changing, by, at)
    met = [step for step in changing if step.is_new_relationship or step.status]
    index.refresh({_vendor(step).pk for step in (*added, *changed, *met)})


def _vendor(step: Step) -> Vendor:
    assert step.vendor is not None
    return step.vendor


def _add(steps: Sequence[Step], merchant: Organisation, at: datetime) -> None:
    """New vendors that the merchant alone sees."""
    about: dict[str, Any] = {"time_zone": ZoneInfo(str(merchant.time_zone)), "currency": merchant.currency}
    organisations = Organisation.objects.bulk_create(
        Organisation(
            kind=Organisation.Kind.VENDOR,
            name=step.wanted.name,
            country=step.wanted.country,
            region=step.wanted.region,
            **about,
        )
        for step in steps
    )
    vendors = [
        Vendor(
            organisation=organisation,
            domain=registered_domain(step.wanted.values.get("website", "")),
            added_by=merchant,
            added_at=at,
            changed_at=at,
            **step.wanted.values,
        )
        for step, organisation in zip(steps, organisations, strict=True)
    ]
    Vendor.objects.bulk_create(vendors)
    for step, vendor in zip(steps, vendors, strict=True):
        wanted = step.wanted
        step.vendor, step.is_new_relationship, step.new_capabilities = vendor, True, wanted.capabilities
        if wanted.country:
            step.site = Site(vendor=vendor, country=wanted.country, region=wanted.region, city=wanted.city)
        if wanted.contact_email:
            step.is_new_contact = step.is_new_member = True
            step.member = contact_of(vendor.organisation, wanted)
    _say(steps)


def _change(steps: Sequence[Step], at: datetime) -> None:
    """What the file says anew of the merchant's own vendors."""
    for step in steps:
        vendor = _vendor(step)
        for name, value in step.values.items():
            setattr(vendor, name, value)
        for name, value in step.organisation.items():
            setattr(vendor.organisation, name, value)
        vendor.domain, vendor.changed_at = registered_domain(vendor.website), at
    vendors = [_vendor(step) for step in steps]
    fields = {name for step in steps for name in step.values} | {"domain", "changed_at"}
    Vendor.objects.bulk_update(vendors, sorted(fields))
    renamed = [_vendor(step).organisation for step in steps if step.organisation]
    Organisation.objects.bulk_update(renamed, ["name", "country"])
    Capability.objects.bulk_update([one for step in steps for one in step.capabilities], ["how"])
    _say(steps)


def _say(steps: Sequence[Step]) -> None:
    """Sites and values of facets."""
    sites = [step.site for step in steps if step.site is not None]
    moved = [site for site in sites if not site._state.adding]
    Site.objects.bulk_create([site for site in sites if site._state.adding])
    Site.objects.bulk_update(moved, ["country", "region", "city"])
    Capability.objects.bulk_create(
        (
            Capability(vendor=_vendor(step), value_id=value, how=how)
            for step in steps
            for value, how in step.new_capabilities.items()
        ),
        ignore_conflicts=True,
    )


def _keep(steps: Sequence[Step], by: Membership, at: datetime) -> None:
    """What the merchant keeps for itself: that it knows the vendor, contacts, tags, notes."""
    own: dict[str, Any] = {"merchant": by.organisation, "created_at": at}
    Relationship.objects.bulk_create(
        (
            Relationship(vendor=_vendor(step), status=step.status or Status.PROSPECT, **own)
            for step in steps
            if step.is_new_relationship
        ),
        ignore_conflicts=True,
    )
    for status in {step.status for step in steps} - {""}:
        known = [_vendor(step) for step in steps if step.status == status and not step.is_new_relationship]
        mine = Relationship.objects.filter(vendor__in=known, merchant=by.organisation)
        mine.exclude(status=Status.BLOCKED).update(status=status)
    members = [step.member for step in steps if step.member is not None]
    Membership.objects.bulk_create([member for member in members if member._state.adding])
    there = [step.member for step in steps if step.member is not None and not step.is_new_member]
    Membership.objects.bulk_update(there, ["name", "phone", "left_at"])
    Contact.objects.bulk_create(
        (
            Contact(membership=step.member, vendor=_vendor(step), **own)
            for step in steps
            if step.is_new_contact and step.member is not None
        ),
        ignore_conflicts=True,
    )
    Note.objects.bulk_create(
        Note(vendor=_vendor(step), author=by, text=step.note, **own) for step in steps if step.note
    )
    _tag(steps, by.organisation)


def _tag(steps: Sequence[Step], merchant: Organisation) -> None:
    wanted = {tag.lower(): tag for step in steps for tag in step.tags}
    if not wanted:
        return
    Tag.objects.bulk_create((Tag(merchant=merchant, name=name) for name in wanted.values()), ignore_conflicts=True)
    there = Tag.objects.filter(merchant=merchant).annotate(lower=Lower("name")).filter(lower__in=list(wanted))
    tags = {tag.name.lower(): tag for tag in there}
    Tagging.objects.bulk_create(
        (Tagging(tag=tags[tag.lower()], vendor=_vendor(step)) for step in steps for tag in step.tags),
        ignore_conflicts=True,
    )
