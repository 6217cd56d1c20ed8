"""What the arithmetic says, in sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.contracts.text import money
from vendors.needs.reading import Job, Said
from vendors.needs.verdict import WEEKS, Counted, Part, Range, Verdict, View, rounded

VERDICTS = {
    Verdict.OUTSOURCE: gettext_lazy("Outsource"),
    Verdict.CONTROLLED: gettext_lazy("Outsource with control"),
    Verdict.CONSIDER: gettext_lazy("Consider"),
    Verdict.KEEP: gettext_lazy("Keep"),
    Verdict.UNKNOWN: gettext_lazy("Not rated yet"),
}
#: Icon and end of the class name of each verdict's mark.
MARKS = {
    Verdict.OUTSOURCE: ("arrow-right", "late"),
    Verdict.CONTROLLED: ("arrow-right", "late"),
    Verdict.CONSIDER: ("needs", "risk"),
    Verdict.KEEP: ("check", "ok"),
    Verdict.UNKNOWN: ("planned", "none"),
}
VIEWS = {
    View.BLIND_SPOT: (gettext_lazy("Blind spot"), "alert", "late"),
    View.HIDDEN_STRENGTH: (gettext_lazy("Hidden strength"), "award", "info"),
    View.CONTESTED: (gettext_lazy("Contested"), "users", "risk"),
    View.CONFIRMED: (gettext_lazy("Confirmed"), "check", "ok"),
}
PARTS = {
    Part.SKILL: gettext_lazy("Skill"),
    Part.DISLIKE: gettext_lazy("Dislike"),
    Part.SAVING: gettext_lazy("Saving"),
    Part.TIME: gettext_lazy("Time"),
}
COSTS = {
    "direct": gettext_lazy("direct cost"),
    "space": gettext_lazy("space"),
    "rework": gettext_lazy("rework"),
}
MINUS = "\u2212"


@dataclass(frozen=True)
class Bar:
    """One part of the score as a bar and a sentence; `percent` is None where it is not known."""

    label: str
    percent: int | None
    sentence: str
    weight: int
    points: Decimal


def number(value: Decimal | int | None, places: int = 1) -> str:
    """A figure without needless zeros, with a real minus."""
    if value is None:
        return ""
    shown = rounded(Decimal(value), places)
    plain = f"{shown:,.{places}f}"
    if places:
        plain = plain.rstrip("0").rstrip(".")
    return plain.replace("-", MINUS)


def signed(value: Decimal | None) -> str:
    """A gap with its sign."""
    if value is None:
        return ""
    return f"+{number(value)}" if rounded(value) > 0 else number(value)


def amount(value: Decimal, currency: str) -> str:
    """Whole money, for estimates."""
    return money(rounded(value, 0), currency)


def bars(job: Job, currency: str) -> list[Bar]:
    """Every part of the score."""
    return [
        Bar(
            str(PARTS[part.part]),
            None if part.value is None else int(rounded(100 * part.value, 0)),
            sentence(part, job, currency),
            int(rounded(100 * part.share, 0)),
            rounded(part.points),
        )
        for part in job.judged.parts
    ]


def sentence(part: Counted, job: Job, currency: str) -> str:
    """Why a part is what it is, or why it is left out."""
    if part.value is None:
        return str(MISSING[part.part])
    says = {Part.SKILL: _skill, Part.DISLIKE: _dislike, Part.SAVING: _saving, Part.TIME: _time}
    words = says[part.part](job, currency)
    return words if part.weight else _("%(words)s It has no weight here.") % {"words": words}


MISSING = {
    Part.SKILL: gettext_lazy("Left out: nobody here has rated the skill yet."),
    Part.DISLIKE: gettext_lazy("Left out: nobody here has said how much you like it."),
    Part.SAVING: gettext_lazy("Left out: it needs the hours, the value of an hour and what vendors ask."),
    Part.TIME: gettext_lazy("Left out: nobody here has said how many hours it takes."),
}


def _skill(job: Job, currency: str) -> str:
    own = {"own": number(job.facts.skill)}
    others = of_others(job.said)
    if not others:
        return _("You rate yourself %(own)s of 5.") % own
    if len(job.said.scores) < 2:
        return _("You rate yourself %(own)s, %(others)s. One answer does not count yet.") % {**own, "others": others}
    both = {**own, "others": others, "counted": number(job.judged.skill)}
    return _("You rate yourself %(own)s, %(others)s. Theirs counts twice: %(counted)s.") % both


def of_others(said: Said) -> str:
    """Three of four others rate you 2; else their mean and range."""
    scores, usual = said.scores, said.usual
    if not scores:
        return ""
    total = len(scores)
    if total == 1:
        return _("the one who answered rates you %(score)s") % {"score": number(scores[0])}
    if usual and usual[1] == total:
        return _("all %(total)s others rate you %(score)s") % {"total": total, "score": number(usual[0])}
    if usual:
        counts = {"count": usual[1], "total": total, "score": number(usual[0])}
        return _("%(count)s of %(total)s others rate you %(score)s") % counts
    figures = {name: number(one) for name, one in (("low", min(scores)), ("high", max(scores)))}
    figures |= {"mean": number(Decimal(sum(scores)) / total), "total": str(total)}
    return _("%(total)s others rate you %(mean)s on average, from %(low)s to %(high)s") % figures


def _dislike(job: Job, currency: str) -> str:
    return _("You like it %(liking)s of 5.") % {"liking": number(job.facts.liking)}


def _saving(job: Job, currency: str) -> str:
    facts, cost = job.facts, job.judged.in_house
    assert facts.market is not None
    assert cost is not None
    says = _("It costs you %(cost)s a month, vendors ask %(price)s.") % {
        "cost": amount(cost, currency),
        "price": _span(facts.market, currency),
    }
    if facts.unknown_costs:
        says += " " + _("Without %(costs)s, which nobody has said.") % {
            "costs": listed([str(COSTS[name]) for name in facts.unknown_costs])
        }
    return says


def _time(job: Job, currency: str) -> str:
    assert job.facts.hours is not None
    hours = {"hours": number(job.facts.hours), "month": number(job.facts.hours * WEEKS)}
    return _("%(hours)s hours a week, %(month)s a month; 40 count in full.") % hours


def listed(words: Sequence[str]) -> str:
    """One, two and three."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _span(price: Range, currency: str) -> str:
    if price.low == price.high:
        return amount(price.low, currency)
    return _("%(low)s to %(high)s") % {"low": amount(price.low, currency), "high": amount(price.high, currency)}


