"""Scores as people give them: conflicts first, blind, locked once submitted, logged when opened again."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains

from tests.sourcing.shortlists import MONDAY, shortlist
from vendors.sourcing.errors import NotTheChair
from vendors.sourcing.models import Candidate, Evaluator, LogLine, Reopening, Score
from vendors.sourcing.scores import giving
from vendors.sourcing.scores.errors import (
    BlanksLeft,
    ConflictNotStated,
    NotAScore,
    NotAskedToScore,
    NotInTheRunning,
    NotOpenToScores,
    ReasonMissing,
    Submitted,
)


@pytest.fixture
def mine(listed, operations):
    return listed.evaluator(operations)


def give(listed, evaluator, value, *, candidate=0, criterion=0, by=None, **more):
    return giving.score(
        evaluator, listed.candidates[candidate], listed.criteria[criterion], value, by=by or evaluator.member,
        at=MONDAY, **more,
    )  # fmt: skip


def test_a_score_can_be_given_changed_and_taken_back(listed, mine):
    give(listed, mine, 4, reason="Whole")
    give(listed, mine, 0)
    assert Score.objects.get().value == 0
    assert Score.objects.get().reason == "Whole"
    give(listed, mine, None)
    assert Score.objects.get().value is None


@pytest.mark.parametrize("value", [-1, 6, 1_000_000])
def test_a_score_of_six(listed, mine, value):
    with pytest.raises(NotAScore, match="0, 1, 2, 3, 4 or 5"):
        give(listed, mine, value)


def test_conflicts_are_stated_first(listed, operations):
    mine = listed.evaluator(operations, stated_at=None)
    with pytest.raises(ConflictNotStated):
        give(listed, mine, 4)
    giving.state_conflict(mine, "My brother drives for them.", by=operations, at=MONDAY)
    give(listed, mine, 4)
    mine.refresh_from_db()
    assert mine.conflict == "My brother drives for them."
    assert LogLine.objects.filter(kind="conflict-stated").exists()


def test_nobody_states_it_for_another(listed, mine, buyer):
    with pytest.raises(NotAskedToScore):
        giving.state_conflict(mine, "", by=buyer, at=MONDAY)


def test_nobody_scores_for_another_or_what_they_were_not_given(listed, mine, buyer, operations):
    with pytest.raises(NotAskedToScore):
        give(listed, mine, 4, by=buyer)
    mine.assignments.filter(criterion=listed.criteria[1]).delete()
    with pytest.raises(NotAskedToScore, match="Peak capacity"):
        give(listed, mine, 4, criterion=1)


def test_a_score_for_another_briefs_vendor(listed, mine, shop, buyer):
    other = shortlist(shop, buyer, vendors=["Far Away"])
    with pytest.raises(NotInTheRunning):
        giving.score(mine, other.candidates[0], listed.criteria[0], 4, by=mine.member, at=MONDAY)
    with pytest.raises(NotAskedToScore):
        giving.score(mine, listed.candidates[0], other.criteria[0], 4, by=mine.member, at=MONDAY)


def test_a_candidate_who_withdrew_a_second_ago(listed, mine):
    Candidate.objects.filter(pk=listed.candidates[0].pk).update(stage="withdrawn", withdrawn_at=MONDAY)
    with pytest.raises(NotInTheRunning, match="Harrow & Quay is no longer on the shortlist"):
        give(listed, mine, 4)
    assert not Score.objects.exists()


@pytest.mark.parametrize(("state", "fields"), [("draft", {}), ("decided", {"decided_at": MONDAY}), ("closed", {})])
def test_when_a_brief_is_scored(shop, buyer, operations, state, fields):
    listed = shortlist(shop, buyer, state=state, is_sealed=state == "closed", **fields)
    mine = listed.evaluator(operations)
    with pytest.raises(NotOpenToScores):
        give(listed, mine, 4)


def test_submitted_scores_are_locked(listed, mine):
    listed.score(mine, (5, 4, 3), (3, 3, 3))
    with pytest.raises(Submitted):
        give(listed, mine, 1)
    with pytest.raises(DatabaseError, match="submitted"), transaction.atomic():
        Score.objects.filter(evaluator=mine).update(value=1)
    with pytest.raises(Submitted):
        giving.submit(mine, blanks=True, by=mine.member, at=MONDAY)


def test_blanks_have_to_be_meant(listed, mine):
    with pytest.raises(BlanksLeft, match="no score yet"):
        giving.submit(mine, blanks=True, by=mine.member, at=MONDAY)
    give(listed, mine, 4)
    with pytest.raises(BlanksLeft, match="Pallet & Post on “Accuracy and damage”"):
        giving.submit(mine, by=mine.member, at=MONDAY)
    giving.submit(mine, blanks=True, by=mine.member, at=MONDAY)
    assert Evaluator.objects.get(pk=mine.pk).submitted_at == MONDAY


def test_reasons_and_evidence_where_they_are_needed(listed, mine):
    listed.criteria[0].needs_reason = True
    listed.criteria[0].save()
    listed.criteria[1].needs_evidence = True
    listed.criteria[1].save()
    give(listed, mine, 4)
    with pytest.raises(ReasonMissing, match="A reason is missing for Harrow & Quay on “Accuracy and damage”"):
        giving.submit(mine, blanks=True, by=mine.member, at=MONDAY)
    give(listed, mine, 4, reason="Mugs arrived whole.")
    give(listed, mine, 4, criterion=1)
    with pytest.raises(ReasonMissing, match="Evidence is missing for Harrow & Quay on “Peak capacity”"):
        giving.submit(mine, blanks=True, by=mine.member, at=MONDAY)


def test_what_is_missing_is_said_where_it_can_be_put_right(listed, mine, signed_in):
    listed.criteria[0].needs_reason = True
    listed.criteria[0].save()
    give(listed, mine, 4)
    page = signed_in(mine.member).post(reverse("sourcing:submit_scores", args=[listed.brief.pk]), {"blanks": "on"})
    assertContains(page, "A reason is missing for Harrow &amp; Quay", status_code=409)
    assertContains(page, "Submit my scores", status_code=409)


def test_only_the_chair_opens_scores_again_and_it_is_logged(listed, mine, buyer, operations):
    listed.score(mine, (5, 4, 3), (3, 3, 3))
    with pytest.raises(NotTheChair):
        giving.reopen(mine, "I misread", by=operations, at=MONDAY)
    giving.reopen(mine, "She misread the scale.", by=buyer, at=MONDAY)
    mine.refresh_from_db()
    assert mine.submitted_at is None
    assert Reopening.objects.get().reason == "She misread the scale."
    assert LogLine.objects.filter(kind="scores-reopened").exists()
    give(listed, mine, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reopening.objects.all().delete()


def test_the_recused_score_no_longer_and_their_scores_do_not_count(listed, mine, buyer):
    listed.score(mine, (5, 4, 3), (3, 3, 3))
    giving.recuse(mine, "Her brother drives for them.", by=buyer, at=MONDAY)
    assert Score.objects.count() == 6
    assert not Score.objects.counted().exists()
    with pytest.raises(NotAskedToScore):
        give(listed, mine, 1)


@pytest.mark.django_db(transaction=True)
def test_two_evaluators_at_once(listed, operations, owner):
    """Two real connections, the same vendor and criterion, many times: nothing is lost and nobody waits for ever."""
    people = [listed.evaluator(operations), listed.evaluator(owner)]
    failed = []

    def work(evaluator):
        try:
            for number in range(12):
                give(listed, evaluator, number % 6)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[one]) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not failed
    assert sorted(Score.objects.values_list("value", flat=True)) == [5, 5]


@pytest.mark.django_db(transaction=True)
def test_a_score_and_the_submission_of_all_never_pass_each_other(listed, operations):
    """The same person in two browsers: what is not in before the submission is refused."""
    mine = listed.evaluator(operations)
    give(listed, mine, 3)
    outcome = {}

    def submit():
        try:
            giving.submit(mine, blanks=True, by=operations, at=MONDAY)
        finally:
            connection.close()

    def change():
        try:
            give(listed, mine, 5)
            outcome["changed"] = True
        except Submitted:
            outcome["changed"] = False
        finally:
            connection.close()

    threads = [threading.Thread(target=submit), threading.Thread(target=change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert Score.objects.get().value == (5 if outcome["changed"] else 3)
    assert Evaluator.objects.get().submitted_at is not None
