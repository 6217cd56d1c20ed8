"""What of a shop's enquiries needs a person: mails that did not arrive, links that expired without an answer."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.waiting import Urgency, Waiting
from outsourcing.notifications.models import Mail
from vendors.directory.enquiries.links import with_subject
from vendors.directory.models import Enquiry, Purpose

#: What expired longer ago is history.
FRESH = timedelta(days=30)
PAGES = {Purpose.REFERENCE: "reference", Purpose.TESTIMONIAL: "ask_testimonial", Purpose.PARTNER: "ask_partner"}


def page_of(enquiry: Enquiry) -> str:
    """Where the shop that asked sees how it stands."""
    return reverse(f"directory:{PAGES[Purpose(enquiry.purpose)]}", args=[enquiry.subject.pk])


def waiting(acting: Membership, at: datetime) -> Iterable[Waiting]:
    """For whoever may ask again; an answer is no thing to do. One query, none for others."""
    if not acting.has_role(Role.OWNER, Role.BUYER):
        return
    failed = Q(mail__state__in=(Mail.State.FAILED, Mail.State.UNCERTAIN, Mail.State.CANCELLED))
    over = Q(expires_at__lte=at, expires_at__gt=at - FRESH)
    open_ones = with_subject().filter(asker=acting.organisation_id, answered_at=None, declined_at=None, revoked_at=None)
    for one in open_ones.filter(failed | over).select_related("mail").order_by("expires_at"):
        if one.mail is not None and one.mail.state != Mail.State.SENT and one.expires_at > at:
            yield _undelivered(one, acting)
        else:
            yield _expired(one, acting)


def _undelivered(one: Enquiry, acting: Membership) -> Waiting:
    return Waiting(
        title=_("The mail to %(who)s could not be delivered") % {"who": one.name or one.email},
        meta=_("About %(vendor)s: correct the address, or ring them") % {"vendor": one.vendor},
        url=page_of(one),
        action=_("Look"),
        icon="mail",
        urgency=Urgency.RISK,
        when=one.created_at,
        due=f"{one.created_at.astimezone(acting.zone):%-d %b}",
        due_about=_("was sent"),
    )


def _expired(one: Enquiry, acting: Membership) -> Waiting:
    return Waiting(
        title=_("%(who)s has not answered") % {"who": one.name or one.email},
        meta=_("About %(vendor)s: ask again, or let it be") % {"vendor": one.vendor},
        url=page_of(one),
        action=_("Look"),
        icon="clock",
        urgency=Urgency.INFO,
        when=one.expires_at,
        due=f"{one.expires_at.astimezone(acting.zone):%-d %b}",
        due_about=_("expired"),
    )
