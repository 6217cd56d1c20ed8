"""The signed link of an enquiry: bound to its purpose, and told from a forged one however old it is."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from outsourcing.shared import links
from vendors.directory.models import Enquiry, Purpose

SALT = "directory.enquiry."


def token_of(enquiry: Enquiry) -> str:
    """What stands in the link: the row and its secret, signed for its purpose."""
    return links.written(enquiry.pk, enquiry.secret, salt=SALT + enquiry.purpose)


def address_of(enquiry: Enquiry) -> str:
    """The whole link, as it stands in the mail."""
    return settings.BASE_URL + reverse("directory:enquiry", args=[token_of(enquiry)])


def enquiry_of(token: str) -> Enquiry | None:
    """What a link's token stands for, open or not, with whom and what it is about; None for a forged one. One query."""
    for purpose in Purpose:
        if named := links.read(token, salt=SALT + purpose):
            return with_subject().filter(pk=named[0], secret=named[1], purpose=purpose).first()
    return None


def with_subject() -> QuerySet[Enquiry]:
    """Enquiries with everything that their pages and mails name."""
    return Enquiry.objects.select_related(
        "asker",
        "asked_by__organisation",
        "asked_by__user",
        "reference__vendor__organisation",
        "reference__answer__orders",
        "testimonial__vendor__organisation",
        "partner__vendor__organisation",
    )


def standing(enquiry: Enquiry, at: datetime) -> str:
    """How it stands: "withdrawn", "answered", "declined", "revoked", "expired" or "open"."""
    if enquiry.withdrawn_at:
        return "withdrawn"
    if enquiry.answered_at:
        return "answered"
    if enquiry.declined_at:
        return "declined"
    if enquiry.revoked_at:
        return "revoked"
    return "expired" if enquiry.expires_at <= at else "open"
