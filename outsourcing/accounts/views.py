"""Settings of a person and of an organisation, and the change from one organisation to another."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts import actions, history, working_time
from outsourcing.accounts.forms import (
    AbsenceForm,
    ClosedDayForm,
    OrganisationForm,
    ProfileForm,
    StartForm,
    WeekForm,
)
from outsourcing.accounts.middleware import SESSION_KEY
from outsourcing.accounts.models import Absence, ClosedDay, Organisation, User
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import HEADS, acts_as, acts_on, form_methods
from outsourcing.shared import clock


# ---- One's own -----------------------------------------------------------------------------------------------------
@require_POST
def switch(request: UserRequest) -> HttpResponse:
    """Act for another of one's own organisations from now on, and go on where `next` says."""
    number = request.POST.get("membership", "")
    place = next((one for one in request.memberships if str(one.pk) == number), None)
    if place is None:
        raise Http404
    request.session[SESSION_KEY] = place.pk
    onward = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        onward, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(onward if safe else "today")


@form_methods
def start(request: UserRequest) -> HttpResponse:
    """Begin an organisation of one's own, the first or one more."""
    if settings.INVITATION_ONLY:
        raise PermissionDenied
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        place = actions.start_organisation(form.save(commit=False), by=request.user, at=clock.now())
        request.session[SESSION_KEY] = place.pk
        return redirect("today")
    return render(
        request,
        "form.html",
        {
            "title": _("Your organisation"),
            "lede": _("What it is and where it is; all can be changed."),
            "form": form,
        },
    )


@form_methods
def profile(request: UserRequest) -> HttpResponse:
    """One's own name, phone, zone and look."""
    phone = request.acting.phone if request.memberships else ""
    # A row of its own: a refused name must not show in the frame of the page.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk), initial={"phone": phone})
    if request.method == "POST" and form.is_valid():
        actions.change_profile(form.save(commit=False), acting=request.acting, phone=form.cleaned_data["phone"])
        messages.success(request, _("Saved."))
        return redirect("today")
    return render(request, "settings/profile.html", {"title": _("Your profile"), "form": form})


@form_methods
@acts_as()
def absences(request: UserRequest) -> HttpResponse:
    """When one is away from the acting organisation, and who stands in."""
    form = AbsenceForm(request.POST or None, instance=Absence(membership=request.acting))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:absences")
    rows = Absence.objects.visible_to(request.acting).select_related("stand_in")
    context = {"title": _("Days away"), "form": form, "absences": rows, "today": clock.today(request.acting.zone)}
    return render(request, "settings/absences.html", context)


@require_POST
@acts_on(Absence)
def delete_absence(request: UserRequest, absence: Absence) -> HttpResponse:
    """Be there after all."""
    absence.delete()
    messages.success(request, _("Removed."))
    return redirect("accounts:absences")


# ---- The organisation's --------------------------------------------------------------------------------------------
@form_methods
@acts_as(*HEADS)
def organisation(request: UserRequest) -> HttpResponse:
    """The acting organisation's name, place, zone and currency."""
    form = OrganisationForm(request.POST or None, instance=_fresh(request))
    if request.method == "POST" and form.is_valid():
        actions.change_organisation(form.save(commit=False))
        messages.success(request, _("Saved."))
        return redirect("accounts:organisation")
    return render(request, "settings/organisation.html", {"title": _("Your organisation"), "form": form})


@form_methods
@acts_as(*HEADS)
def calendar(request: UserRequest) -> HttpResponse:
    """The acting organisation's working hours, closed days and holidays."""
    form = WeekForm(request.POST or None, organisation=request.acting.organisation)
    if request.method == "POST" and form.is_valid():
        actions.set_working_week(request.acting.organisation, form.openings)
        messages.success(request, _("Saved."))
        return redirect("accounts:calendar")
    return _calendar_page(request, form, ClosedDayForm())


@require_POST
@acts_as(*HEADS)
def add_closed_day(request: UserRequest) -> HttpResponse:
    """Close on one more date."""
    form = ClosedDayForm(request.POST)
    if not form.is_valid():
        return _calendar_page(request, WeekForm(organisation=request.acting.organisation), form)
    actions.add_closed_day(request.acting.organisation, **form.cleaned_data)
    return redirect("accounts:calendar")


@require_POST
@acts_on(ClosedDay, *HEADS)
def delete_closed_day(request: UserRequest, closed: ClosedDay) -> HttpResponse:
    """Work on that date again."""
    actions.remove_closed_day(closed)
    return redirect("accounts:calendar")


@require_safe
@acts_as(*HEADS)
def show_history(request: UserRequest) -> HttpResponse:
    """Who changed what about the organisation and its members, and when."""
    page = history.page_of(request.acting.organisation, request.GET.get("page", ""))
    return render(request, "settings/history.html", {"title": _("History"), "page": page})


def _calendar_page(request: UserRequest, form: WeekForm, closed_form: ClosedDayForm) -> HttpResponse:
    place = request.acting.organisation
    today = clock.today(request.acting.zone)
    years = (today.year, today.year + 1)
    closed_form.helper.form_action = "accounts:add_closed_day"
    context: dict[str, Any] = {
        "title": _("Working hours"),
        "form": form,
        "closed_form": closed_form,
        "closed_days": place.closed_days.filter(day__gte=today),
        "holidays": sorted((day, name) for day, name in working_time.holidays_of(place, years).items() if day >= today),
    }
    return render(request, "settings/calendar.html", context)


def _fresh(request: UserRequest) -> Organisation:
    """A row of its own: a refused name must not show in the frame of the page."""
    return get_object_or_404(Organisation, pk=request.acting.organisation_id)
