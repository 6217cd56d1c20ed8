"""How vendors on a shortlist score: totals, coverage, ranges, ranks and disagreement, exactly.

Decimals and whole numbers come in and Decimals go out. Between them values are exact fractions, since the mean of three
people is often a third, which no decimal holds, and a total is rounded once, when it is shown. Source: rows M13-M20 of
`reference/vendors.md`, on a scale of 0-5 in place of 0-100.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import groupby

#: The highest score; the lowest is 0.
SCALE = 5
#: Opinions this far apart, as a part of the scale, are marked as disagreement.
DISAGREEMENT = Fraction(3, 10)


def shown(value: Fraction, places: int = 2) -> Decimal:
    """The value as it is shown: rounded half up (away from nought), exactly, to so many decimals."""
    unit = 10**places
    doubled = 2 * abs(value.numerator) * unit + value.denominator
    rounded = doubled // (2 * value.denominator)
    return Decimal(-rounded if value < 0 else rounded).scaleb(-places)


class Gate(StrEnum):
    """What became of one must-have for one vendor."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A scored criterion: its weight is a whole number of 0 or more; 0 is shown and not counted."""

    key: int
    weight: int

    def __post_init__(self) -> None:
        if not isinstance(self.weight, int) or self.weight < 0:
            raise ValueError("A weight is a whole number, 0 or more.")


@dataclass(frozen=True, slots=True)
class Opinion:
    """One evaluator's submitted score for one cell; one of a recused or removed evaluator is kept, not counted."""

    evaluator: int
    points: int
    counted: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.points <= SCALE:
            raise ValueError(f"A score is from 0 to {SCALE}.")


@dataclass(frozen=True)
class Cell:
    """One vendor on one criterion.

    `settled` is the chair's consensus, which replaces the mean; `computed` a value that no person gives (price, a
    measured criterion). Nothing at all is a blank, which is not 0.
    """

    opinions: tuple[Opinion, ...] = ()
    settled: Decimal | None = None
    computed: Fraction | Decimal | None = None
    not_applicable: bool = False

    @cached_property
    def counted(self) -> tuple[int, ...]:
        """The points that count."""
        return tuple([opinion.points for opinion in self.opinions if opinion.counted])

    @cached_property
    def mean(self) -> Fraction | None:
        """The mean of what people gave, whatever the chair made of it; None where nobody gave anything."""
        return Fraction(sum(self.counted), len(self.counted)) if self.counted else None

    @cached_property
    def value(self) -> Fraction | None:
        """What counts in the total, 0-5; None for a blank and where it does not apply."""
        if self.not_applicable:
            return None
        if self.settled is not None:
            return Fraction(self.settled)
        return Fraction(self.computed) if self.computed is not None else self.mean

    @property
    def moved(self) -> Fraction | None:
        """How far consensus moved the mean, in points; None where there is no consensus or was no mean."""
        return None if self.settled is None or self.mean is None else Fraction(self.settled) - self.mean

    @property
    def least(self) -> int | None:
        return min(self.counted, default=None)

    @property
    def most(self) -> int | None:
        return max(self.counted, default=None)

    @cached_property
    def deviation(self) -> Decimal | None:
        """The standard deviation of the opinions (of all who were asked, not a sample), in points."""
        if not self.counted:
            return None
        number = len(self.counted)
        squares = number * sum(points * points for points in self.counted) - sum(self.counted) ** 2
        return (Decimal(squares).sqrt() / number).quantize(Decimal("0.01"))

    @property
    def disputed(self) -> bool:
        """Whether people lie two points or more apart (three tenths of the scale)."""
        counted = self.counted
        return bool(counted) and max(counted) - min(counted) >= DISAGREEMENT * SCALE

    @property
    def one_opinion(self) -> bool:
        return len(self.counted) == 1

    @property
    def is_fixed(self) -> bool:
        """Whether the value is not the mean of opinions."""
        return self.not_applicable or self.settled is not None or self.computed is not None

    @cached_property
    def by_person(self) -> dict[int, int]:
        """The points that count by who gave them."""
        return {opinion.evaluator: opinion.points for opinion in self.opinions if opinion.counted}

    def without(self, evaluator: int) -> tuple[int, int] | None:
        """The value as if this evaluator had not been asked, as a fraction that is not reduced; None for a blank.

        What the chair settled stays settled.
        """
        if self.is_fixed:
            return None if self.value is None else (self.value.numerator, self.value.denominator)
        points = self.by_person.get(evaluator)
        total, number = sum(self.counted), len(self.counted)
        if points is not None:
            total, number = total - points, number - 1
        return (total, number) if number else None


