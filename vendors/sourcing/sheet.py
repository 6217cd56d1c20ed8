"""A shortlist as it is compared: everything about it that one reader may see, read at once.

Blindness is of an evaluator and a brief: until somebody has submitted all of their own, they see nobody's scores, no
mean and no total; who does not score sees them when nobody is left to submit (DESIGN 3), or once the brief is over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, cast

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import CharField, Count, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from outsourcing.accounts.models import Membership
from vendors.sourcing import scoring
from vendors.sourcing.models import (
    MEASURED,
    Answer,
    Brief,
    Candidate,
    Consensus,
    Criterion,
    Evaluator,
    Gate,
    GateAnswer,
    GateRuling,
    Measurement,
    NotApplicable,
    Score,
    ScoreEvidence,
    Stage,
)
from vendors.sourcing.roles import SCORERS
from vendors.sourcing.scoring import Cell, Contender, Opinion, Ranking, rank

#: Not compared at all; the others that left are shown outside the ranking.
ELSEWHERE = (Stage.DECLINED,)
Key = tuple[int, int]


@dataclass(frozen=True)
class Price:
    """What a vendor asks: `month` and `order` in the brief's currency, None where unknown; beside the foreign ones and
    the rate they were brought over by. `number` is its answer's."""

    month: Decimal | None = None
    order: Decimal | None = None
    currency: str = ""
    month_there: Decimal | None = None
    order_there: Decimal | None = None
    rate: Decimal | None = None
    needs_rate: bool = False
    number: int = 0
    submitted_at: datetime | None = None
    assumptions: str = ""
    is_recorded: bool = False
    is_late: bool = False


@dataclass(frozen=True)
class Ruling:
    """What became of a must-have: by the merchant's word, else by the vendor's own."""

    state: scoring.Gate
    note: str = ""
    is_theirs: bool = False

    @property
    def word(self) -> str:
        return str(GateRuling.Result(self.state.value).label)


@dataclass(frozen=True)
class Before:
    """Scores of a cell that were given before its vendor's answer `number` could be read, and by whom."""

    number: int
    people: frozenset[int]


@dataclass(frozen=True)
class Sheet:
    """All of it. `cells` are as the reader may see them; `hidden` where others' scores are kept from them.

    `own` are the reader's own scores by candidate and criterion, `asked` and `submitted` how many people a criterion is
    for and how many of them are done, `figures` what was measured, `before` what was scored before the answer that
    counts.
    """

    brief: Brief
    acting: Membership
    gates: Sequence[Gate]
    criteria: Sequence[Criterion]
    candidates: Sequence[Candidate]
    prices: Mapping[int, Price]
    rulings: Mapping[Key, Ruling]
    evaluators: Sequence[Evaluator]
    cells: Mapping[Key, Cell]
    own: Mapping[Key, int | None]
    evidence: Mapping[Key, int]
    figures: Mapping[Key, str]
    before: Mapping[Key, Before]
    hidden: bool

    @cached_property
    def ranking(self) -> Ranking:
        """Who stands where by what the reader may see; not to be shown where something is hidden."""
        return ranking_of(self)

    @cached_property
    def names(self) -> dict[int, str]:
        """Criteria by key."""
        return {one.pk: one.name for one in self.criteria}

    @cached_property
    def people(self) -> dict[int, str]:
        """Evaluators by key."""
        return {one.pk: one.member.label for one in self.evaluators}

    @cached_property
    def me(self) -> Evaluator | None:
        """The reader as an evaluator, unless taken out."""
        return next((one for one in self.evaluators if one.member_id == self.acting.pk and not one.removed_at), None)

    @property
    def outstanding(self) -> list[Evaluator]:
        return [one for one in self.evaluators if is_counted(one) and one.submitted_at is None]

    @cached_property
    def asked(self) -> dict[int, list[Evaluator]]:
        """By criterion, whose scores count there or will."""
        found: dict[int, list[Evaluator]] = {}
        for one in filter(is_counted, self.evaluators):
            for criterion in one.asked_for:  # type: ignore[attr-defined]
                found.setdefault(criterion, []).append(one)
        return found

    def in_of(self, criterion: int) -> tuple[int, int]:
        """How many of those who score a criterion have submitted, and how many they are."""
        people = self.asked.get(criterion, [])
        return sum(one.submitted_at is not None for one in people), len(people)


def is_counted(one: Evaluator) -> bool:
    return one.removed_at is None and one.recused_at is None


