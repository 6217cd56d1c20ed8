"""The mails about enquiries: the one with the link, and the one that says that somebody has answered."""

from django.conf import settings
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Role
from outsourcing.notifications import outbox
from outsourcing.notifications.models import Mail
from vendors.directory.enquiries import links
from vendors.directory.enquiries.waiting import page_of
from vendors.directory.models import Enquiry, Purpose

#: Who of a shop may see evidence.
SEES = (Role.OWNER, Role.BUYER, Role.OPERATIONS, Role.VIEWER)


def post_request(enquiry: Enquiry) -> Mail:
    """The mail with the link, in the name of the shop, to the address that the link is bound to."""
    template = "reference_request" if enquiry.purpose == Purpose.REFERENCE else "confirm_request"
    return outbox.post(
        template,
        to=enquiry.email,
        context={
            "enquiry": enquiry,
            "asker": enquiry.asked_by.label,
            "vendor": enquiry.vendor,
            "url": links.address_of(enquiry),
        },
        organisation=enquiry.asker,
        occurrence=f"enquiry:{enquiry.pk}",
        is_secret=True,
    )


def post_answered(enquiry: Enquiry, *, what: str) -> None:
    """Tell whoever asked, if they still belong there, else an owner; `what` is "answered", "declined" or "withdrawn".

    The mail has the name and a link, none of the answers.
    """
    reader = _reader(enquiry)
    if reader is None:
        return
    outbox.post(
        "enquiry_answered",
        to=reader.email,
        context={
            "enquiry": enquiry,
            "what": what,
            "who": enquiry.name or enquiry.email or _("Somebody whom you asked"),
            "vendor": enquiry.vendor,
            "url": settings.BASE_URL + page_of(enquiry),
        },
        organisation=enquiry.asker,
        membership=reader,
        occurrence=f"enquiry-{what}:{enquiry.pk}",
    )


def _reader(enquiry: Enquiry) -> Membership | None:
    colleagues = Membership.objects.joined().filter(organisation=enquiry.asker_id)
    asker = colleagues.filter(pk=enquiry.asked_by_id).first()
    if asker is not None and asker.has_role(*SEES):
        return asker
    return colleagues.filter(roles__contains=[Role.OWNER]).order_by("pk").first()