BLANK = Cell()


@dataclass(frozen=True)
class Contender:
    """A vendor on the shortlist as it is scored: cells by criterion key; a missing cell is blank."""

    key: int
    name: str
    cells: Mapping[int, Cell] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()
    withdrawn: bool = False
    cost: Decimal | None = None

    @property
    def failed(self) -> int:
        """How many must-haves it fails."""
        return self.gates.count(Gate.FAIL)

    @property
    def unsure(self) -> int:
        """How many must-haves nobody knows yet; such a vendor cannot be awarded."""
        return self.gates.count(Gate.UNKNOWN)

    @property
    def ranked(self) -> bool:
        return not self.withdrawn and not self.failed

    def value(self, criterion: Criterion) -> Fraction | None:
        """What it has on this criterion, 0-5; None for a blank."""
        return self.cells.get(criterion.key, BLANK).value


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one vendor stands. `rank` is None outside the ranking, where `total` is what it would have scored.

    `total`, `low` and `high` are out of 5 with two decimals; `low` and `high` count every blank as 0 and as 5.
    `coverage` is the share of the weight that is scored, 0-1.
    """

    contender: Contender
    total: Decimal | None
    low: Decimal | None
    high: Decimal | None
    coverage: Fraction
    rank: int | None = None
    tied: bool = False

    @property
    def provisional(self) -> bool:
        """Whether the rank may still change without anybody changing a mind."""
        return self.coverage < 1 or self.contender.unsure > 0

    @property
    def percent(self) -> int:
        """Coverage in whole percent, rounded down, so that 100 means all of it."""
        return int(self.coverage * 100)


@dataclass(frozen=True)
class Ranking:
    """All vendors in the order of the list: the ranked ones first, then those outside by name.

    `dropped` are criteria that apply to no vendor; `counted` the others with a weight above 0.
    """

    criteria: tuple[Criterion, ...]
    counted: tuple[Criterion, ...]
    dropped: tuple[Criterion, ...]
    standings: tuple[Standing, ...]

    @property
    def weightless(self) -> bool:
        """Whether no criterion counts, so that there is no total."""
        return not self.counted

    @cached_property
    def ranked(self) -> tuple[Standing, ...]:
        return tuple(standing for standing in self.standings if standing.rank is not None)

    @cached_property
    def leaders(self) -> tuple[Standing, ...]:
        """Who ranks first: one vendor, several where they tie, none before anything is scored."""
        return tuple(standing for standing in self.ranked if standing.rank == 1)

    def share(self, criterion: Criterion) -> Fraction:
        """The part of the whole weight that this criterion has, 0-1."""
        whole = sum(each.weight for each in self.counted)
        return Fraction(criterion.weight, whole) if whole and criterion in self.counted else Fraction(0)

    def of(self, key: int) -> Standing:
        """The standing of one vendor by its key. Raises KeyError."""
        for standing in self.standings:
            if standing.contender.key == key:
                return standing
        raise KeyError(key)


def weighed(parts: Iterable[tuple[int, Fraction | None]]) -> tuple[Fraction, int]:
    """Sum of weight x value over what is scored, and the weight of that; from (weight, value) pairs."""
    return summed((weight, None if value is None else (value.numerator, value.denominator)) for weight, value in parts)


def summed(parts: Iterable[tuple[int, tuple[int, int] | None]]) -> tuple[Fraction, int]:
    """The same from values as numerator and denominator; those of one denominator are added as whole numbers."""
    sums: dict[int, int] = {}
    scored = 0
    for weight, value in parts:
        if value is not None:
            sums[value[1]] = sums.get(value[1], 0) + weight * value[0]
            scored += weight
    return sum((Fraction(total, of) for of, total in sums.items()), Fraction(0)), scored


def standing_of(contender: Contender, counted: Sequence[Criterion]) -> Standing:
    """Total, range and coverage of one vendor, without a rank yet."""
    whole = sum(criterion.weight for criterion in counted)
    if not whole:
        return Standing(contender, None, None, None, Fraction(0))
    points, weight = weighed((each.weight, contender.value(each)) for each in counted)
    return Standing(
        contender,
        total=shown(points / weight) if weight else None,
        low=shown(points / whole),
        high=shown((points + SCALE * (whole - weight)) / whole),
        coverage=Fraction(weight, whole),
    )


def rank(criteria: Sequence[Criterion], contenders: Sequence[Contender]) -> Ranking:
    """Score and rank the vendors.

    Equal totals as shown share a rank (1, 1, 3) and are listed by the score on the heaviest criterion, fewer waivers,
    lower cost, name. A vendor that fails a must-have or withdrew is listed last, with what it would have scored.
    """
    dropped = tuple(each for each in criteria if applies_to_none(each, contenders))
    counted = tuple(each for each in criteria if each.weight and each not in dropped)
    heaviest = max(counted, key=lambda each: each.weight, default=None)
    standings = [standing_of(contender, counted) for contender in contenders]
    inside = [each for each in standings if each.contender.ranked and each.total is not None]
    inside.sort(key=lambda each: list_order(each, heaviest))
    outside = sorted((each for each in standings if each not in inside), key=lambda each: outside_order(each.contender))
    return Ranking(tuple(criteria), counted, dropped, (*places(inside), *outside))


def applies_to_none(criterion: Criterion, contenders: Sequence[Contender]) -> bool:
    """Whether the criterion applies to no vendor that is still there, and so drops out."""
    there = [contender for contender in contenders if not contender.withdrawn] or contenders
    return bool(there) and all(each.cells.get(criterion.key, BLANK).not_applicable for each in there)


def list_order(
    standing: Standing, heaviest: Criterion | None
) -> tuple[Decimal, Fraction, int, bool, Decimal, str, int]:
    """The order of the list: the total as shown, then M18's order inside a tie."""
    contender = standing.contender
    on_heaviest = contender.value(heaviest) if heaviest else None
    return (
        -(standing.total if standing.total is not None else Decimal(-1)),
        -(on_heaviest if on_heaviest is not None else Fraction(-1)),
        contender.gates.count(Gate.WAIVED),
        contender.cost is None,
        contender.cost if contender.cost is not None else Decimal(0),
        contender.name.casefold(),
        contender.key,
    )


