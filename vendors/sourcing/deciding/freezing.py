"""Everything a decision rests on, frozen: as plain data, and as a page that needs nothing else to be read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django.template.loader import render_to_string
from django.utils import timezone

from outsourcing.conversations.models.entries import digest
from vendors.directory.evidence.kinds import KINDS
from vendors.sourcing.certainty import Certainty, certainty
from vendors.sourcing.comparing import words
from vendors.sourcing.models import (
    MEASURED,
    Candidate,
    Consensus,
    Criterion,
    Evaluator,
    GateRuling,
    NotApplicable,
    Score,
    ScoreEvidence,
)
from vendors.sourcing.scores.shown import FIELDS
from vendors.sourcing.scoring import Criterion as Weighed
from vendors.sourcing.scoring import Standing, shown
from vendors.sourcing.sheet import Key, Price, Sheet
from vendors.sourcing.weightings import shares

Record = dict[str, Any]
CENT = Decimal("0.01")


def record_of(sheet: Sheet) -> Record:
    """What stands on the shortlist now, as JSON: versions, weights, people, must-haves, scores with their reasons,
    what the chair said and why, answers and prices, and how sure the first place is. Five queries."""
    sure = certainty(sheet.ranking)
    won = shares(sheet.ranking)
    said = Said(reasons_of(sheet), rulings_of(sheet), words_of(Consensus, sheet), words_of(NotApplicable, sheet),
                pieces_of(sheet))  # fmt: skip
    standings = sheet.ranking.standings
    by_key = {one.pk: one for one in sheet.candidates}
    return {
        "title": sheet.brief.title,
        "merchant": sheet.brief.merchant.name,
        "version": sheet.brief.number,
        "currency": sheet.brief.currency,
        "criteria": [criterion_as_said(one, sheet) for one in sheet.criteria],
        "gates": [{"key": one.pk, "text": one.text} for one in sheet.gates],
        "people": [person_as_said(one) for one in sheet.evaluators],
        "vendors": [
            vendor_as_said(each, by_key[each.contender.key], sheet, said, won.get(each.contender.key))
            for each in standings
        ],
        "certainty": certainty_as_said(sure, sheet),
    }


@dataclass(frozen=True)
class Said:
    """What stands in rows of its own and not on the sheet: why each score was given, by evaluator, candidate and
    criterion; who ruled on a must-have; what the chair wrote of a cell; and what kinds of evidence a cell rests on."""

    reasons: Mapping[tuple[int, int, int], str]
    rulings: Mapping[Key, Record]
    settled: Mapping[Key, Record]
    left_out: Mapping[Key, Record]
    pieces: Mapping[Key, Mapping[str, int]]


def fingerprint(record: Record) -> str:
    """What tells whether a record is still what somebody has read."""
    return digest(json.dumps(record, sort_keys=True))


def reasons_of(sheet: Sheet) -> dict[tuple[int, int, int], str]:
    """Why each score was given, by evaluator, candidate and criterion."""
    rows = Score.objects.filter(evaluator__in=[one.pk for one in sheet.evaluators if one.submitted_at])
    return {
        (one.evaluator_id, one.candidate_id, one.criterion_id): one.reason
        for one in rows.only("evaluator_id", "candidate_id", "criterion_id", "reason")
    }


def rulings_of(sheet: Sheet) -> dict[Key, Record]:
    """Who ruled on a must-have, and when, by candidate and must-have. One query."""
    rows = GateRuling.objects.current().filter(candidate__brief=sheet.brief).select_related("by")
    return {(one.candidate_id, one.gate_id): {"by": one.by.label, "at": one.at.isoformat()} for one in rows}


def words_of(model: type[Consensus] | type[NotApplicable], sheet: Sheet) -> dict[Key, Record]:
    """What the chair wrote of a cell: why, who, and when. One query."""
    rows = cast("Any", model.objects.current().filter(candidate__brief=sheet.brief).select_related("by"))
    return {
        (one.candidate_id, one.criterion_id): {"why": one.reason, "by": one.by.label, "at": one.at.isoformat()}
        for one in rows
    }


def pieces_of(sheet: Sheet) -> dict[Key, dict[str, int]]:
    """How many pieces of each kind the submitted scores of a cell rest on. Whose they are stays in the directory, where
    a referee can have it taken out; a record cannot be changed. One query."""
    rows = ScoreEvidence.objects.filter(score__evaluator__brief=sheet.brief)
    found: dict[Key, dict[str, int]] = {}
    for candidate, criterion, *keys in rows.exclude(score__evaluator__submitted_at=None).values_list(
        "score__candidate", "score__criterion", *FIELDS.values()
    ):
        kind = next(slug for slug, key in zip(FIELDS, keys, strict=True) if key)
        kinds = found.setdefault((candidate, criterion), {})
        kinds[kind] = kinds.get(kind, 0) + 1
    return found


def criterion_as_said(one: Criterion, sheet: Sheet) -> Record:
    key = Weighed(one.pk, int(one.weight))
    return {
        "key": one.pk,
        "name": one.name,
        "weight": int(one.weight),
        "share": words.percents(sheet.ranking.share(key)),
        "dropped": key in sheet.ranking.dropped,
        "source": str(one.get_source_display()),
        "target": text(one.target),
        "walk_away": text(one.walk_away),
    }


def person_as_said(one: Evaluator) -> Record:
    return {
        "name": one.member.label,
        "conflict": one.conflict,
        "submitted_at": one.submitted_at.isoformat() if one.submitted_at else None,
        "counts": one.removed_at is None and one.recused_at is None,
        "recused_reason": one.recused_reason,
    }


def vendor_as_said(standing: Standing, candidate: Candidate, sheet: Sheet, said: Said, won: Fraction | None) -> Record:
    """One vendor: where it stands, its must-haves, its cells, its answer and its price."""
    price = sheet.prices.get(candidate.pk, Price())
    return {
        "key": candidate.pk,
        "name": candidate.vendor.name,
        "stage": candidate.stage,
        "rank": standing.rank,
        "tied": standing.tied,
        "total": text(standing.total),
        "low": text(standing.low),
        "high": text(standing.high),
        "percent": standing.percent,
        "provisional": standing.provisional,
        "won": words.won_in_words(won) if won is not None else None,
        "gates": [gate_as_said(candidate.pk, one.pk, sheet, said) for one in sheet.gates],
        "cells": [cell_as_said(candidate, one, sheet, said) for one in sheet.criteria],
        "answer": price.number or None,
        "answered_at": price.submitted_at.isoformat() if price.submitted_at else None,
        "late": price.is_late,
        "recorded": price.is_recorded,
        "price_month": money(price.month),
        "price_order": money(price.order),
        "currency": price.currency,
        "price_month_there": money(price.month_there),
        "price_order_there": money(price.order_there),
        "rate": None if price.rate is None else f"{price.rate.normalize():f}",
        "assumptions": price.assumptions,
    }


def gate_as_said(candidate: int, gate: int, sheet: Sheet, said: Said) -> Record:
    """A must-have: what became of it, by whose word and since when."""
    ruling = sheet.rulings[candidate, gate]
    who = said.rulings.get((candidate, gate), {"by": None, "at": None})
    return {"state": ruling.state.value, "word": ruling.word, "note": ruling.note, "theirs": ruling.is_theirs, **who}


def cell_as_said(candidate: Candidate, criterion: Criterion, sheet: Sheet, said: Said) -> Record:
    """One cell: what counts, the mean, who gave what, what the chair said and why, and what it rests on."""
    key = candidate.pk, criterion.pk
    cell, before = sheet.cells[key], sheet.before.get(key)
    return {
        "value": None if cell.value is None else text(shown(cell.value)),
        "mean": None if cell.mean is None else text(shown(cell.mean)),
        "settled": text(cell.settled),
        "settled_as": said.settled.get(key) if cell.settled is not None else None,
        "not_applicable": cell.not_applicable,
        "left_out_as": said.left_out.get(key) if cell.not_applicable else None,
        "pieces": said.pieces.get(key, {}),
        "figure": sheet.figures.get(key) if criterion.source in MEASURED else None,
        "opinions": [
            {
                "who": sheet.people.get(one.evaluator, ""),
                "points": one.points,
                "counts": one.counted,
                "why": said.reasons.get((one.evaluator, *key), ""),
                "before": before.number if before and one.evaluator in before.people else None,
            }
            for one in cell.opinions
        ],
    }


def certainty_as_said(sure: Certainty, sheet: Sheet) -> Record:
    """The sentence, and what would change who comes first."""
    said = words.verdict(sure, sheet.names)
    return {
        "word": said.word,
        "sentence": said.sentence,
        "close": sure.close,
        "margin": text(sure.margin),
        "flips": [words.flip(one, sheet.names) for one in sure.flips],
        "nudges": [words.nudge(one, sheet.names) for one in sure.nudges],
        "without": [words.without(one, sheet.people) for one in sure.without],
    }


def text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def money(amount: Decimal | None) -> str | None:
    """With two decimals, and more where it has them."""
    if amount is None:
        return None
    cents = amount.quantize(CENT)
    return str(cents) if cents == amount else f"{amount.normalize():f}"


def page_of(record: Record, choice: Mapping[str, Any], *, by: str, at: datetime) -> str:
    """The record and the choice as HTML that stands by itself; times are those of `at`'s zone. An older record, which
    says less, is drawn as far as it goes."""
    criteria = [
        {**one, "cells": [readable(vendor["cells"][place]) for vendor in record["vendors"]]}
        for place, one in enumerate(record["criteria"])
    ]
    gates = [
        {**one, "cells": [dated(vendor["gates"][place]) for vendor in record["vendors"]]}
        for place, one in enumerate(record["gates"])
    ]
    vendors = [{**one, "answered_at": instant(one.get("answered_at"))} for one in record["vendors"]]
    with timezone.override(at.tzinfo):
        return render_to_string(
            "sourcing/deciding/_record.html",
            {
                "record": record, "vendors": vendors, "criteria": criteria, "gates": gates, "choice": choice, "by": by,
                "at": at,
            },
        )  # fmt: skip


def readable(cell: Record) -> Record:
    """A cell with its instants, and its evidence in words."""
    pieces = [f"{KINDS[kind].label}: {count}" for kind, count in cell.get("pieces", {}).items()]
    told = {name: dated(cell.get(name)) for name in ("settled_as", "left_out_as")}
    return {**cell, **told, "pieces": ", ".join(pieces)}


def dated(said: Record | None) -> Record | None:
    return None if said is None else {**said, "at": instant(said.get("at"))}


def instant(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)
