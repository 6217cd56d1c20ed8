"""How one organisation answers another, out of their turns: the honest median, the score, and replies by hours taken.

Each side's turns are measured on the calendar of whoever answers. An answer's time is the one that was frozen with it;
what is open has taken what has passed until now. Source: reference/milestones.md 4.2.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from django.db.models import Q
from django.utils.translation import gettext as _

from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Organisation
from outsourcing.conversations import turns
from outsourcing.conversations.clock import HOUR
from outsourcing.conversations.figures import ANSWERS, ENOUGH, WINDOW, Ending, Median, Score, Taken, median, score
from outsourcing.conversations.models import Turn
from outsourcing.conversations.models.turns import TurnQuerySet

#: Hours between which replies are counted.
EDGES = (1, 2, 4, 8)
#: Of the drawing, in its own units.
HIGH, GROUND, STEP, WIDE = 82, 104, 59, 50
#: Ended otherwise than by an answer: no figure looks at how long that took.
UNCOUNTED = (Ending.WITHDRAWN, Ending.MERGED)
#: Holidays are looked up from so long before the window: older questions that are open are rare.
BEFORE = timedelta(days=366)

CalendarOf = Callable[[int], WorkingCalendar]


@dataclass(frozen=True)
class Bar:
    """How many replies took so many hours, and where it stands in the drawing."""

    label: str
    count: int
    x: int
    height: Decimal
    is_median: bool

    @property
    def top(self) -> Decimal:
        return GROUND - self.height

    @property
    def middle(self) -> int:
        return self.x + WIDE // 2

    @property
    def above(self) -> Decimal:
        return self.top - 6


@dataclass(frozen=True)
class Responding:
    """How one side answers the other. `longest` is the turn that is open the longest, `waits` its business seconds."""

    median: Median
    score: Score
    bars: Sequence[Bar] = ()
    longest: Turn | None = None
    waits: int = 0

    @property
    def n(self) -> int:
        return self.median.n

    @property
    def enough(self) -> int:
        """How many it takes to say anything."""
        return ENOUGH

    @property
    def in_words(self) -> str:
        return in_words(self.median)

    @property
    def waits_in_words(self) -> str:
        return hours(self.waits) if self.longest else ""

    @property
    def points(self) -> int | None:
        """The score as a whole number."""
        return None if self.score.points is None else round(self.score.points)

    @property
    def dismissed_percent(self) -> int:
        return round(self.score.dismissed * 100)

    @property
    def chart(self) -> str:
        """What the drawing shows, in words."""
        counts = ", ".join(f"{bar.label} {bar.count}" for bar in self.bars)
        words = _("Replies by working hours taken: %(counts)s. Median %(median)s.")
        return words % {"counts": counts, "median": self.in_words}


def in_words(middle: Median) -> str:
    """A median as pages say it: "3.1 h", "over 9 h"; empty where there are not enough turns."""
    if not middle.is_enough or middle.seconds is None:
        return ""
    said = hours(middle.seconds)
    return _("over %(time)s") % {"time": said} if middle.is_over else said


def hours(seconds: int) -> str:
    """Working time in a few letters: "25 min", "3.1 h", "12 h"."""
    if seconds < HOUR:
        return _("%(minutes)d min") % {"minutes": max(1, seconds // 60)}
    told = f"{Decimal(seconds) / HOUR:.1f}".removesuffix(".0")
    return _("%(hours)s h") % {"hours": told}


def turns_between(one: int, others: Iterable[int], at: datetime) -> TurnQuerySet:
    """Turns of the window before `at`, and open ones of any age, of one organisation with some others, both ways."""
    keys = list(others)
    ways = Q(asker=one, answerer__in=keys) | Q(answerer=one, asker__in=keys)
    return Turn.objects.filter(ways & in_view(at)).defer("reckoned")


def in_view(at: datetime) -> Q:
    """Turns that were opened in the window before `at`, and open ones of any age."""
    return Q(opened_at__gt=at - WINDOW, opened_at__lte=at) | Q(closed_at=None, opened_at__lte=at)


def seconds_of(turn: Turn, calendar_of: CalendarOf, at: datetime) -> int:
    """The business seconds that a turn took, or has taken until now."""
    if turn.response_seconds is not None:
        return turn.response_seconds
    if turn.ending in UNCOUNTED:
        return 0
    calendar = calendar_of(turn.answerer_id)
    return int(calendar.business_seconds(turn.opened_at, turn.closed_at or at, turns.pauses_of(turn)))


def remember_pauses(rows: Iterable[Turn]) -> None:
    """Read the pauses of all turns whose time is not frozen, at once, for the figures of many sides."""
    turns.remember_pauses([one for one in rows if one.response_seconds is None and one.ending not in UNCOUNTED])


def timed_of(rows: Iterable[Turn], calendar_of: CalendarOf, at: datetime) -> list[tuple[Turn, int]]:
    """Turns with the business seconds that each took or has taken; pauses of all that is open are read at once."""
    found = list(rows)
    remember_pauses(turn for turn in found if not hasattr(turn, "pauses"))
    return [(turn, seconds_of(turn, calendar_of, at)) for turn in found]


def responding(rows: Iterable[Turn], calendar_of: CalendarOf, at: datetime) -> Responding:
    """The figures of some turns that one side owed."""
    timed = timed_of(rows, calendar_of, at)
    taken = _taken(timed)
    middle = median(taken, at)
    waiting = [one for one in timed if one[0].is_open]
    longest, waits = max(waiting, key=lambda one: one[1]) if waiting else (None, 0)
    return Responding(middle, score(taken, at), bars(taken, middle, at), longest, waits)


def median_of(rows: Iterable[Turn], calendar_of: CalendarOf, at: datetime) -> Median:
    """Their median alone, for whoever tells no more of many sides."""
    return median(_taken(timed_of(rows, calendar_of, at)), at)


def _taken(timed: Iterable[tuple[Turn, int]]) -> list[Taken]:
    return [
        Taken(turn.opened_at, seconds, turn.target_seconds, turn.ending, turn.is_blocking) for turn, seconds in timed
    ]


def bars(taken: Iterable[Taken], middle: Median, at: datetime) -> list[Bar]:
    """Answers by the working hours that they took; empty below the least number of turns."""
    if not middle.is_enough or middle.seconds is None:
        return []
    counts = [0] * (len(EDGES) + 1)
    for one in taken:
        counts[_place(one.seconds)] += one.is_answer and at - WINDOW < one.opened_at
    labels = [
        _("under %(hours)s") % {"hours": EDGES[0]},
        *(_("%(low)s to %(high)s") % {"low": low, "high": high} for low, high in pairwise(EDGES)),
        _("over %(hours)s") % {"hours": EDGES[-1]},
    ]
    most = max(counts) or 1
    marked = None if middle.is_over else _place(middle.seconds)
    return [
        Bar(label, count, 4 + STEP * place, round(Decimal(HIGH * count) / most, 1), place == marked)
        for place, (label, count) in enumerate(zip(labels, counts, strict=True))
    ]


def _place(seconds: int) -> int:
    """In which bar a time belongs."""
    return sum(seconds >= edge * HOUR for edge in EDGES)


def calendars(organisations: Iterable[Organisation], at: datetime) -> CalendarOf:
    """The calendars of some organisations around `at`, each made once it is needed; their hours are prefetched, or
    read by two queries each."""
    known = {one.pk: one for one in organisations}
    made: dict[int, WorkingCalendar] = {}

    def calendar(pk: int) -> WorkingCalendar:
        if pk not in made:
            made[pk] = turns.calendar_around(known[pk], at - WINDOW - BEFORE, at)
        return made[pk]

    return calendar


def both_ways(us: int, rows: Sequence[Turn], calendar_of: CalendarOf, at: datetime) -> tuple[Responding, Responding]:
    """How the others answer us, and how we answer them."""
    theirs = [turn for turn in rows if turn.asker_id == us]
    ours = [turn for turn in rows if turn.answerer_id == us]
    return responding(theirs, calendar_of, at), responding(ours, calendar_of, at)


def is_counted(turn: Turn, at: datetime) -> bool:
    """Whether a turn is in the median: opened in the window, and open, answered or waved away."""
    return turn.ending in (*ANSWERS, Ending.DISMISSED, "") and at - WINDOW < turn.opened_at <= at
