"""One month for whoever pays: how contracts do, what came on time, whose delays, how fast they answer, what it cost."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from milestones.contracts.shown import HEALTH_MARKS, Mark, health_mark
from milestones.contracts.text import money
from milestones.models import (
    RUNNING,
    WITH_VENDOR,
    Cause,
    Contract,
    DateChange,
    Health,
    Milestone,
    State,
    Step,
    Submission,
)
from milestones.month.dates import Month
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations import responding
from outsourcing.conversations.models import Turn

#: So many contracts and vendors are listed; the page says how many there are.
MOST = 40


@dataclass
class VendorLine:
    """What one vendor did in the month; amounts by currency."""

    name: str = ""
    due: int = 0
    accepted: int = 0
    on_time: int = 0
    sent_back: int = 0
    slip: int = 0
    replies: int = 0
    median: str = ""
    accepted_for: dict[str, Decimal] = field(default_factory=dict)
    paid: dict[str, Decimal] = field(default_factory=dict)
    monthly: dict[str, Decimal] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.due or self.accepted or self.sent_back or self.slip or self.replies or self.accepted_for
                    or self.paid or self.monthly)  # fmt: skip

    @property
    def spend(self) -> list[str]:
        """What fell due: accepted milestones, and prices of the month."""
        return amounts(added([self.accepted_for, self.monthly]))

    @property
    def paid_in_words(self) -> list[str]:
        return amounts(self.paid)


@dataclass(frozen=True)
class Report:
    """A printable month. `levels` count running contracts as they do today, `late` are milestones that were due in the
    month and are still with the vendor."""

    month: Month
    levels: Sequence[tuple[Mark, int]]
    worrying: Sequence[tuple[Contract, Mark, str]]
    running: int
    due: int
    accepted: int
    on_time: int
    late: int
    sent_back: int
    slip: Sequence[tuple[str, int]]
    vendors: Sequence[VendorLine]
    left_out: int
    falls_due: Sequence[str]
    paid: Sequence[str]
    rated: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.on_time / self.accepted) if self.accepted else None


def report(acting: Membership, month: Month, at: datetime) -> Report:
    """The month of the acting merchant. Sixteen queries, however many vendors there are."""
    since, until = month.instants(acting.zone)
    own = Contract.objects.filter(merchant=acting.organisation_id)
    lines: defaultdict[int, VendorLine] = defaultdict(VendorLine)
    late = _due(own, month, at, lines)
    _rounds(own, since, until, lines)
    slip = _slip(own, since, until, lines)
    _money(own, month, since, until, at, lines)
    _replies(acting.organisation, since, until, at, lines)
    names = dict(Organisation.objects.filter(pk__in=lines).values_list("pk", "name"))
    for pk, one in lines.items():
        one.name = names[pk]
    told = sorted((one for one in lines.values() if not one.is_empty), key=lambda one: (-one.due, one.name))
    accepted_for, monthly, paid = (
        added(getattr(one, name) for one in told) for name in ("accepted_for", "monthly", "paid")
    )
    levels, worrying = _health(own)
    return Report(
        month=month,
        levels=levels,
        worrying=worrying,
        running=sum(count for _mark, count in levels),
        due=sum(one.due for one in told),
        accepted=sum(one.accepted for one in told),
        on_time=sum(one.on_time for one in told),
        late=late,
        sent_back=sum(one.sent_back for one in told),
        slip=slip,
        vendors=told[:MOST],
        left_out=max(0, len(told) - MOST),
        falls_due=amounts(added([accepted_for, monthly])),
        paid=amounts(paid),
        rated=own.filter(state__in=RUNNING, pricing=Contract.Pricing.RATE).count(),
    )


# ---- Its parts -----------------------------------------------------------------------------------------------------
Lines = defaultdict[int, VendorLine]
Contracts = QuerySet[Contract]


def _health(own: Contracts) -> tuple[list[tuple[Mark, int]], list[tuple[Contract, Mark, str]]]:
    """How running contracts do today, the worst first, and those that do not go well, with the first reason."""
    running = own.filter(state__in=RUNNING)
    counts = dict(running.order_by().values_list("health").annotate(count=Count("pk")))
    levels = [(_level(level), counts[level]) for level in reversed(Health) if level in counts]
    worst = running.filter(health__in=[Health.LANGUISHING, Health.OVERDUE, Health.AT_RISK]).select_related("vendor")
    rows = worst.order_by("-health_rank", "health_since", "pk").defer("scope")[:MOST]
    return levels, [
        (one, health_mark(one), one.health_reasons[0]["sentence"] if one.health_reasons else "") for one in rows
    ]


def _level(level: str) -> Mark:
    return Mark(*HEALTH_MARKS[Health(level)], str(Health(level).label))


def _due(own: Contracts, month: Month, at: datetime, lines: Lines) -> int:
    """What was due in the month; how many of that are still with the vendor though their day is over."""
    rows = Milestone.objects.filter(
        contract__in=own.filter(activated_at__isnull=False), current_due__range=(month.first, month.last)
    )
    over = Q(pk__in=[])  # each contract's day ends in its own zone
    for zone in own.order_by().values_list("time_zone", flat=True).distinct():
        over |= Q(contract__time_zone=zone, current_due__lt=at.astimezone(ZoneInfo(str(zone))).date())
    late = over & Q(state__in=WITH_VENDOR, blocked_since=None, contract__state__in=[State.ACTIVE, State.CLOSE_OUT])
    found = (
        rows.exclude(state=Step.CANCELLED)
        .order_by()
        .values("contract__vendor")
        .annotate(due=Count("pk"), late=Count("pk", filter=late))
    )
    for one in found:
        lines[one["contract__vendor"]].due = one["due"]
    return sum(one["late"] for one in found)


def _rounds(own: Contracts, since: datetime, until: datetime, lines: Lines) -> None:
    """What was decided in the month."""
    judged = Submission.objects.filter(milestone__contract__in=own, decided_at__gte=since, decided_at__lt=until)
    rows = judged.counted()
    is_accepted = Q(decision="accepted")
    for one in (
        rows.order_by()
        .values("milestone__contract__vendor")
        .annotate(
            accepted=Count("pk", filter=is_accepted),
            on_time=Count("pk", filter=is_accepted & Q(late_days=0)),
            sent_back=Count("pk", filter=Q(decision="changes")),
        )
    ):
        line = lines[one["milestone__contract__vendor"]]
        line.accepted, line.on_time, line.sent_back = one["accepted"], one["on_time"], one["sent_back"]


def _slip(own: Contracts, since: datetime, until: datetime, lines: Lines) -> list[tuple[str, int]]:
    """Working days by which dates moved in the month, and by which what was accepted had come late, by whose."""
    days = dict.fromkeys(Cause.values, 0)
    of = "milestone__contract__vendor"
    moved = DateChange.objects.decided().filter(
        milestone__contract__in=own, decided_at__gte=since, decided_at__lt=until
    )  # fmt: skip
    for vendor, cause, sum_ in moved.select_related(None).order_by().values_list(of, "cause").annotate(sum=Sum("days")):
        days[cause] += sum_
        if cause == Cause.VENDOR:
            lines[vendor].slip += sum_
    rounds = Submission.objects.standing().filter(
        milestone__contract__in=own, decided_at__gte=since, decided_at__lt=until
    )  # fmt: skip
    for vendor, late, held in rounds.order_by().values_list(of).annotate(late=Sum("late_days"), held=Sum("held_days")):
        days[Cause.VENDOR] += late
        days[Cause.MERCHANT] += held
        lines[vendor].slip += late
    words = {
        Cause.VENDOR: _("the vendors'"), Cause.MERCHANT: _("ours"), Cause.AGREED: _("agreed by both"),
        Cause.EXTERNAL: _("somebody else's"),
    }  # fmt: skip
    return [(words[cause], days[cause]) for cause in words]


def _money(own: Contracts, month: Month, since: datetime, until: datetime, at: datetime, lines: Lines) -> None:
    """What fell due: accepted milestones and prices of the month; and what was marked paid."""
    rows = Milestone.objects.filter(contract__in=own, amount__gt=0).order_by()
    by = ("contract__vendor", "contract__currency")
    accepted = rows.filter(accepted_at__gte=since, accepted_at__lt=until)
    paid = rows.filter(paid_on__range=(month.first, month.last))
    for name, found in (("accepted_for", accepted), ("paid", paid)):
        for vendor, currency, total in found.values_list(*by).annotate(total=Sum("amount")):
            getattr(lines[vendor], name)[currency] = total
    if since > at:
        return  # nothing falls due in a month that is still to come
    monthly = own.filter(
        Q(ended_at=None) | Q(ended_at__gte=since),
        Q(ends_on=None) | Q(ends_on__gte=month.first), pricing=Contract.Pricing.MONTHLY, value__gt=0,
        activated_at__lt=until, starts_on__lte=month.last,
    )  # fmt: skip
    for vendor, currency, total in monthly.order_by().values_list("vendor", "currency").annotate(total=Sum("value")):
        lines[vendor].monthly[currency] = total


def _replies(merchant: Organisation, since: datetime, until: datetime, at: datetime, lines: Lines) -> None:
    """How quickly vendors answered what was asked in the month, as it stood at its end."""
    end = min(at, until)
    rows = Turn.objects.filter(asker=merchant, opened_at__gte=since, opened_at__lt=end).defer("reckoned")
    turns: defaultdict[int, list[Turn]] = defaultdict(list)
    for turn in rows:
        if turn.closed_at and turn.closed_at >= end:  # at the end of the month it was open
            turn.closed_at, turn.ending, turn.response_seconds = None, "", None
        turns[turn.answerer_id].append(turn)
    responding.remember_pauses(turn for some in turns.values() for turn in some)
    without_time = {turn.answerer_id for some in turns.values() for turn in some if turn.response_seconds is None}
    vendors = Organisation.objects.filter(pk__in=without_time).prefetch_related("openings", "closed_days")
    calendar_of = responding.calendars(vendors, end)
    for vendor, some in turns.items():
        middle = responding.median_of(some, calendar_of, end)
        lines[vendor].replies, lines[vendor].median = middle.n, responding.in_words(middle)


# ---- Amounts -------------------------------------------------------------------------------------------------------
def added(sums: Iterable[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """Amounts of each currency together; currencies are never mixed."""
    total: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in sums:
        for currency, amount in one.items():
            total[currency] += amount
    return dict(sorted(total.items()))


def amounts(sums: Mapping[str, Decimal]) -> list[str]:
    """The same in words."""
    return [money(amount, currency) for currency, amount in sums.items() if amount]
