"""What reminders told somebody, in the app: a list with what is new, and what waits for their decision."""

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.models import Membership
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on
from outsourcing.notifications.models import Notice
from outsourcing.shared import clock

A_PAGE, MOST = 50, 25


def unread() -> tuple[str, str]:
    """How many notices are new at one of somebody's places."""
    return "unread", "(SELECT count(*) FROM notifications_notice WHERE membership_id = m.id AND read_at IS NULL)"


@require_safe
@acts_as()
def notices(request: UserRequest) -> HttpResponse:
    """All of one's own, the latest first."""
    rows = Notice.objects.visible_to(request.acting).select_related("organisation", "mail", "rung__ladder")
    page = Paginator(rows.order_by("-created_at", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "reminders/notices.html",
        {"page": page, "unread": Notice.objects.visible_to(request.acting).unread().count()},
    )


@require_safe
@acts_on(Notice)
def notice(request: UserRequest, notice: Notice) -> HttpResponse:
    """On to what it is about; it is read from now on, unless it waits for a decision."""
    if notice.kind != Notice.Kind.DECIDE:
        Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now())
    return redirect(notice.url)


@require_POST
@acts_on(Notice)
def settle(request: UserRequest, notice: Notice) -> HttpResponse:
    """Take it off the home page: somebody has seen it and leaves it as it is."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now())
    return redirect("reminders:notices")


@require_POST
@acts_as()
def read_all(request: UserRequest) -> HttpResponse:
    """All are read; what waits for a decision goes on waiting."""
    mine = Notice.objects.visible_to(request.acting).unread().filter(~Q(kind=Notice.Kind.DECIDE))
    mine.update(read_at=clock.now())
    messages.success(request, _("All read."))
    return redirect("reminders:notices")


def hand_on(leaver: Membership, successor: Membership, at: datetime) -> None:
    """What a leaver had to decide, and what was still to be mailed to them, is the successor's, who may have been told
    already. One statement."""
    told = Notice.objects.filter(rung=OuterRef("rung"), membership=successor)
    open_ones = Q(kind=Notice.Kind.DECIDE, read_at=None) | Q(state=Notice.State.WAITING)
    theirs = Notice.objects.filter(open_ones, ~Exists(told), membership=leaver)
    theirs.update(membership=successor, mail=None)
