"""A shortlist that is being compared, for tests of what follows: rows as the actions before would have left them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from outsourcing.accounts.models import Membership, Organisation
from tests.factories import (
    BriefFactory,
    CandidateFactory,
    CriterionFactory,
    EvaluatorFactory,
    OrganisationFactory,
    VendorFactory,
)
from vendors.sourcing.models import (
    Answer,
    Assignment,
    Brief,
    Candidate,
    Criterion,
    CriterionStep,
    Evaluator,
    Gate,
    GateAnswer,
    Score,
)
from vendors.sourcing.scores import giving

#: A Monday, ten o'clock in London.
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
VENDORS = ("Harrow & Quay", "Pallet & Post", "Fellgate Logistics")
CRITERIA = (("Accuracy and damage", 60), ("Peak capacity", 40))


@dataclass
class Shortlist:
    """A brief with what hangs on it, in the order it was named in."""

    brief: Brief
    candidates: list[Candidate]
    criteria: list[Criterion]
    gates: list[Gate] = field(default_factory=list)
    evaluators: list[Evaluator] = field(default_factory=list)

    def evaluator(self, member: Membership, criteria: list[Criterion] | None = None, **fields) -> Evaluator:
        """Somebody who scores all criteria that people score, or some."""
        made = EvaluatorFactory(brief=self.brief, member=member, named_by=self.brief.created_by, **fields)
        people = [one for one in self.criteria if one.source == "people"] if criteria is None else criteria
        Assignment.objects.bulk_create(Assignment(evaluator=made, criterion=one) for one in people)
        self.evaluators.append(made)
        return made

    def score(self, evaluator: Evaluator, *rows: tuple[int | None, ...], submit: bool = True) -> None:
        """Give whole rows, one for each criterion with a score for each candidate, and submit them."""
        for criterion, row in zip(self.criteria, rows, strict=False):
            for candidate, value in zip(self.candidates, row, strict=True):
                giving.score(evaluator, candidate, criterion, value, by=evaluator.member, at=MONDAY)
        if submit:
            giving.submit(evaluator, blanks=True, by=evaluator.member, at=MONDAY)
            evaluator.refresh_from_db()


def shortlist(
    shop: Organisation, by: Membership, *, vendors=VENDORS, criteria=CRITERIA, gates=(), state="evaluating", **fields
) -> Shortlist:
    """A brief of `shop`'s by `by`, who chairs it, that is being compared."""
    brief = BriefFactory(
        merchant=shop, created_by=by, state=state, published_at=MONDAY - 14 * DAY, deadline_at=MONDAY - DAY,
        opened_at=MONDAY - DAY if state == "evaluating" else None, **fields,
    )  # fmt: skip
    made = [
        CriterionFactory(brief=brief, name=name, weight=weight, position=place)
        for place, (name, weight) in enumerate(criteria)
    ]
    rows = [Gate.objects.create(brief=brief, text=text, position=place) for place, text in enumerate(gates)]
    candidates = []
    for vendor in vendors:
        if not isinstance(vendor, Organisation):
            vendor = OrganisationFactory(kind="vendor", name=vendor, country="GB", time_zone="Europe/London")
        if not hasattr(vendor, "vendor"):
            VendorFactory(organisation=vendor)
        candidates.append(
            CandidateFactory(brief=brief, vendor=vendor, stage="answered", invited_at=MONDAY - 14 * DAY, added_by=by)
        )
    return Shortlist(brief, candidates, made, rows)


def answer(candidate: Candidate, *, gates=(), **fields) -> Answer:
    """What a vendor answered, opened; `gates` are (must-have, whether it says yes)."""
    made = Answer.objects.create(
        candidate=candidate, number=candidate.answers.count() + 1, submitted_at=MONDAY - 3 * DAY,
        submitted_by=candidate.added_by, **{"opened_at": MONDAY - DAY, **fields},
    )  # fmt: skip
    GateAnswer.objects.bulk_create(GateAnswer(answer=made, gate=gate, says_yes=yes) for gate, yes in gates)
    return made


def priced(listed: Shortlist, *prices: str | None, target="3.00", walk_away="4.00", weight=20) -> Criterion:
    """A criterion from the price an order, and an answer of each vendor with its price."""
    criterion = CriterionFactory(
        brief=listed.brief, name="Cost per order", weight=weight, source="price", price_basis="order",
        target=Decimal(target), walk_away=Decimal(walk_away), position=len(listed.criteria),
    )  # fmt: skip
    listed.criteria.append(criterion)
    for candidate, price in zip(listed.candidates, prices, strict=True):
        answer(candidate, price_order=price and Decimal(price))
    return criterion


def steps(criterion: Criterion, *bounds: str) -> None:
    """Bounds of the steps 1 to 5 of a measured criterion."""
    rows = [CriterionStep(criterion=criterion, step=0, text="Nothing")]
    rows += [CriterionStep(criterion=criterion, step=n, text=f"Step {n}", bound=b) for n, b in enumerate(bounds, 1)]
    CriterionStep.objects.bulk_create(rows)


def kept(listed: Shortlist) -> list[tuple]:
    """All scores there are, for comparing."""
    return list(Score.objects.filter(evaluator__brief=listed.brief).order_by("pk").values_list("value", "reason"))
