"""All jobs of a merchant with what is known of them, for pages: the same few queries however many there are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, Left

from outsourcing.accounts.models import Membership, Organisation
from vendors.needs import verdict
from vendors.needs.models import Ask, Assessment, Need, Opinion, Policy, Reopening, Showing, Stance, Task
from vendors.needs.models.peers import HIDDEN_FROM
from vendors.needs.verdict import Facts, Judged, Range, Rules, Verdict

RULES = ("skill", "dislike", "saving", "time", "keep_below", "consider_below")
SAID = ("hours", "hour_value", "direct_cost", "space_cost", "rework_cost", "skill", "liking", "brand")
#: Of each comment so much is shown on the list.
GLIMPSE = 160


@dataclass(frozen=True)
class Said:
    """What others said of one job, as far as it may be read: from three scores on all of it and without names, else
    what may stand with a name. `withheld` are answers that wait for the third."""

    scores: tuple[int, ...] = ()
    agreed: int = 0
    disputed: int = 0
    unsure: int = 0
    to_answer: int = 0
    comments: tuple[str, ...] = ()
    withheld: int = 0
    is_hidden: bool = False

    @property
    def answers(self) -> int:
        return self.agreed + self.disputed + self.unsure

    @property
    def usual(self) -> tuple[int, int] | None:
        """The score that more than half gave and how many did; None where there is no such one."""
        if not self.scores:
            return None
        score, count = Counter(self.scores).most_common(1)[0]
        return (score, count) if count * 2 > len(self.scores) else None


@dataclass(frozen=True)
class Job:
    """A task with all that is known of it. `own` is what the acting person said."""

    task: Task
    need: Need | None
    facts: Facts
    said: Said
    judged: Judged
    raters: int = 0
    own: Assessment | None = None
    services: Sequence[tuple[str, str]] = ()
    reopened: Sequence[Reopening] = ()

    @property
    def is_hidden(self) -> bool:
        return self.need is not None and self.need.hidden_at is not None

    @property
    def is_own(self) -> bool:
        """Whether it is one of the merchant's own, not of the catalogue."""
        return self.task.merchant_id is not None

    @property
    def is_rated(self) -> bool:
        return self.judged.verdict != Verdict.UNKNOWN


@dataclass(frozen=True)
class Board:
    """All jobs of a merchant in their order, hidden ones last, and how far asking others has come."""

    jobs: Sequence[Job]
    rules: Rules
    answered: int = 0
    waiting: int = 0
    shown: Sequence[Job] = field(default=())

    @cached_property
    def hidden(self) -> list[Job]:
        return [job for job in self.jobs if job.is_hidden]

    @cached_property
    def hours(self) -> Decimal:
        """Hours a week in all, as far as known."""
        return sum((job.facts.hours or Decimal(0) for job in self.shown), Decimal(0))


#: The most urgent to hand over first, what is not rated last.
ORDER = {
    verdict.Verdict.OUTSOURCE: 0,
    verdict.Verdict.CONTROLLED: 0,
    verdict.Verdict.CONSIDER: 1,
    verdict.Verdict.KEEP: 2,
    verdict.Verdict.UNKNOWN: 3,
}


def board(acting: Membership) -> Board:
    """Everything of the acting merchant. Six queries."""
    rules, answered, waiting = standing(acting.organisation)
    jobs = read(acting, Task.objects.visible_to(acting), rules)
    shown = [job for job in jobs if not job.is_hidden]
    shown.sort(key=lambda job: (ORDER[job.judged.verdict], -(job.judged.score or 0)))
    return Board(jobs, rules, answered, waiting, shown)


def job_of(acting: Membership, task: Task) -> Job:
    """One job. Six queries."""
    rules, _answered, _waiting = standing(acting.organisation)
    return read(acting, Task.objects.filter(pk=task.pk), rules)[0]


def read(acting: Membership, tasks: Any, rules: Rules) -> list[Job]:
    """Jobs of these tasks, in their order. Five queries."""
    merchant = acting.organisation_id
    link = Task.services.through.objects.filter(task=OuterRef("pk"), facetvalue__is_active=True)
    services = link.order_by("facetvalue__position").values(
        pair=JSONObject(slug="facetvalue__slug", name="facetvalue__name")
    )
    known: list[Any] = list(tasks.in_order().annotate(found=ArraySubquery(services)))
    needs = {need.task_id: need for need in Need.objects.filter(merchant=merchant, task__in=[one.pk for one in known])}
    keys = [need.pk for need in needs.values()]
    said, own = assessments(keys, acting)
    others = opinions(keys)
    reopened: dict[int, list[Reopening]] = {}
    for one in Reopening.objects.open().filter(need__in=keys).order_by("opened_at", "pk"):
        reopened.setdefault(one.need_id, []).append(one)
    jobs = []
    for task in known:
        need = needs.get(task.pk)
        key = need.pk if need else 0
        facts = facts_of(need, said.get(key, ()), others.get(key, Said()))
        jobs.append(
            Job(
                task,
                need,
                facts,
                others.get(key, Said()),
                verdict.judge(facts, rules),
                len(said.get(key, ())),
                own.get(key),
                [(pair["slug"], pair["name"]) for pair in task.found],
                reopened.get(key, ()),
            )
        )
    return jobs


