"""Whom at a vendor a merchant turns to, kept by the merchant until somebody of the vendor has joined.

A contact is a place in the vendor's organisation without a user, and the merchant's own row that points to it. Nobody
of the vendor's sees such a place until its person was asked in (`MembershipQuerySet.colleagues`).
"""

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from outsourcing.accounts import actions as people
from outsourcing.accounts.models import Membership, Role
from vendors.directory.errors import NotYours
from vendors.directory.keeping.actions import standing_row
from vendors.directory.keeping.errors import ContactThere, OwnPeople
from vendors.directory.keeping.kept import has_joined
from vendors.directory.models import Contact, Vendor


@transaction.atomic
def add_contact(
    vendor: Vendor,
    *,
    email: str,
    name: str = "",
    phone: str = "",
    about: str = "",
    is_backup: bool = False,
    by: Membership,
    at: datetime,
) -> Contact:
    """Write down somebody of a vendor's. Raises OwnPeople, NotYours and ContactThere."""
    vendor, email = standing_row(vendor), email.lower()
    see_that_they_keep_them(vendor, by)
    person = {"name": name, "phone": phone, "is_backup": is_backup}
    member = Membership.objects.filter(organisation=vendor.organisation_id, email=email).first()
    if member is None:
        member = Membership.objects.create(
            organisation=vendor.organisation, email=email, roles=[Role.CONTACT], **person
        )
    elif Contact.objects.visible_to(by).filter(membership=member).exists():
        raise ContactThere(_("%(email)s is among the contacts already.") % {"email": email})
    else:
        Membership.objects.filter(pk=member.pk).update(left_at=None, **person)
    return Contact.objects.create(
        membership=member, vendor=vendor, merchant=by.organisation, about=about, created_at=at
    )


@transaction.atomic
def change_contact(
    contact: Contact, *, email: str, name: str, phone: str, about: str, is_backup: bool, by: Membership
) -> None:
    """Say it anew; another address is another person's place. Raises OwnPeople, NotYours and ContactThere."""
    vendor = standing_row(contact.vendor)
    see_that_they_keep_them(vendor, by)
    member, email = contact.membership, email.lower()
    if email != member.email:
        taken = Membership.objects.filter(organisation=member.organisation_id, email=email)
        if taken.exists():
            raise ContactThere(_("%(email)s is among the contacts already.") % {"email": email})
        if member.invitations.filter(used_at=None, revoked_at=None).exists():
            raise ContactThere(
                _("%(email)s was asked in: take that contact away and add the new one.") % {"email": member.email}
            )
    member.email, member.name, member.phone, member.is_backup = email, name, phone, is_backup
    member.save(update_fields=["email", "name", "phone", "is_backup"])
    Contact.objects.filter(pk=contact.pk).update(about=about)


@transaction.atomic
def remove_contact(contact: Contact, *, at: datetime) -> None:
    """Forget somebody; an invitation of theirs that was not taken up goes with them, a place that was taken stays."""
    member = Membership.objects.select_for_update(of=("self",)).get(pk=contact.membership_id)
    vendor = standing_row(contact.vendor)
    contact.delete()
    if member.user_id or Contact.objects.filter(membership=member).exists():
        return
    if member.invitations.exists():
        if member.left_at is None and not has_joined(vendor):
            people.revoke(member, at=at)
        return
    try:
        with transaction.atomic():
            member.delete()
    except ProtectedError:  # something else that somebody wrote names this person
        pass


def see_that_they_keep_them(vendor: Vendor, by: Membership) -> None:
    """Raises OwnPeople once somebody of the vendor has joined, NotYours where another keeps it."""
    if vendor.is_claimed or has_joined(vendor):
        raise OwnPeople(_("%(vendor)s has joined: its own people say who is who.") % {"vendor": vendor})
    if vendor.added_by_id != by.organisation_id:
        raise NotYours(_("%(vendor)s is not yours to keep contacts of.") % {"vendor": vendor})
