"""What a merchant notes about an item: what came another way, a parcel's arrival, the verdict."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.files import kinds, storage
from vendors.directory.models import Judgement, Level, RequestedItem, SamplePhoto, WorkSample
from vendors.directory.requests.errors import JudgedMeanwhile, NoLongerOpen, NothingThere
from vendors.directory.search import index

Kind, State = RequestedItem.Kind, RequestedItem.State


@transaction.atomic
def record_received(item: RequestedItem, *, channel: str, came_at: datetime, by: Membership) -> None:
    """Note that it came by post, phone, mail or hand. Raises NoLongerOpen."""
    waiting = RequestedItem.objects.filter(pk=item.pk, state__in=[State.ASKED, State.REFUSED])
    won = waiting.update(
        state=State.RECEIVED,
        received_at=came_at,
        refused_at=None,
        refused_reason="",
        recorded_by=by,
        channel=channel,
    )
    if not won:
        raise NoLongerOpen(moved_on())


@transaction.atomic
def record_refused(item: RequestedItem, reason: str, *, channel: str, came_at: datetime, by: Membership) -> None:
    """Note that they will not, said on the phone for instance. Raises NoLongerOpen."""
    won = RequestedItem.objects.filter(pk=item.pk, state=State.ASKED).update(
        state=State.REFUSED, refused_at=came_at, refused_reason=reason, recorded_by=by, channel=channel
    )
    if not won:
        raise NoLongerOpen(moved_on())


@transaction.atomic
def note_arrival(
    item: RequestedItem,
    *,
    arrived_on: date,
    title: str,
    description: str,
    photos: Sequence[UploadedFile],
    by: Membership,
    at: datetime,
) -> WorkSample:
    """A parcel has come: the day and pictures of it; a second time changes the day and adds pictures.

    Raises NoLongerOpen where it is judged or no longer asked for, and Refused for a picture.
    """
    rows = RequestedItem.objects.select_for_update(of=("self",)).select_related("request")
    now = rows.get(pk=item.pk)
    if now.kind != Kind.PHYSICAL or now.state not in (State.ASKED, State.RECEIVED, State.REFUSED):
        raise NoLongerOpen(moved_on())
    about = {"title": title, "description": description, "arrived_on": arrived_on}
    new = {
        "vendor_id": now.request.vendor_id,
        "merchant_id": now.request.merchant_id,
        "form": WorkSample.Form.PHYSICAL,
        "level": Level.SEEN,
        "created_by": by,
        "created_at": at,
        **about,
    }
    sample, _made = WorkSample.objects.update_or_create(item=now, removed_at=None, defaults=about, create_defaults=new)
    for photo in photos:
        file = storage.keep(photo, by=by, organisation=by.organisation, at=at, kinds=kinds.PICTURES)
        SamplePhoto.objects.create(sample=sample, file=file)
    if now.state != State.RECEIVED:
        RequestedItem.objects.filter(pk=now.pk).update(
            state=State.RECEIVED, received_at=at, refused_at=None, refused_reason="", recorded_by=None, channel=""
        )
    index.refresh([now.request.vendor_id])
    return sample


@transaction.atomic
def judge(item: RequestedItem, *, verdict: str, text: str, seen: datetime | None, by: Membership, at: datetime) -> None:
    """Give a verdict, or change the one that was given at `seen`; earlier ones are kept with who and when.

    Raises JudgedMeanwhile where a colleague's verdict came between, and NothingThere before anything has come.
    """
    before = State.RECEIVED if seen is None else State.JUDGED
    won = RequestedItem.objects.filter(pk=item.pk, state=before, judged_at=seen).update(
        state=State.JUDGED, judged_at=at, judged_by=by, verdict=verdict, verdict_text=text
    )
    if not won:
        now = RequestedItem.objects.select_related("judged_by").get(pk=item.pk)
        if now.judged_by is None:
            raise NothingThere(_("There is nothing to judge (any more): reload the page."))
        says = _("%(person)s has judged this as %(verdict)s meanwhile. Read why, and change it if you disagree.")
        raise JudgedMeanwhile(says % {"person": now.judged_by.label, "verdict": now.get_verdict_display().lower()})
    Judgement.objects.create(item=item, verdict=verdict, text=text, by=by, at=at)
    if item.kind == Kind.PHYSICAL:
        WorkSample.objects.filter(item=item, removed_at=None).update(verdict=verdict, verdict_text=text, judged_at=at)


def moved_on() -> str:
    """What a refusal says to whoever comes second."""
    return _("Something happened to this meanwhile: reload the page to see what.")
