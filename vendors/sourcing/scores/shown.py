"""The pages of scoring: one's own table, who has submitted, and what one cell rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.models import Membership
from vendors.directory.evidence.kinds import ADDED, CERTIFICATES, KINDS, PARTNERS, REFERENCES, SAMPLES, TESTIMONIALS
from vendors.directory.evidence.references import references_of
from vendors.directory.models import Vendor
from vendors.sourcing.models import (
    Candidate,
    Consensus,
    Criterion,
    CriterionStep,
    Evaluator,
    Measurement,
    NotApplicable,
    Reopening,
    Score,
)
from vendors.sourcing.scoring import Cell, shown
from vendors.sourcing.sheet import Sheet, early_scores, is_counted

#: The field of ScoreEvidence for each kind of evidence.
FIELDS = {
    REFERENCES.slug: "reference",
    TESTIMONIALS.slug: "testimonial",
    SAMPLES.slug: "sample",
    PARTNERS.slug: "partner",
    CERTIFICATES.slug: "certificate",
}
#: So many pieces of each kind are offered.
MOST_PIECES = 20
#: The answer that came after an early score.
NUMBER = "candidate__answers__number"


# ---- One's own table -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Own:
    """One of one's cells: `value` as typed, whether a reason or evidence is still missing, and where it stands.
    `before` is the number of an answer that came after it was scored."""

    candidate: Candidate
    criterion: Criterion
    value: int | None
    has_reason: bool
    lacks: str
    row: int
    column: int
    before: int = 0

    @property
    def key(self) -> str:
        return f"{self.candidate.pk}-{self.criterion.pk}"


@dataclass(frozen=True)
class Line:
    """A criterion's row, with what each step means."""

    criterion: Criterion
    steps: Sequence[tuple[int, str]]
    cells: Sequence[Own]


@dataclass(frozen=True)
class Grid:
    """Everything that one is asked to score."""

    candidates: Sequence[Candidate]
    lines: Sequence[Line]

    @property
    def cells(self) -> list[Own]:
        return [cell for line in self.lines for cell in line.cells]

    @property
    def total(self) -> int:
        return len(self.cells)

    @property
    def given(self) -> int:
        return sum(cell.value is not None for cell in self.cells)

    @property
    def blank(self) -> int:
        return self.total - self.given

    @property
    def lacking(self) -> int:
        """How many scores still need a reason or evidence."""
        return sum(bool(cell.lacks) for cell in self.cells)

    def after(self, candidate: int, criterion: int) -> Own | None:
        """The next cell without a score after this one, from the top again at the end; None where there is none."""
        cells = self.cells
        here = next(
            (n for n, one in enumerate(cells) if (one.candidate.pk, one.criterion.pk) == (candidate, criterion)), 0
        )
        return next((one for one in cells[here + 1 :] + cells[:here] if one.value is None), None)


def grid_of(evaluator: Evaluator) -> Grid:
    """One's own scores. Five queries."""
    criteria = list(
        Criterion.objects.filter(
            assignments__evaluator=evaluator, removed_at=None, source=Criterion.Source.PEOPLE
        ).prefetch_related("steps")
    )
    rows = evaluator.brief.candidates.in_the_running().select_related("vendor__vendor")
    candidates = list(rows.order_by("vendor__name", "pk"))
    scores = {(one.candidate_id, one.criterion_id): one for one in evaluator.scores.annotate(pieces=Count("evidence"))}
    early = early_scores(evaluator.brief, [evaluator.pk])
    before = {(row[0], row[1]): row[2] for row in early.values_list("candidate", "criterion", NUMBER)}
    lines = []
    for number, criterion in enumerate(cast("list[Criterion]", criteria)):
        keys = [(candidate.pk, criterion.pk) for candidate in candidates]
        cells = [
            own_cell(candidate, criterion, scores.get(key), number, place, before.get(key, 0))
            for place, (candidate, key) in enumerate(zip(candidates, keys, strict=True))
        ]
        lines.append(Line(criterion, steps_of(criterion), cells))
    return Grid(candidates, lines)


def own_cell(candidate: Candidate, criterion: Criterion, score: Any, row: int, column: int, before: int) -> Own:
    reason = bool(score and score.reason.strip())
    lacks = ""
    if score and score.value is not None:
        if criterion.needs_reason and not reason:
            lacks = _("reason missing")
        elif criterion.needs_evidence and not score.pieces:
            lacks = _("evidence missing")
    return Own(candidate, criterion, score.value if score else None, reason, lacks, row, column, before)


def steps_of(criterion: Criterion) -> list[tuple[int, str]]:
    """What each score means, where somebody has written it."""
    return [(one.step, one.text) for one in criterion.steps.all() if one.text]


# ---- Who scores ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Person:
    """Somebody who scores: how far they are, and what was opened again."""

    evaluator: Evaluator
    word: str
    tone: str
    icon: str
    reopened: Sequence[Reopening]
    may_reopen: bool
    may_recuse: bool


def people_of(sheet: Sheet, *, is_chair: bool) -> list[Person]:
    """One query."""
    reopened: dict[int, list[Reopening]] = {}
    for one in Reopening.objects.filter(evaluator__brief=sheet.brief).select_related("by"):
        reopened.setdefault(one.evaluator_id, []).append(one)
    going = not sheet.brief.is_over
    were_in = {one.pk for one in sheet.evaluators if one.submitted_at or one.pk in reopened}
    return [
        Person(
            one,
            *standing(one),
            reopened.get(one.pk, []),
            may_reopen=going
            and is_chair
            and is_counted(one)
            and one.submitted_at is not None
            and (one.member_id != sheet.acting.pk or were_in <= {one.pk}),
            may_recuse=going and is_counted(one) and (is_chair or one.member_id == sheet.acting.pk),
        )
        for one in sheet.evaluators
    ]


