"""Whoever may have read others' scores does not score any more: stepping out, looking and coming back is looking."""

import pytest
from django.urls import reverse

from tests.sourcing.deciding.test_choosing import decide
from tests.sourcing.shortlists import DAY, MONDAY
from vendors.sourcing.briefs import evaluators
from vendors.sourcing.deciding import choosing
from vendors.sourcing.errors import NotTheChair, NotYours
from vendors.sourcing.models import Evaluator, Score
from vendors.sourcing.scores import giving
from vendors.sourcing.sheet import hides


def name(listed, *people, by, at=MONDAY + DAY):
    evaluators.name(listed.brief, dict.fromkeys(people, listed.criteria), by=by, at=at)


@pytest.fixture
def done(listed, operations):
    """Operations has submitted."""
    mine = listed.evaluator(operations)
    listed.score(mine, (5, 4, 2), (4, 3, 2))
    return mine


def test_stepping_out_looking_and_coming_back(listed, done, buyer, owner, operations):
    listed.evaluator(buyer)
    name(listed, operations, by=buyer)
    with pytest.raises(NotYours, match="Rosa Imberg may have read the others' scores"):
        name(listed, operations, buyer, by=buyer, at=MONDAY + 2 * DAY)
    # Somebody named to hide the scores again changes nothing of it.
    listed.evaluator(owner, named_at=MONDAY + 2 * DAY)
    with pytest.raises(NotYours):
        name(listed, operations, owner, buyer, by=buyer, at=MONDAY + 3 * DAY)


def test_whoever_could_not_have_looked_may_come_back(listed, done, buyer, owner, operations):
    listed.evaluator(buyer)
    listed.evaluator(owner)  # still to submit: the scores stay hidden from everybody else
    name(listed, operations, owner, by=buyer)
    name(listed, operations, owner, buyer, by=buyer, at=MONDAY + 2 * DAY)
    assert Evaluator.objects.current().filter(member=buyer).exists()


def test_a_third_opinion_of_somebody_who_sees_a_brief_only_to_score_it(listed, buyer, owner, operations):
    listed.score(listed.evaluator(buyer), (5, 4, 2), (4, 3, 2))
    name(listed, buyer, operations, by=buyer)
    with pytest.raises(NotYours):  # an owner sees every brief
        name(listed, buyer, operations, owner, by=buyer)


def test_who_had_submitted_before_looking_counts_again(listed, done, buyer, operations):
    listed.score(listed.evaluator(buyer), (1, 1, 1), (1, 1, 1))
    name(listed, operations, by=buyer)
    assert Score.objects.counted().count() == 6
    name(listed, operations, buyer, by=buyer, at=MONDAY + 2 * DAY)
    assert Score.objects.counted().count() == 12


def test_a_decision_shows_the_scores_and_opening_it_again_hides_nothing(listed, done, buyer, owner, operations):
    listed.evaluator(owner)
    Evaluator.objects.filter(member=owner).update(removed_at=MONDAY)
    decide(listed, buyer)
    choosing.reopen(listed.brief, "A new price", by=buyer, at=MONDAY + DAY)
    with pytest.raises(NotYours):
        name(listed, operations, owner, by=buyer, at=MONDAY + 2 * DAY)


def test_ones_own_scores_are_opened_again_by_somebody_else(listed, done, buyer, owner, operations, signed_in):
    mine = listed.evaluator(buyer)
    listed.score(mine, (1, 1, 1), (1, 1, 1))
    assert reverse("sourcing:reopen_scores", args=[mine.pk]) not in scores_page(signed_in(buyer), listed)
    with pytest.raises(NotTheChair, match="another owner"):
        giving.reopen(mine, "A slip", by=buyer, at=MONDAY)
    giving.reopen(done, "Hers first", by=buyer, at=MONDAY)  # nor once they are open again
    with pytest.raises(NotTheChair):
        giving.reopen(mine, "A slip", by=buyer, at=MONDAY)
    giving.reopen(mine, "A slip", by=owner, at=MONDAY)


def scores_page(client, listed):
    return client.get(reverse("sourcing:scores", args=[listed.brief.pk])).content.decode()


def test_in_a_shop_of_one_they_are_ones_own_to_open(listed, buyer, signed_in):
    mine = listed.evaluator(buyer)
    listed.score(mine, (1, 1, 1), (1, 1, 1))
    assert reverse("sourcing:reopen_scores", args=[mine.pk]) in scores_page(signed_in(buyer), listed)
    giving.reopen(mine, "A slip", by=buyer, at=MONDAY)


def test_a_successor_who_may_have_looked_gets_no_scores_to_give(listed, done, buyer, owner, operations):
    colleague = listed.evaluator(buyer)
    Evaluator.objects.filter(pk=colleague.pk).update(removed_at=MONDAY)
    late = listed.evaluator(owner, named_at=MONDAY + DAY)
    evaluators.hand_on(owner, buyer, MONDAY + 2 * DAY)
    colleague.refresh_from_db()
    late.refresh_from_db()
    assert colleague.removed_at == MONDAY
    assert late.removed_at == MONDAY + 2 * DAY


def test_once_decided_only_who_owed_scores_stays_blind(listed, done, buyer, viewer, owner, operations):
    listed.score(listed.evaluator(buyer), (5, 4, 2), (4, 3, 2))
    listed.evaluator(owner)
    rows = list(Evaluator.objects.filter(brief=listed.brief))
    assert [hides(listed.brief, rows, one) for one in (viewer, owner, operations)] == [True, True, False]
    decide(listed, buyer)
    listed.brief.refresh_from_db()
    for reader, is_hidden in ((viewer, False), (owner, True), (operations, False)):
        others = Score.objects.visible_to(reader).exclude(evaluator__member=reader)
        assert (hides(listed.brief, rows, reader), others.exists()) == (is_hidden, not is_hidden)
