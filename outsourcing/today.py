"""Both home pages: what needs a merchant today, and what waits for a vendor."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.first_run import steps_of
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.waiting import waiting_for
from outsourcing.shared import clock


@require_safe
def today(request: UserRequest) -> HttpResponse:
    """A merchant's today, a vendor's portal, or, for a member of nothing, what to do about it."""
    if not request.memberships:
        return render(request, "no_organisation.html")
    now = timezone.localtime(clock.now())
    steps = steps_of(request.acting)
    context = {
        "greeting": _greeting(now.hour, request.user.get_short_name() if request.user.name.strip() else ""),
        "today": now.date(),
        "steps": steps,
        "done_count": sum(step.is_done for step in steps),
        "waiting": waiting_for(request.acting, now),
    }
    return render(request, "today.html" if request.acting.organisation.is_merchant else "portal.html", context)


def _greeting(hour: int, name: str) -> str:
    """Good morning before noon, good afternoon before six, else good evening; the first name where it is known."""
    if hour < 12:
        words = _("Good morning")
    elif hour < 18:
        words = _("Good afternoon")
    else:
        words = _("Good evening")
    return f"{words}, {name}" if name else words
