"""All jobs of a merchant with what is known of them, for pages: the same few queries however many there are."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared import statements
from vendors.needs import verdict
from vendors.needs.models import Assessment, Need, Opinion, Reopening, Showing, Stance, Task
from vendors.needs.models.peers import Heard
from vendors.needs.verdict import Facts, Judged, Range, Rules, Verdict

RULES = ("skill", "dislike", "saving", "time", "keep_below", "consider_below")
SAID = ("hours", "hour_value", "direct_cost", "space_cost", "rework_cost", "skill", "liking", "brand")
#: Of each comment so much is shown on the list.
GLIMPSE = 160


@dataclass(frozen=True)
class Said:
    """What others said of one job, as far as it may be read: without names once three have scored it, else what may
    stand with a name (see `Heard`). `withheld` are the answers that may not be read."""

    scores: tuple[Decimal, ...] = ()
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
    def is_kept_back(self) -> bool:
        """Whether all of it waits because too few are left of those whose names are hidden."""
        return self.is_hidden and not self.answers and self.withheld > 0

    @property
    def usual(self) -> tuple[Decimal, int] | None:
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
    own: "Rating | None" = None
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
    *rules, answered, waiting = statements.row(STANDING, {"merchant": merchant.pk})
    return Rules(*rules) if rules[0] is not None else Rules(), answered, waiting


STANDING = f"""SELECT {", ".join(f"p.{name}" for name in RULES)}, a.answered, a.waiting
FROM (SELECT count(DISTINCT peer_id) FILTER (WHERE answered_at IS NOT NULL AND withdrawn_at IS NULL) AS answered,
    count(*) FILTER (WHERE answered_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL) AS waiting
    FROM needs_ask JOIN needs_peer ON needs_peer.id = peer_id WHERE merchant_id = %(merchant)s) a
LEFT JOIN needs_policy p ON p.merchant_id = %(merchant)s"""


# ---- What colleagues say -------------------------------------------------------------------------------------------
class Rating(NamedTuple):
    """What one person says of one need, as plain values: an Assessment without what pages do not read."""

    need_id: int
    member_id: int
    done_by: str
    people: int | None
    hours: Decimal | None
    hour_value: Decimal | None
    direct_cost: Decimal | None
    space_cost: Decimal | None
    rework_cost: Decimal | None
    skill: int | None
    liking: int | None
    brand: int | None


def assessments(needs: Sequence[int], acting: Membership) -> tuple[dict[int, list[Rating]], dict[int, Rating]]:
    """Of each need what those who belong to the merchant say, and what the acting person says. One query."""
    said: dict[int, list[Rating]] = {}
    own: dict[int, Rating] = {}
    rows = Assessment.objects.filter(need__in=needs, member__left_at=None).values_list(*Rating._fields)
    for one in map(Rating._make, rows):
        if one.member_id == acting.pk:
            own[one.need_id] = one
        if any(getattr(one, name) is not None for name in SAID):
            said.setdefault(one.need_id, []).append(one)
    return said, own


def facts_of(need: Need | None, said: Sequence[Rating], others: Said) -> Facts:
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
    if not needs:
        return {}
    found = statements.rows(OPINIONS, {"needs": list(needs), "glimpse": GLIMPSE})
    return {need: _readable(ever, *map(_exact, (every, named))) for need, ever, every, named in found}


def _exact(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return found


def _kept(only: str) -> str:
    """What is gathered of the opinions that `only` says; who agrees gives exactly the score that they were shown."""
    counts = ", ".join(f"'{one}', count(*) FILTER (WHERE stance = '{one}' AND {only})" for one in Stance.values)
    return f"""json_build_object({counts},
        'to_answer', count(*) FILTER (WHERE stance = 'dispute' AND outcome = '' AND {only}),
        'scores', coalesce(json_agg(CASE WHEN stance = 'agree' THEN stated_skill ELSE score END ORDER BY id)
            FILTER (WHERE score IS NOT NULL AND {only}), '[]'),
        'comments', coalesce(json_agg(left(comment, %(glimpse)s) ORDER BY id)
            FILTER (WHERE stance = 'dispute' AND comment <> '' AND {only}), '[]'))::text"""


#: Of each need how many have ever scored it, all that counts, and of that what may stand with a name.
OPINIONS = f"""SELECT need_id, count(DISTINCT peer_id) FILTER (WHERE score IS NOT NULL),
    {_kept("is_current")}, {_kept("is_current AND showing = 'named'")}
FROM needs_opinion WHERE need_id = ANY(%(needs)s) GROUP BY need_id"""
NOTHING: Mapping[str, Any] = {**dict.fromkeys(Stance.values, 0), "to_answer": 0, "scores": (), "comments": ()}


def _readable(ever: int, every: Mapping[str, Any], named: Mapping[str, Any]) -> Said:
    heard = Heard(ever, len(named["scores"]), len(every["scores"]) - len(named["scores"]))
    row = every if Showing.WITHHELD in heard.readable else named if heard.readable else NOTHING
    counts = {name: row[stance] for name, stance in COUNTED.items()}
    return Said(
        scores=tuple(map(Decimal, row["scores"])),
        comments=tuple(row["comments"]),
        to_answer=row["to_answer"],
        withheld=sum(every[stance] for stance in Stance.values) - sum(counts.values()),
        is_hidden=heard.is_hidden,
        **counts,
    )


COUNTED = {"agreed": Stance.AGREE.value, "disputed": Stance.DISPUTE.value, "unsure": Stance.UNSURE.value}


def said_of(need: Need) -> tuple[list[Opinion], Heard]:
    """What counts of all that was said of one need, in an order that tells nothing, read or not, and how many have
    scored it. One query."""
    rows = Opinion.objects.filter(Q(is_current=True) | Q(score__isnull=False), need=need)
    said = list(rows.select_related("peer", "outcome_by").order_by("pk"))
    now = [one for one in said if one.is_current]
    by = Counter(one.showing for one in now if one.score is not None)
    ever = {one.peer_id for one in said if one.score is not None}
    return now, Heard(len(ever), by[Showing.NAMED], by[Showing.WITHHELD])


def readable_opinions(need: Need) -> tuple[Iterable[Opinion], bool]:
    """What was said of one need and may be read, and whether names are hidden. One query."""
    said, heard = said_of(need)
    return [one for one in said if one.showing in heard.readable], heard.is_hidden
