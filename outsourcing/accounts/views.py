"""Settings of a person and of an organisation, and the change from one organisation to another."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from outsourcing.accounts.forms import OrganisationForm, ProfileForm
from outsourcing.accounts.middleware import SESSION_KEY
from outsourcing.accounts.models import Organisation, Role, User
from outsourcing.accounts.requests import UserRequest


@require_POST
def switch(request: UserRequest) -> HttpResponse:
    """Act for another of one's own organisations from now on."""
    own = {str(place.pk): place.pk for place in request.memberships}
    if (named := request.POST.get("membership", "")) not in own:
        raise Http404
    request.session[SESSION_KEY] = own[named]
    return redirect("today")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: UserRequest) -> HttpResponse:
    """One's own name, zone and look."""
    # A row of its own: a refused name must not show in the frame of the page.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("today")
    return render(request, "form.html", {"title": _("Your profile"), "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: UserRequest) -> HttpResponse:
    """The acting organisation's name, place, zone and currency; its owner's or manager's to change."""
    if not request.memberships or not request.acting.has_role(Role.OWNER, Role.MANAGER):
        raise PermissionDenied
    form = OrganisationForm(request.POST or None, instance=Organisation.objects.get(pk=request.acting.organisation_id))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("today")
    return render(request, "form.html", {"title": _("Your organisation"), "form": form})
