"""The picture: skill against liking, hours as circles. Drawn as SVG attributes; the table beside it says the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import sqrt

from django.utils.translation import gettext as _

from vendors.needs.reading import Job
from vendors.needs.verdict import Verdict
from vendors.needs.words import listed, number

LEFT, RIGHT, TOP, BOTTOM, INSET = 44.0, 722.0, 10.0, 384.0, 40.0
LEAST, MOST, SCALE = 6.0, 44.0, 6.2
LETTER, LINE, AWAY = 6.4, 13.0, 6.0
CLASSES = {
    Verdict.OUTSOURCE: "q-out",
    Verdict.CONTROLLED: "q-out",
    Verdict.CONSIDER: "q-con",
    Verdict.KEEP: "q-keep",
    Verdict.UNKNOWN: "q-keep",
}
#: So many letters of a name stand in the picture, fewer where there is no room.
LONGEST, SHORT = 28, 16

Box = tuple[float, float, float, float]
#: What the template writes into the corners of the picture.
CORNERS: tuple[Box, ...] = ((48, 364, 152, 384), (580, 364, 722, 384), (48, 10, 152, 28), (684, 10, 722, 28))


@dataclass(frozen=True)
class Circle:
    """One job; `label` is empty where there is no room for it."""

    x: float
    y: float
    r: float
    css: str
    title: str
    label: str = ""
    label_x: float = 0.0
    label_y: float = 0.0
    label_css: str = ""


@dataclass(frozen=True)
class Picture:
    """Circles, the largest first so that none is covered, and the same in words."""

    circles: Sequence[Circle]
    words: str
    left_out: int


def picture(jobs: Sequence[Job]) -> Picture:
    """Those whose skill and liking are known."""
    placed = [job for job in jobs if job.judged.skill is not None and job.facts.liking is not None]
    placed.sort(key=lambda job: job.facts.hours or Decimal(0), reverse=True)
    bare = [_circle(job) for job in placed]
    taken: list[Box] = [*CORNERS, *((one.x - one.r, one.y - one.r, one.x + one.r, one.y + one.r) for one in bare)]
    circles = [_labelled(one, _labels(job), taken) for one, job in zip(bare, placed, strict=True)]
    return Picture(circles, _in_words(placed), len(jobs) - len(placed))


def _circle(job: Job) -> Circle:
    assert job.judged.skill is not None
    assert job.facts.liking is not None
    x = LEFT + INSET + (float(job.judged.skill) - 1) / 4 * (RIGHT - LEFT - 2 * INSET)
    y = BOTTOM - INSET - (float(job.facts.liking) - 1) / 4 * (BOTTOM - TOP - 2 * INSET)
    hours = job.facts.hours
    r = min(MOST, max(LEAST, SCALE * sqrt(float(hours)))) if hours else LEAST
    figures = {
        "name": job.task.name,
        "skill": number(job.judged.skill),
        "liking": number(job.facts.liking),
        "hours": _("%(hours)s hours a week") % {"hours": number(hours)} if hours is not None else _("hours not known"),
    }
    title = _("%(name)s: skill %(skill)s, liking %(liking)s, %(hours)s") % figures
    return Circle(round(x, 1), round(y, 1), round(r, 1), CLASSES[job.judged.verdict], title)


def _labels(job: Job) -> list[str]:
    """What may stand beside a circle, the longest first."""
    names = [_short(job.task.name, most) for most in (LONGEST, SHORT)]
    if job.facts.hours is None:
        return names
    with_hours = [_("%(name)s, %(hours)s h") % {"name": name, "hours": number(job.facts.hours)} for name in names]
    return [with_hours[0], names[0], with_hours[1], names[1]]


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}\u2026"


def _labelled(one: Circle, labels: Sequence[str], taken: list[Box]) -> Circle:
    """The longest label that covers nothing: to the right, to the left, above, below; else none."""
    for label in labels:
        for x, y, css, box in _places(one, LETTER * len(label)):
            inside = box[0] >= LEFT + 4 and box[1] >= TOP and box[2] <= RIGHT and box[3] <= BOTTOM
            if inside and not any(_meet(box, other) for other in taken):
                taken.append(box)
                css = f"{css} {'strong' if one.css == 'q-out' else ''}".strip()
                return replace(one, label=label, label_x=round(x, 1), label_y=round(y, 1), label_css=css)
    return one


def _places(one: Circle, width: float) -> Iterator[tuple[float, float, str, Box]]:
    """Where a label of this width may stand: its anchor, how it hangs on it, and the room that it takes."""
    right, left = one.x + one.r + AWAY, one.x - one.r - AWAY
    above, below = one.y - one.r - AWAY, one.y + one.r + AWAY + LINE - 3
    middle = one.y + 4
    for x, y, css, start in (
        (right, middle, "", right),
        (left, middle, "end", left - width),
        (one.x, above, "mid", one.x - width / 2),
        (one.x, below, "mid", one.x - width / 2),
    ):
        yield x, y, css, (start, y - LINE + 2, start + width, y + 3)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _in_words(jobs: Sequence[Job]) -> str:
    go = [job for job in jobs if job.judged.verdict in (Verdict.OUTSOURCE, Verdict.CONTROLLED)]
    if not go:
        return _("Chart of skill and liking. Nothing to hand over first. The table below has every figure.")
    names = listed([job.task.name for job in go[:5]])
    words = _("Chart of skill and liking. To hand over: %(names)s. The table below has every figure.")
    return words % {"names": names}
