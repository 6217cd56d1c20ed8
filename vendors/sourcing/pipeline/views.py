"""The page over all briefs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as
from outsourcing.shared import clock
from vendors.sourcing.pipeline.rows import SHOWS, page_of, wanted
from vendors.sourcing.roles import BUYERS, MERCHANTS


@require_safe
@acts_as(*MERCHANTS)
def briefs(request: UserRequest) -> HttpResponse:
    """All briefs, with what waits for whom."""
    show = wanted(request.GET.get("show", ""))
    page, rows = page_of(request.acting, show, request.GET.get("page"), clock.now())
    context = {
        "show": show,
        "shows": SHOWS.items(),
        "page": page,
        "rows": rows,
        "query": f"show={show}",
        "writes": request.acting.has_role(*BUYERS),
    }
    return render(request, "sourcing/briefs.html", context)
