"""One month across contracts: what is due on which day, a strip for each contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch

from milestones.contracts.rows import state_mark
from milestones.contracts.shown import Mark, health_mark, step_mark
from milestones.models import WITH_VENDOR, Contract, Milestone, State, Step
from milestones.month.dates import Month
from milestones.timeline.shown import KINDS
from outsourcing.accounts.models import Membership

PER_PAGE = 25
#: Units of the strip for each day.
WIDE = 10
SATURDAY = 5
GOING = (State.ACTIVE, State.SUSPENDED, State.CLOSE_OUT, State.COMPLETED)


@dataclass(frozen=True)
class Due:
    """A milestone in the month."""

    pk: int
    title: str
    on: date
    mark: Mark
    kind: str


@dataclass(frozen=True)
class Sign:
    """What the strip shows on one day: the kind of the worst one, and how many where there are several."""

    x: int
    kind: str
    count: int

    @property
    def middle(self) -> int:
        return self.x + WIDE // 2


@dataclass(frozen=True)
class Row:
    """One contract."""

    contract: Contract
    other: str
    mark: Mark
    due: Sequence[Due]
    signs: Sequence[Sign]


@dataclass(frozen=True)
class Column:
    """One day of the strip."""

    day: date
    x: int
    is_weekend: bool
    is_today: bool

    @property
    def middle(self) -> int:
        return self.x + WIDE // 2

    @property
    def is_week_start(self) -> bool:
        return self.day.weekday() == 0


def columns(month: Month, today: date) -> list[Column]:
    """The days of the month, as they stand in a strip."""
    return [
        Column(day, number * WIDE, day.weekday() >= SATURDAY, day == today) for number, day in enumerate(month.days)
    ]


def page_of(acting: Membership, month: Month, number: Any, at: datetime) -> tuple[Page[Any], list[Row]]:
    """Contracts with something due in the month, the worst first, and their rows. Three queries."""
    due = Milestone.objects.exclude(state=Step.CANCELLED).filter(current_due__range=(month.first, month.last))
    rows = Contract.objects.visible_to(acting).filter(state__in=GOING, pk__in=due.values("contract"))
    is_merchant = acting.organisation.is_merchant
    order = ("-health_rank", "health_since", "pk") if is_merchant else ("-created_at", "pk")
    shown = rows.with_override(at).order_by(*order).defer("scope").prefetch_related(
        Prefetch("milestones", due.order_by("current_due", "position", "pk").defer("description"), to_attr="due_now")
    )  # fmt: skip
    page: Page[Any] = Paginator(shown, PER_PAGE).get_page(number)
    return page, [_row(one, acting, month, at) for one in page.object_list]


def _row(contract: Contract, acting: Membership, month: Month, at: datetime) -> Row:
    today = contract.today(at)
    due = [_due(one, contract, today) for one in contract.due_now]  # type: ignore[attr-defined]
    is_merchant = acting.organisation.is_merchant
    mark = health_mark(contract, contract.override or "") if is_merchant else state_mark(contract)  # type: ignore[attr-defined]
    by_day: dict[date, list[Due]] = {}
    for one in due:
        by_day.setdefault(one.on, []).append(one)
    signs = [
        Sign((day - month.first).days * WIDE, max((one.kind for one in there), key=WORST.index), len(there))
        for day, there in by_day.items()
    ]
    return Row(contract, str(contract.other_than(acting.organisation_id)), mark, due, signs)


#: Kinds of bars, the one that matters most last.
WORST = ["f-ok", "b-none", "f-ink", "b-sub", "b-back", "f-late"]


def _due(one: Milestone, contract: Contract, today: date) -> Due:
    counts = contract.state in (State.ACTIVE, State.CLOSE_OUT)
    is_late = counts and one.state in WITH_VENDOR and one.current_due < today and not one.is_blocked
    mark = step_mark(one.state, is_late=is_late, is_blocked=one.is_blocked)
    return Due(one.pk, one.title, one.current_due, mark, "f-late" if is_late else KINDS[Step(one.state)])
