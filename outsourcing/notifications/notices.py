"""What reminders told somebody, in the app: a list with what is new, and what waits for their decision."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.models import Membership, MembershipQuerySet, Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.waiting import Matter, Urgency, Waiting
from outsourcing.accounts.walls import acts_as, acts_on
from outsourcing.notifications.models import Notice, Tally
from outsourcing.shared import clock

A_PAGE, MOST = 50, 25
RUN = (Role.OWNER, Role.OPERATIONS)


def with_unread(rows: MembershipQuerySet) -> MembershipQuerySet:
    """Places with `unread`: how many notices are new there."""
    new = Notice.objects.unread().filter(membership=OuterRef("pk")).order_by().values("membership")
    return rows.annotate(unread=Coalesce(Subquery(new.annotate(count=Count("pk")).values("count")), 0))


def to_decide(acting: Membership) -> "Iterable[Notice]":
    """Those that wait for a decision of theirs, as long as what they are about is open and the same."""
    rows = Notice.objects.visible_to(acting).unread().filter(kind=Notice.Kind.DECIDE)
    same = rows.filter(rung__ladder__ended_at=None, rung__epoch=F("rung__ladder__epoch"))
    return same.select_related("rung__ladder__owed_by").order_by("created_at", "pk")[:MOST]


def waiting(acting: Membership, at: datetime) -> Iterable[Waiting]:
    """For the home pages: what a reminder has come to that only a person can decide. One query, one more for who runs
    reminders of a merchant."""
    for one in to_decide(acting):
        owes = one.rung.ladder.owed_by
        yield Waiting(
            title=one.title,
            meta=owes.name
            if owes is not None and owes.pk != acting.organisation_id
            else _("Reminders have not helped"),
            url=reverse("reminders:notice", args=[one.pk]),
            action=_("Decide"),
            icon="bell",
            urgency=Urgency.LATE,
            when=one.created_at,
            due=_("Decide"),
            due_about=_("since %(day)s") % {"day": date_format(one.created_at.astimezone(acting.zone), "j M")},
            matter=Matter.DECISION,
        )
    if acting.organisation.is_merchant and acting.has_role(*RUN):
        yield from _storms(acting)


def _storms(acting: Membership) -> Iterable[Waiting]:
    held = Tally.objects.visible_to(acting).held().aggregate(storms=Count("pk"))["storms"]
    if held:
        oldest = Tally.objects.visible_to(acting).held().order_by("tick").first()
        yield Waiting(
            title=_("Unusually many reminders are held back"), meta=_("Let them go, or drop them"),
            url=reverse("reminders:upcoming"), action=_("Look"), icon="pause", urgency=Urgency.RISK,
            when=oldest.tick if oldest else clock.now(), due=_("Held"), due_about=_("until somebody decides"),
            matter=Matter.DECISION,
        )  # fmt: skip


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
