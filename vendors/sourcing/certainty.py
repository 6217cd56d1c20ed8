"""How sure a ranking is, and what would change who comes first.

Source: rows B5 and B6 of `reference/vendors.md`, on a scale of 0-5. Everything works on a `Ranking` and is exact; a
vendor is ahead only by totals as they are shown, since those are what ties are made of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache

from vendors.sourcing.scoring import BLANK, SCALE, Contender, Criterion, Ranking, Standing, shown, summed, weighed

#: A leader less than this many points ahead is a close call.
CLOSE_MARGIN = Decimal("0.10")
#: So is one whose lead is lost when one criterion's share of the weight moves by this much or less.
CLOSE_SHARE = Fraction(5, 100)


@dataclass(frozen=True, slots=True)
class Flip:
    """The share of the weight, 0-1, from which `rival` is no longer behind on account of one criterion."""

    criterion: Criterion
    rival: Contender
    share: Fraction
    now: Fraction

    @property
    def more(self) -> bool:
        """Whether the criterion would have to count for more; else for less."""
        return self.share > self.now

    @property
    def distance(self) -> Fraction:
        return abs(self.share - self.now)


@dataclass(frozen=True, slots=True)
class Nudge:
    """One cell moved by one point (as far as the scale goes) that costs the leader its lead."""

    criterion: Criterion
    contender: Contender
    by: int
    rival: Contender


@dataclass(frozen=True, slots=True)
class Without:
    """Who would come first if one evaluator had not been asked; several where they tie."""

    evaluator: int
    leaders: tuple[Contender, ...]
    changed: bool


@dataclass(frozen=True)
class Certainty:
    """What can be said of the first place.

    `leader` is who ranks first alone, `second` the next behind it. `margin` lies between their totals as shown.
    """

    ranking: Ranking
    leader: Standing | None
    second: Standing | None
    flips: tuple[Flip, ...]
    nudges: tuple[Nudge, ...]
    without: tuple[Without, ...]

    @property
    def tied(self) -> tuple[Standing, ...]:
        """Who shares the first place, if several do."""
        return self.ranking.leaders if len(self.ranking.leaders) > 1 else ()

    @cached_property
    def rivals(self) -> tuple[Standing, ...]:
        """Those that may still come first: their best is no worse than the leader's worst."""
        if self.leader is None or self.leader.low is None:
            return ()
        return tuple(
            each
            for each in self.ranking.standings
            if each is not self.leader
            and not each.contender.withdrawn
            and not each.contender.failed
            and each.high is not None
            and each.high >= self.leader.low
        )

    @property
    def certain(self) -> bool:
        """Whether the leader is ahead of every other whatever is still missing, and no must-have of its is open."""
        return self.leader is not None and not self.rivals and not self.leader.contender.unsure

    @property
    def margin(self) -> Decimal | None:
        """How far the leader is ahead of the next, in points; 0 in a tie, None where there is nobody to be ahead of."""
        if self.tied:
            return Decimal("0.00")
        if self.leader is None or self.second is None or self.leader.total is None or self.second.total is None:
            return None
        return self.leader.total - self.second.total

    @property
    def close(self) -> bool:
        """A close call: a margin under 0.10, or a small change of one weight that costs the lead."""
        margin = self.margin
        if margin is None:
            return False
        return margin < CLOSE_MARGIN or any(flip.distance <= CLOSE_SHARE for flip in self.flips)

    @property
    def nearest(self) -> Flip | None:
        """The smallest change of one weight that changes who comes first."""
        return min(self.flips, key=lambda flip: flip.distance, default=None)


class _Content:
    """A ranking as what it holds: equal where everything in it is."""

    def __init__(self, ranking: Ranking) -> None:
        self.ranking = ranking
        self.content = (
            ranking.criteria,
            tuple(
                (
                    each.key,
                    each.name,
                    each.gates,
                    each.withdrawn,
                    each.cost,
                    tuple(sorted(each.cells.items(), key=_first)),
                )
                for each in (standing.contender for standing in ranking.standings)
            ),
        )
        self.hash = hash(self.content)

    def __hash__(self) -> int:
        return self.hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content) and self.content == other.content


def _first(pair: tuple[int, object]) -> int:
    return pair[0]


def certainty(ranking: Ranking) -> Certainty:
    """Look at the first place from all sides; what was found is kept, since a page asks again for what is the same."""
    return _looked(_Content(ranking))


@lru_cache(maxsize=8)  # each holds its shortlist: up to a megabyte
def _looked(content: _Content) -> Certainty:
    ranking = content.ranking
    leader = ranking.leaders[0] if len(ranking.leaders) == 1 else None
    second = ranking.ranked[1] if leader is not None and len(ranking.ranked) > 1 else None
    return Certainty(
        ranking,
        leader,
        second,
        flips=tuple(flips(ranking, leader)) if leader else (),
        nudges=tuple(nudges(ranking, leader)) if leader else (),
        without=tuple(without(ranking)),
    )


