"""Evidence is written down, changed and taken back: each in one transaction, the listing with it."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.files import storage
from outsourcing.files.kinds import DOCUMENTS
from outsourcing.files.models import File
from outsourcing.notifications.ladders import planning
from outsourcing.shared.keys import random_key
from vendors.directory.errors import NotYours
from vendors.directory.evidence.levels import level_of
from vendors.directory.evidence.shown import is_kept_by, may_add
from vendors.directory.models import Certificate, Enquiry, Evidence, Partner, Testimonial, Vendor, WorkSample
from vendors.directory.search import index

#: The rule of reminders/certificates.py.
CERTIFICATE = "certificate"
#: Who was asked to confirm these words did not confirm others.
CONFIRMED_WORDS = {Testimonial: {"quote", "person", "role", "company"}, Partner: {"name", "kind", "since"}}


@transaction.atomic
def add(
    piece: Evidence, *, to: Vendor, uploads: Sequence[UploadedFile] = (), by: Membership, at: datetime
) -> list[Evidence]:
    """Keep `piece` (not saved yet) as evidence about a vendor: a merchant's for itself, a vendor's as its own word.

    Several files are several pieces. Raises NotYours where the vendor's people have not proven who they are, and
    Refused, or OSError on a full disk: then nothing is kept.
    """
    to = _left(to)
    if not may_add(by, to):
        raise NotYours(_("Prove first that you speak for %(vendor)s, then say what speaks for it.") % {"vendor": to})
    piece.vendor, piece.created_by, piece.created_at = to, by, at
    piece.merchant = by.organisation if by.organisation.is_merchant else None
    made = [piece] if not uploads else [_with_file(piece, upload, len(uploads), by, at) for upload in uploads]
    for one in made:
        one.level = level_of(one)
        one.save(force_insert=True)
    index.refresh([to.pk])
    _follow(*made, at=at)
    return made


@transaction.atomic
def change(
    piece: Evidence, *, fields: Sequence[str], upload: UploadedFile | None, by: Membership, at: datetime
) -> None:
    """Save these `fields` of an own piece, and a new file in place of the old one. Raises NotYours.

    Words that a company has confirmed are confirmed no more once they change, and an open question about them ends.
    """
    now = _own(piece, by)
    if now.item_id is not None:
        raise NotYours(_("The vendor sent this: take it back, or leave it as it is."))
    changed = {name for name in fields if getattr(now, name) != getattr(piece, name)}
    for name in changed:
        setattr(now, name, getattr(piece, name))
    old: File | None = getattr(now, "file", None)
    if upload is not None and isinstance(now, Certificate | WorkSample):
        now.file = storage.keep(upload, by=by, organisation=by.organisation, at=at, kinds=DOCUMENTS)
    if not isinstance(now, Testimonial | Partner):
        now.level = level_of(now)
    elif changed & CONFIRMED_WORDS[type(now)]:
        now.confirmed_at, now.disputed_at, now.level, now.level_reason = None, None, level_of(now), ""
        _end_questions(now, at)
    now.save()
    if upload is not None and old is not None:
        storage.discard(old)
    index.refresh([now.vendor_id])
    _follow(now, at=at)


@transaction.atomic
def remove(piece: Evidence, *, by: Membership, at: datetime) -> None:
    """Take an own piece back: its row stays, and nobody sees it or its file any more. Raises NotYours."""
    now = _own(piece, by)
    type(now).objects.filter(pk=now.pk).update(removed_at=at)
    _end_questions(now, at)
    index.refresh([now.vendor_id])
    _follow(now, at=at)


def _follow(*pieces: Evidence, at: datetime) -> None:
    """Reminders of a certificate follow it, and so do those of the vendor's other ones, which it may replace."""
    papers = [one for one in pieces if isinstance(one, Certificate)]
    vendors = {one.vendor_id for one in papers}
    same = Certificate.objects.filter(vendor__in=vendors, expires_on__gte=at.date()).values_list("pk", flat=True)
    planning.follow(CERTIFICATE, {*(one.pk for one in papers), *same} if papers else (), at=at)


def _left(vendor: Vendor) -> Vendor:
    """The row itself under a lock, or the one that it was merged into."""
    row = Vendor.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=vendor.pk)
    return row if row.merged_into is None else _left(row.merged_into)


def _own(piece: Evidence, by: Membership) -> Evidence:
    """The row as it stands, under a lock. Raises NotYours where it is somebody else's or was taken back."""
    found = type(piece).objects.select_for_update(of=("self",)).filter(pk=piece.pk, removed_at=None).first()
    if found is None or not is_kept_by(found, by):
        raise NotYours(_("It was taken back meanwhile, or is not yours to change."))
    return found


def _with_file(piece: Evidence, upload: UploadedFile, among: int, by: Membership, at: datetime) -> Evidence:
    """A copy of `piece` with its own file, named for it where there are several."""
    one = copy(piece)
    one._state = copy(piece._state)
    one.pk = random_key()
    file = storage.keep(upload, by=by, organisation=by.organisation, at=at, kinds=DOCUMENTS)
    if isinstance(one, Certificate | WorkSample):
        one.file = file
    if isinstance(one, WorkSample) and among > 1:
        one.title = f"{one.title[:80]} ({file.name[:75]})"
    return one


def _end_questions(piece: Evidence, at: datetime) -> None:
    """Nobody is asked any more about words that have changed or are gone."""
    if isinstance(piece, Testimonial | Partner):
        about = Q(testimonial=piece) if isinstance(piece, Testimonial) else Q(partner=piece)
        Enquiry.objects.filter(about, answered_at=None, declined_at=None, revoked_at=None).update(revoked_at=at)