def hides(brief: Brief, evaluators: Sequence[Evaluator], acting: Membership) -> bool:
    """Whether others' scores are kept from `acting`: see ScoreQuerySet.visible_to, which says the same of rows.

    Once it is over nobody waits for anybody; whoever still owed scores then stays blind, since it may be opened again.
    """
    counted = [one for one in evaluators if is_counted(one)]
    if all(one.submitted_at for one in counted):
        return False
    mine = [one for one in counted if one.member_id == acting.pk]
    if brief.is_over:
        return any(one.submitted_at is None for one in mine)
    return not (any(one.submitted_at for one in mine) and acting.has_role(*SCORERS))


def sheet_of(brief: Brief, acting: Membership) -> Sheet:
    """Everything about a shortlist that `acting` may see. Nine queries."""
    evaluators = list(
        Evaluator.objects.filter(brief=brief)
        .select_related("member")
        .annotate(asked_for=ArrayAgg("assignments__criterion", filter=Q(assignments__isnull=False), default=Value([])))
        .order_by("named_at", "member__name", "pk")
    )
    gates = cast("list[Gate]", list(Gate.objects.filter(brief=brief, removed_at=None)))
    criteria = cast("list[Criterion]", list(Criterion.objects.filter(brief=brief, removed_at=None)))
    candidates = list(
        Candidate.objects.filter(brief=brief)
        .exclude(stage__in=ELSEWHERE)
        .select_related("vendor__vendor")
        .order_by("vendor__name", "pk")
    )
    hidden = hides(brief, evaluators, acting)
    answers = Answer.objects.filter(candidate__in=[one.pk for one in candidates]).live().opened()
    prices = {one.candidate_id: price_of(one, brief) for one in answers}
    shown = scores_shown(evaluators, acting, hidden=hidden)
    words = list(_words(brief, shown))
    own, opinions = _scores(evaluators, acting, shown, hidden=hidden)
    return Sheet(
        brief=brief,
        acting=acting,
        gates=gates,
        criteria=criteria,
        candidates=candidates,
        prices=prices,
        rulings=_rulings(words, gates, candidates),
        evaluators=evaluators,
        cells=_cells(criteria, candidates, prices, words, opinions, hidden=hidden),
        own=own,
        evidence=_evidence(brief, acting, hidden=hidden),
        figures={(row[1], row[2]): row[4] for row in words if row[0] == "measured"},
        before=_before(words),
        hidden=hidden,
    )


# ---- What stands in a cell -----------------------------------------------------------------------------------------
#: kind, candidate, gate or criterion, value, note; all kinds in one query.
Word = tuple[str, int, int, str | None, str]


def _words(brief: Brief, shown: Iterable[int]) -> Iterable[Word]:
    """What was said of single cells: must-haves answered and ruled on, consensus, what does not apply, what was
    measured, and which of these people's scores are older than the answer. One query."""
    of = {"candidate__brief": brief}

    def rows(kind: str, found: Any, about: str, value: Any, note: Any) -> Any:
        return found.order_by().values_list(
            Value(kind, CharField()), _candidate(kind), F(about), Cast(value, TextField()), Cast(note, TextField())
        )

    readable = Answer.objects.filter(candidate__brief=brief).live().opened()
    theirs = GateAnswer.objects.filter(answer__in=readable)
    empty = Value("")
    found: Iterable[Word] = rows("theirs", theirs, "gate", F("says_yes"), F("text")).union(
        rows("ruled", GateRuling.objects.current().filter(**of), "gate", F("result"), F("reason")),
        rows("settled", Consensus.objects.current().filter(**of), "criterion", F("value"), empty),
        rows("n/a", NotApplicable.objects.current().filter(**of), "criterion", empty, F("reason")),
        rows("measured", Measurement.objects.filter(**of), "criterion", F("points"), F("figure")),
        rows("before", early_scores(brief, shown), "criterion", F("candidate__answers__number"), F("evaluator")),
        all=True,
    )
    return found


def _candidate(kind: str) -> Any:
    return F("answer__candidate") if kind == "theirs" else F("candidate")


def _rulings(words: Sequence[Word], gates: Sequence[Gate], candidates: Sequence[Candidate]) -> dict[Key, Ruling]:
    """A state for each must-have of each candidate."""
    ruled = {(row[1], row[2]): row for row in words if row[0] == "ruled"}
    theirs = {(row[1], row[2]): row for row in words if row[0] == "theirs"}
    found = {}
    for candidate in candidates:
        for gate in gates:
            key = candidate.pk, gate.pk
            if key in ruled:
                found[key] = Ruling(scoring.Gate(ruled[key][3] or "unknown"), ruled[key][4])
            else:
                found[key] = _their_word(theirs.get(key))
    return found


