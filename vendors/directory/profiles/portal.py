"""A vendor's own profile: its managers edit and publish, its contacts read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, form_methods
from outsourcing.files.uploads import takes_files
from outsourcing.shared import clock
from vendors.directory.models import Vendor
from vendors.directory.profiles import history, publishing
from vendors.directory.profiles.completeness import completeness
from vendors.directory.profiles.desks import Desk, edit_section
from vendors.directory.profiles.facts import facts_of
from vendors.directory.profiles.saving import may_edit
from vendors.directory.profiles.steps import own_vendor

View = Callable[..., HttpResponse]


def own_profile(*roles: Role) -> Callable[[View], View]:
    """For pages about the acting vendor's profile: hands it over; 403 for merchants and without one of `roles`."""

    def decorate(view: View) -> View:
        @wraps(view)
        @acts_as(Role.MANAGER, Role.CONTACT)
        def walled(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            vendor = own_vendor(request.acting)
            if vendor is None:
                raise Http404
            if roles and not request.acting.has_role(*roles):
                raise PermissionDenied
            return view(request, vendor, *args, **kwargs)

        return walled

    return decorate


@require_safe
@own_profile()
def show(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """What the profile says, how complete it is, and who sees it."""
    facts = facts_of(vendor)
    done = completeness(vendor, facts)
    desk = Desk(vendor, is_own=True)
    context = {
        "vendor": vendor,
        "facts": facts,
        "desk": desk,
        "done": done,
        "missing": [(part, f"{desk.url(part.section)}#{part.anchor}") for part in done.missing],
        "standing": publishing.standing_of(vendor, done),
        "may_edit": may_edit(vendor, request.acting),
        "may_publish": request.acting.has_role(Role.MANAGER),
    }
    return render(request, "directory/profile/show.html", context)


@takes_files
@form_methods
@own_profile(Role.MANAGER)
def section(request: UserRequest, vendor: Vendor, section: str) -> HttpResponse:
    """One section as a form."""
    return edit_section(request, vendor, section)


@require_POST
@own_profile(Role.MANAGER)
def publish(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Open the profile to all shops."""
    publishing.publish(vendor, by=request.acting, at=clock.now())
    messages.success(request, _("Published. All shops find you from now on, and see what you change at once."))
    return redirect("directory:profile")


@require_POST
@own_profile(Role.MANAGER)
def unpublish(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Take the profile back."""
    publishing.unpublish(vendor, by=request.acting)
    messages.success(request, _("Taken back. Only shops that know you still see your profile; no other finds it."))
    return redirect("directory:profile")


@require_POST
@own_profile(Role.MANAGER)
def ask_to_look(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Ask staff to see who these people are."""
    publishing.ask_to_look(vendor, by=request.acting, at=clock.now())
    messages.success(request, _("We have your wish and will look who you are; the answer appears here."))
    return redirect("directory:profile")


@require_safe
@own_profile()
def show_history(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Who changed what about the profile."""
    page = history.page_of(vendor, request.GET.get("page", "1"))
    return render(request, "directory/profile/history.html", {"page": page, "desk": Desk(vendor, is_own=True)})
