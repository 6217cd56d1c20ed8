"""Which certificates are about to end: 90, 30 and 7 days before, and once they have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.waiting import Urgency, Waiting
from outsourcing.shared.dates import day_words
from vendors.directory.models import Certificate, Relationship

STEPS = (7, 30, 90)
EXPIRED = 0
#: More at once are a list that nobody reads.
MOST = 50
#: For so long people are told that a certificate has ended; it stays on the vendor's page, struck through.
TOLD_FOR = timedelta(days=30)
URGENCY = {90: Urgency.INFO, 30: Urgency.RISK, 7: Urgency.LATE, EXPIRED: Urgency.LATE}


@dataclass(frozen=True)
class Notice:
    """A certificate and the step that it has reached: 90, 30, 7, or 0 once it has ended.

    `key` stays the same until the next step: whoever sends notices sends one for each key.
    """

    certificate: Certificate
    step: int
    expires_on: date
    days_left: int

    @property
    def key(self) -> str:
        return f"certificate:{self.certificate.pk}:{self.step}"


def step_of(expires_on: date, today: date) -> int | None:
    """The step that a certificate has reached; it is valid through its last day. None where there is time yet."""
    left = (expires_on - today).days
    return EXPIRED if left < 0 else next((step for step in STEPS if left <= step), None)


def ending(today: date) -> "QuerySet[Certificate]":
    """Those that have reached a step, the first to end first; not of vendors that were merged into others."""
    until, since = today + timedelta(days=max(STEPS)), today - TOLD_FOR
    return _current().filter(expires_on__range=(since, until), vendor__merged_into=None).order_by("expires_on", "pk")


def not_replaced(rows: "QuerySet[Certificate]", merchant: int | None = None) -> "QuerySet[Certificate]":
    """Without those of which a later paper is there: the vendor's own, the same merchant's, or that of `merchant`."""
    same = Q(value=OuterRef("value")) | Q(value=None, lower_name=Lower(OuterRef("name")))
    later = Q(expires_on=None) | Q(expires_on__gt=OuterRef("expires_on"))
    whose = Q(merchant=None) | Q(merchant=OuterRef("merchant")) | Q(merchant=merchant)
    newer = _current().annotate(lower_name=Lower("name"))
    return rows.filter(~Exists(newer.filter(same, later, whose, vendor=OuterRef("vendor"))))


def _current() -> "QuerySet[Certificate]":
    return cast("QuerySet[Certificate]", Certificate.objects.current())


def due_notices(today: date) -> list[Notice]:
    """Every certificate that is due a step on `today`. One query."""
    return _notices(not_replaced(ending(today)), today)


def notices_for(acting: Membership, today: date) -> list[Notice]:
    """Those that concern one person: a merchant's buyers about vendors that they know and have not blocked, a vendor's
    manager about its own. One query, none for others."""
    if not acting.has_role(Role.OWNER, Role.BUYER, Role.MANAGER):
        return []
    if acting.organisation.is_merchant:
        known = (Relationship.Status.ACTIVE, Relationship.Status.PROSPECT)
        relations = Relationship.objects.visible_to(acting).filter(vendor=OuterRef("vendor"), status__in=known)
        rows = ending(today).filter(Q(merchant=None) | Q(merchant=acting.organisation_id), Exists(relations))
    else:
        rows = ending(today).filter(merchant=None, vendor__organisation=acting.organisation_id)
    return _notices(not_replaced(rows, acting.organisation_id)[:MOST], today)


def waiting(acting: Membership, at: datetime) -> Iterable[Waiting]:
    """What stands on the home pages of those concerned."""
    today = at.astimezone(acting.zone).date()
    for notice in notices_for(acting, today):
        paper = notice.certificate
        named = {"certificate": paper.name, "vendor": paper.vendor.name}
        if acting.organisation.is_merchant:
            ended = _("%(certificate)s of %(vendor)s has ended")
            ends = _("%(certificate)s of %(vendor)s is about to end")
            url = reverse("directory:vendor", args=[paper.vendor_id]) + "?show=certificates"
            meta, action = _("Certificate; ask for the new one"), _("Look")
        else:
            ended, ends = _("Your %(certificate)s has ended"), _("Your %(certificate)s is about to end")
            url = reverse("directory:add_evidence", args=[paper.vendor_id, "certificates"])
            meta, action = _("Shops see it on your page"), _("Add the new one")
        yield Waiting(
            title=(ends if notice.step else ended) % named,
            meta=meta,
            url=url,
            action=action,
            icon="award",
            urgency=URGENCY[notice.step],
            when=datetime.combine(notice.expires_on, time.max, acting.zone),
            due=_left(notice.days_left),
            due_about=_("Valid until %(day)s") % {"day": day_words(notice.expires_on)},
        )


def _notices(rows: "QuerySet[Certificate]", today: date) -> list[Notice]:
    return [
        Notice(paper, step, ends, (ends - today).days)
        for paper in rows.select_related("vendor__organisation")
        if (ends := paper.expires_on) is not None and (step := step_of(ends, today)) is not None
    ]


def _left(days: int) -> str:
    """The days until or since, in words."""
    if days < 0:
        return ngettext("Ended %(days)s day ago", "Ended %(days)s days ago", -days) % {"days": -days}
    if days == 0:
        return _("Ends today")
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
