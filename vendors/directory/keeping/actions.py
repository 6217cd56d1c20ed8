"""What a merchant writes down about a vendor for its own eyes: notes, tags, how they stand, blocks.

Whoever writes holds the vendor's row, so that nothing is lost while two vendors are made one: what was meant for the
merged one lands on the one that is left.
"""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Role
from vendors.directory.keeping.errors import Blocked, TooManyTags
from vendors.directory.models import Note, Relationship, Tag, Tagging, Vendor
from vendors.directory.search import index

Status = Relationship.Status
MOST_TAGS = 20


def standing_row(vendor: Vendor) -> Vendor:
    """The row that stands for this vendor now, locked: itself, or the one it was merged into. In a transaction."""
    rows = Vendor.objects.select_for_update(of=("self",), no_key=True)
    now = rows.get(pk=vendor.pk)
    return now if now.merged_into_id is None else rows.get(pk=now.merged_into_id)


# ---- Notes ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_note(vendor: Vendor, text: str, *, by: Membership, at: datetime) -> Note:
    """Write down something for the merchant's own eyes."""
    vendor = standing_row(vendor)
    return Note.objects.create(vendor=vendor, merchant=by.organisation, author=by, text=text, created_at=at)


def change_note(note: Note, text: str, *, by: Membership, at: datetime) -> None:
    """Put other words in its place; it says that it was edited. For its author and an owner."""
    see_that_it_is_theirs(note, by)
    if text != note.text:
        Note.objects.filter(pk=note.pk).update(text=text, edited_at=at)


def remove_note(note: Note, *, by: Membership) -> None:
    """Take a note away for good. For its author and an owner."""
    see_that_it_is_theirs(note, by)
    note.delete()


def see_that_it_is_theirs(note: Note, member: Membership) -> None:
    """Raises PermissionDenied for whoever is neither the author of the note nor an owner."""
    if note.author_id != member.pk and not member.has_role(Role.OWNER):
        raise PermissionDenied


# ---- Tags ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_tag(vendor: Vendor, name: str, *, by: Membership) -> Tag:
    """Put the merchant's own word on a vendor; one of the same letters is the same word. Raises TooManyTags."""
    vendor = standing_row(vendor)
    own = Tag.objects.visible_to(by).annotate(low=Lower("name"))
    same, tag = Lower(Value(name)), own.filter(low=Lower(Value(name))).first()
    if own.filter(taggings__vendor=vendor).exclude(low=same).count() >= MOST_TAGS:
        raise TooManyTags(_("A vendor has %(most)s tags at most: take one away first.") % {"most": MOST_TAGS})
    if tag is None:
        Tag.objects.bulk_create([Tag(merchant=by.organisation, name=name)], ignore_conflicts=True)
        tag = own.get(low=same)
    Tagging.objects.get_or_create(tag=tag, vendor=vendor)
    return tag


@transaction.atomic
def remove_tag(vendor: Vendor, tag: Tag) -> None:
    """Take a word off a vendor; a word that is on no vendor any more is forgotten."""
    Tagging.objects.filter(tag=tag, vendor=standing_row(vendor)).delete()
    if not tag.taggings.exists():
        tag.delete()


# ---- How they stand ------------------------------------------------------------------------------------------------
@transaction.atomic
def set_status(vendor: Vendor, status: str, *, by: Membership, at: datetime) -> None:
    """Say how merchant and vendor stand: prospect, active or former. Raises Blocked: a block is taken back first."""
    vendor = standing_row(vendor)
    refuse_if_blocked(vendor, by)
    Relationship.objects.update_or_create(
        vendor=vendor,
        merchant=by.organisation,
        defaults={"status": status},
        create_defaults={"status": status, "created_at": at},
    )
    index.refresh([vendor.pk])


@transaction.atomic
def block(vendor: Vendor, reason: str, *, by: Membership, at: datetime) -> None:
    """Say that the merchant wants nothing to do with the vendor, and why; it tells nobody else."""
    vendor = standing_row(vendor)
    about = {"status": Status.BLOCKED, "blocked_reason": reason, "blocked_by": by, "blocked_at": at}
    Relationship.objects.update_or_create(
        vendor=vendor, merchant=by.organisation, defaults=about, create_defaults={**about, "created_at": at}
    )
    index.refresh([vendor.pk])


@transaction.atomic
def unblock(vendor: Vendor, *, by: Membership) -> None:
    """Take the block back."""
    vendor = standing_row(vendor)
    Relationship.objects.filter(vendor=vendor, merchant=by.organisation, status=Status.BLOCKED).update(
        status=Status.PROSPECT, blocked_reason="", blocked_by=None, blocked_at=None
    )
    index.refresh([vendor.pk])


def refuse_if_blocked(vendor: Vendor, by: Membership) -> None:
    """Raises Blocked where the merchant of `by` has blocked the vendor: asking or inviting it says so first."""
    own = Relationship.objects.visible_to(by).filter(vendor=vendor, status=Status.BLOCKED).first()
    if own is not None:
        words = _("You have blocked %(vendor)s: %(reason)s Take the block back first.")
        raise Blocked(words % {"vendor": vendor, "reason": sentence(own.blocked_reason)})


def sentence(reason: str) -> str:
    """A reason that somebody typed, with a full stop."""
    return reason if reason.endswith((".", "?")) else f"{reason}."
