"""Where a profile is edited: in the vendor's portal, or on the pages of the merchant that keeps it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.requests import UserRequest
from outsourcing.files.errors import Refused
from outsourcing.shared import clock
from vendors.directory.errors import NotProven, NotYours, Stale
from vendors.directory.models import Vendor
from vendors.directory.profiles.facts import facts_of
from vendors.directory.profiles.saving import may_edit, save_section, version_of
from vendors.directory.profiles.sections import SECTIONS, TITLES


@dataclass(frozen=True)
class Desk:
    """One vendor as one side edits it; `is_own` for its own people."""

    vendor: Vendor
    is_own: bool

    def url(self, section: str) -> str:
        """Where a section is edited."""
        if self.is_own:
            return reverse("directory:profile_section", args=[section])
        if section == "about":
            return reverse("directory:edit", args=[self.vendor.pk])
        return reverse("directory:edit_section", args=[self.vendor.pk, section])

    @property
    def home(self) -> str:
        """Where the whole is seen."""
        return reverse("directory:profile") if self.is_own else reverse("directory:vendor", args=[self.vendor.pk])

    @property
    def tabs(self) -> list[tuple[str, str, str]]:
        """Name, title and address of each section."""
        return [(name, str(title), self.url(name)) for name, title in TITLES.items()]

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        if self.is_own:
            return [(_("Portal"), reverse("today")), (_("Your profile"), self.home)]
        return [(_("Vendors"), reverse("directory:list")), (str(self.vendor), self.home)]


def edit_section(request: UserRequest, vendor: Vendor, section: str) -> HttpResponse:
    """One section as a form. What somebody else saved meanwhile is never overwritten unseen: 409, and what was typed
    stays in the form, which is made from the newer version from then on."""
    if section not in SECTIONS:
        raise Http404
    if not may_edit(vendor, request.acting):
        raise NotYours(_("%(vendor)s keeps its own profile.") % {"vendor": vendor})
    desk = Desk(vendor, is_own=not request.acting.organisation.is_merchant)
    facts, now = facts_of(vendor), clock.now()
    version = version_of(section, vendor, facts)
    given = {"vendor": vendor, "facts": facts, "is_own": desk.is_own, "today": now.date()}
    if request.method != "POST":
        return page(request, desk, section, SECTIONS[section](**given), version)
    form = SECTIONS[section](request.POST, request.FILES, **given)
    if not form.is_valid():
        return page(request, desk, section, form, request.POST.get("version", ""))
    try:
        save_section(vendor, form.changes(), version=request.POST.get("version", ""), by=request.acting, at=now)
    except Stale as error:
        return page(request, desk, section, form, version, stale=str(error), status=409)
    except NotProven as error:
        form.add_error("website", _("All shops see your profile. %(why)s") % {"why": error})
        return page(request, desk, section, form, version)
    except Refused as error:
        form.add_error("logo", str(error))
        return page(request, desk, section, form, version)
    messages.success(request, _("Saved."))
    return redirect(desk.url(section) if "again" in request.POST else desk.home)


def page(
    request: UserRequest, desk: Desk, section: str, form: Any, version: str, *, stale: str = "", status: int = 200
) -> HttpResponse:
    """A section's page; `stale` says that somebody was quicker."""
    differs = [form[name].label for name in form.changed_data] if stale and hasattr(form, "changed_data") else []
    context = {
        "desk": desk,
        "section": section,
        "title": TITLES[section],
        "form": form,
        "version": version,
        "stale": stale,
        "differs": differs,
        "logo_of": desk.vendor if section == "about" else None,
    }
    return render(request, "directory/profile/section.html", context, status=status)
