"""Pages of the month's figures, and of questions that are open again."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outsourcing.accounts.models import Membership
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.shared import clock
from vendors.needs import keeping, page
from vendors.needs.figures import actions
from vendors.needs.figures.forms import CloseForm, MarksForm, MonthForm, NeedMonthForm
from vendors.needs.keeping import RATERS
from vendors.needs.models import Month, Reopening, Task
from vendors.needs.reading import job_of
from vendors.needs.views import show_job

#: So many months stand on the page.
SHOWN = 36


def today_of(acting: Membership) -> date:
    """The date where the merchant is."""
    return clock.today(ZoneInfo(str(acting.organisation.time_zone)))


@form_methods
@acts_as(*RATERS)
def months(request: UserRequest) -> HttpResponse:
    """The orders of each month; below a form to enter one."""
    form = MonthForm(request.POST or None, today=today_of(request.acting))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        actions.save_month(given.pop("month"), given, by=request.acting, at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("needs:months")
    rows = list(Month.objects.filter(merchant=request.acting.organisation_id).select_related("import_of")[:SHOWN])
    most = max((one.orders for one in rows), default=0)
    context: dict[str, Any] = {"form": form, "rows": rows, "most": most, "crumbs": page.crumbs()}
    return render(request, "needs/figures/months.html", context, status=422 if form.errors else 200)


@require_POST
@acts_on(Task, *RATERS)
def save(request: UserRequest, task: Task) -> HttpResponse:
    """Enter how a job went in a month."""
    form = NeedMonthForm(request.POST, today=today_of(request.acting))
    if not form.is_valid():
        return show_job(request, job_of(request.acting, task), status=422, month_form=form)
    given, at = dict(form.cleaned_data), clock.now()
    need = keeping.need_of(task, request.acting.organisation, at=at)
    actions.save_need_month(need, given.pop("month"), given, by=request.acting, at=at)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('needs:job', args=[task.pk])}#again")


@require_POST
@acts_on(Task, *RATERS)
def marks(request: UserRequest, task: Task) -> HttpResponse:
    """Say from which figures on to look at a job again."""
    form = MarksForm(request.POST)
    if not form.is_valid():
        return show_job(request, job_of(request.acting, task), status=422, marks_form=form)
    at = clock.now()
    need = keeping.need_of(task, request.acting.organisation, at=at)
    actions.set_marks(need, form.marks, by=request.acting, at=at)
    messages.success(request, _("Saved. When a month's figure reaches one, the question is open again."))
    return redirect(f"{reverse('needs:job', args=[task.pk])}#again")


@require_POST
@acts_on(Reopening, *RATERS)
def close(request: UserRequest, reopening: Reopening) -> HttpResponse:
    """Say what follows from a figure that reached its mark."""
    form = CloseForm(request.POST)
    task = reopening.need.task
    if not form.is_valid():
        return show_job(request, job_of(request.acting, task), status=422, close_form=form)
    actions.close(reopening, form.cleaned_data["conclusion"], by=request.acting, at=clock.now())
    messages.success(request, _("Noted, and the question is closed until the next month reaches the mark."))
    return redirect(f"{reverse('needs:job', args=[task.pk])}#again")
