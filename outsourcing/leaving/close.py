"""Pages on which an organisation is closed, and opened again within its grace."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import HEADS, acts_as, form_methods
from outsourcing.leaving import closing
from outsourcing.leaving.forms import NameForm
from outsourcing.leaving.recent import signed_in_lately
from outsourcing.shared import clock


@form_methods
@acts_as(*HEADS)
@signed_in_lately
def close(request: UserRequest) -> HttpResponse:
    """What follows from closing, what stands in its way, and the form; once it is closing, the way back."""
    organisation = request.acting.organisation
    form = NameForm(request.POST or None, organisation=organisation.name)
    if request.method == "POST" and form.is_valid():
        closing.close(organisation, by=request.acting, at=clock.now())
        messages.success(request, _("It is closing. Everybody of yours has a mail that says so."))
        return redirect("leaving:close")
    context = {
        "title": _("Close %(organisation)s") % {"organisation": organisation},
        "organisation": organisation,
        "form": form,
        "in_the_way": [] if organisation.is_closing else closing.in_the_way(organisation),
        "day": clock.now() + closing.GRACE,
    }
    return render(request, "leaving/close.html", context)


@require_POST
@acts_as(*HEADS)
def open_again(request: UserRequest) -> HttpResponse:
    """Think better of it."""
    closing.open_again(request.acting.organisation, by=request.acting, at=clock.now())
    messages.success(request, _("It is open again."))
    return redirect("leaving:close")