def standing(merchant: Organisation) -> tuple[Rules, int, int]:
    """By what the merchant judges, how many others have answered, and of how many it waits. One query."""
    policy = Policy.objects.filter(merchant=OuterRef("pk")).values(said=JSONObject(**{name: F(name) for name in RULES}))
    asks = Ask.objects.filter(peer__merchant=OuterRef("pk")).order_by().values("peer__merchant")
    spoke = asks.filter(answered_at__isnull=False, withdrawn_at=None).values(count=Count("peer", distinct=True))
    open_ones = asks.filter(answered_at=None, declined_at=None, revoked_at=None).values(count=Count("pk"))
    rows = Organisation.objects.filter(pk=merchant.pk)
    rules, answered, waiting = rows.values_list(Subquery(policy), Subquery(spoke), Subquery(open_ones)).get()
    return Rules(**rules) if rules else Rules(), answered or 0, waiting or 0


# ---- What colleagues say -------------------------------------------------------------------------------------------
def assessments(needs: Sequence[int], acting: Membership) -> tuple[dict[int, list[Assessment]], dict[int, Assessment]]:
    """Of each need what those who belong to the merchant say, and what the acting person says. One query."""
    said: dict[int, list[Assessment]] = {}
    own: dict[int, Assessment] = {}
    for one in Assessment.objects.filter(need__in=needs, member__left_at=None):
        if one.member_id == acting.pk:
            own[one.need_id] = one
        if any(getattr(one, name) is not None for name in SAID):
            said.setdefault(one.need_id, []).append(one)
    return said, own


def facts_of(need: Need | None, said: Sequence[Assessment], others: Said) -> Facts:
    """Means of what colleagues say, each over those who said it, beside the others' scores and the market."""
    means: dict[str, Decimal | None] = {}
    for name in SAID:
        means[name] = verdict.mean([value for one in said if (value := getattr(one, name)) is not None])
    hours = [one.hours for one in said if one.hours is not None]
    market = None
    if need is not None and need.market_from is not None and need.market_to is not None:
        market = Range(need.market_from, need.market_to)
    return Facts(
        skill=means["skill"],
        liking=means["liking"],
        brand=means["brand"],
        hours=means["hours"],
        hours_range=Range(min(hours), max(hours)) if hours else None,
        hour_value=means["hour_value"],
        direct=means["direct_cost"],
        space=means["space_cost"],
        rework=means["rework_cost"],
        peers=others.scores,
        market=market,
        managing=need.managing_hours if need else None,
        must_stay=bool(need and need.must_stay),
    )


# ---- What others say -----------------------------------------------------------------------------------------------
def opinions(needs: Sequence[int]) -> Mapping[int, Said]:
    """What others said of each need, as far as it may be read. One query."""
    rows = Opinion.objects.current().filter(need__in=needs).order_by().values("need")
    named = Q(showing=Showing.NAMED)
    counts = {
        f"{stance}{end}": Count("pk", filter=Q(stance=stance) & only)
        for stance in Stance.values
        for end, only in (("", Q()), ("_named", named))
    }
    for end, only in (("", Q()), ("_named", named)):
        counts[f"to_answer{end}"] = Count("pk", filter=Q(stance=Stance.DISPUTE, outcome="") & only)
    arrays = {
        f"{name}{end}": ArrayAgg(value, filter=kept & only, order_by="pk", default=[])
        for name, value, kept in (
            ("scores", F("score"), Q(score__isnull=False)),
            ("comments", Left("comment", GLIMPSE), Q(stance=Stance.DISPUTE) & ~Q(comment="")),
        )
        for end, only in (("", Q()), ("_named", named))
    }
    return {row["need"]: _readable(row) for row in rows.annotate(**counts, **arrays)}


def _readable(row: Mapping[str, Any]) -> Said:
    is_hidden = len(row["scores"]) >= HIDDEN_FROM
    end = "" if is_hidden else "_named"
    counts = {name: row[f"{stance}{end}"] for name, stance in COUNTED.items()}
    return Said(
        scores=tuple(row[f"scores{end}"]),
        comments=tuple(row[f"comments{end}"]),
        to_answer=row[f"to_answer{end}"],
        withheld=sum(row[stance] for stance in Stance.values) - sum(counts.values()),
        is_hidden=is_hidden,
        **counts,
    )


COUNTED = {"agreed": Stance.AGREE.value, "disputed": Stance.DISPUTE.value, "unsure": Stance.UNSURE.value}


def readable_opinions(need: Need) -> tuple[Iterable[Opinion], bool]:
    """What was said of one need and may be read, in an order that tells nothing, and whether names are hidden."""
    rows = list(Opinion.objects.current().filter(need=need).select_related("peer", "outcome_by").order_by("pk"))
    is_hidden = sum(one.score is not None for one in rows) >= HIDDEN_FROM
    if is_hidden:
        return rows, True
    return [one for one in rows if one.showing == Showing.NAMED], False
