"""What is said of a ranking: who leads, how surely, and what would change it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendors.sourcing.certainty import Certainty, Flip, Nudge, Without
from vendors.sourcing.scoring import Contender, Criterion, Ranking, Standing, shown

Names = Mapping[int, str]


@dataclass(frozen=True)
class Verdict:
    """How sure the first place is, in a word with its colour, and in one sentence."""

    word: str
    tone: str
    sentence: str


def verdict(sure: Certainty, criteria: Names) -> Verdict:
    """The one sentence of the page: who leads, how surely, and the nearest thing that would change it."""
    ranking = sure.ranking
    if ranking.weightless:
        return Verdict(_("No total"), "none", _("No criterion counts: give at least one of them a weight above 0."))
    if not ranking.ranked:
        return Verdict(_("Not scored yet"), "none", _("No vendor has a score that counts yet."))
    if sure.leader is None:
        return Verdict(_("No clear winner"), "risk", level(sure))
    if not sure.certain:
        return Verdict(_("No clear winner"), "risk", f"{leads(sure)} {why_unsure(sure)}")
    if sure.second is None:
        return Verdict(_("Nobody to compare"), "none", leads(sure))
    word, tone = (_("A close call"), "risk") if sure.close else (_("Certainly ahead"), "ok")
    nearest = sure.nearest
    changes = flip(nearest, criteria) if nearest else _("No other weight of a single criterion would change that.")
    return Verdict(word, tone, f"{leads(sure)} {changes}")


def level(sure: Certainty) -> str:
    """A and B are level at 4.26."""
    names = get_text_list([each.contender.name for each in sure.tied], _("and"))
    return _("%(names)s are level at %(total)s.") % {"names": names, "total": sure.tied[0].total}


def leads(sure: Certainty) -> str:
    """A leads with 4.26, 0.15 ahead of B."""
    assert sure.leader is not None
    said = {"name": sure.leader.contender.name, "total": sure.leader.total}
    if sure.second is None:
        return _("%(name)s has %(total)s and nobody beside it.") % said
    said |= {"margin": sure.margin, "second": sure.second.contender.name}
    if sure.certain:
        return _("%(name)s is certainly ahead with %(total)s, %(margin)s before %(second)s.") % said
    return _("%(name)s leads with %(total)s so far, %(margin)s before %(second)s.") % said


def why_unsure(sure: Certainty) -> str:
    """What is missing, of whom."""
    assert sure.leader is not None
    rivals = [each.contender.name for each in sure.rivals]
    if not rivals:
        return _("Whether it meets every must-have is not known yet.")
    if sure.leader.coverage < 1:
        says = _("Scores of its own are missing: %(rivals)s may still be level with it, or ahead.")
    else:
        says = _("With the scores that are missing %(rivals)s may still be level with it, or ahead.")
    return says % {"rivals": get_text_list(rivals, _("and"))}


def flip(one: Flip, criteria: Names) -> str:
    """Fellgate is level or ahead once Cost per order counts for 38 % or more, not 20 %.

    The share is rounded away from today's, so that what is said is true.
    """
    percent = one.share * 100
    said = {
        "rival": one.rival.name,
        "criterion": criteria[one.criterion.key],
        "share": ceil(percent) if one.more else floor(percent),
        "now": percents(one.now),
    }
    if one.more:
        return (
            _("%(rival)s is level or ahead once “%(criterion)s” counts for %(share)s\u00a0%% or more, not %(now)s.")
            % said
        )
    return (
        _("%(rival)s is level or ahead once “%(criterion)s” counts for %(share)s\u00a0%% or less, not %(now)s.") % said
    )


def nudge(one: Nudge, criteria: Names) -> str:
    """One point less for A on Accuracy, and B is level or ahead."""
    said = {"name": one.contender.name, "criterion": criteria[one.criterion.key], "rival": one.rival.name}
    if one.by < 0:
        return _("One point less for %(name)s on “%(criterion)s”, and %(rival)s is level or ahead.") % said
    return _("One point more for %(name)s on “%(criterion)s”, and it is level or ahead.") % said


def without(one: Without, people: Names) -> str:
    """Without Rosa: still A."""
    said = {"person": people[one.evaluator], "names": get_text_list([each.name for each in one.leaders], _("and"))}
    if not one.leaders:
        return _("Without %(person)s nothing would be scored.") % said
    if not one.changed:
        return _("Without %(person)s it would still be %(names)s.") % said
    return ngettext(
        "Without %(person)s %(names)s would come first.", "Without %(person)s %(names)s would be level.",
        len(one.leaders),
    ) % said  # fmt: skip


def percents(share: Fraction) -> str:
    """A share in per cent, with one decimal where it is not whole."""
    whole = share * 100
    if whole.denominator == 1:
        return _("%(share)s\u00a0%%") % {"share": int(whole)}
    return _("%(share)s\u00a0%%") % {"share": shown(whole, 1)}


# ---- Random weightings ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Part:
    """One vendor's piece of the strip: where it begins and how wide it is, of 1,000."""

    name: str
    percent: str
    fill: str
    x: int
    width: int


