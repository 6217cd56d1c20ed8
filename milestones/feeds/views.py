"""The secret address that calendars read, and the page where somebody makes and ends such links."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from milestones.feeds import links
from milestones.feeds.calendar import calendar_of
from milestones.models import Contract, Feed
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import LARGEST_ID, acts_as, acts_on
from outsourcing.shared import clock


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret link; one that is switched off or forged is no page at all."""
    feed = links.feed_of(token)
    if feed is None:
        raise Http404
    found = calendar_of(feed, clock.now())
    etag = f'"{hashlib.sha256(found).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=etag) or HttpResponse(found, content_type="text/calendar")
    for name, value in (
        ("ETag", etag), ("Cache-Control", "private, no-cache"), ("X-Robots-Tag", "noindex"),
        ("Referrer-Policy", "no-referrer"), ("Content-Disposition", 'attachment; filename="milestones.ics"'),
    ):  # fmt: skip
        answer[name] = value
    return answer


@require_safe
@acts_as()
def feeds(request: UserRequest) -> HttpResponse:
    """One's own links."""
    rows = Feed.objects.visible_to(request.acting).live().select_related("contract")
    own = [(feed, address, links.for_devices(address)) for feed in rows for address in [links.address_of(feed)]]
    everything = next((one for one in own if one[0].contract_id is None), None)
    context = {
        "everything": everything,
        "contracts": [one for one in own if one[0].contract_id is not None],
    }
    return render(request, "milestones/feeds.html", context)


@require_POST
@acts_as()
def make(request: UserRequest) -> HttpResponse:
    """A link to a calendar of all that one is on, or of the contract that is named; a new one where that is asked."""
    named = request.POST.get("contract", "")
    contract = None
    if named:
        key = min(int(named), LARGEST_ID) if named.isdecimal() and len(named) < 30 else 0
        contract = get_object_or_404(Contract.objects.visible_to(request.acting), pk=key)
    links.make(request.acting, contract, at=clock.now(), replaces="replace" in request.POST)
    return redirect("milestones:feeds")


@require_POST
@acts_on(Feed)
def revoke(request: UserRequest, feed: Feed) -> HttpResponse:
    """Switch a link off."""
    links.revoke(feed, at=clock.now())
    return redirect("milestones:feeds")