def flips(ranking: Ranking, leader: Standing) -> Iterator[Flip]:
    """For each criterion, the nearest share above and below today's at which somebody else is level with the leader.

    Only rivals of whom the same criteria are scored can be compared so, of those that count; for others missing scores
    say more.
    """
    whole = sum(each.weight for each in ranking.counted)
    criteria = [each for each in ranking.criteria if each not in ranking.dropped]
    leads = [
        (each.contender, points(leader.contender, ranking) - points(each.contender, ranking))
        for each in ranking.ranked
        if each is not leader and same_scored(each.contender, leader.contender, ranking.counted)
    ]
    for criterion in criteria:
        crossings = [
            Flip(criterion, rival, share, Fraction(criterion.weight, whole))
            for rival, lead in leads
            if (share := level_at(criterion, difference(leader.contender, rival, criterion), lead, whole)) is not None
        ]
        for side in (True, False):
            here = [crossing for crossing in crossings if crossing.more is side]
            if here:
                yield min(here, key=lambda crossing: crossing.distance)


def same_scored(one: Contender, other: Contender, criteria: Sequence[Criterion]) -> bool:
    """Whether the same criteria are scored of both."""
    return all((one.value(each) is None) is (other.value(each) is None) for each in criteria)


def points(contender: Contender, ranking: Ranking) -> Fraction:
    """The sum of weight x value over what is scored."""
    return weighed((each.weight, contender.value(each)) for each in ranking.counted)[0]


def difference(leader: Contender, rival: Contender, criterion: Criterion) -> Fraction:
    """How far the leader is ahead on one criterion; 0 where one of them is not scored on it."""
    mine, other = leader.value(criterion), rival.value(criterion)
    return Fraction(0) if mine is None or other is None else mine - other


def level_at(criterion: Criterion, difference: Fraction, lead: Fraction, whole: int) -> Fraction | None:
    """The criterion's share of the whole weight, 0-1, at which both totals are equal; None where there is none.

    `lead` is the weighted difference of all criteria. The others, whose weights stay, make R = lead - w x d of it, and
    so the weight is -R / d; as a share, with R' = R over the weight of the others, that is R' / (R' - d): row B6.
    """
    if not difference:
        return None
    weight = (criterion.weight * difference - lead) / difference
    beside = whole - criterion.weight
    return weight / (weight + beside) if weight >= 0 and weight + beside > 0 else None


def nudges(ranking: Ranking, leader: Standing) -> Iterator[Nudge]:
    """Each cell that costs the leader its lead when it moves by one point: its own down, or a rival's up."""
    rivals = [each for each in ranking.ranked if each is not leader]
    if not rivals or leader.total is None:
        return
    totals = {
        each.contender.key: weighed(
            (criterion.weight, each.contender.value(criterion)) for criterion in ranking.counted
        )
        for each in (leader, *rivals)
    }
    best = rivals[0]
    for criterion in ranking.counted:
        total = nudged(leader.contender, criterion, -1, totals[leader.contender.key])
        if total is not None and best.total is not None and total <= best.total:
            yield Nudge(criterion, leader.contender, -1, best.contender)
        for rival in rivals:
            total = nudged(rival.contender, criterion, +1, totals[rival.contender.key])
            if total is not None and total >= leader.total:
                yield Nudge(criterion, rival.contender, +1, rival.contender)


def nudged(contender: Contender, criterion: Criterion, by: int, total: tuple[Fraction, int]) -> Decimal | None:
    """The total as shown with one cell moved; None where the cell is blank or cannot move."""
    value = contender.value(criterion)
    if value is None:
        return None
    moved = min(max(value + by, Fraction(0)), Fraction(SCALE))
    points, weight = total
    return None if moved == value else shown((points + criterion.weight * (moved - value)) / weight)


def without(ranking: Ranking) -> Iterator[Without]:
    """Leave each evaluator out in turn."""
    contenders = [standing.contender for standing in ranking.ranked]
    leaders = {standing.contender.key for standing in ranking.leaders}
    for evaluator in evaluators(contenders):
        totals = {each.key: total_without(each, evaluator, ranking.counted) for each in contenders}
        best = max((total for total in totals.values() if total is not None), default=None)
        first = tuple(each for each in contenders if best is not None and totals[each.key] == best)
        yield Without(evaluator, first, changed={each.key for each in first} != leaders)


def evaluators(contenders: Sequence[Contender]) -> list[int]:
    """Whose opinions count anywhere, by key."""
    cells = (cell for contender in contenders for cell in contender.cells.values())
    return sorted({each.evaluator for cell in cells for each in cell.opinions if each.counted})


def total_without(contender: Contender, evaluator: int, counted: Sequence[Criterion]) -> Decimal | None:
    """The total as shown had this evaluator not been asked; None where nothing is left."""
    points, weight = summed((each.weight, contender.cells.get(each.key, BLANK).without(evaluator)) for each in counted)
    return shown(points / weight) if weight else None
