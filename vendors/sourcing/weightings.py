"""How often each vendor comes first when the weights are not taken so seriously: 10,000 seeded random weightings.

Each weight is drawn evenly between nothing and twice what the merchant gave, so that a criterion with weight 0 stays
out and the merchant's own weights are the middle. All draws of one criterion are kept side by side in one long whole
number, 64 bits each, so that one multiplication weighs ten thousand of them at once: exact, the same on every machine,
and quicker than a library of numbers would repay (`make bench`, point `weightings`).
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from random import Random
from sys import byteorder

from vendors.sourcing.scoring import Contender, Criterion, Ranking

DRAWS = 10_000
SEED = 2_024
#: A value is kept in ten-thousandths of a point and a whole weighting in 2^26 parts: with draws of 16 bits, a total
#: takes fewer than 64.
PARTS = 10_000
WEIGHT_BITS = 26
#: One lane of 64 bits that says "all of it", for each draw.
LANES = 8


def shares(ranking: Ranking) -> dict[int, Fraction]:
    """For each ranked vendor by key, the share of random weightings that it wins, 0-1; winners of a tie share it.

    Empty where nobody is ranked. A vendor's blanks are left out of its total, as in the ranking itself.
    """
    contenders = [standing.contender for standing in ranking.ranked]
    if not contenders:
        return {}
    criteria = sorted(ranking.counted, key=lambda each: each.key)
    weights = parts_of(criteria)
    values = tuple(tuple(parts(contender, criterion) for criterion in criteria) for contender in contenders)
    won = wins(weights, values)
    return {contender.key: share for contender, share in zip(contenders, won, strict=True)}


def parts_of(criteria: Sequence[Criterion]) -> tuple[int, ...]:
    """The weights, brought to a size that their sum has no more than `WEIGHT_BITS` bits."""
    whole = sum(criterion.weight for criterion in criteria)
    if whole < 1 << WEIGHT_BITS:
        return tuple(criterion.weight for criterion in criteria)
    return tuple(max(1, (criterion.weight << WEIGHT_BITS - 1) // whole) for criterion in criteria)


def parts(contender: Contender, criterion: Criterion) -> int | None:
    """The value of one cell in ten-thousandths of a point; None for a blank."""
    value = contender.value(criterion)
    return None if value is None else round(value * PARTS)


@lru_cache(maxsize=64)
def wins(weights: tuple[int, ...], values: tuple[tuple[int | None, ...], ...]) -> tuple[Fraction, ...]:
    """The share of draws that each row of values wins; kept, since a page asks again for what has not changed."""
    columns = columns_of(weights, values)
    winners: Counter[tuple[int, ...]] = Counter()
    for draw in zip(*columns, strict=True):
        best = max(draw)
        if draw.count(best) == 1:
            winners[(draw.index(best),)] += 1
        else:
            winners[tuple(place for place, total in enumerate(draw) if total == best)] += 1
    shared = [Fraction(0)] * len(values)
    for places, count in winners.items():
        for place in places:
            shared[place] += Fraction(count, len(places) * DRAWS)
    return tuple(shared)


def columns_of(weights: Sequence[int], values: Sequence[Sequence[int | None]]) -> list[Sequence[float]]:
    """For each vendor, what it reaches under each draw.

    Where the same criteria are scored of every vendor, the weight that is scored is the same for all and is left out.
    Else it is divided by: floats of fractions rounded correctly are equal where the fractions are.
    """
    points: list[Sequence[float]] = [weighed(weights, row) for row in values]
    blanks = {tuple(value is None for value in row) for row in values}
    if len(blanks) == 1:
        return points
    scored = [weighed(weights, [None if value is None else 1 for value in row]) for row in values]
    return [
        [total / weight if weight else -1.0 for total, weight in zip(*column, strict=True)]
        for column in zip(points, scored, strict=True)
    ]


def weighed(weights: Sequence[int], row: Sequence[int | None]) -> Sequence[int]:
    """For each draw, the sum of draw x weight x value."""
    total = 0
    for place, (weight, value) in enumerate(zip(weights, row, strict=True)):
        if value:
            total += drawn(place) * (weight * value)
    lanes = array("Q")
    lanes.frombytes(total.to_bytes(LANES * DRAWS, "little"))
    if byteorder == "big":
        lanes.byteswap()
    return lanes


@lru_cache(maxsize=128)
def drawn(place: int) -> int:
    """The draws for the criterion at this place: 10,000 numbers from 0 to 65,535, side by side in one number."""
    rng = Random(f"{SEED}:{place}")
    halves = array("H")
    halves.frombytes(rng.randbytes(2 * DRAWS))
    if byteorder == "big":
        halves.byteswap()
    lanes = array("Q", halves)
    if byteorder == "big":
        lanes.byteswap()
    return int.from_bytes(lanes.tobytes(), "little")
