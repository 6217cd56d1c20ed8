"""Pages of a month: what is due across contracts, and the report for whoever pays."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from milestones.month.dates import Month
from milestones.month.report import report
from milestones.month.timeline import columns, page_of
from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as
from outsourcing.shared import clock

MERCHANTS = (Role.OWNER, Role.BUYER, Role.OPERATIONS, Role.VIEWER)


@require_safe
@acts_as()
def month(request: UserRequest) -> HttpResponse:
    """What is due in a month, contract by contract."""
    at = clock.now()
    today = clock.today(request.acting.zone)
    wanted = Month.named(request.GET, today)
    page, rows = page_of(request.acting, wanted, request.GET.get("page"), at)
    days = columns(wanted, today)
    context = {"month": wanted, "page": page, "rows": rows, "days": days, "width": len(days) * 10}
    return render(request, "milestones/month.html", context)


@require_safe
@acts_as(*MERCHANTS)
def reports(request: UserRequest) -> HttpResponse:
    """One printable month; the last whole one where none is named."""
    at = clock.now()
    today = clock.today(request.acting.zone)
    wanted = Month.named(request.GET, Month.of(today).before.first)
    context = {"report": report(request.acting, wanted, at), "month": wanted, "at": at}
    return render(request, "milestones/report.html", context)