def standing(one: Evaluator) -> tuple[str, str, str]:
    """How far somebody is: a word, its tone and its sign."""
    if one.removed_at:
        return _("Taken out"), "none", "x-circle"
    if one.recused_at:
        return _("Stepped back"), "none", "x-circle"
    if one.submitted_at:
        return _("Submitted"), "ok", "check"
    if one.stated_at:
        return _("Scoring"), "info", "pencil"
    return _("Not begun"), "none", "planned"


@dataclass(frozen=True)
class Piece:
    """A piece of evidence that can be opened, and that a score can rest on."""

    kind: str
    pk: int
    label: str
    about: str
    url: str
    is_chosen: bool = False

    @property
    def value(self) -> str:
        return f"{self.kind}-{self.pk}"

    @property
    def field(self) -> str:
        """The column of ScoreEvidence that holds its key."""
        return f"{FIELDS[self.kind]}_id"


# ---- One cell ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Said:
    """Somebody's score of a cell, and how far it lies from the mean, in points; None where it does not count. `before`
    is the number of an answer that came after it."""

    score: Score
    person: str
    off: Decimal | None
    pieces: Sequence[str]
    before: int = 0


@dataclass(frozen=True)
class Behind:
    """Everything that a cell rests on, as far as its reader may see it."""

    cell: Cell
    said: Sequence[Said]
    consensus: Sequence[Consensus]
    settled: Consensus | None
    not_applicable: NotApplicable | None
    measurement: Measurement | None
    steps: Sequence[CriterionStep]
    price: Any
    points: Any


def behind(sheet: Sheet, candidate: Candidate, criterion: Criterion, pieces: Sequence[Piece]) -> Behind:
    """Seven queries at most; `pieces` is the evidence that the reader may read."""
    cell = sheet.cells[candidate.pk, criterion.pk]
    of = {"candidate": candidate, "criterion": criterion}
    said = [] if sheet.hidden else said_of(sheet, cell, of, pieces)
    words = cast("list[Consensus]", [] if sheet.hidden else list(Consensus.objects.filter(**of).select_related("by")))
    left_out = cast("QuerySet[NotApplicable]", NotApplicable.objects.current().filter(**of).select_related("by"))
    measured = cast("QuerySet[Measurement]", Measurement.objects.filter(**of))
    is_price = criterion.source == Criterion.Source.PRICE
    return Behind(
        cell=cell,
        said=said,
        consensus=words,
        settled=next((one for one in words if one.replaced_at is None), None),
        not_applicable=left_out.first(),
        measurement=measured.first(),
        steps=list(criterion.steps.all()),
        price=sheet.prices.get(candidate.pk) if is_price else None,
        points=None if cell.value is None else shown(cell.value),
    )


def said_of(sheet: Sheet, cell: Cell, of: Mapping[str, Any], pieces: Sequence[Piece]) -> list[Said]:
    """What people gave, and why; two queries."""
    counted = {one.evaluator for one in cell.opinions if one.counted}
    early = sheet.before.get((of["candidate"].pk, of["criterion"].pk))
    rows = Score.objects.visible_to(sheet.acting).filter(**of, evaluator__submitted_at__isnull=False)
    found = []
    for one in (
        rows.select_related("evaluator__member").prefetch_related("evidence").order_by("evaluator__named_at", "pk")
    ):
        off = None
        if one.evaluator_id in counted and cell.mean is not None and one.value is not None:
            off = shown(Fraction(one.value) - cell.mean, 1)
        before = early.number if early is not None and one.evaluator_id in early.people else 0
        found.append(Said(one, sheet.people.get(one.evaluator_id, ""), off, named_pieces(one, pieces), before))
    return found


# ---- Evidence ------------------------------------------------------------------------------------------------------
def pieces_of(vendor: Vendor | None, acting: Membership, today: date, score: Score | None = None) -> list[Piece]:
    """What is known about a vendor, newest first of each kind, as far as one may read it. Six queries at most.

    References that stay anonymous are not named.
    """
    if vendor is None:
        return []
    chosen = set()
    for one in score.evidence.all() if score else []:
        chosen |= {(slug, getattr(one, f"{field}_id")) for slug, field in FIELDS.items()}
    found = [
        (REFERENCES.slug, one.pk, one.company or one.name or _("A reference"))
        for one in references_of(vendor, acting, today=today)[:MOST_PIECES]
    ]
    for slug, kind in ADDED.items():
        rows = kind.model.objects.visible_to(acting).current().filter(vendor=vendor)
        found += [(slug, row.pk, str(row)) for row in rows.order_by("-created_at", "pk")[:MOST_PIECES]]
    return [
        Piece(slug, pk, label, str(KINDS[slug].label), reverse("directory:evidence", args=[vendor.pk, slug]),
              is_chosen=(slug, pk) in chosen)
        for slug, pk, label in found
    ]  # fmt: skip


def named_pieces(score: Score, pieces: Sequence[Piece]) -> list[str]:
    """What a score rests on, by the names under which its reader knows it; what they may not read is counted."""
    labels = {(one.kind, one.pk): one.label for one in pieces}
    keys = [
        (slug, pk)
        for one in score.evidence.all()
        for slug, field in FIELDS.items()
        if (pk := getattr(one, f"{field}_id"))
    ]
    unknown = sum(key not in labels for key in keys)
    names = [labels[key] for key in keys if key in labels]
    return [*names, ngettext("%(n)s piece more", "%(n)s pieces more", unknown) % {"n": unknown}] if unknown else names