def summary(job: Job) -> str:
    """The verdict in a sentence."""
    judged = job.judged
    if job.facts.must_stay and job.need is not None:
        return _("It must stay: %(reason)s") % {"reason": job.need.must_stay_reason}
    if judged.score is None:
        return _("Nothing is known of it yet: rate your skill, how you like it, and the hours.")
    score = {"score": number(judged.score)}
    if judged.verdict == Verdict.CONTROLLED:
        return _("%(score)s of 100. Your brand hangs on it: hand over the work, keep the say.") % score
    return _("%(score)s of 100.") % score


def left_out(job: Job) -> str:
    """Which parts the verdict does without."""
    if job.judged.score is None or not job.judged.missing:
        return ""
    names = listed([str(PARTS[part]).lower() for part in job.judged.missing])
    return _("Without %(parts)s: not known yet.") % {"parts": names}


@dataclass(frozen=True)
class Estimate:
    """A figure with its label and what it rests on."""

    label: str
    figure: str
    note: str


def estimates(job: Job, currency: str) -> Iterator[Estimate]:
    """What handing over would save a year, and from which value of an hour on it is cheaper."""
    judged = job.judged
    managing = (
        _("After the hours spent on the vendor, %(hours)s a week.") % {"hours": number(job.facts.managing, 2)}
        if job.facts.managing is not None
        else _("Without the hours that looking after a vendor takes: not said yet.")
    )
    if judged.hours_freed is not None:
        low, high = number(judged.hours_freed.low, 0), number(judged.hours_freed.high, 0)
        yield Estimate(_("Hours a year"), between(low, high), managing)
    if judged.saving is not None:
        figures = between(amount(judged.saving.low, currency), amount(judged.saving.high, currency))
        label = _("Money a year") if judged.saving.high >= 0 else _("Money a year: it would cost more")
        yield Estimate(label, figures.replace("-", MINUS), managing)
    if judged.break_even is not None:
        low, high = (money(rounded(one, 2), currency) for one in (judged.break_even.low, judged.break_even.high))
        if judged.break_even.high == 0:
            yield Estimate(_("Break-even value of an hour"), _("any"), _("It is cheaper whatever your hour is worth."))
        else:
            note = _("From there on handing over is cheaper than doing it yourself.")
            yield Estimate(_("Break-even value of an hour"), between(low, high), note)


def between(low: str, high: str) -> str:
    """One figure, or from the lower to the higher."""
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def gap_in_words(job: Job) -> str:
    """Own less others', in words."""
    judged = job.judged
    if judged.gap is None:
        return ""
    size = number(abs(judged.gap))
    if rounded(judged.gap) > 0:
        return _("you rate yourself %(size)s higher") % {"size": size}
    if rounded(judged.gap) < 0:
        return _("others rate you %(size)s higher") % {"size": size}
    return _("the same as others")