def _their_word(row: Word | None) -> Ruling:
    """A yes passes as the vendor's own word, a no fails; without either it is not known."""
    if row is None or row[3] is None:
        return Ruling(scoring.Gate.UNKNOWN)
    return Ruling(scoring.Gate.PASS if row[3] == "true" else scoring.Gate.FAIL, row[4], is_theirs=True)


def price_of(answer: Answer, brief: Brief) -> Price:
    """An answer's prices, brought into the brief's currency by the rate that the merchant entered."""
    foreign = answer.currency != brief.currency
    rate = answer.rate if foreign else Decimal(1)
    month, order = answer.price_month, answer.price_order
    return Price(
        month=None if month is None or rate is None else month * rate,
        order=None if order is None or rate is None else order * rate,
        currency=answer.currency,
        month_there=month if foreign else None,
        order_there=order if foreign else None,
        rate=rate if foreign else None,
        needs_rate=foreign and rate is None and not (month is None and order is None),
        number=answer.number,
        submitted_at=answer.submitted_at,
        assumptions=answer.assumptions,
        is_recorded=answer.is_recorded,
        is_late=answer.is_late,
    )


def scores_shown(evaluators: Sequence[Evaluator], acting: Membership, *, hidden: bool) -> set[int]:
    """Whose scores the reader may see, by key: their own, and where nothing is hidden all that are submitted."""
    me = {one.pk for one in evaluators if one.member_id == acting.pk}
    return me if hidden else {one.pk for one in evaluators if one.submitted_at} | me


def early_scores(brief: Brief, shown: Iterable[int]) -> QuerySet[Score]:
    """Those of these people's that were given before the answer that counts could be read, with its number at
    `candidate__answers__number`."""
    readable = Answer.objects.filter(candidate__brief=brief).live().opened()
    return Score.objects.filter(
        evaluator__in=shown, value__isnull=False, criterion__removed_at=None,
        candidate__answers__in=readable, candidate__answers__opened_at__gt=F("scored_at"),
    )  # fmt: skip


def _before(words: Iterable[Word]) -> dict[Key, Before]:
    """By cell, who scored it before the answer that counts."""
    found: dict[Key, Before] = {}
    for kind, candidate, criterion, number, person in words:
        if kind == "before":
            people = found[candidate, criterion].people if (candidate, criterion) in found else frozenset()
            found[candidate, criterion] = Before(int(number or 0), people | {int(person)})
    return found


def _scores(
    evaluators: Sequence[Evaluator], acting: Membership, shown: Iterable[int], *, hidden: bool
) -> tuple[dict[Key, int | None], dict[Key, tuple[Opinion, ...]]]:
    """One's own scores, and the opinions that one may see, with whether they count. One query."""
    me = {one.pk for one in evaluators if one.member_id == acting.pk}
    rows = (
        Score.objects.filter(evaluator__in=shown, criterion__removed_at=None)
        .order_by()
        .values_list("candidate", "criterion")
        .annotate(people=ArrayAgg("evaluator"), values=ArrayAgg("value"))
    )
    asked = {(one.pk, criterion) for one in evaluators for criterion in one.asked_for}  # type: ignore[attr-defined]
    counted = {one.pk for one in evaluators if is_counted(one)}
    submitted = {one.pk for one in evaluators if one.submitted_at}
    own: dict[Key, int | None] = {}
    opinions: dict[Key, tuple[Opinion, ...]] = {}
    for candidate, criterion, people, values in rows:
        here = []
        for person, value in zip(people, values, strict=True):
            if person in me:
                own[candidate, criterion] = value
            if value is not None and person in submitted and not hidden:
                here.append(Opinion(person, value, person in counted and (person, criterion) in asked))
        opinions[candidate, criterion] = tuple(sorted(here, key=lambda one: one.evaluator))
    return own, opinions


