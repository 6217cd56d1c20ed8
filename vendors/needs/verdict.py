"""Whether to hand a job over: pure arithmetic in Decimal, from `reference/vendors.md` M2, M3, B2 and DESIGN 5.

Hours are a week, money is a month, scores run from 1 to 5, a part from 0 to 1, the score from 0 to 100. What is not
known is None and left out, never taken for zero. Nothing is rounded here but by `rounded`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

ONE, FIVE = Decimal(1), Decimal(5)
#: A month is 52/12 weeks; a time of 40 hours a month or more counts in full.
WEEKS_A_YEAR, MONTHS, FULL_HOURS = Decimal(52), Decimal(12), Decimal(40)
WEEKS = WEEKS_A_YEAR / MONTHS
#: A gap between one's own and others' rating, and between the others', from which on it says something.
GAP, SPREAD = Decimal("1.5"), 2
#: So many others are needed before their word counts.
ENOUGH = 2
#: From this importance for the brand on, what is handed over stays under control.
CLOSE_TO_BRAND = Decimal(4)


class Part(StrEnum):
    """What the score is made of, in the order in which it is shown."""

    SKILL = "skill"
    DISLIKE = "dislike"
    SAVING = "saving"
    TIME = "time"


class Verdict(StrEnum):
    KEEP = "keep"
    CONSIDER = "consider"
    OUTSOURCE = "outsource"
    CONTROLLED = "controlled"
    UNKNOWN = "unknown"


class View(StrEnum):
    """How others see one's own rating."""

    BLIND_SPOT = "blind_spot"
    HIDDEN_STRENGTH = "hidden_strength"
    CONTESTED = "contested"
    CONFIRMED = "confirmed"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Rules:
    """Weights of the parts, of which only their proportion counts, and the scores below which to keep or consider."""

    skill: int = 30
    dislike: int = 20
    saving: int = 30
    time: int = 20
    keep_below: int = 40
    consider_below: int = 65

    def weight(self, part: Part) -> int:
        return int(getattr(self, part.value))


@dataclass(frozen=True)
class Range:
    """From the lower to the higher."""

    low: Decimal
    high: Decimal

    @property
    def middle(self) -> Decimal:
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Facts:
    """What is known of a job: means of colleagues, the others' scores that count, prices a month.

    `hours_range` are the lowest and the highest of what colleagues say. `managing` are the hours a week that looking
    after a vendor takes.
    """

    skill: Decimal | None = None
    liking: Decimal | None = None
    brand: Decimal | None = None
    hours: Decimal | None = None
    hours_range: Range | None = None
    hour_value: Decimal | None = None
    direct: Decimal | None = None
    space: Decimal | None = None
    rework: Decimal | None = None
    peers: Sequence[Decimal] = ()
    market: Range | None = None
    managing: Decimal | None = None
    must_stay: bool = False

    @property
    def other_costs(self) -> Decimal:
        """What of the costs beside the time is known; see `unknown_costs`."""
        return sum((cost for cost in (self.direct, self.space, self.rework) if cost is not None), Decimal(0))

    @property
    def unknown_costs(self) -> tuple[str, ...]:
        """The costs that nobody has said: they are left out, so the whole is at least as high."""
        return tuple(name for name in ("direct", "space", "rework") if getattr(self, name) is None)


@dataclass(frozen=True)
class Counted:
    """One part of the score. `value` is None where it is missing; `share` is its weight among the parts that count, and
    `points` what it adds to the score."""

    part: Part
    weight: int
    value: Decimal | None
    share: Decimal = Decimal(0)

    @property
    def points(self) -> Decimal:
        return Decimal(0) if self.value is None else 100 * self.value * self.share


@dataclass(frozen=True)
class Judged:
    """The verdict with all that led to it. `coverage` is the weight of what is known among all weights, 0 to 1."""

    verdict: Verdict
    score: Decimal | None
    parts: tuple[Counted, ...]
    coverage: Decimal
    view: View
    gap: Decimal | None
    peers_mean: Decimal | None
    is_contested: bool
    skill: Decimal | None  # with the others' word counted in
    in_house: Decimal | None
    saving: Range | None
    break_even: Range | None
    hours_freed: Range | None
    missing: tuple[Part, ...] = field(default=())


def rounded(number: Decimal, places: int = 1) -> Decimal:
    """Half away from zero, to so many places."""
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def mean(numbers: Sequence[Decimal | int]) -> Decimal | None:
    """The mean, or None of nothing."""
    return Decimal(sum(numbers)) / len(numbers) if numbers else None


def judge(facts: Facts, rules: Rules | None = None) -> Judged:
    """What to do with a job (B2)."""
    rules = rules or Rules()
    skill = counted_skill(facts)
    gap, view = seen_by_others(facts.skill, facts.peers)
    values = {
        Part.SKILL: None if skill is None else (FIVE - skill) / 4,
        Part.DISLIKE: None if facts.liking is None else (FIVE - facts.liking) / 4,
        Part.SAVING: saving_part(facts),
        Part.TIME: None if facts.hours is None else min(ONE, facts.hours * WEEKS / FULL_HOURS),
    }
    weights = {part: rules.weight(part) for part in Part}
    known = sum(weights[part] for part, value in values.items() if value is not None)
    total = sum(weights.values())
    parts = tuple(
        Counted(
            part, weights[part], value, Decimal(weights[part]) / known if known and value is not None else Decimal(0)
        )
        for part, value in values.items()
    )
    score = sum((part.points for part in parts), Decimal(0)) if known else None
    return Judged(
        verdict=_verdict(score, facts, rules),
        score=score,
        parts=parts,
        coverage=Decimal(known) / total if total else Decimal(0),
        view=view,
        gap=gap,
        peers_mean=mean(facts.peers),
        is_contested=len(facts.peers) >= ENOUGH and max(facts.peers) - min(facts.peers) >= SPREAD,
        skill=skill,
        in_house=in_house(facts),
        saving=saving_a_year(facts),
        break_even=break_even(facts),
        hours_freed=hours_freed_a_year(facts),
        missing=tuple(part for part, value in values.items() if value is None and weights[part]),
    )


