"""What must never be false of briefs, answers, scores and decisions: the database itself refuses it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from outsourcing.accounts.models import Role
from tests.factories import BriefFactory, CandidateFactory, CriterionFactory, EvaluatorFactory, MembershipFactory
from vendors.sourcing.models import Answer, Brief, Candidate, Decision, LogLine, Score

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DEADLINE = NOW + timedelta(days=4)


def refused(act, error=DatabaseError):
    with pytest.raises(error), transaction.atomic():
        act()


@pytest.fixture
def brief(shop, owner):
    return BriefFactory(
        merchant=shop, created_by=owner, is_sealed=True, state="open", published_at=NOW, deadline_at=DEADLINE
    )


@pytest.fixture
def candidate(brief, vendor):
    return CandidateFactory(brief=brief, vendor=vendor, stage="invited", invited_at=NOW)


@pytest.fixture
def answer(candidate, manager):
    return Answer.objects.create(
        candidate=candidate, number=1, submitted_by=manager, submitted_at=NOW, price_month=Decimal("14364.00")
    )


def test_a_sealed_answer_is_unreadable_to_the_merchant_and_opens_no_earlier_than_the_deadline(
    answer, owner, manager, rival
):
    assert not Answer.objects.visible_to(owner).exists()
    assert Answer.objects.visible_to(manager).get() == answer
    assert not Answer.objects.visible_to(rival).exists()
    rows = Answer.objects.filter(pk=answer.pk)
    refused(lambda: rows.update(opened_at=DEADLINE - timedelta(seconds=1)), IntegrityError)
    refused(lambda: Brief.objects.update(opened_at=DEADLINE - timedelta(seconds=1)), IntegrityError)
    rows.update(opened_at=DEADLINE)
    assert not Answer.objects.visible_to(owner).exists()  # dark until the brief itself is opened
    Brief.objects.update(opened_at=DEADLINE)
    assert Answer.objects.visible_to(owner).get() == answer


def test_whether_it_is_sealed_is_chosen_before_publishing(brief):
    refused(lambda: Brief.objects.update(is_sealed=False))
    BriefFactory(is_sealed=True)
    assert Brief.objects.filter(published_at=None).update(is_sealed=False) == 1


def test_an_answer_stays_as_it_was_submitted_and_one_is_live(answer, candidate, manager):
    refused(lambda: Answer.objects.update(price_month=1))
    refused(lambda: Answer.objects.update(message="Cheaper now"))
    refused(lambda: answer.delete())
    refused(lambda: Answer.objects.create(candidate=candidate, number=2, submitted_by=manager, submitted_at=NOW),
            IntegrityError)  # fmt: skip
    assert Answer.objects.update(rate=Decimal("0.85")) == 1


def test_a_vendor_is_on_a_shortlist_once(candidate):
    refused(lambda: CandidateFactory(brief=candidate.brief, vendor=candidate.vendor), IntegrityError)


@pytest.mark.parametrize("weight", [Decimal(-1), Decimal(1001), Decimal("0.5")])
def test_a_weight_is_whole_and_from_0_to_1000(brief, weight):
    with pytest.raises(ValidationError):
        CriterionFactory.build(brief=brief, weight=weight).full_clean()
    if weight == weight.to_integral_value():
        refused(lambda: CriterionFactory(brief=brief, weight=weight), IntegrityError)


def test_a_vendor_sees_its_own_candidacy_once_it_is_invited(brief, vendor, manager, owner):
    quiet = CandidateFactory(brief=brief)
    told = CandidateFactory(brief=brief, vendor=vendor)
    assert not Candidate.objects.visible_to(manager).exists()
    Candidate.objects.filter(pk=told.pk).update(invited_at=NOW, stage="invited")
    assert list(Candidate.objects.visible_to(manager)) == [told]
    assert set(Candidate.objects.visible_to(owner)) == {quiet, told}
    assert not Brief.objects.visible_to(manager).exists()


def test_operations_sees_the_briefs_that_it_scores(brief, shop):
    operations = MembershipFactory(organisation=shop, roles=[Role.OPERATIONS])
    assert not Brief.objects.visible_to(operations).exists()
    EvaluatorFactory(brief=brief, member=operations)
    assert Brief.objects.visible_to(operations).get() == brief


def test_scores_are_blind_until_ones_own_are_submitted_and_locked_from_then_on(brief, candidate, owner, viewer):
    criterion = CriterionFactory(brief=brief)
    mine, other = EvaluatorFactory(brief=brief, member=owner), EvaluatorFactory(brief=brief)
    for one, value in ((mine, 3), (other, 5)):
        Score.objects.create(evaluator=one, candidate=candidate, criterion=criterion, value=value, scored_at=NOW)

    def seen(member):
        return sorted(Score.objects.visible_to(member).values_list("value", flat=True))

    other.submitted_at = NOW
    other.save()
    assert (seen(owner), seen(other.member), seen(viewer)) == ([3], [5], [])
    mine.submitted_at = NOW
    mine.save()
    assert (seen(owner), seen(other.member), seen(viewer)) == ([3, 5], [3, 5], [3, 5])
    refused(lambda: Score.objects.filter(evaluator=mine).update(value=0), IntegrityError)
    refused(lambda: Score.objects.filter(evaluator=mine).delete(), IntegrityError)


def test_a_score_of_six_is_refused(brief, candidate):
    mine, criterion = EvaluatorFactory(brief=brief), CriterionFactory(brief=brief)
    refused(lambda: Score.objects.create(
        evaluator=mine, candidate=candidate, criterion=criterion, value=6, scored_at=NOW), IntegrityError)  # fmt: skip


def test_a_decision_and_the_log_never_change(brief, candidate, owner):
    made = Decision.objects.create(
        brief=brief, number=1, result="awarded", chosen=candidate, reason="Best", record={}, page="<p>",
        digest="0" * 64, by=owner, at=NOW,
    )  # fmt: skip
    refused(lambda: Decision.objects.update(reason="Cheapest"))
    refused(lambda: Decision.objects.update(record={"a": 1}))
    refused(lambda: made.delete())
    LogLine.objects.create(brief=brief, kind="open-refused", by=owner, at=NOW)
    refused(lambda: LogLine.objects.update(kind="opened"))
    refused(lambda: LogLine.objects.all().delete())
