"""What the chair says of single cells: consensus, and what does not apply."""

from decimal import Decimal

import pytest

from tests.sourcing.shortlists import MONDAY, shortlist
from vendors.sourcing.errors import NotTheChair
from vendors.sourcing.models import Consensus, LogLine, NotApplicable
from vendors.sourcing.scores import settling
from vendors.sourcing.scores.errors import NotAScore, NotInTheRunning, NotOpenToScores, StillHidden
from vendors.sourcing.sheet import sheet_of


@pytest.fixture
def scored(listed, owner, operations):
    listed.score(listed.evaluator(owner), (5, 4, 2), (4, 3, 2))
    listed.score(listed.evaluator(operations), (2, 4, 2), (4, 3, 2))
    return listed


def settle(listed, by, value="4", reason="We looked at it together."):
    return settling.settle(
        listed.candidates[0], listed.criteria[0], Decimal(value), reason, by=by, at=MONDAY
    )  # fmt: skip


def test_consensus_replaces_the_mean_and_keeps_it(scored, buyer):
    settle(scored, buyer)
    cell = sheet_of(scored.brief, buyer).cells[scored.candidates[0].pk, scored.criteria[0].pk]
    assert (cell.value, cell.mean, cell.moved, cell.disputed) == (4, Decimal("3.5"), Decimal("0.5"), True)
    assert Consensus.objects.get().mean == Decimal("3.5")
    assert LogLine.objects.filter(kind="settled").exists()
    settle(scored, buyer, "3.25")
    assert Consensus.objects.count() == 2
    assert Consensus.objects.current().count() == 1
    settling.unsettle(scored.candidates[0], scored.criteria[0], by=buyer, at=MONDAY)
    assert not Consensus.objects.current().exists()


def test_only_the_chair_settles_and_not_blindly(listed, buyer, owner, operations):
    first = listed.evaluator(buyer)
    with pytest.raises(NotTheChair):
        settle(listed, operations)
    with pytest.raises(StillHidden):
        settle(listed, buyer)
    listed.score(first, (5, 4, 2), (4, 3, 2))
    settle(listed, buyer)


@pytest.mark.parametrize("value", ["-0.01", "5.01"])
def test_an_agreed_score_is_on_the_scale(scored, buyer, value):
    with pytest.raises(NotAScore):
        settle(scored, buyer, value)


def test_what_does_not_apply(scored, buyer, operations):
    one, criterion = scored.candidates[0], scored.criteria[0]
    with pytest.raises(NotTheChair):
        settling.leave_out(one, criterion, "No breakables", by=operations, at=MONDAY)
    settling.leave_out(one, criterion, "No breakables", by=buyer, at=MONDAY)
    ranking = sheet_of(scored.brief, buyer).ranking
    assert ranking.of(one.pk).percent == 40
    assert not ranking.dropped
    for other in scored.candidates[1:]:
        settling.leave_out(other, criterion, "No breakables", by=buyer, at=MONDAY)
    assert [each.key for each in sheet_of(scored.brief, buyer).ranking.dropped] == [criterion.pk]
    settling.take_in(one, criterion, by=buyer, at=MONDAY)
    assert NotApplicable.objects.current().count() == 2


def test_a_part_of_another_brief(listed, shop, buyer):
    other = shortlist(shop, buyer, vendors=["Far Away"])
    with pytest.raises(NotInTheRunning):
        settling.leave_out(listed.candidates[0], other.criteria[0], "So", by=buyer, at=MONDAY)


def test_nothing_is_said_once_it_is_decided(shop, buyer):
    listed = shortlist(shop, buyer, state="decided", decided_at=MONDAY)
    with pytest.raises(NotOpenToScores):
        settle(listed, buyer)
