"""What the pages of a shortlist show: candidates by stage, their answers as far as they may be read, their gates.

Everything about answers begins at `Answer.objects.visible_to`: a sealed one is not there before it is opened, so that
no page can show it by mistake.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from outsourcing.accounts.models import Membership
from vendors.sourcing.models import Answer, Brief, Candidate, Gate, GateAnswer, GateRuling, Stage

Result = GateRuling.Result
#: The columns of the board; declined and withdrawn stand in one.
COLUMNS = (
    (_("Considering"), (Stage.CONSIDERING,)),
    (_("Invited"), (Stage.INVITED,)),
    (_("Answered"), (Stage.ANSWERED,)),
    (_("Closer choice"), (Stage.SHORTLISTED, Stage.CHOSEN, Stage.NOT_CHOSEN)),
    (_("Out of it"), (Stage.DECLINED, Stage.WITHDRAWN)),
)
TONES = {
    Stage.CONSIDERING: ("", "more"),
    Stage.INVITED: ("info", "mail"),
    Stage.ANSWERED: ("ok", "check"),
    Stage.SHORTLISTED: ("ok", "bookmark"),
    Stage.DECLINED: ("idle", "x"),
    Stage.WITHDRAWN: ("idle", "x"),
    Stage.CHOSEN: ("ok", "award"),
    Stage.NOT_CHOSEN: ("", "x"),
}
GATE_TONES = {"pass": ("ok", "check"), "fail": ("late", "x"), "unknown": ("", "question"), "waived": ("risk", "alert")}


@dataclass
class Card:
    """A candidate as lists show it; prices in the brief's currency where they can be told in it."""

    candidate: Candidate
    word: str = ""
    tone: str = ""
    icon: str = ""
    answer: Answer | None = None
    price_month: Decimal | None = None
    price_order: Decimal | None = None
    late: Answer | None = None
    failed: list[str] = field(default_factory=list)
    unknown: int = 0


@dataclass(frozen=True)
class GateCell:
    """How one candidate meets one must-have: the merchant's ruling, else the vendor's own word (M13)."""

    gate: Gate
    result: str
    word: str
    tone: str
    icon: str
    ruling: GateRuling | None
    said: GateAnswer | None


def word_of(candidate: Candidate) -> str:
    """Its stage in the words of the page: everybody here is on the shortlist, a few are in the closer choice."""
    if candidate.stage == Stage.SHORTLISTED:
        return str(_("Closer choice"))
    return str(candidate.get_stage_display())


def in_currency_of(brief: Brief, answer: Answer, amount: Decimal | None, places: str = "0.01") -> Decimal | None:
    """An amount of an answer in the brief's currency, half up; None where no rate is entered."""
    if amount is None:
        return None
    if answer.currency == brief.currency:
        return amount
    return (amount * answer.rate).quantize(Decimal(places), ROUND_HALF_UP) if answer.rate is not None else None


def gate_cells(brief: Brief, candidates: Sequence[Candidate], answers: dict[int, Answer]) -> dict[int, list[GateCell]]:
    """For each candidate its must-haves in the brief's order, from answers that may be read. Three queries."""
    gates = list(brief.gates.filter(removed_at=None))
    keys = [one.pk for one in candidates]
    said = {
        (one.answer_id, one.gate_id): one
        for one in GateAnswer.objects.filter(answer__in=[one.pk for one in answers.values()])
    }
    rulings = {
        (one.candidate_id, one.gate_id): one
        for one in GateRuling.objects.current().filter(candidate__in=keys).select_related("by")
    }
    found: dict[int, list[GateCell]] = {}
    for one in candidates:
        answer = answers.get(one.pk)
        found[one.pk] = [
            cell(gate, rulings.get((one.pk, gate.pk)), said.get((answer.pk, gate.pk)) if answer else None)
            for gate in gates
        ]
    return found


def cell(gate: Gate, ruling: GateRuling | None, said: GateAnswer | None) -> GateCell:
    if ruling is not None:
        result = str(ruling.result)
    elif said is None or said.says_yes is None:
        result = Result.UNKNOWN.value
    else:
        result = Result.PASS.value if said.says_yes else Result.FAIL.value
    tone, icon = GATE_TONES[result]
    return GateCell(gate, result, str(Result(result).label), tone, icon, ruling, said)


def cards_of(brief: Brief, acting: Membership) -> list[Card]:
    """All candidates with what may be read of them, by name. Six queries, however many there are."""
    rows = Candidate.objects.filter(brief=brief).select_related("vendor__vendor").order_by("vendor__name", "pk")
    candidates = list(rows)
    readable = Answer.objects.visible_to(acting).filter(candidate__brief=brief)
    answers = {one.candidate_id: one for one in readable.live()}
    late = {one.candidate_id: one for one in late_of(brief)}
    gates = gate_cells(brief, candidates, answers)
    cards = []
    for one in candidates:
        tone, icon = TONES[Stage(one.stage)]
        answer = answers.get(one.pk)
        card = Card(one, word_of(one), tone, icon, answer, late=late.get(one.pk))
        if answer:
            card.price_month = in_currency_of(brief, answer, answer.price_month)
            card.price_order = in_currency_of(brief, answer, answer.price_order, "0.0001")
        card.failed = [each.gate.text for each in gates[one.pk] if each.result == Result.FAIL]
        card.unknown = len([1 for each in gates[one.pk] if each.result == Result.UNKNOWN])
        cards.append(card)
    return cards


def late_of(brief: Brief) -> list[Answer]:
    """Late answers that wait for a decision: that they are there, and nothing of what they say. One query."""
    rows = Answer.objects.filter(candidate__brief=brief, state=Answer.State.LATE)
    return list(rows.only("pk", "candidate_id", "submitted_at", "state"))


def board(cards: Sequence[Card]) -> list[tuple[str, list[Card]]]:
    """Columns of cards by stage."""
    return [(str(label), [card for card in cards if card.candidate.stage in stages]) for label, stages in COLUMNS]


def one_candidate(candidate: Candidate, acting: Membership, at: datetime) -> dict[str, Any]:
    """For a candidate's page: its answer as far as it may be read, what it says, and earlier ones."""
    brief = candidate.brief
    readable = Answer.objects.visible_to(acting).filter(candidate=candidate)
    revisions = list(readable.select_related("submitted_by", "recorded_by", "brief_version").order_by("-number"))
    live = next((one for one in revisions if one.state == Answer.State.LIVE), None)
    gates = gate_cells(brief, [candidate], {candidate.pk: live} if live else {})[candidate.pk]
    answered: dict[int, str] = dict(live.questions.values_list("question", "text")) if live else {}
    tone, icon = TONES[Stage(candidate.stage)]
    return {
        "brief": brief,
        "candidate": candidate,
        "word": word_of(candidate),
        "tone": tone,
        "icon": icon,
        "state": brief.state_at(at),
        "answer": live,
        "price_month": in_currency_of(brief, live, live.price_month) if live else None,
        "price_order": in_currency_of(brief, live, live.price_order, "0.0001") if live else None,
        "needs_rate": live is not None and live.currency != brief.currency,
        "revisions": revisions,
        "gates": gates,
        "questions": [(one.text, answered.get(one.pk, "")) for one in brief.questions.filter(removed_at=None)],
        "files": [one.file for one in live.files.select_related("file__file")] if live else [],
        "late": next((one for one in late_of(brief) if one.candidate_id == candidate.pk), None),
        "is_sealed_now": brief.is_dark,
    }
