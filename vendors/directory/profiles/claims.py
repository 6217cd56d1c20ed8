"""Whose a vendor is: a merchant asks its contact in, and an address at the vendor's own domain proves the claim."""

from datetime import datetime

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.errors import AlreadyMember
from outsourcing.accounts.forms import NamedForm, helper
from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.shared import clock
from vendors.directory.domains import is_free_mail, registered_domain
from vendors.directory.errors import NobodyJoined
from vendors.directory.keeping.actions import refuse_if_blocked
from vendors.directory.models import Vendor
from vendors.directory.models.profiles import VendorQuerySet
from vendors.directory.profiles.actions import invite_contact
from vendors.directory.profiles.views import about_vendor


def claim(member: Membership, at: datetime) -> None:
    """The first to join a vendor runs it; whoever runs it with an address at its domain has proven whose it is.

    Of several the first with such an address proves it, whenever they join. An address that anybody can have, and a
    vendor without a web site, wait for staff (`claim_by_staff`).
    """
    if member.organisation.is_merchant:
        return
    others = Membership.objects.joined().filter(organisation=member.organisation_id).exclude(pk=member.pk)
    if not member.has_role(Role.MANAGER) and not others.filter(roles__contains=[Role.MANAGER]).exists():
        member.roles = [Role.MANAGER, *member.roles]
        member.save(update_fields=["roles"])
    domain = registered_domain(member.email)
    if member.has_role(Role.MANAGER) and domain and not is_free_mail(member.email):
        _unclaimed(member.organisation_id).filter(domain=domain).update(claimed_at=at, changed_at=at)


def claim_by_staff(vendor: Vendor, *, at: datetime) -> None:
    """What staff have seen proven otherwise. Raises NobodyJoined; a second time changes nothing."""
    managers = Membership.objects.joined().filter(organisation=vendor.organisation_id, roles__contains=[Role.MANAGER])
    if not managers.exists():
        raise NobodyJoined(_("Nobody of %(vendor)s has joined yet: somebody must keep it.") % {"vendor": vendor})
    _unclaimed(vendor.organisation_id).update(claimed_at=at, changed_at=at)


def _unclaimed(organisation: int) -> VendorQuerySet:
    return Vendor.objects.live().filter(organisation=organisation, claimed_at=None)


def may_describe(vendor: Vendor, merchant: Organisation) -> bool:
    """Whether a merchant's words, typed or imported, may stand in the profile: its own, as long as it is unclaimed."""
    return not vendor.is_claimed and vendor.merged_into_id is None and vendor.added_by_id == merchant.pk


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
    refuse_if_blocked(vendor, request.acting)
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
