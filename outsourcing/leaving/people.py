"""Pages on which a person is erased: by themselves, and by who runs an organisation that they have left."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from outsourcing.accounts import by_code, erasing
from outsourcing.accounts.errors import NotErasable
from outsourcing.accounts.models import Membership
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import HEADS, acts_on, form_methods
from outsourcing.leaving.forms import SureForm
from outsourcing.leaving.recent import signed_in_lately
from outsourcing.shared import clock

DELETE_ACCOUNT, ERASE = gettext_lazy("Delete my account"), gettext_lazy("Delete name and address")


@form_methods
@signed_in_lately
def delete_account(request: UserRequest) -> HttpResponse:
    """One's own account, with all that says who one is."""
    form = SureForm(request.POST or None, save=DELETE_ACCOUNT)
    if request.method == "POST" and form.is_valid():
        erasing.erase_account(request.user, at=clock.now())
        logout(request)
        return render(request, "leaving/deleted.html", {"title": _("Your account is deleted")})
    context = {"title": _("Delete your account"), "form": form, "places": request.memberships}
    return render(request, "leaving/account.html", context)


@form_methods
@acts_on(Membership, *HEADS)
def erase_member(request: UserRequest, member: Membership) -> HttpResponse:
    """A former member who asks the organisation for it. Raises NotErasable."""
    if member.left_at is None:
        words = _("%(person)s is still a member: remove them first.")
        raise NotErasable(words % {"person": member.label})
    form = SureForm(request.POST or None, save=ERASE)
    if request.method == "POST" and form.is_valid():
        erasing.erase_member(member, at=clock.now())
        messages.success(request, _("Name and address are deleted, here and in the mails."))
        return redirect("accounts:members")
    context = {"title": _("Delete %(person)s") % {"person": member.label}, "form": form, "member": member}
    return render(request, "leaving/erase_member.html", context)


@require_POST
def sign_in_again(request: UserRequest) -> HttpResponse:
    """Out, and in again by a code: on to where `next` says."""
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = reverse("today")
    place = request.memberships[0] if request.memberships else None
    query = {"next": onward}
    if place is not None:  # the code's page then knows the address
        query[by_code.FOR] = by_code.mark_of(place)
    logout(request)
    return redirect(f"{reverse('account_request_login_code')}?{urlencode(query)}")
