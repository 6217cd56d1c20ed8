"""What of a shop's enquiries needs a person: mails that did not arrive, links that expired without an answer."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.waiting import Urgency, Waiting
from outsourcing.notifications.models import Mail
from vendors.directory.models import Enquiry, Purpose

#: What expired longer ago is history.
FRESH = timedelta(days=30)
READ = ("purpose", "name", "email", "created_at", "expires_at", "mail__state")
PAGES = {Purpose.REFERENCE: "reference", Purpose.TESTIMONIAL: "ask_testimonial", Purpose.PARTNER: "ask_partner"}


def page_of(enquiry: Enquiry) -> str:
    """Where the shop that asked sees how it stands."""
    return page_about(enquiry.purpose, enquiry.subject.pk)


def page_about(purpose: str, subject: int) -> str:
    """The page of what was asked about, by its key."""
    return reverse(f"directory:{PAGES[Purpose(purpose)]}", args=[subject])


def waiting(acting: Membership, at: datetime) -> Iterable[Waiting]:
    """For whoever may ask again; an answer is no thing to do. One query, none for others."""
    if not acting.has_role(Role.OWNER, Role.BUYER):
        return
    failed = Q(mail__state__in=(Mail.State.FAILED, Mail.State.UNCERTAIN, Mail.State.CANCELLED))
    over = Q(expires_at__lte=at, expires_at__gt=at - FRESH)
    names = (f"{purpose}__vendor__organisation__name" for purpose in PAGES)
    mine = Enquiry.objects.visible_to(acting).unanswered().filter(failed | over).order_by("expires_at", "pk")
    for one in mine.values(*READ, vendor=Coalesce(*names), subject=Coalesce(*PAGES)):
        if one["mail__state"] not in (None, Mail.State.SENT) and one["expires_at"] > at:
            yield _undelivered(one, acting)
        else:
            yield _expired(one, acting)


def _undelivered(one: Mapping[str, Any], acting: Membership) -> Waiting:
    return Waiting(
        title=_("The mail to %(who)s could not be delivered") % {"who": one["name"] or one["email"]},
        meta=_("About %(vendor)s: correct the address, or ring them") % {"vendor": one["vendor"]},
        url=page_about(one["purpose"], one["subject"]),
        action=_("Look"),
        icon="mail",
        urgency=Urgency.RISK,
        when=one["created_at"],
        due=f"{one['created_at'].astimezone(acting.zone):%-d %b}",
        due_about=_("was sent"),
    )


def _expired(one: Mapping[str, Any], acting: Membership) -> Waiting:
    return Waiting(
        title=_("%(who)s has not answered") % {"who": one["name"] or one["email"]},
        meta=_("About %(vendor)s: ask again, or let it be") % {"vendor": one["vendor"]},
        url=page_about(one["purpose"], one["subject"]),
        action=_("Look"),
        icon="clock",
        urgency=Urgency.INFO,
        when=one["expires_at"],
        due=f"{one['expires_at'].astimezone(acting.zone):%-d %b}",
        due_about=_("expired"),
    )
