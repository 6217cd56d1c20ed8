"""What goes over when two rows of one vendor become one. Nothing is lost, and what is a merchant's stays its own."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from outsourcing.accounts.models import Organisation
from vendors.directory.evidence.kinds import KINDS
from vendors.directory.models import Capability, Contact, Note, Relationship, Site, Tagging, Vendor

Status = Relationship.Status
#: The more telling one stands.
TELLING = (Status.PROSPECT, Status.FORMER, Status.ACTIVE, Status.BLOCKED)
#: Filled from the other row where they are empty; those of one line say one thing together.
GAPS = (
    ("tagline",),
    ("description",),
    ("website",),
    ("logo",),
    ("links",),
    ("orders_from", "orders_to"),
    ("minimum",),
    ("price_from", "price_to"),
    ("contract_months",),
    ("notice_days",),
    ("cut_off",),
    ("hours",),
    ("people",),
    ("founded",),
)
EVIDENCE = tuple(kind.model for kind in KINDS.values())


def move_notes_and_tags(loser: Vendor, winner: Vendor) -> None:
    """All merchants'; a tag that is on both stays once."""
    Note.objects.filter(vendor=loser).update(vendor=winner)
    there = Tagging.objects.filter(vendor=winner, tag=OuterRef("tag"))
    Tagging.objects.filter(vendor=loser).exclude(Exists(there)).update(vendor=winner)
    Tagging.objects.filter(vendor=loser).delete()


def move_contacts(loser: Vendor, winner: Vendor) -> None:
    """All merchants'; of one address that a merchant has on both, one stays and says what both said."""
    there = {
        (one.merchant_id, one.membership.email): one
        for one in Contact.objects.filter(vendor=winner).select_related("membership")
    }
    for one in Contact.objects.filter(vendor=loser).select_related("membership").order_by("pk"):
        twin = there.get((one.merchant_id, one.membership.email))
        if twin is None:
            Contact.objects.filter(pk=one.pk).update(vendor=winner)
            continue
        about = one.about if not twin.about else "; ".join(dict.fromkeys([twin.about, one.about])).rstrip("; ")
        Contact.objects.filter(pk=twin.pk).update(about=about)
        _fill(twin.membership, one.membership, ("name",), ("phone",))
        one.delete()


def move_evidence(loser: Vendor, winner: Vendor, *, owner: Organisation | None) -> None:
    """All of it, taken back or not. What has no merchant becomes the `owner`'s where one is given: its words about a
    vendor that only it had are not what the vendor says of itself."""
    for model in EVIDENCE:
        rows: Any = model.objects.filter(vendor=loser)
        if owner is not None:
            rows.filter(merchant=None).update(merchant=owner)
        rows.update(vendor=winner)


def combine_relationships(loser: Vendor, winner: Vendor) -> None:
    """Each merchant's stands at the one that is left; the old row stays, so that the old address still leads there."""
    there = {one.merchant_id: one for one in Relationship.objects.select_for_update().filter(vendor=winner)}
    for one in Relationship.objects.select_for_update().filter(vendor=loser).order_by("pk"):
        about = {
            "status": one.status,
            "blocked_reason": one.blocked_reason,
            "blocked_by": one.blocked_by,
            "blocked_at": one.blocked_at,
        }
        own = there.get(one.merchant_id)
        if own is None:
            Relationship.objects.create(vendor=winner, merchant_id=one.merchant_id, created_at=one.created_at, **about)
        elif own.status == one.status == Status.BLOCKED:
            own.blocked_reason = "\n".join(dict.fromkeys([own.blocked_reason, one.blocked_reason]))
            own.save(update_fields=["blocked_reason"])
        elif TELLING.index(Status(one.status)) > TELLING.index(Status(own.status)):
            Relationship.objects.filter(pk=own.pk).update(**about)


def fill_gaps(loser: Vendor, winner: Vendor) -> None:
    """What the one that is left does not say of itself, in the words of the other. Saves the winner."""
    _fill(winner, loser, *GAPS)
    _fill(winner.organisation, loser.organisation, ("country", "region"))
    if not winner.sites.exists():
        Site.objects.bulk_create(
            Site(vendor=winner, country=s.country, region=s.region, city=s.city, about=s.about, position=s.position)
            for s in loser.sites.all()
        )
    Capability.objects.bulk_create(
        (Capability(vendor=winner, value_id=c.value_id, how=c.how) for c in loser.capabilities.all()),
        ignore_conflicts=True,
    )


def _fill(row: Any, other: Any, *groups: Iterable[str]) -> None:
    """Take each group of fields from the other where all of them are empty here."""
    empty: tuple[Any, ...] = (None, "", [])
    wanted = [group for group in groups if all(getattr(row, field) in empty for field in group)]
    changed = [field for group in wanted for field in group if getattr(other, field) not in empty]
    for field in changed:
        setattr(row, field, getattr(other, field))
    if changed:
        row.save(update_fields=[*changed, *(["domain"] if "website" in changed else [])])


def mark_merged(loser: Vendor, winner: Vendor, at: datetime) -> None:
    """The row stays and leads to the other, and so do those that led to it: no address needs two steps."""
    Vendor.objects.filter(merged_into=loser).update(merged_into=winner)
    Vendor.objects.filter(pk=loser.pk).update(merged_into=winner, changed_at=at)
