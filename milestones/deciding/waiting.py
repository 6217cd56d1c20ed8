"""All that waits for a merchant's decision in contracts, so that what is safe can be done for several at once."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Model, QuerySet

from milestones.models import RUNNING, DateChange, Milestone, Step
from milestones.work import judging, moving
from outsourcing.accounts.models import Membership
from outsourcing.shared.errors import DomainError

#: So many of each are listed, the oldest first.
MOST = 100


def dates_asked(acting: Membership) -> QuerySet[DateChange]:
    """New dates that vendors ask for, the oldest first."""
    rows = DateChange.objects.visible_to(acting).open().filter(decides="merchant")
    about = rows.filter(milestone__contract__state__in=RUNNING)
    return about.select_related("milestone__contract__vendor").order_by("proposed_at", "pk")


def to_judge(acting: Membership) -> QuerySet[Milestone]:
    """What was handed in, by when a verdict is due."""
    return Milestone.objects.visible_to(acting).submitted().order_by("review_due", "pk").defer("description")


def to_pay(acting: Membership) -> QuerySet[Milestone]:
    """Accepted milestones that pay something and are not marked paid."""
    rows = Milestone.objects.visible_to(acting).filter(state=Step.ACCEPTED, amount__gt=0, paid_on=None)
    return rows.order_by("accepted_at", "pk").defer("description")


@dataclass(frozen=True)
class Outcome:
    """How many went through; for each that did not, what it is and why; and how many were decided meanwhile."""

    done: int
    refused: list[tuple[str, str]]
    gone: int = 0


def agree(keys: Collection[int], *, by: Membership, at: datetime) -> Outcome:
    """Agree to these dates, each by itself: what changed meanwhile is told and holds nobody up."""
    return _each(dates_asked(by).filter(pk__in=keys), len(keys), lambda one: moving.agree(one, by=by, at=at))


def pay(keys: Collection[int], on: date, *, by: Membership, at: datetime) -> Outcome:
    """Mark these paid on a day, each by itself."""
    return _each(to_pay(by).filter(pk__in=keys), len(keys), lambda one: judging.mark_paid(one, on, by=by, at=at))


def _each(rows: QuerySet[Model], wanted: int, act: Callable[..., object]) -> Outcome:
    done, refused = 0, []
    for one in rows[:MOST]:
        try:
            act(one)
        except DomainError as error:
            refused.append((str(one), str(error)))
        else:
            done += 1
    gone = wanted - done - len(refused)
    return Outcome(done, refused, max(0, gone))
