"""Whether the people of a vendor are who their web site says: an address at its domain proves it, or staff look.

Somebody may sign up under another company's name and web site: such a profile is nobody's but its own, until it is
published. Hence publishing asks for the proof, and so does every change of the web site while it is published.
"""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Role
from vendors.directory.domains import is_free_mail, registered_domain
from vendors.directory.errors import NotProven
from vendors.directory.models import ProvenBy, Vendor


def proving_address(vendor: Vendor) -> str:
    """The proven address of a joined manager that is at the web site's registered domain, else nothing. One query.

    A domain at which anybody can have an address proves nothing.
    """
    if not vendor.domain or is_free_mail(f"anybody@{vendor.domain}"):
        return ""
    managers = Membership.objects.joined().filter(
        organisation=vendor.organisation_id, roles__contains=[Role.MANAGER], user__is_active=True
    )
    addresses = EmailAddress.objects.filter(verified=True, user__in=managers.values("user")).order_by("email")
    emails = addresses.values_list("email", flat=True)
    return next((email for email in emails if registered_domain(email) == vendor.domain), "")


def is_proven(vendor: Vendor) -> bool:
    """By an address now, or by staff for this very web site."""
    by_staff = vendor.proven_by == ProvenBy.STAFF and vendor.proven_domain == vendor.domain
    return by_staff or bool(proving_address(vendor))


def note(vendor: Vendor, *, at: datetime) -> bool:
    """Put down on the row how its people are known, where they are; the caller saves it. False where they are not."""
    if vendor.proven_by == ProvenBy.STAFF and vendor.proven_domain == vendor.domain:
        return True
    if not proving_address(vendor):
        return False
    vendor.proven_by, vendor.proven_domain, vendor.proven_at = ProvenBy.ADDRESS, vendor.domain, at
    return True


def keep_proven(vendor: Vendor, *, at: datetime) -> None:
    """After a new web site: one that shops can see must be proven like the first. Raises NotProven."""
    if vendor.published_at is None:
        return
    if not note(vendor, at=at):
        raise NotProven(why_not(vendor))
    vendor.save(update_fields=["proven_by", "proven_domain", "proven_at"])


def why_not(vendor: Vendor) -> str:
    """A sentence with what is missing and what to do."""
    if not vendor.domain:
        return _("Without a web site nobody can tell that you are this company: add it, or ask us to look.")
    if is_free_mail(f"anybody@{vendor.domain}"):
        told = _("Anybody can have an address at %(domain)s: add a web site of your own, or ask us to look.")
    else:
        told = _(
            "No manager of yours has a proven address at %(domain)s: "
            "change your email address to one there, invite a colleague who has one as a manager, or ask us to look."
        )
    return told % {"domain": vendor.domain}
