"""What contracts have to say when an organisation closes.

A merchant ends its contracts first, with a reason, so that no vendor learns of it in passing. A vendor cannot end one
(DESIGN 3): it asks each merchant, who decides, and may go on and record what reaches it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from milestones.contracts import offering, running
from milestones.models import RUNNING, Contract, Offer, State, Wish
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.leaving.hooks import InTheWay


def in_the_way(organisation: Organisation) -> Iterable[InTheWay]:
    """A merchant's contracts that run, and its open offers."""
    if not organisation.is_merchant:
        return []
    rows = Contract.objects.filter(merchant=organisation, state__in=[*RUNNING, State.OFFERED]).select_related("vendor")
    return [
        InTheWay(one.title, why(one) % {"vendor": one.vendor}, reverse("milestones:contract", args=[one.pk]))
        for one in rows.order_by("title", "pk")
    ]


def why(contract: Contract) -> str:
    """What to do about it."""
    is_offered = contract.state == State.OFFERED
    return _("Offered to %(vendor)s: withdraw it.") if is_offered else _("Runs with %(vendor)s: end it.")


def closing(organisation: Organisation, by: Membership, at: datetime) -> None:
    """A vendor declines what it was offered, and asks that what runs end."""
    if organisation.is_merchant:
        return
    reason = _("%(vendor)s closes its account here.") % {"vendor": organisation}
    open_ones = Offer.objects.open().filter(contract__vendor=organisation)
    for offered in open_ones.select_related("contract__merchant", "contract__vendor").order_by("pk"):
        offering.decline(offered, reason=reason, by=by, at=at)
    contracts = Contract.objects.running().filter(vendor=organisation).exclude(wishes__state=Wish.State.OPEN)
    for contract in contracts.select_related("merchant", "vendor").order_by("pk"):
        running.ask(contract, Wish.Kind.END, reason=reason, by=by, at=at)