#: The colours of the strip, the largest share first; more vendors than these share the last.
FILLS = ("accent", "bar", "ink", "idle")


def strip(ranking: Ranking, won: Mapping[int, Fraction]) -> list[Part]:
    """The strip in the order of the ranking: the four that win most have a piece each, the others one together."""
    order = [each.contender for each in ranking.ranked]
    most = sorted(order, key=lambda each: -won.get(each.key, Fraction(0)))
    own = {each.key for each in most[: len(FILLS) if len(order) == len(FILLS) else len(FILLS) - 1]}
    pieces = [(each.name, won[each.key]) for each in order if each.key in own]
    rest = sum((won[each.key] for each in order if each.key not in own), Fraction(0))
    others = len(order) - len(own)
    if others:
        name = ngettext("%(count)s other", "%(count)s others", others) % {"count": others}
        only = next(each.name for each in order if each.key not in own)
        pieces.append((name if others > 1 else only, rest))
    return list(_laid_out(pieces))


def _laid_out(pieces: list[tuple[str, Fraction]]) -> Iterator[Part]:
    begins = Fraction(0)
    for number, (name, share) in enumerate(pieces):
        x, end = round(begins * 1000), round((begins + share) * 1000)
        gap = 4 if end < 1000 and end - x > 8 else 0
        yield Part(name, won_in_words(share), FILLS[number], x, end - x - gap)
        begins += share


def won_in_words(share: Fraction) -> str:
    """A share of weightings in whole per cent; what is not nothing and not all does not read as such."""
    if 0 < share < Fraction(1, 200):
        return _("under 1\u00a0%")
    if Fraction(199, 200) <= share < 1:
        return _("over 99\u00a0%")
    return _("%(share)s\u00a0%%") % {"share": floor(share * 100 + Fraction(1, 2))}


def otherwise_ordered(ranking: Ranking, won: Mapping[int, Fraction], criteria: Names) -> str:
    """Why a vendor with the higher total wins fewer weightings than one behind it; empty where none does."""
    for place, higher in enumerate(ranking.ranked):
        for lower in ranking.ranked[place + 1 :]:
            if won[lower.contender.key] > won[higher.contender.key] and lower.total != higher.total:
                return _why(ranking, higher, lower, criteria)
    return ""


def _why(ranking: Ranking, higher: Standing, lower: Standing, criteria: Names) -> str:
    said = {"higher": higher.contender.name, "lower": lower.contender.name}
    best = _best_against(ranking, lower.contender)
    if best is None:
        return _("%(higher)s has the higher total, %(lower)s wins more weightings: they lie that close.") % said
    return _(
        "%(higher)s has the higher total and yet wins fewer weightings than %(lower)s: it is good throughout and "
        "seldom first, while %(lower)s comes first where “%(criterion)s” counts for more."
    ) % (said | {"criterion": criteria[best.key]})


def _best_against(ranking: Ranking, contender: Contender) -> Criterion | None:
    """The counted criterion on which it is furthest ahead of whoever else is best; None where it is on none."""
    others = [each.contender for each in ranking.ranked if each.contender is not contender]

    def ahead(criterion: Criterion) -> Fraction:
        own = contender.value(criterion)
        best = max((value for each in others if (value := each.value(criterion)) is not None), default=Fraction(0))
        return (own - best) * criterion.weight if own is not None else Fraction(-1)

    best = max(ranking.counted, key=ahead, default=None)
    return best if best is not None and ahead(best) > 0 else None