def _verdict(score: Decimal | None, facts: Facts, rules: Rules) -> Verdict:
    if facts.must_stay:
        return Verdict.KEEP
    if score is None:
        return Verdict.UNKNOWN
    shown = rounded(score)  # as people read it: what says 65.0 is 65, though thirds may leave it a hair below
    if shown < rules.keep_below:
        return Verdict.KEEP
    if shown < rules.consider_below:
        return Verdict.CONSIDER
    if facts.brand is not None and facts.brand >= CLOSE_TO_BRAND:
        return Verdict.CONTROLLED
    return Verdict.OUTSOURCE


# ---- Others --------------------------------------------------------------------------------------------------------
def counted_skill(facts: Facts) -> Decimal | None:
    """One's own rating, and from two others on theirs counted twice beside it: (self + 2 x mean) / 3."""
    if facts.skill is None or len(facts.peers) < ENOUGH:
        return facts.skill
    others = mean(facts.peers)
    assert others is not None
    return (facts.skill + 2 * others) / 3


def seen_by_others(own: Decimal | None, peers: Sequence[Decimal]) -> tuple[Decimal | None, View]:
    """The gap (own less the others' mean) and what it says (M3); from two others on."""
    others = mean(peers)
    if own is None or others is None or len(peers) < ENOUGH:
        return None, View.TOO_FEW
    gap = own - others
    if gap >= GAP:
        return gap, View.BLIND_SPOT
    if gap <= -GAP:
        return gap, View.HIDDEN_STRENGTH
    if max(peers) - min(peers) >= SPREAD:
        return gap, View.CONTESTED
    return gap, View.CONFIRMED


# ---- Money and hours -----------------------------------------------------------------------------------------------
def in_house(facts: Facts) -> Decimal | None:
    """What it costs a month to do it oneself (M2): hours x value of an hour, and the other costs as far as known.

    None where the hours or what one is worth are not known: the costs beside them say too little.
    """
    if facts.hours is None or facts.hour_value is None:
        return None
    return facts.hours * WEEKS * facts.hour_value + facts.other_costs


def saving_part(facts: Facts) -> Decimal | None:
    """(in-house - market) / in-house between 0 and 1, at the middle of the market's range."""
    cost = in_house(facts)
    if cost is None or facts.market is None:
        return None
    if cost <= 0:
        return Decimal(0)  # nothing can be saved of nothing
    return min(ONE, max(Decimal(0), (cost - facts.market.middle) / cost))


def managing_cost(facts: Facts) -> Decimal:
    """Money a month that looking after a vendor takes; nothing where it is not known, which the page says."""
    if facts.managing is None or facts.hour_value is None:
        return Decimal(0)
    return facts.managing * WEEKS * facts.hour_value


def saving_a_year(facts: Facts) -> Range | None:
    """Money a year: what it costs now less the market's price less the hours spent on the vendor; below 0 it costs."""
    cost = in_house(facts)
    if cost is None or facts.market is None:
        return None
    left = cost - managing_cost(facts)
    return Range((left - facts.market.high) * MONTHS, (left - facts.market.low) * MONTHS)


def hours_freed_a_year(facts: Facts) -> Range | None:
    """Hours a year that nobody of the shop spends on it any more, less those spent on the vendor."""
    if facts.hours is None:
        return None
    said = facts.hours_range or Range(facts.hours, facts.hours)
    managing = facts.managing or Decimal(0)
    return Range((said.low - managing) * WEEKS_A_YEAR, (said.high - managing) * WEEKS_A_YEAR)


def break_even(facts: Facts) -> Range | None:
    """The value of an hour at which both cost the same: from there on handing over is cheaper.

    (market - other costs) / hours that are freed a month, never below 0. None where no hour is freed.
    """
    if facts.hours is None or facts.market is None:
        return None
    freed = (facts.hours - (facts.managing or Decimal(0))) * WEEKS
    if freed <= 0:
        return None
    low, high = ((price - facts.other_costs) / freed for price in (facts.market.low, facts.market.high))
    return Range(max(Decimal(0), low), max(Decimal(0), high))


# ---- What came -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Came:
    """A month in which a vendor did the job: what was paid, and the hours a week spent on the vendor."""

    paid: Decimal | None
    managing: Decimal | None


@dataclass(frozen=True)
class Saved:
    """What was really saved in so many months whose figures are whole; `left_out` are those with one missing."""

    money: Decimal
    hours: Decimal | None
    months: int
    left_out: int


def saved(
    cost: Decimal | None, hours: Decimal | None, hour_value: Decimal | None, months: Sequence[Came]
) -> Saved | None:
    """What handing over has saved (DESIGN 5, B1): for each month what the job cost before, less what was paid, less the
    hours spent on managing the vendor at what an hour is worth. None where nothing can be said.

    `cost` is money a month and `hours` hours a week before. A month without either figure is left out, not taken for
    zero.
    """
    if cost is None or hour_value is None:
        return None
    whole = [(one.paid, one.managing) for one in months if one.paid is not None and one.managing is not None]
    if not whole:
        return None
    money = sum((cost - paid - managing * WEEKS * hour_value for paid, managing in whole), Decimal(0))
    freed = None
    if hours is not None:
        freed = sum(((hours - managing) * WEEKS for _paid, managing in whole), Decimal(0))
    return Saved(money, freed, len(whole), len(months) - len(whole))
