"""A timeline as shapes: what is put where, in units of the picture. Pure: dates in, coordinates out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format

DAY = timedelta(days=1)
#: About so many units a letter takes, in the picture's 12-unit type.
LETTER = 7.0
#: So wide is the mark of today on the axis.
TODAY = 48
#: Marks between which the axis puts a line, in months.
STEPS = (1, 3, 6, 12, 60)


@dataclass(frozen=True)
class Span:
    """A milestone to draw: from when to when, and what it was first agreed to be.

    `kind` is the end of its class; `undone_from` begins the part that is late or still to come; `needs` are keys of
    other spans that it waits for.
    """

    key: int
    number: int
    title: str
    word: str
    kind: str
    starts: date
    ends: date
    baseline: date | None = None
    forecast: date | None = None
    undone_from: date | None = None
    is_done: bool = False
    needs: Sequence[int] = ()


@dataclass(frozen=True)
class Frame:
    """A picture's measures: its width, where the axis begins, and the height of a row; `is_stacked` puts a title above
    its bar instead of beside it."""

    width: int
    axis: int
    row: int
    is_stacked: bool

    @property
    def top(self) -> int:
        return 28


WIDE = Frame(1072, 268, 34, is_stacked=False)
NARROW = Frame(358, 4, 46, is_stacked=True)


@dataclass(frozen=True)
class Box:
    """A piece of a bar: its left edge and its width."""

    x: str
    width: str


@dataclass(frozen=True)
class Bar:
    """One row: its title, its bar and what stands beside it; heights are given for the row's text and bar."""

    number: int
    title: str
    word: str
    kind: str
    rule: str
    text: str
    word_y: str
    word_x: str
    word_is_end: bool
    top: str
    ghost_top: str
    box: Box
    ghost: Box | None
    undone: Box | None
    forecast: str
    check: str


@dataclass(frozen=True)
class Tick:
    """A line of the axis, and what is written at it."""

    x: str
    label_x: str
    label: str


@dataclass(frozen=True)
class Drawing:
    """The whole picture. `today_x` is empty where today lies outside; `links` are paths from what is needed to what
    waits."""

    width: int
    height: int
    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    links: Sequence[str]
    today_x: str
    today_box: str
    today: str
    is_stacked: bool
    bottom: int


def draw(spans: Sequence[Span], frame: Frame, today: date) -> Drawing:
    """Lay spans out in a frame, in their order."""
    days = [day for one in spans for day in (one.starts, one.ends, one.baseline, one.forecast) if day]
    first, last = min([*days, today]), max([*days, today])
    scale = _Scale(frame, first - DAY, last + max(DAY, (last - first) // 12))
    bars = [_bar(one, place, frame, scale) for place, one in enumerate(spans)]
    bottom = frame.top + frame.row * len(spans)
    box = min(max(scale.x(today) - TODAY / 2, 0), frame.width - TODAY)
    return Drawing(
        frame.width, bottom + 6, bars, list(_ticks(scale, box)), list(_links(spans, frame, scale)), _n(scale.x(today)),
        _n(box), date_format(today, "j M"), frame.is_stacked, bottom,
    )  # fmt: skip


@dataclass(frozen=True)
class _Scale:
    frame: Frame
    first: date
    last: date

    def x(self, day: date) -> float:
        """Where a day begins."""
        room = self.frame.width - self.frame.axis - 4
        return self.frame.axis + room * (day - self.first).days / max(1, (self.last - self.first).days)

    def box(self, first: date, last: date) -> Box:
        """From the beginning of one day to the end of another; never too thin to be seen."""
        left = self.x(first)
        return Box(_n(left), _n(max(3.0, self.x(last + DAY) - left)))


def _bar(one: Span, place: int, frame: Frame, scale: _Scale) -> Bar:
    y = frame.top + frame.row * place
    top = y + (24 if frame.is_stacked else 10)
    end = scale.x(max(filter(None, (one.ends, one.baseline, one.forecast))) + DAY)
    room = LETTER * len(one.word) + 12
    is_end = end + room > frame.width
    letters = int(((frame.width - room if frame.is_stacked else frame.axis) - 24) / LETTER)
    title = one.title if len(one.title) <= letters else one.title[: letters - 1].rstrip() + "…"
    word_x = frame.width - 2.0 if frame.is_stacked else (scale.x(one.starts) - 8 if is_end else end + 9)
    undone = scale.box(max(one.undone_from, one.starts), one.ends) if one.undone_from else None
    check = ""
    if one.is_done:
        check = f"M{_n(scale.x(one.ends + DAY) - 14)} {top + 7}l3 3 5-6"
    diamond = ""
    if one.forecast and one.forecast != one.ends:
        middle = scale.x(one.forecast) + (scale.x(one.forecast + DAY) - scale.x(one.forecast)) / 2
        diamond = f"M{_n(middle)} {top}l6 7-6 7-6-7z"
    return Bar(
        one.number, title, one.word, one.kind,
        rule=str(y + frame.row), text=str(y + (16 if frame.is_stacked else 21)),
        word_y=str(y + (16 if frame.is_stacked else 21)), word_x=_n(word_x), word_is_end=frame.is_stacked or is_end,
        top=str(top), ghost_top=str(top - 3), box=scale.box(one.starts, max(one.ends, one.starts)),
        ghost=scale.box(one.starts, max(one.baseline, one.starts)) if one.baseline else None,
        undone=undone, forecast=diamond, check=check,
    )  # fmt: skip


def _ticks(scale: _Scale, box: float) -> Iterator[Tick]:
    """The first of months, as many as have room for their names; one that would lie under today's `box` has none."""
    months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month + 1
    room = (scale.frame.width - scale.frame.axis) / (52 if scale.frame.is_stacked else 84)
    step = next((one for one in STEPS if months / one <= room), STEPS[-1])
    number = scale.first.year * 12 + scale.first.month - 1
    number += -number % step
    for month in range(number, number + months + 1, step):
        day = date(month // 12, month % 12 + 1, 1)
        if scale.first <= day <= scale.last:
            with_year = day.month == 1 or step > 1
            x = scale.x(day)
            short = scale.frame.is_stacked or step > 1
            label = date_format(day, "M Y" if short and with_year else "F Y" if with_year else "M" if short else "F")
            end = x + LETTER * len(label) + 6
            if end < scale.frame.width:
                yield Tick(_n(x), _n(x + 6), "" if x + 6 < box + TODAY and end > box else label)


def _links(spans: Sequence[Span], frame: Frame, scale: _Scale) -> Iterator[str]:
    """From the end of what is needed down, or up, to the bar that waits for it."""
    middle = 31 if frame.is_stacked else 17
    places: Mapping[int, int] = {one.key: place for place, one in enumerate(spans)}
    for place, one in enumerate(spans):
        for need in one.needs:
            if need not in places:
                continue
            other = places[need]
            start_x, end_x = scale.x(spans[other].ends + DAY), scale.x(one.starts)
            start_y, end_y = frame.top + frame.row * other + middle, frame.top + frame.row * place + middle
            bend = max(start_x + 6, min(end_x - 6, frame.width - 8)) if end_x - 6 > start_x else start_x + 6
            yield f"M{_n(start_x)} {start_y}H{_n(bend)}V{end_y}H{_n(end_x)}"


def _n(value: float) -> str:
    return f"{value:.1f}"
