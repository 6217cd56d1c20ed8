"""Cells of the comparison as they are drawn: a score with its spread, a must-have, a figure, or a lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from outsourcing.shared.templatetags.house import icon
from vendors.sourcing.scoring import SCALE, Cell, Gate, shown

#: Of the drawing of a spread: where 0 is, and how far a point is.
LEFT, POINT = 4, 9.6


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: drawn, and as plain text for files and to tell whether rows differ; `css` more classes."""

    html: SafeString
    text: str
    css: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its label, what stands small under it, and a cell for each column."""

    label: str
    cells: Sequence[Shown]
    about: str = ""

    @property
    def differs(self) -> bool:
        return len({cell.text for cell in self.cells}) > 1


@dataclass(frozen=True, slots=True)
class Band:
    """Rows under one heading."""

    label: str
    rows: Sequence[Row]
    about: str = ""


def plain(text: str, note: str = "", css: str = "") -> Shown:
    """A text with something small under it; a dash where there is nothing."""
    said = format_html("{}", text) if text else dash()
    html = format_html('{}<br><small class="muted">{}</small>', said, note) if note else said
    return Shown(html, " · ".join(filter(None, [text, note])), css)


def dash() -> SafeString:
    return format_html('<span class="muted" aria-label="{}">&ndash;</span>', _("Nothing said"))


def gate(state: Gate, note: str = "", *, url: str) -> Shown:
    """A must-have in a word with its sign, and a link to what it rests on."""
    word, tone, sign = {
        Gate.PASS: (_("Pass"), "ok", "check"),
        Gate.FAIL: (_("Fail"), "late", "x"),
        Gate.UNKNOWN: (_("Not known"), "risk", "question"),
        Gate.WAIVED: (_("Waived"), "info", "check-circle"),
    }[state]
    html = format_html('<a class="score" href="{}">{}</a>', url, status(word, tone, sign))
    if note:
        html = format_html('{}<br><small class="muted">{}</small>', html, note)
    return Shown(html, " · ".join(filter(None, [word, note])))


def status(word: str, tone: str, sign: str) -> SafeString:
    return format_html('<span class="status status-{}">{}{}</span>', tone, icon(sign), word)


def score(cell: Cell, *, url: str, pieces: int = 0, note: str = "", least: int | None = None, before: int = 0) -> Shown:
    """A value of 0-5 with the spread of the opinions behind it, and a link (one of ours) to what it rests on; `before`
    is the number of the answer that came after a score of it."""
    if cell.not_applicable:
        return linked(_("n/a"), _("does not apply"), url)
    if cell.value is None:
        return linked("", note or _("no score"), url)
    value = str(shown(cell.value, 1))
    said, tone = note_of(cell, pieces) if cell.computed is None else (note, "")
    if least is not None and cell.value < least:
        said, tone = _("below %(least)s") % {"least": least} + (f" · {said}" if said else ""), "risk"
    if before:
        said, tone = _("scored before answer %(number)s") % {"number": before} + (f" · {said}" if said else ""), "risk"
    if cell.mean is None:
        return linked(value, said, url, tone)
    drawing = _drawn(cell.mean, cell.least or 0, cell.most or 0, cell.disputed, get_language() or "")
    return Shown(
        SafeString(f'<a class="score" href="{url}">{_inside(value, drawing, tone, said)}</a>'), f"{value} · {said}"
    )


@lru_cache(maxsize=4096)
def _inside(value: str, drawing: SafeString, tone: str, said: str) -> SafeString:
    return format_html('<b>{}</b>{}<small class="{}">{}</small>', value, drawing, tone, said)


def note_of(cell: Cell, pieces: int) -> tuple[str, str]:
    """What stands under a mean, and its tone."""
    items = ngettext("%(n)s item", "%(n)s items", pieces) % {"n": pieces} if pieces else ""
    if cell.settled is not None:
        mean = _("settled, mean %(mean)s") % {"mean": shown(cell.mean, 1)} if cell.mean is not None else _("settled")
        return mean, ""
    if cell.disputed:
        split = _("split %(least)s to %(most)s") % {"least": cell.least, "most": cell.most}
        return " · ".join(filter(None, [split, items])), "risk"
    if cell.one_opinion:
        return " · ".join(filter(None, [_("one opinion"), items])), ""
    return items or _("%(count)s opinions") % {"count": len(cell.counted)}, ""


def linked(value: str, note: str, url: str, tone: str = "") -> Shown:
    """A value without a spread, with a link to what it rests on."""
    html = format_html(
        '<a class="score score-plain" href="{}"><b>{}</b><small class="{}">{}</small></a>', url, value or dash(), tone,
        note,
    )  # fmt: skip
    return Shown(html, " · ".join(filter(None, [value, note])))


def locked(submitted: int, asked: int, *, url: str, mine: int | None, is_asked: bool) -> Shown:
    """Scores that this reader may not see yet: how many are in, and their own."""
    word = _("%(submitted)s of %(asked)s in") % {"submitted": submitted, "asked": asked}
    own = _("yours: %(score)s") % {"score": mine} if mine is not None else _("yours is missing") if is_asked else ""
    html = format_html('<a class="score" href="{}">{}<small>{}</small></a>', url, status(word, "none", "lock"), own)
    css = "todo-cell" if is_asked and mine is None else ""
    return Shown(html, " · ".join(filter(None, [word, own])), css)


@lru_cache(maxsize=4096)
def _drawn(mean: Fraction, least: int, most: int, disputed: bool, language: str) -> SafeString:
    """The line from 0 to 5, the opinions on it, and their mean; kept, since a page shows hundreds and many are alike.

    `language` only tells drawings with words of another language apart.
    """
    span = ""
    if most > least:
        wide = " wide" if disputed else ""
        span = format_html('<line class="span{}" x1="{}" y1="7" x2="{}" y2="7"/>', wide, place(least), place(most))
    return format_html(
        '<svg class="spread" viewBox="0 0 56 14" role="img" aria-label="{}"><line x1="4" y1="7" x2="52" y2="7"/>{}'
        '<circle cx="{}" cy="7" r="4"/></svg>',
        _("Scores from %(least)s to %(most)s") % {"least": least, "most": most},
        span,
        place(mean),
    )


def place(points: Fraction | int) -> str:
    """Where points lie in the drawing of a spread."""
    return f"{LEFT + POINT * float(min(max(points, 0), SCALE)):.1f}"
