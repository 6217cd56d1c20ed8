"""How quickly a side answers: an honest median and a score, out of turns. Pure arithmetic, whole seconds and Decimal.

Never answering must not improve either of them, nor leaving something open for longer. Source:
reference/milestones.md 4.2; the median is Kaplan's and Meier's (1958), with open turns as right-censored times.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Turns count for so long after they were opened, and less the older they are.
WINDOW = timedelta(days=90)
HALF_LIFE = timedelta(days=45)
#: Fewer turns than this say nothing.
ENOUGH = 5
#: More of them waved away than this is said beside the score.
MANY_DISMISSED = Decimal("0.2")
DAY = timedelta(days=1)
HALF, ZERO, ONE, HUNDRED = Decimal("0.5"), Decimal(0), Decimal(1), Decimal(100)


class Ending(models.TextChoices):
    """How a turn was closed; empty while it is open."""

    ANSWERED = "answered", _("Answered")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    WITHDRAWN = "withdrawn", _("Taken back")
    DISMISSED = "dismissed", _("Needs no answer")
    CONTRACT_ENDED = "contract_ended", _("The contract ended")
    MERGED = "merged", _("Merged")


#: What has a response time.
ANSWERS = (Ending.ANSWERED, Ending.ACKNOWLEDGED)


@dataclass(frozen=True)
class Taken:
    """One turn as figures see it: `seconds` are business seconds from its opening to its end, or until now if open."""

    opened_at: datetime
    seconds: int
    target: int
    ending: str = ""
    is_blocking: bool = False

    @property
    def is_answer(self) -> bool:
        return self.ending in ANSWERS


@dataclass(frozen=True)
class Median:
    """Half of the turns take no longer than `seconds`; where `is_over`, all that is known is that they take longer.

    `n` counts answered and open turns alike, `longest_open` is the longest that somebody waits, in business seconds.
    """

    seconds: int | None
    is_over: bool
    n: int
    longest_open: int | None = None

    @property
    def is_enough(self) -> bool:
        return self.n >= ENOUGH

    @property
    def order(self) -> tuple[bool, bool, int]:
        """What lists sort by: known ones first, then "over", then those without enough turns."""
        return not self.is_enough, self.is_over, self.seconds or 0


def median(turns: Iterable[Taken], at: datetime) -> Median:
    """The median response time of the turns opened within the window before `at`.

    Answers are events. Open turns are censored at the time they have taken so far, and dismissed ones at their
    dismissal: whoever waves a question away has not answered it. Those taken back, merged or ended with a contract are
    left out.
    """
    within = [turn for turn in turns if at - WINDOW < turn.opened_at <= at]
    answers = [turn.seconds for turn in within if turn.is_answer]
    waits = [turn.seconds for turn in within if not turn.ending]
    dismissed = [turn.seconds for turn in within if turn.ending == Ending.DISMISSED]
    seconds, is_over = kaplan_meier(answers, [*waits, *dismissed])
    return Median(seconds, is_over, len(answers) + len(waits) + len(dismissed), max(waits, default=None))


def kaplan_meier(events: Sequence[int], censored: Sequence[int]) -> tuple[int | None, bool]:
    """The least time at which no more than half are still unanswered, and whether it is only known to lie beyond.

    S(t) is the product, over the event times u <= t, of 1 - (events at u) / (times >= u, censored ones included).
    (None, False) for nothing at all. Exact: a fraction of two whole numbers.
    """
    times = sorted([*events, *censored])
    if not times:
        return None, False
    unanswered = of = 1
    passed = 0
    for time, same in groupby(sorted(events)):
        here = len(list(same))
        while times[passed] < time:
            passed += 1
        at_risk = len(times) - passed
        unanswered, of = unanswered * (at_risk - here), of * at_risk
        if 2 * unanswered <= of:
            return time, False
    return times[-1], True


@dataclass(frozen=True)
class Score:
    """0 to 100, None below the least number of turns; `dismissed` is the share of turns that were waved away."""

    points: Decimal | None
    n: int
    dismissed: Decimal

    @property
    def has_many_dismissed(self) -> bool:
        return self.dismissed > MANY_DISMISSED


def score(turns: Iterable[Taken], at: datetime) -> Score:
    """How promptly turns of the window before `at` were answered, measured by what each may take.

    Full credit until the target T, half at 2T, nothing from 3T; a blocking turn weighs twice, and every weight halves
    in 45 days. Open turns count once they are beyond T, those that a contract's end closed only if it came after T.
    """
    within = [turn for turn in turns if at - WINDOW < turn.opened_at <= at]
    counted = [turn for turn in within if _counts(turn)]
    dismissed = sum(turn.ending == Ending.DISMISSED for turn in within)
    share = Decimal(dismissed) / len(within) if within else ZERO
    if len(counted) < ENOUGH:
        return Score(None, len(counted), share)
    weights = [_weight(turn, at) for turn in counted]
    credit = sum((weight * _credit(turn) for weight, turn in zip(weights, counted, strict=True)), ZERO)
    return Score(HUNDRED * credit / sum(weights, ZERO), len(counted), share)


def first_response(turns: Iterable[Taken]) -> int | None:
    """The business seconds in which a thread's first turn was answered; None while it is not, or was not."""
    first = min(turns, key=lambda turn: turn.opened_at, default=None)
    return first.seconds if first and first.is_answer else None


def _counts(turn: Taken) -> bool:
    if turn.ending in (Ending.WITHDRAWN, Ending.MERGED):
        return False
    return turn.seconds > turn.target if turn.ending in ("", Ending.CONTRACT_ENDED) else True


def _credit(turn: Taken) -> Decimal:
    """min(1, max(0, (3T - t) / 2T))."""
    return max(ZERO, min(ONE, Decimal(3 * turn.target - turn.seconds) / (2 * turn.target)))


def _weight(turn: Taken, at: datetime) -> Decimal:
    age = Decimal((at - turn.opened_at) // timedelta(seconds=1)) / Decimal(HALF_LIFE // timedelta(seconds=1))
    return (2 if turn.is_blocking else 1) * HALF**age
