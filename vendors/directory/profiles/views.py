"""Views of merchants about vendors: adding one, and its page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.errors import TooManyInvitations
from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as, acts_on, form_methods
from outsourcing.files.uploads import takes_files
from outsourcing.shared import clock
from vendors.directory.evidence.page import page_of
from vendors.directory.keeping.forms import StatusForm
from vendors.directory.keeping.kept import kept_about
from vendors.directory.merging.duplicates import likely_duplicates
from vendors.directory.models import Vendor
from vendors.directory.profiles import actions, desks
from vendors.directory.profiles.forms import AddForm
from vendors.directory.profiles.saving import may_edit
from vendors.directory.requests.shown import latest_request
from vendors.directory.talking.page import talking_with

MERCHANTS = (Role.OWNER, Role.BUYER, Role.OPERATIONS, Role.VIEWER)
BUYERS = (Role.OWNER, Role.BUYER)


@form_methods
@acts_as(*BUYERS)
def add(request: UserRequest) -> HttpResponse:
    """Add a vendor; one that is there already is shown first."""
    form, duplicates = AddForm(request.POST or None, initial={"invite": request.GET.get("invite") == "1"}), []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        duplicates = likely_duplicates(request.acting, name=given["name"], website=given["website"])
        if duplicates and not request.POST.get("confirmed"):
            form = AddForm(request.POST, confirmed=True)
        else:
            try:
                vendor = actions.add_vendor(by=request.acting, at=clock.now(), **given)
            except TooManyInvitations as error:
                form.add_error("invite", str(error))
            else:
                messages.success(request, _added(vendor, given["contact_email"] if given["invite"] else ""))
                return redirect("directory:vendor", vendor.pk)
    context = {
        "title": _("Add a vendor"),
        "lede": _("A name is enough to begin. Nobody else sees what you add."),
        "crumbs": [(_("Vendors"), reverse("directory:list"))],
        "form": form,
        "duplicates": duplicates,
    }
    return render(request, "directory/add.html", context)


def _added(vendor: Vendor, asked: str) -> str:
    if asked:
        said = _("%(vendor)s is added, and %(email)s is asked in. Only you see it.")
        return said % {"vendor": vendor, "email": asked}
    return _("%(vendor)s is added. Only you see it.") % {"vendor": vendor}


@require_safe
@acts_on(Vendor)
def vendor(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Everything that one may know about a vendor."""
    kept = kept_about(vendor, request.acting)
    now, today, show = clock.now(), clock.today(request.acting.zone), request.GET.get("show", "")
    context = {
        "vendor": vendor,
        "view": page_of(vendor, acting=request.acting, today=today, show=show),
        "kept": kept,
        "relationship": kept.standing,
        "talking": talking_with(vendor, kept, request.acting, now),
        "statuses": StatusForm.STANDS,
        "may_keep": request.acting.has_role(*BUYERS, Role.OPERATIONS),
        "asked": latest_request(vendor, acting=request.acting, today=today),
        "likely": likely_for(vendor, request.acting),
        "is_merchant": request.acting.organisation.is_merchant,
        "may_buy": may_buy(request),
        "may_edit": may_edit(vendor, request.acting),
    }
    return render(request, "directory/vendor.html", context)


@takes_files
@form_methods
@acts_on(Vendor, *BUYERS)
def edit(request: UserRequest, vendor: Vendor, section: str = "about") -> HttpResponse:
    """Describe a vendor that one has added oneself, by the same forms as its own people will have."""
    return desks.edit_section(request, vendor, section)


def likely_for(vendor: Vendor, acting: Membership) -> list[Vendor]:
    """For a vendor that is the merchant's own: those that are probably the same. Two queries, for others none."""
    if vendor.is_claimed or vendor.added_by_id != acting.organisation_id or not acting.has_role(*BUYERS):
        return []
    return likely_duplicates(acting, name=vendor.name, website=vendor.website, besides=vendor)


def may_buy(request: UserRequest) -> bool:
    """Whether this person adds vendors and keeps notes."""
    return request.acting.has_role(*BUYERS)


def about_vendor(
    request: UserRequest, vendor: Vendor, title: str, lede: str, form: object, status: int = 200
) -> HttpResponse:
    """A page with one form about a vendor."""
    crumbs = [(_("Vendors"), reverse("directory:list")), (str(vendor), reverse("directory:vendor", args=[vendor.pk]))]
    return render(request, "form.html", {"title": title, "lede": lede, "crumbs": crumbs, "form": form}, status=status)
