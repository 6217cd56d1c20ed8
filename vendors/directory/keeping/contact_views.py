"""Views of merchants about the people of a vendor, as long as the merchant keeps them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.shared import clock
from vendors.directory.keeping import contacts
from vendors.directory.keeping.errors import ContactThere
from vendors.directory.keeping.forms import ContactForm
from vendors.directory.models import Contact, Vendor
from vendors.directory.profiles.views import about_vendor

KEEPERS = (Role.OWNER, Role.BUYER, Role.OPERATIONS)


@form_methods
@acts_on(Vendor, *KEEPERS)
def add_contact(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Write down somebody of a vendor's."""
    contacts.see_that_they_keep_them(vendor, request.acting)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.add_contact(vendor, by=request.acting, at=clock.now(), **form.cleaned_data)
        except ContactThere as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("directory:vendor", vendor.pk)
    lede = _("Only you and your colleagues see it. Nothing is sent to them.")
    return about_vendor(request, vendor, _("Add a contact at %(vendor)s") % {"vendor": vendor}, lede, form)


@form_methods
@acts_on(Contact, *KEEPERS)
def edit_contact(request: UserRequest, contact: Contact) -> HttpResponse:
    """Say anew who somebody is."""
    contacts.see_that_they_keep_them(contact.vendor, request.acting)
    form = ContactForm(request.POST or None, contact=contact)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.change_contact(contact, by=request.acting, **form.cleaned_data)
        except ContactThere as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("directory:vendor", contact.vendor_id)
    title = _("Edit %(person)s") % {"person": contact.membership.label}
    return about_vendor(request, contact.vendor, title, _("Only you and your colleagues see it."), form)


@require_POST
@acts_on(Contact, *KEEPERS)
def remove_contact(request: UserRequest, contact: Contact) -> HttpResponse:
    """Forget somebody of a vendor's."""
    vendor = contact.vendor_id
    contacts.remove_contact(contact, at=clock.now())
    messages.success(request, _("The contact is gone."))
    return redirect("directory:vendor", vendor)
