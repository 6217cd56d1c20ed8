"""Everything a decision rests on, frozen: as plain data, and as a page that needs nothing else to be read."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from outsourcing.conversations.models.entries import digest
from vendors.sourcing.certainty import Certainty, certainty
from vendors.sourcing.comparing import words
from vendors.sourcing.models import Candidate, Criterion, Evaluator, Score
from vendors.sourcing.scoring import Criterion as Weighed
from vendors.sourcing.scoring import Standing, shown
from vendors.sourcing.sheet import Price, Sheet
from vendors.sourcing.weightings import shares

Record = dict[str, Any]
CENT = Decimal("0.01")


def record_of(sheet: Sheet) -> Record:
    """What stands on the shortlist now, as JSON: versions, weights, people, must-haves, scores with their reasons,
    prices and how sure the first place is. One query."""
    sure = certainty(sheet.ranking)
    won = shares(sheet.ranking)
    reasons = reasons_of(sheet)
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
            vendor_as_said(each, by_key[each.contender.key], sheet, reasons, won.get(each.contender.key))
            for each in standings
        ],
        "certainty": certainty_as_said(sure, sheet),
    }


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


def vendor_as_said(
    standing: Standing, candidate: Candidate, sheet: Sheet, reasons: Mapping[tuple[int, int, int], str],
    won: Fraction | None,
) -> Record:  # fmt: skip
    """One vendor: where it stands, its must-haves, its cells and its price."""
    price = sheet.prices.get(candidate.pk, Price())
    rulings = [sheet.rulings[candidate.pk, gate.pk] for gate in sheet.gates]
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
        "gates": [{"state": one.state.value, "word": one.word, "note": one.note} for one in rulings],
        "cells": [cell_as_said(candidate, one, sheet, reasons) for one in sheet.criteria],
        "price_month": money(price.month),
        "price_order": money(price.order),
        "assumptions": price.assumptions,
    }


def cell_as_said(
    candidate: Candidate, criterion: Criterion, sheet: Sheet, reasons: Mapping[tuple[int, int, int], str]
) -> Record:
    """One cell: what counts, the mean, and who gave what."""
    cell = sheet.cells[candidate.pk, criterion.pk]
    return {
        "value": None if cell.value is None else text(shown(cell.value)),
        "mean": None if cell.mean is None else text(shown(cell.mean)),
        "settled": text(cell.settled),
        "not_applicable": cell.not_applicable,
        "figure": sheet.figures.get((candidate.pk, criterion.pk)),
        "opinions": [
            {
                "who": sheet.people.get(one.evaluator, ""),
                "points": one.points,
                "counts": one.counted,
                "why": reasons.get((one.evaluator, candidate.pk, criterion.pk), ""),
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
    """The record and the choice as HTML that stands by itself; times are those of `at`'s zone."""
    criteria = [
        {**one, "cells": [vendor["cells"][place] for vendor in record["vendors"]]}
        for place, one in enumerate(record["criteria"])
    ]
    gates = [
        {**one, "cells": [vendor["gates"][place] for vendor in record["vendors"]]}
        for place, one in enumerate(record["gates"])
    ]
    with timezone.override(at.tzinfo):
        return render_to_string(
            "sourcing/deciding/_record.html",
            {"record": record, "criteria": criteria, "gates": gates, "choice": choice, "by": by, "at": at},
        )
