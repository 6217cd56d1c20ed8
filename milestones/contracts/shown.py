"""What a contract's page shows, in a few queries however many milestones there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.contracts.text import money, price_of
from milestones.history import Told, told
from milestones.holding import calendar
from milestones.models import (
    WITH_VENDOR,
    Cause,
    Contract,
    ContractThread,
    DateChange,
    Dependency,
    Document,
    Health,
    HistoryLine,
    Milestone,
    Offer,
    Override,
    Step,
    Submission,
    Wish,
)
from milestones.reminders.told import merged, reminded
from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Membership

HISTORY, THREADS = 12, 5

#: For each state of a milestone the end of its class name and its icon.
MARKS = {
    Step.PLANNED: ("none", "planned"),
    Step.IN_PROGRESS: ("none", "progress"),
    Step.SUBMITTED: ("info", "submitted"),
    Step.CHANGES_REQUESTED: ("risk", "sent-back"),
    Step.ACCEPTED: ("ok", "check-circle"),
    Step.CANCELLED: ("none", "x"),
}
#: The same for how a contract is doing.
HEALTH_MARKS = {
    Health.DRAFT: ("none", "pencil"),
    Health.SUSPENDED: ("none", "pause"),
    Health.ENDED: ("none", "check"),
    Health.UNMEASURED: ("none", "clock"),
    Health.ON_TRACK: ("ok", "check-circle"),
    Health.AT_RISK: ("risk", "alert"),
    Health.OVERDUE: ("late", "late"),
    Health.LANGUISHING: ("idle", "idle"),
}


@dataclass(frozen=True)
class Mark:
    """A state as icon, word and colour."""

    tone: str
    icon: str
    word: str


@dataclass(frozen=True)
class Row:
    """One milestone in a list: `late` are the vendor's working days since it was due, 0 where it is not late."""

    pk: int
    url: str
    number: int
    title: str
    sub: str
    is_sub_late: bool
    mark: Mark
    due: str
    due_note: str
    pays: str
    late: int
    waits_for: str
    asked: DateChange | None
    state: str


@dataclass(frozen=True)
class Shown:
    """A contract's page."""

    contract: Contract
    mark: Mark
    price: str
    paid: str
    rows: Sequence[Row] = ()
    accepted: int = 0
    late: int = 0
    late_by: int = 0
    asked: Sequence[DateChange] = ()
    offer: Offer | None = None
    wish: Wish | None = None
    override: Override | None = None
    documents: Sequence[Document] = ()
    threads: Sequence[ContractThread] = ()
    history: Sequence[Told] = ()
    milestones: Sequence[Milestone] = ()
    needs: Mapping[int, Sequence[int]] = field(default_factory=dict)
    slip: Sequence[tuple[str, int]] = ()
    people: Sequence[tuple[str, Membership]] = field(default=())


def health_mark(contract: Contract, override: str = "") -> Mark:
    """How it is doing, by somebody's own word where there is one; before it runs and after it has ended, where it
    stands."""
    is_stated = contract.health in (Health.DRAFT, Health.SUSPENDED, Health.ENDED)
    level = Health(contract.health if is_stated else override or contract.health)
    return Mark(*HEALTH_MARKS[level], str(contract.get_state_display() if is_stated else level.label))


def step_mark(state: str, *, is_late: bool, is_blocked: bool) -> Mark:
    """Where a milestone stands; late and held up go before the state."""
    if is_blocked:
        return Mark("risk", "pause", _("Held up"))
    if is_late:
        return Mark("late", "late", _("Overdue"))
    return Mark(*MARKS[Step(state)], str(Step(state).label))


def shown(contract: Contract, acting: Membership, at: datetime) -> Shown:
    """All of it as this person sees it. Eight queries; two more where something is late, and one for each of what is
    offered, asked for, and set by hand."""
    beside = _beside(contract, at)
    waits_for = Dependency.objects.filter(milestone=OuterRef("pk")).order_by("needs")
    milestones: list[Any] = list(contract.milestones.annotate(needs=ArraySubquery(waits_for.values("needs"))))
    needs = {one.pk: one.needs for one in milestones}
    changes = DateChange.objects.open().filter(milestone__contract=contract).select_related("proposed_by")
    asked = {one.milestone_id: one for one in changes}
    rows = rows_of(milestones, contract, at, asked=asked, needs=needs)
    by_key = {one.pk: one for one in milestones}
    for one in asked.values():
        one.milestone = by_key[one.milestone_id]
        one.milestone.contract = contract
    paid = sum((one.amount or Decimal() for one in milestones if one.paid_on), Decimal())
    threads = ContractThread.objects.filter(contract=contract).select_related("thread", "milestone")
    lines = HistoryLine.objects.visible_to(acting).filter(contract=contract).select_related("by", "milestone")
    key = beside.override if acting.organisation.is_merchant else None
    override = Override.objects.filter(pk=key).select_related("by").first() if key else None
    return Shown(
        contract,
        health_mark(contract, override.level if override else ""),
        price_of(contract),
        money(paid, contract.currency) if paid else "",
        rows,
        sum(one.state == Step.ACCEPTED for one in milestones),
        sum(row.late > 0 for row in rows),
        max((row.late for row in rows), default=0),
        list(asked.values()),
        Offer.objects.filter(pk=beside.offer).first() if beside.offer else None,
        Wish.objects.filter(pk=beside.wish).select_related("asked_by").first() if beside.wish else None,
        override,
        list(contract.documents.filter(removed_at=None).select_related("file")),
        list(threads.order_by("-thread__last_entry_at")[:THREADS]),
        merged(told(lines[:HISTORY]), reminded(contract, acting, HISTORY), HISTORY),
        milestones,
        needs,
        slip_of(beside, acting),
        people_of(beside),
    )