def _cells(
    criteria: Sequence[Criterion],
    candidates: Sequence[Candidate],
    prices: Mapping[int, Price],
    words: Sequence[Word],
    opinions: Mapping[Key, tuple[Opinion, ...]],
    *,
    hidden: bool,
) -> dict[Key, Cell]:
    """Each cell with what counts in it; consensus is others' scores, too, and hidden with them. What is left of another
    source that a criterion had before counts no more."""
    settled = {(row[1], row[2]): Decimal(row[3] or 0) for row in words if row[0] == "settled" and not hidden}
    without = {(row[1], row[2]) for row in words if row[0] == "n/a"}
    measured = {(row[1], row[2]): Decimal(row[3]) for row in words if row[0] == "measured" and row[3] is not None}
    priced: dict[Key, Fraction | None] = {}
    for criterion in criteria:
        if criterion.source == Criterion.Source.PRICE:
            priced |= {
                (key, criterion.pk): value for key, value in prices_scored(criterion, candidates, prices).items()
            }
    cells = {}
    for candidate in candidates:
        for criterion in criteria:
            key = candidate.pk, criterion.pk
            is_peoples = criterion.source == Criterion.Source.PEOPLE
            cells[key] = Cell(
                opinions.get(key, ()) if is_peoples else (),
                settled.get(key) if is_peoples else None,
                measured.get(key) if criterion.source in MEASURED else priced.get(key),
                key in without,
            )
    return cells


def asked_prices(
    criterion: Criterion, candidates: Sequence[Candidate], prices: Mapping[int, Price]
) -> dict[int, Decimal | None]:
    """What each candidate that has answered asks, a month or an order."""
    return {
        one.pk: (prices[one.pk].order if criterion.price_basis == "order" else prices[one.pk].month)
        for one in candidates
        if one.pk in prices
    }


def prices_scored(
    criterion: Criterion, candidates: Sequence[Candidate], prices: Mapping[int, Price]
) -> dict[int, Fraction | None]:
    """Points for the price of each candidate (M20); against the cheapest only of those that are still there."""
    asked = asked_prices(criterion, candidates, prices)
    if criterion.price_is_relative:
        there = {one.pk for one in candidates if one.stage != Stage.WITHDRAWN}
        return scoring.relative({key: price for key, price in asked.items() if key in there})
    if criterion.target is None or criterion.walk_away is None:
        return {}
    return {
        key: scoring.anchored(price, target=criterion.target, walk_away=criterion.walk_away)
        for key, price in asked.items()
    }


def moved_by_leaving(sheet: Sheet) -> list[tuple[str, list[str], list[str]]]:
    """Where prices are compared with the cheapest: the criterion, who left, and whose points are others since (M21)."""
    gone = [one for one in sheet.candidates if one.stage == Stage.WITHDRAWN]
    found = []
    for criterion in sheet.criteria if gone else []:
        if criterion.source == Criterion.Source.PRICE and criterion.price_is_relative:
            asked = asked_prices(criterion, sheet.candidates, sheet.prices)
            before, after = scoring.relative(asked), prices_scored(criterion, sheet.candidates, sheet.prices)
            moved = [one.vendor.name for one in sheet.candidates if one.pk in after and after[one.pk] != before[one.pk]]
            if moved:
                found.append((criterion.name, [one.vendor.name for one in gone], moved))
    return found


def _evidence(brief: Brief, acting: Membership, *, hidden: bool) -> dict[Key, int]:
    """How many pieces of evidence the scores of a cell rest on, of those that one may see. One query."""
    rows = ScoreEvidence.objects.filter(score__evaluator__brief=brief)
    rows = rows.filter(score__evaluator__member=acting) if hidden else rows.exclude(score__evaluator__submitted_at=None)
    counted = rows.order_by().values_list("score__candidate", "score__criterion").annotate(count=Count("pk"))
    return {(candidate, criterion): count for candidate, criterion, count in counted}


def costs_of(sheet: Sheet) -> dict[int, Decimal]:
    """What each vendor costs beside the others: a month; from the price an order at the brief's volume where only that
    is known; and the price an order itself where nobody has told one a month."""
    base = sheet.brief.orders_base
    if all(one.month is None for one in sheet.prices.values()):
        base = 1
    found = {
        key: one.order * base if one.month is None and one.order is not None and base else one.month
        for key, one in sheet.prices.items()
    }
    return {key: cost for key, cost in found.items() if cost is not None}


def ranking_of(sheet: Sheet) -> Ranking:
    """The ranking of what a sheet holds."""
    criteria = [scoring.Criterion(one.pk, int(one.weight)) for one in sheet.criteria]
    costs = costs_of(sheet)
    contenders = [
        Contender(
            key=one.pk,
            name=one.vendor.name,
            cells={criterion.pk: sheet.cells[one.pk, criterion.pk] for criterion in sheet.criteria},
            gates=tuple(sheet.rulings[one.pk, gate.pk].state for gate in sheet.gates),
            withdrawn=one.stage == Stage.WITHDRAWN,
            cost=costs.get(one.pk),
        )
        for one in sheet.candidates
    ]
    return rank(criteria, contenders)
