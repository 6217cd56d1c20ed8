"""What contracts add to a vendor's page, for a merchant: what runs and ran with it, and how it kept its dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from milestones.contracts.shown import Mark, health_mark
from milestones.models import Contract
from milestones.record import Record, record_of
from outsourcing.accounts.models import Membership, Role
from outsourcing.shared import clock
from vendors.directory.models import Vendor

MOST = 5
NOTHING = mark_safe("")


@dataclass(frozen=True)
class Known:
    """A vendor's contracts with one merchant, those that matter first, and its record in all of them."""

    contracts: Sequence[tuple[Contract, Mark]]
    count: int
    record: Record


def known(acting: Membership, vendor: Vendor, at: datetime) -> Known:
    """Three queries; one where there is no contract."""
    rows = Contract.objects.filter(merchant=acting.organisation_id, vendor=vendor.organisation_id)
    first: list[Any] = list(rows.with_override(at).order_by("-health_rank", "-created_at", "pk").only(
        "title", "state", "health", "starts_on", "ends_on"
    )[: MOST + 1])  # fmt: skip
    if not first:
        return Known([], 0, Record())
    count = len(first) if len(first) <= MOST else rows.count()
    record = record_of(acting.organisation, vendor.organisation_id)
    return Known([(one, health_mark(one, one.override or "")) for one in first[:MOST]], count, record)


def figures(request: HttpRequest, vendor: Vendor) -> SafeString:
    """In the strip at the top: what was on time, with you."""
    acting: Membership = request.acting  # type: ignore[attr-defined]
    if not acting.organisation.is_merchant:
        return NOTHING
    request.known_contracts = known(acting, vendor, clock.now())  # type: ignore[attr-defined]  # the panel below shows the rest
    context = {"known": request.known_contracts}  # type: ignore[attr-defined]
    return render_to_string("milestones/_vendor_figures.html", context)


def contracts(request: HttpRequest, vendor: Vendor) -> SafeString:
    """Beside the page: the contracts, and a new one."""
    acting: Membership = request.acting  # type: ignore[attr-defined]
    if not acting.organisation.is_merchant:
        return NOTHING
    found = getattr(request, "known_contracts", None) or known(acting, vendor, clock.now())
    runs = acting.has_role(Role.OWNER, Role.OPERATIONS)
    if not (found.count or runs):
        return NOTHING
    return render_to_string("milestones/_vendor_contracts.html", {"known": found, "vendor": vendor, "runs": runs})