def _beside(contract: Contract, at: datetime) -> Any:
    """The contract again, with its people, the keys of what is offered, asked for and set by hand now, and the working
    days that dates moved by, by whose they are. One query."""
    moved = DateChange.objects.decided().filter(milestone__contract=OuterRef("pk")).order_by()
    rounds = Submission.objects.standing().filter(milestone__contract=OuterRef("pk")).order_by()
    sums = {
        cause: Subquery(moved.filter(cause=cause).values("cause").annotate(sum=Sum("days")).values("sum"))
        for cause in Cause.values
    }
    total = {
        name: Subquery(rounds.values("decision").annotate(sum=Sum(name)).values("sum"))
        for name in ("late_days", "held_days")
    }
    return (
        Contract.objects.select_related("merchant", "vendor", "owner", "backup", "vendor_owner", "vendor_backup")
        .annotate(
            offer=Subquery(Offer.objects.open().filter(contract=OuterRef("pk")).values("pk")[:1]),
            wish=Subquery(Wish.objects.open().filter(contract=OuterRef("pk")).values("pk")[:1]),
            override=Subquery(
                Override.objects.filter(contract=OuterRef("pk"), ended_at=None, until__gt=at).values("pk")[:1]
            ),
            **{f"moved_{cause}": one for cause, one in sums.items()},
            **total,
        )
        .get(pk=contract.pk)
    )


def slip_of(beside: Any, acting: Membership) -> list[tuple[str, int]]:
    """Working days that milestones took longer than first agreed, by whose they are: dates that moved, and what was
    handed in after its date. Nobody's zeros are left out."""
    days = {cause: getattr(beside, f"moved_{cause}") or 0 for cause in Cause.values}
    days[Cause.VENDOR] += beside.late_days or 0
    days[Cause.MERCHANT] += beside.held_days or 0
    ours, theirs = _("Yours"), _("Theirs")
    is_merchant = acting.organisation.is_merchant
    labels = {
        Cause.VENDOR: theirs if is_merchant else ours,
        Cause.MERCHANT: ours if is_merchant else theirs,
        Cause.AGREED: _("Agreed by both"),
        Cause.EXTERNAL: _("Somebody else's"),
    }
    return [(labels[cause], days[cause]) for cause in labels if days[cause]]


def people_of(contract: Contract) -> list[tuple[str, Membership]]:
    """Who runs it, by what they do. No query where the contract came with them."""
    labels = {
        "owner": _("Runs it for %(name)s") % {"name": contract.merchant},
        "backup": _("Stands in"),
        "vendor_owner": _("Runs it for %(name)s") % {"name": contract.vendor},
        "vendor_backup": _("Stands in for them"),
    }
    return [(label, one) for name, label in labels.items() if (one := getattr(contract, name))]


def rows_of(
    milestones: Sequence[Milestone],
    contract: Contract,
    at: datetime,
    *,
    asked: Mapping[int, DateChange],
    needs: Mapping[int, Sequence[int]],
    titles: Mapping[int, Milestone] | None = None,
) -> list[Row]:
    """Milestones as a list shows them. `needs` says by key what each waits for, `titles` are these where they are not
    among the milestones.

    Two queries where something is late.
    """
    address = reverse("milestones:milestone", args=[0])
    today = contract.today(at)
    counts = contract.state in (Contract.State.ACTIVE, Contract.State.CLOSE_OUT)
    working: WorkingCalendar | None = None
    rows = []
    others = {one.pk: one for one in milestones} if titles is None else titles
    for number, one in enumerate(milestones, start=1):
        late = 0
        if counts and one.state in WITH_VENDOR and one.current_due < today and not one.is_blocked:
            working = working or calendar(contract.vendor, at)
            late = max(1, working.business_days_between(one.current_due, today))
        waits = [others[key].title for key in needs[one.pk] if others[key].is_open] if one.is_open else []
        mark = step_mark(one.state, is_late=late > 0, is_blocked=one.is_blocked)
        sub, is_late = sub_of(one, late)
        note = _("first %(day)s") % {"day": f"{one.baseline_due:%-d %b}"} if has_moved(one) else ""
        rows.append(
            Row(
                one.pk, address.replace("/0/", f"/{one.pk}/"), number, one.title, sub, is_late, mark,
                f"{one.current_due:%-d %b}", note,
                money(one.amount, contract.currency), late, ", ".join(waits), asked.get(one.pk), one.state,
            )
        )  # fmt: skip
    return rows


def has_moved(milestone: Milestone) -> bool:
    return milestone.baseline_due is not None and milestone.baseline_due != milestone.current_due


def sub_of(milestone: Milestone, late: int) -> tuple[str, bool]:
    """The line below a milestone's title, and whether it is a warning."""
    if late:
        words = ngettext("%(days)s working day late", "%(days)s working days late", late)
        return words % {"days": late}, True
    if milestone.accepted_at:
        return _("Accepted %(day)s") % {"day": f"{milestone.accepted_at:%-d %b}"}, False
    if milestone.submitted_at and milestone.state == Step.SUBMITTED:
        return _("Submitted %(day)s") % {"day": f"{milestone.submitted_at:%-d %b}"}, False
    if milestone.forecast_due:
        return _("Expected %(day)s") % {"day": f"{milestone.forecast_due:%-d %b}"}, False
    if milestone.progress and milestone.is_open:
        return _("%(progress)s per cent done") % {"progress": milestone.progress}, False
    return "", False
