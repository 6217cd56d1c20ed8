"""What briefs have to say when an organisation closes."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.leaving.hooks import InTheWay
from vendors.sourcing.candidates import moving
from vendors.sourcing.models import Brief, Candidate


def in_the_way(organisation: Organisation) -> Iterable[InTheWay]:
    """A merchant's briefs to which vendors were invited and of which nothing was decided."""
    if not organisation.is_merchant:
        return []
    invited = Candidate.objects.filter(brief=OuterRef("pk"), invited_at__isnull=False)
    rows = Brief.objects.filter(Exists(invited), merchant=organisation).unfinished()
    words = _("Vendors were asked to answer: decide, or cancel it.")
    return [
        InTheWay(one.title, words, reverse("sourcing:brief", args=[one.pk])) for one in rows.order_by("title", "pk")
    ]


def closing(organisation: Organisation, by: Membership, at: datetime) -> None:
    """A vendor is out of every choice that is still to be made."""
    if organisation.is_merchant:
        return
    rows = Candidate.objects.filter(vendor=organisation, invited_at__isnull=False, stage__in=moving.LEAVING)
    reason = _("%(vendor)s closes its account here.") % {"vendor": organisation}
    for one in rows.filter(brief__in=Brief.objects.unfinished()).select_related("brief", "vendor").order_by("pk"):
        moving.withdraw(one, reason=reason, by=by, at=at)
