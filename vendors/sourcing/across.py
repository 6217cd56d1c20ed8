"""What briefs add to other rooms: search, a vendor's page, conversations, and vendors that became one."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.search import MOST, Found, Result
from vendors.directory.models import Vendor
from vendors.sourcing.models import Brief, Candidate, Stage
from vendors.sourcing.pages import BUYERS

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


def follow(loser: Vendor, winner: Vendor, by: Membership, at: datetime) -> None:
    """For the directory: a vendor that became one with another is on its shortlists under that one's name; where both
    were on one, the row of the one that is gone stays, out of the running."""
    there = Candidate.objects.filter(vendor=winner.organisation_id).values("brief")
    rows = Candidate.objects.filter(vendor=loser.organisation_id)
    twice = rows.filter(brief__in=list(there.values_list("brief", flat=True)))
    twice.exclude(stage__in=[Stage.WITHDRAWN, Stage.DECLINED]).update(
        stage=Stage.WITHDRAWN, withdrawn_at=at, withdrawn_by=by, withdrawn_reason=_("One with another on this list.")
    )
    rows.exclude(pk__in=list(twice.values_list("pk", flat=True))).update(vendor=winner.organisation_id)
