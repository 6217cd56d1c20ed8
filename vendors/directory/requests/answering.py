"""What a vendor hands over for an item, or a merchant records for it; anything until the item is judged.

Each action holds the item's row, so that a verdict or a withdrawal comes before or after it, never in between.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.files import kinds, storage
from vendors.directory.evidence.levels import level_of
from vendors.directory.models import (
    Evidence,
    Partner,
    Pick,
    Reference,
    RequestedItem,
    Testimonial,
    WorkSample,
)
from vendors.directory.references.actions import name_reference
from vendors.directory.requests.errors import NoLongerOpen, NothingThere
from vendors.directory.search import index

Kind, State = RequestedItem.Kind, RequestedItem.State
#: In these an item takes what is handed over.
TAKING = (State.ASKED, State.RECEIVED, State.REFUSED)
#: What can come for an item, by what is asked.
PIECES: dict[str, type[Evidence]] = {
    Kind.REFEREES: Reference,
    Kind.SAMPLES: WorkSample,
    Kind.PHYSICAL: WorkSample,
    Kind.TESTIMONIALS: Testimonial,
    Kind.PARTNERS: Partner,
}
#: Which field of a Pick points to it; a referee is not picked but named anew, with a consent for this merchant.
PICKED = {Kind.SAMPLES: "sample", Kind.TESTIMONIALS: "testimonial", Kind.PARTNERS: "partner"}


def hold(item: RequestedItem) -> RequestedItem:
    """The item's row as it is now, locked. Raises NoLongerOpen where it takes nothing any more."""
    rows = RequestedItem.objects.select_for_update(of=("self",)).select_related("request__vendor", "request__merchant")
    now = rows.get(pk=item.pk)
    if now.state not in TAKING:
        raise NoLongerOpen(why_closed(now))
    return now


def why_closed(item: RequestedItem) -> str:
    """Why nothing more can be handed over."""
    if item.state == State.WITHDRAWN:
        return _("%(merchant)s no longer asks for this.") % {"merchant": item.request.merchant}
    return _("%(merchant)s has looked at this already: nothing more can be added.") % {
        "merchant": item.request.merchant
    }


def _for(item: RequestedItem, by: Membership, at: datetime) -> dict[str, Any]:
    """What all pieces that came for an item have in common: the merchant that asked sees them, and nobody else."""
    return {
        "vendor": item.request.vendor,
        "merchant": item.request.merchant,
        "item": item,
        "created_by": by,
        "created_at": at,
    }


@transaction.atomic
def name_referee(item: RequestedItem, *, by: Membership, at: datetime, **about: Any) -> Reference:
    """Name somebody who has agreed to be asked by this merchant. Raises NoLongerOpen, and AlreadyNamed."""
    item = hold(item)
    about |= {"named_by": Reference.NamedBy.VENDOR, "has_consented": True}
    return name_reference(item.request.vendor, merchant=item.request.merchant, by=by, at=at, item=item, **about)


@transaction.atomic
def add_samples(
    item: RequestedItem,
    *,
    uploads: Sequence[UploadedFile],
    links: Sequence[str],
    title: str,
    description: str,
    by: Membership,
    at: datetime,
) -> None:
    """Hand over files and links, each a sample of its own. Raises NoLongerOpen, and Refused for a file."""
    item = hold(item)
    common = {"description": description, **_for(item, by, at)}
    several = len(uploads) + len(links) > 1
    for upload in uploads:
        file = storage.keep(upload, by=by, organisation=by.organisation, at=at, kinds=kinds.DOCUMENTS)
        name = file.name.rpartition(".")[0] or file.name
        called = f"{title}: {name}" if title and several else title or name
        _keep(WorkSample(title=called[:160], form=WorkSample.Form.FILE, file=file, **common))
    for link in links:
        name = f"{urlsplit(link).hostname}{urlsplit(link).path}".rstrip("/")
        called = f"{title}: {name}" if title and several else title or name
        _keep(WorkSample(title=called[:160], form=WorkSample.Form.LINK, url=link, **common))
    index.refresh([item.request.vendor_id])


def _keep(piece: Evidence) -> Evidence:
    """Save a new piece, with how we know it."""
    piece.level = level_of(piece)
    piece.save(force_insert=True)
    return piece


@transaction.atomic
def add_piece(item: RequestedItem, *, by: Membership, at: datetime, **about: Any) -> Evidence:
    """Hand over a testimonial or a partner. Raises NoLongerOpen."""
    item = hold(item)
    kind: Any = PIECES[item.kind]
    made = _keep(kind(**about, **_for(item, by, at)))
    index.refresh([item.request.vendor_id])
    return made


