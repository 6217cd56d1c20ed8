"""What briefs add to other rooms: search, a vendor's page, conversations, and vendors that became one."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import F, Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.search import MOST, Found, Result
from outsourcing.notifications.ladders import planning
from vendors.directory.models import Vendor
from vendors.sourcing.candidates import moving
from vendors.sourcing.models import Brief, BriefState, Candidate, Stage
from vendors.sourcing.reminders.following import INVITED
from vendors.sourcing.roles import BUYERS

NOTHING = mark_safe("")
#: So many shortlists stand on a vendor's page.
LISTED = 5


def in_briefs(acting: Membership, words: str) -> Found:
    """For the search across rooms: briefs by title or summary, for a vendor those it was invited to. One query."""
    if not acting.organisation.is_merchant:
        mine = Candidate.objects.visible_to(acting).filter(
            Q(brief__title__icontains=words) | Q(brief__merchant__name__icontains=words)
        )
        return Found(
            _("Briefs"),
            [
                Result(one.brief.title, str(one.brief.merchant), reverse("sourcing:answer", args=[one.pk]), "shortlist")
                for one in mine.order_by("-invited_at", "pk")[:MOST]
            ],
        )
    rows = Brief.objects.visible_to(acting).filter(Q(title__icontains=words) | Q(summary__icontains=words))
    return Found(
        _("Shortlists"),
        [
            Result(one.title, str(one.get_state_display()), reverse("sourcing:candidates", args=[one.pk]), "shortlist")
            for one in rows.order_by("-created_at", "pk")[:MOST]
        ],
    )


def on_vendor_page(request: HttpRequest, vendor: Vendor) -> SafeString:
    """Beside a vendor's page: the shortlists it is on, and the way onto one. One query."""
    acting: Membership = request.acting  # type: ignore[attr-defined]
    if not acting.organisation.is_merchant:
        return NOTHING
    seen = Candidate.objects.visible_to(acting).filter(vendor=vendor.organisation_id).order_by("-added_at", "pk")
    rows = list(seen[:LISTED])
    writes = acting.has_role(*BUYERS) and vendor.merged_into_id is None
    if not rows and not writes:
        return NOTHING
    return render_to_string("sourcing/_vendor_shortlists.html", {"rows": rows, "vendor": vendor, "writes": writes})


def on_ticked(request: HttpRequest, nothing: None) -> SafeString:
    """Below the directory's list: those ticked go on a shortlist. No query."""
    acting: Membership = request.acting  # type: ignore[attr-defined]
    if not (acting.organisation.is_merchant and acting.has_role(*BUYERS)):
        return NOTHING
    button = '<button class="btn btn-quiet btn-sm" type="submit" formaction="{}" name="from" value="search">{}</button>'
    return format_html(button, reverse("sourcing:put_on"), _("Put those ticked on a shortlist"))


def on_compared(request: HttpRequest, keys: Iterable[int]) -> SafeString:
    """On the page where vendors stand beside each other: all of them go on a shortlist. No query."""
    acting: Membership = request.acting  # type: ignore[attr-defined]
    if not (acting.organisation.is_merchant and acting.has_role(*BUYERS)):
        return NOTHING
    query = urlencode([*(("v", key) for key in keys), ("from", "compare")])
    link = '<a class="btn btn-quiet" href="{}?{}">{}</a>'
    return format_html(link, reverse("sourcing:put_on"), query, _("Put them on a shortlist"))


def counterparts(acting: Membership) -> Iterable[Organisation]:
    """For conversations: vendors that one has invited, and merchants who invited one. One query."""
    invited = Candidate.objects.visible_to(acting).filter(invited_at__isnull=False)
    side = "vendor" if acting.organisation.is_merchant else "brief__merchant"
    return Organisation.objects.filter(pk__in=invited.values(side)).order_by("name", "pk")[:100]


def may_write_to(acting: Membership, other: Organisation) -> bool:
    """For conversations: a merchant may write to whom it invited, a vendor to who invited it (DESIGN 3). One query."""
    invited = Candidate.objects.filter(invited_at__isnull=False)
    if acting.organisation.is_merchant:
        return invited.filter(brief__merchant=acting.organisation_id, vendor=other.pk).exists()
    return invited.filter(vendor=acting.organisation_id, brief__merchant=other.pk).exists()


def hold_briefs(loser: Vendor, winner: Vendor) -> None:
    """For the directory, before it holds organisations: whoever writes of a brief holds that first."""
    theirs = Candidate.objects.filter(vendor__in=[loser.organisation_id, winner.organisation_id])
    briefs = Brief.objects.filter(pk__in=theirs.values("brief")).order_by("pk")
    list(briefs.select_for_update(of=("self",)).values_list("pk", flat=True))


def follow(loser: Vendor, winner: Vendor, by: Membership, at: datetime) -> None:
    """For the directory: a vendor that became one with another is on its shortlists under that one's name. Where both
    were on one, the row that says more goes on under it, and the other has withdrawn. Reminders follow both."""
    moved: list[int] = []
    there = {one.brief_id: one for one in Candidate.objects.filter(vendor=winner.organisation_id)}
    for lost in Candidate.objects.filter(vendor=loser.organisation_id).order_by("pk"):
        kept = there.get(lost.brief_id)
        moved += [lost.pk] if kept is None else [lost.pk, kept.pk]
        if kept is None:
            Candidate.objects.filter(pk=lost.pk).update(vendor=winner.organisation_id)
            continue
        says_more = weight_of(lost) > weight_of(kept)
        retire(kept if says_more else lost, by, at)
        if says_more:
            swap(lost, kept)
    planning.follow(INVITED, moved, at=at)


def weight_of(one: Candidate) -> tuple[bool, bool, bool, bool]:
    """What a row on a shortlist holds, the weightiest first: the choice, a place in the running, an answer or what
    people said of it, an invitation. Three queries at most."""
    said = one.answers.exists() or one.rulings.exists() or one.scores.exists()
    return one.stage == Stage.CHOSEN, one.is_in_the_running, said, one.invited_at is not None


def retire(one: Candidate, by: Membership, at: datetime) -> None:
    if one.stage in moving.LEAVING and Brief.objects.filter(pk=one.brief_id).exclude(state=BriefState.CANCELLED):
        moving.withdraw(one, reason=_("One with another on this list."), by=by, at=at)


def swap(one: Candidate, other: Candidate) -> None:
    """Each gets the other's vendor. A shortlist has a vendor once, so the first stands under the merchant's own name
    for a moment, which nobody sees."""
    ours = Brief.objects.values_list("merchant", flat=True).get(pk=one.brief_id)
    for pk, vendor in ((one.pk, ours), (other.pk, one.vendor_id), (one.pk, other.vendor_id)):
        Candidate.objects.filter(pk=pk).update(vendor=vendor, version=F("version") + 1)
