"""Whose a vendor is: a merchant asks its contact in, and an address at the vendor's own domain proves the claim."""

from datetime import datetime

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts import actions as people
from outsourcing.accounts.errors import AlreadyMember
from outsourcing.accounts.forms import NamedForm, helper
from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.shared import clock
from vendors.directory.domains import registered_domain
from vendors.directory.errors import NotYours
from vendors.directory.models import Contact, Relationship, Vendor
from vendors.directory.profiles.views import about_vendor


@transaction.atomic
def invite_contact(vendor: Vendor, *, email: str, name: str, by: Membership, at: datetime) -> None:
    """Ask somebody of the vendor's in, as its manager: they complete the profile and answer.

    Raises NotYours where somebody of the vendor has joined already (they ask their colleagues in themselves) or the
    vendor is another merchant's, and AlreadyMember.
    """
    vendor = Vendor.objects.select_for_update().get(pk=vendor.pk)
    has_joined = Membership.objects.joined().filter(organisation=vendor.organisation_id).exists()
    if vendor.is_claimed or has_joined or vendor.added_by_id != by.organisation_id:
        raise NotYours(_("%(vendor)s has joined already and asks its own people in.") % {"vendor": vendor})
    invitation = people.invite(vendor.organisation, email=email, name=name, roles=[Role.MANAGER], by=by, at=at)
    Relationship.objects.get_or_create(vendor=vendor, merchant=by.organisation, defaults={"created_at": at})
    Contact.objects.get_or_create(
        membership=invitation.membership, merchant=by.organisation, defaults={"vendor": vendor, "created_at": at}
    )


def claim(member: Membership, at: datetime) -> None:
    """Whoever joins a vendor with an address at its domain speaks for it from now on; others wait for staff."""
    if not member.has_role(Role.MANAGER):
        return
    domain = registered_domain(member.email)
    if domain:
        Vendor.objects.live().filter(organisation=member.organisation_id, claimed_at=None, domain=domain).update(
            claimed_at=at, changed_at=at
        )


class InviteContactForm(NamedForm, forms.Form):
    """Whom at the vendor to ask in."""

    email = forms.EmailField(label=gettext_lazy("Email"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)

    @property
    def helper(self) -> FormHelper:
        return helper("email", "name", save=_("Send invitation"))


@form_methods
@acts_on(Vendor, Role.OWNER, Role.BUYER, Role.OPERATIONS)
def invite(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Ask the vendor's contact in; until they have joined, the merchant keeps the profile."""
    form = InviteContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invite_contact(vendor, by=request.acting, at=clock.now(), **form.cleaned_data)
        except AlreadyMember as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("Invitation sent to %(email)s.") % form.cleaned_data)
            return redirect("directory:vendor", vendor.pk)
    domain = vendor.domain or _("their own domain")
    lede = _("They get a mail with a link for seven days. With an address at %(domain)s the profile becomes theirs.")
    title = _("Invite %(vendor)s") % {"vendor": vendor}
    return about_vendor(request, vendor, title, lede % {"domain": domain}, form)
