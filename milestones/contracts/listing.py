"""The list of contracts: worst first, narrowed by what the address says, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from milestones.contracts.rows import Row, rows_of
from milestones.models import RUNNING, Contract, Health, Milestone, State
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.walls import LARGEST_ID

PER_PAGE = 25
#: What the list shows before anybody narrows it, and what else it can show.
RUN, DRAFTS, OVER, ALL = "running", "drafts", "ended", "all"
STATES = {
    RUN: RUNNING,
    DRAFTS: (State.DRAFT, State.OFFERED),
    OVER: (State.COMPLETED, State.TERMINATED, State.DECLINED, State.LAPSED),
}
WEEK, MONTH = "week", "month"
SOON = {WEEK: timedelta(days=7), MONTH: timedelta(days=31)}


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; what it asks wrongly is left out."""

    show: str = RUN
    health: str = ""
    other: int | None = None
    owner: int | None = None
    due: str = ""

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> "Wanted":
        def number(name: str) -> int | None:
            text = str(query.get(name, ""))
            return int(text) if text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_ID else None

        show, health, due = (str(query.get(name, "")) for name in ("show", "health", "due"))
        return cls(
            show if show in (*STATES, ALL) else RUN,
            health if health in Health.values else "",
            number("other"),
            number("owner"),
            due if due in SOON else "",
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.health or self.other or self.owner or self.due)


def narrowed(acting: Membership, wanted: Wanted, today: date) -> QuerySet[Contract]:
    """The contracts that are asked for, the worst first."""
    rows = Contract.objects.visible_to(acting)
    if wanted.show in STATES:
        rows = rows.filter(state__in=STATES[wanted.show])
    if wanted.health and acting.organisation.is_merchant:
        rows = rows.filter(health=wanted.health)
    if wanted.other:
        rows = rows.filter(Q(vendor=wanted.other) | Q(merchant=wanted.other))
    if wanted.owner:
        rows = rows.filter(Q(owner=wanted.owner) | Q(backup=wanted.owner))
    if wanted.due:
        soon = Milestone.objects.open().filter(current_due__lte=today + SOON[wanted.due]).values("contract")
        rows = rows.filter(pk__in=soon)
    if not acting.organisation.is_merchant:
        return rows.order_by("-created_at", "pk")
    return rows.order_by("-health_rank", "health_since", "pk")


def page_of(acting: Membership, wanted: Wanted, number: Any, at: datetime) -> tuple[Page[Any], list[Row]]:
    """One page and its rows. Three queries."""
    today = at.astimezone(acting.zone).date()
    found = narrowed(acting, wanted, today)
    page: Page[Any] = Paginator(found.values_list("pk", flat=True), PER_PAGE).get_page(number)
    return page, rows_of(list(page.object_list), acting, at)


def choices(acting: Membership) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed by: the other side, and who runs it. Two queries."""
    seen = Contract.objects.visible_to(acting)
    side = "vendor" if acting.organisation.is_merchant else "merchant"
    others = Organisation.objects.filter(pk__in=seen.values(side)).order_by("name", "pk")
    owners: list[tuple[str, str]] = []
    if acting.organisation.is_merchant:
        rows = Membership.objects.filter(pk__in=seen.values("owner")).order_by("name", "pk")
        owners = [(str(one.pk), one.label) for one in rows]
    return {
        "others": [(str(one.pk), one.name) for one in others],
        "owners": owners,
        "levels": [(one.value, str(one.label)) for one in reversed(Health) if one not in (Health.DRAFT, Health.ENDED)],
        "due": [(WEEK, _("Due within a week")), (MONTH, _("Due within a month"))],
    }
