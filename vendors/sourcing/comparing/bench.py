"""Points of shortlists: the comparison of 12 vendors on 40 criteria by 8 people, and its arithmetic."""

import time
from collections.abc import Callable
from random import Random

from django.db.models import Count

from outsourcing.accounts.models import User
from outsourcing.shared.bench import BARE, Bench, Probe, needs, point
from outsourcing.shared.budgets import NotMeasured, Result, p95_within, queries_within
from vendors.sourcing.comparing.populate import CRITERIA, PEOPLE, VENDORS
from vendors.sourcing.models import Brief, Candidate, Criterion, Evaluator, Score
from vendors.sourcing.scoring import Cell, Contender, Opinion, Ranking, rank
from vendors.sourcing.scoring import Criterion as Weighed
from vendors.sourcing.weightings import DRAWS, drawn, shares, wins

needs(organisations=1_000, memberships=20_000, comparisons=1)


@point("comparison.page", p95_within(120), queries_within(15), order=67)
def comparison_page(bench: Bench) -> Result:
    """The brief with the most scores, for its chair, who has submitted."""
    brief = _largest()
    rows = {
        "vendors": Candidate.objects.filter(brief=brief).count(),
        "criteria": Criterion.objects.filter(brief=brief).count(),
        "people": Evaluator.objects.filter(brief=brief).count(),
        "scores": Score.objects.filter(evaluator__brief=brief).count(),
    }
    return bench.page(f"/briefs/{brief.pk}/", by=_user(brief), expects="Weighted total", rows=rows)


@point("scoring", p95_within(10), order=67)
def scoring(bench: Bench) -> Result:
    """Totals, ranges and ranks out of single scores."""
    return _timed(bench, "scoring", lambda criteria, contenders: rank(criteria, contenders).ranked)


@point("weightings", p95_within(150), order=67)
def weightings(bench: Bench) -> Result:
    """Ten thousand weightings, drawn anew each time."""

    def once(criteria: list[Weighed], contenders: list[Contender]) -> object:
        wins.cache_clear()
        drawn.cache_clear()
        return shares(ranked[id(contenders)])

    ranked: dict[int, Ranking] = {}

    def before(criteria: list[Weighed], contenders: list[Contender]) -> None:
        ranked.clear()
        ranked[id(contenders)] = rank(criteria, contenders)

    return _timed(bench, "weightings", once, before, {"weightings": DRAWS})


def _timed(
    bench: Bench,
    name: str,
    work: Callable[[list[Weighed], list[Contender]], object],
    before: Callable[[list[Weighed], list[Contender]], None] | None = None,
    more: dict[str, int] | None = None,
) -> Result:
    """Time `work` on a shortlist that is another each time; it must find something."""
    rng = Random(8)

    def once() -> float:
        criteria, contenders = _shortlist(rng)
        if before is not None:
            before(criteria, contenders)
        started = time.perf_counter()
        found = work(criteria, contenders)
        seconds = time.perf_counter() - started
        if not found:
            raise NotMeasured(f"{name} found nobody ranked")
        return seconds

    times, bare = bench.in_turns(Probe(name, once), bench.bare_page(by=_user(_largest())))
    rows = {"vendors": VENDORS, "criteria": CRITERIA, "people": PEOPLE, **(more or {})}
    return Result(rows, times, BARE, bare)


def _shortlist(rng: Random) -> tuple[list[Weighed], list[Contender]]:
    criteria = [Weighed(key, rng.randint(0, 20)) for key in range(CRITERIA)]
    contenders = [
        Contender(
            vendor,
            f"Vendor {vendor}",
            {
                key: Cell(tuple(Opinion(person, rng.randint(0, 5)) for person in range(PEOPLE)))
                for key in range(CRITERIA)
            },
        )
        for vendor in range(VENDORS)
    ]
    return criteria, contenders


def _largest() -> Brief:
    """The brief with the most criteria; of those the most vendors."""
    found = Brief.objects.annotate(count=Count("criteria")).order_by("-count", "pk").first()
    if found is None:
        raise NotMeasured("there is no brief")
    return found


def _user(brief: Brief) -> User:
    assert brief.created_by.user is not None
    return brief.created_by.user