def hand_over(item: RequestedItem, about: dict[str, Any], *, by: Membership, at: datetime) -> None:
    """What the form of an item's kind gives. Raises NoLongerOpen, and Refused for a file."""
    if item.kind == Kind.REFEREES:
        name_referee(item, by=by, at=at, **about)
    elif item.kind == Kind.SAMPLES:
        add_samples(item, by=by, at=at, **about)
    elif item.kind == Kind.PHYSICAL:
        say_sent(item, **about)
    else:
        add_piece(item, by=by, at=at, **about)


@transaction.atomic
def choose(item: RequestedItem, pieces: Iterable[Evidence], *, by: Membership, at: datetime) -> None:
    """Answer with what the profile shows already; of referees, with some whom the vendor named before.

    Raises NoLongerOpen.
    """
    item = hold(item)
    if item.kind == Kind.REFEREES:
        for one in pieces:
            if isinstance(one, Reference):
                same = ("name", "role", "company", "email", "phone", "website", "relation", "product_type", "orders")
                name_referee(item, by=by, at=at, **{field: getattr(one, field) for field in same})
        return
    field = PICKED[Kind(item.kind)]
    Pick.objects.bulk_create([Pick(item=item, **{field: one}) for one in pieces], ignore_conflicts=True)


def choosable(item: RequestedItem) -> Any:
    """What the vendor can answer this item with without typing: a queryset, none for a parcel."""
    kind: Any = PIECES[item.kind]
    rows = kind.objects.current().filter(vendor=item.request.vendor_id).order_by("-created_at", "pk")
    if item.kind == Kind.REFEREES:
        theirs = Q(created_by__organisation=item.request.vendor.organisation_id, has_consented=True)
        merchant = item.request.merchant
        taken = rows.filter(theirs, merchant=merchant).values("email")
        named = rows.filter(theirs).exclude(merchant=merchant).exclude(email="").exclude(email__in=taken)
        return named.order_by("email", "-created_at").distinct("email")
    if item.kind not in PICKED:
        return kind.objects.none()
    return rows.filter(merchant=None).exclude(pk__in=item.picks.values(PICKED[Kind(item.kind)]))


@transaction.atomic
def take_back(item: RequestedItem, piece: int, *, by: Membership, at: datetime) -> None:
    """Take back one piece that one's own side added for this item, or no longer point to it. Raises NoLongerOpen."""
    item = hold(item)
    kind: Any = PIECES[item.kind]
    own = kind.objects.current().filter(pk=piece, item=item, created_by__organisation=by.organisation_id)
    if item.kind == Kind.REFEREES:
        own = own.filter(state=Reference.State.NAMED)
    picks = item.picks.none()
    if item.kind in PICKED and by.organisation_id == item.request.vendor.organisation_id:
        picks = item.picks.filter(**{PICKED[Kind(item.kind)]: piece})
    if own.exists():
        own.update(removed_at=at)
    elif picks.exists():
        picks.delete()
    else:
        raise NothingThere(_("That is gone already, or in use: reload the page."))
    index.refresh([item.request.vendor_id])


@transaction.atomic
def say_sent(item: RequestedItem, *, sent_on: date, sent_by: str, tracking: str) -> None:
    """A parcel is on its way; the merchant says when it has come. Raises NoLongerOpen."""
    about = {"sent_on": sent_on, "sent_by": sent_by, "tracking": tracking}
    again = {"state": State.ASKED, "refused_at": None, "refused_reason": "", "recorded_by": None, "channel": ""}
    on_its_way = RequestedItem.objects.filter(pk=item.pk, kind=Kind.PHYSICAL, state__in=[State.ASKED, State.REFUSED])
    if not on_its_way.update(**about, **again):
        raise NoLongerOpen(_("%(merchant)s has it already, or no longer asks.") % {"merchant": item.request.merchant})


def has_pieces(item: RequestedItem) -> bool:
    """Whether anything has come for it. Two queries at most."""
    return bool(PIECES[item.kind].objects.current().filter(item=item).exists() or item.picks.exists())


@transaction.atomic
def say_that_is_all(item: RequestedItem, *, at: datetime) -> None:
    """What was asked is handed over. Raises NothingThere where nothing is, and NoLongerOpen."""
    item = hold(item)
    if item.kind == Kind.PHYSICAL or not has_pieces(item):
        raise NothingThere(_("Add something first, or say why you will not."))
    given = RequestedItem.objects.filter(pk=item.pk, state__in=[State.ASKED, State.REFUSED])
    given.update(state=State.RECEIVED, received_at=at, refused_at=None, refused_reason="", recorded_by=None, channel="")


@transaction.atomic
def refuse(item: RequestedItem, reason: str, *, at: datetime) -> None:
    """Say that this will not come, and why. Raises NoLongerOpen once it has come or is no longer asked for."""
    asked = RequestedItem.objects.filter(pk=item.pk, state=State.ASKED)
    if not asked.update(state=State.REFUSED, refused_at=at, refused_reason=reason):
        raise NoLongerOpen(_("This is no longer open: reload the page to see what happened."))