def outside_order(contender: Contender) -> tuple[bool, bool, str, int]:
    """Those not scored yet, then those that fail a must-have, then those that withdrew; each by name."""
    return contender.withdrawn, contender.failed > 0, contender.name.casefold(), contender.key


def places(ordered: Sequence[Standing]) -> Iterator[Standing]:
    """The same standings with their ranks: equal totals share one, and the next rank counts all before it."""
    before = 0
    for _, group in groupby(ordered, key=lambda each: each.total):
        same = list(group)
        for each in same:
            yield Standing(
                each.contender, each.total, each.low, each.high, each.coverage, rank=before + 1, tied=len(same) > 1
            )
        before += len(same)


def anchored(cost: Decimal | None, *, target: Decimal, walk_away: Decimal) -> Fraction | None:
    """Points for a price, 0-5: 5 at or below target, 0 at or above walk-away, a straight line between.

    It does not depend on who else offered. None for a missing price and for a price of 0, which is flagged instead.
    Raises ValueError where the target is not below the walk-away price.
    """
    if target >= walk_away:
        raise ValueError("The target must be below the walk-away price.")
    if cost is None or cost <= 0:
        return None
    points = SCALE * (Fraction(walk_away) - Fraction(cost)) / (Fraction(walk_away) - Fraction(target))
    return min(max(points, Fraction(0)), Fraction(SCALE))


def relative(costs: Mapping[int, Decimal | None]) -> dict[int, Fraction | None]:
    """Points for each price, 0-5: the lowest price over this one. It changes when a vendor drops out, and says so."""
    valid = [cost for cost in costs.values() if cost is not None and cost > 0]
    if not valid:
        return dict.fromkeys(costs)
    lowest = Fraction(min(valid))
    return {
        key: SCALE * lowest / Fraction(cost) if cost is not None and cost > 0 else None for key, cost in costs.items()
    }


def ladder(measured: Decimal | None, steps: Sequence[tuple[Decimal, int]], *, higher_is_better: bool) -> int | None:
    """Points for something measured: the highest score whose threshold it reaches, 0 where it reaches none.

    `steps` are (threshold, points); a threshold is reached exactly, too. None where nothing was measured: no figure is
    neither a 0 nor a 5.
    """
    if measured is None:
        return None
    reached = [
        points for threshold, points in steps if (measured >= threshold if higher_is_better else measured <= threshold)
    ]
    return max(reached, default=0)
