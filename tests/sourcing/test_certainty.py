"""How sure a ranking is, by hand: certainly ahead, where the winner changes, and what one person or point does."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given

from tests.sourcing.test_scoring import cell, contender, shortlists, weighted
from vendors.sourcing.certainty import certainty
from vendors.sourcing.scoring import Criterion, Gate, rank


def look(weights, *vendors):
    return certainty(rank(weighted(*weights), vendors))


def test_ahead_of_all_when_everything_is_scored():
    sure = look([60, 40], contender(1, 5, 4), contender(2, 3, 4))
    assert sure.certain
    assert sure.leader.contender.key == 1
    assert sure.margin == Decimal("1.20")  # 4.60 - 3.40
    assert not sure.close


def test_no_clear_winner_while_a_rival_may_still_pass():
    # The leader has 4.00; the other 3.00 of 60, and with its blank as a 5 it would have 3.80: certainly ahead.
    assert look([60, 40], contender(1, 4, 4), contender(2, 3)).certain
    # At 70 to 30 with a 4: (70 x 4 + 30 x 5) / 100 = 4.30, above 4.00.
    sure = look([70, 30], contender(1, 5, 2), contender(2, 4))
    assert sure.leader.contender.key == 1
    assert not sure.certain
    assert [each.contender.key for each in sure.rivals] == [2]


def test_a_vendor_not_scored_at_all_may_still_win():
    sure = look([1], contender(1, 5), contender(2))
    assert not sure.certain
    assert look([1], contender(1, 5), contender(2, gates=(Gate.FAIL,))).certain
    assert look([1], contender(1, 5), contender(2, withdrawn=True)).certain


def test_a_leader_with_an_open_must_have_is_not_certain():
    assert not look([1], contender(1, 5, gates=(Gate.UNKNOWN,)), contender(2, 1)).certain


def test_a_tie_has_no_leader_and_is_a_close_call():
    sure = look([1], contender(1, 4), contender(2, 4), contender(3, 1))
    assert sure.leader is None
    assert [each.contender.key for each in sure.tied] == [1, 2]
    assert sure.margin == 0
    assert sure.close
    assert not sure.certain


def test_a_blank_on_what_does_not_count_hides_nothing():
    """With weight 0 a criterion takes no part in any total, so a rival that has a blank there can be compared."""
    sure = look([52, 48, 0], contender(1, 4, 1, 3), contender(2, 1, 4))
    assert {flip.criterion.key for flip in sure.flips} == {0, 1}
    assert sure.close


def test_one_vendor_alone_is_no_close_call():
    sure = look([1], contender(1, 4))
    assert sure.certain
    assert sure.margin is None
    assert not sure.close


def test_a_margin_under_a_tenth_is_a_close_call():
    assert look([100], contender(1, 5), contender(2, 4)).close is False
    close = look([91, 9], contender(1, 4, 4), contender(2, 4, 3))
    assert close.margin == Decimal("0.09")
    assert close.close
    wide = look([90, 10], contender(1, 4, 4), contender(2, 4, 3))
    assert wide.margin == Decimal("0.10")
    assert not wide.close


def test_the_share_at_which_the_winner_changes():
    # d = 2 - 4 = -2 on the second; R = 0.8 x 1 = 0.8 of the others, 1 over their weight: 1 / (1 + 2) = 1/3.
    sure = look([80, 20], contender(1, 4, 2), contender(2, 3, 4))
    assert sure.leader.contender.key == 1
    assert {(flip.criterion.key, flip.share, flip.more) for flip in sure.flips} == {
        (1, Fraction(1, 3), True),  # the second would have to count for a third
        (0, Fraction(2, 3), False),  # or the first for two thirds only
    }
    assert sure.nearest.now in (Fraction(1, 5), Fraction(4, 5))
    assert sure.nearest.distance == Fraction(2, 15)


def test_a_criterion_with_weight_nought_can_decide_when_it_counts():
    sure = look([1, 0], contender(1, 4, 1), contender(2, 3, 5))
    # level at weight w: 1 = 4 w, so w = 1/4, a share of 1/5
    assert [(flip.criterion.key, flip.share, flip.now) for flip in sure.flips] == [(1, Fraction(1, 5), 0)]


def test_the_nearest_rival_is_named():
    sure = look([50, 50], contender(1, 5, 3), contender(2, 3, 4), contender(3, 2, 5))
    assert {(flip.criterion.key, flip.rival.key, flip.share) for flip in sure.flips} == {
        (0, 3, Fraction(2, 5)), (1, 3, Fraction(3, 5)),
    }  # fmt: skip
    for flip in sure.flips:
        shares = {0: flip.share, 1: 1 - flip.share} if flip.criterion.key == 0 else {0: 1 - flip.share, 1: flip.share}
        # With 5 and 3 against 3 and 4 that would be a third; 2 and 5 are level earlier.
        level = [
            sum(shares[place] * each.contender.cells[place].value for place in shares) for each in sure.ranking.ranked
        ]
        assert max(level) == level[0]  # nobody passed before
        assert level.count(level[0]) == 2


def test_a_flip_within_five_points_of_share_is_a_close_call():
    # 4 x 0.52 + 1 x 0.48 = 2.56; the other 1 x 0.52 + 4 x 0.48 = 2.44: 0.12 apart, level at a half.
    sure = look([52, 48], contender(1, 4, 1), contender(2, 1, 4))
    assert sure.margin == Decimal("0.12")
    assert sure.nearest.distance == Fraction(2, 100)
    assert sure.close


def test_one_point_that_costs_the_lead():
    # 3.60 and 3.20; a point on the first (weight 60) moves 0.60, on the second 0.40, which makes them level.
    sure = look([60, 40], contender(1, 4, 3), contender(2, 4, 2))
    assert {(each.criterion.key, each.contender.key, each.by) for each in sure.nudges} == {
        (0, 1, -1), (0, 2, +1), (1, 1, -1), (1, 2, +1),
    }  # fmt: skip
    assert look([60, 40], contender(1, 5, 5), contender(2, 1, 1)).nudges == ()


def test_a_point_does_not_move_a_score_off_the_scale():
    sure = look([60, 40], contender(1, 5, 0), contender(2, 5, 0), contender(3, 0, 0))
    assert sure.tied
    sure = look([1, 9], contender(1, 5, 0), contender(2, 4, 0))
    assert {(each.criterion.key, each.contender.key, each.by) for each in sure.nudges} == {
        (0, 1, -1), (0, 2, +1), (1, 2, +1),
    }  # fmt: skip


def test_who_leads_without_one_person():
    # With both: 3.5 to 3; without the first person the second vendor leads 4 to 2.
    sure = look([1], contender(1, cell(5, 2)), contender(2, cell(2, 4)))
    assert sure.leader.contender.key == 1
    assert [(each.evaluator, [who.key for who in each.leaders], each.changed) for each in sure.without] == [
        (0, [2], True),
        (1, [1], False),
    ]


def test_without_the_only_person_nothing_is_scored():
    sure = look([1], contender(1, cell(5)), contender(2, cell(2)))
    assert [(each.leaders, each.changed) for each in sure.without] == [((), True)]


@given(shortlists())
def test_at_every_flip_two_are_level_and_nobody_is_ahead(shortlist):
    criteria, vendors = shortlist
    sure = certainty(rank(criteria, vendors))
    for flip in sure.flips:
        if flip.share == 1 or not sure.ranking.counted:
            continue
        beside = sum(each.weight for each in sure.ranking.counted if each is not flip.criterion)
        weight = flip.share * beside / (1 - flip.share)
        scale = weight.denominator
        again = [
            Criterion(each.key, int(weight * scale) if each is flip.criterion else each.weight * scale)
            for each in criteria
        ]
        then = rank(again, vendors)
        if not then.weightless and then.of(flip.rival.key).total is not None:
            assert then.of(flip.rival.key).total == then.of(sure.leader.contender.key).total


@given(shortlists())
def test_the_certain_leader_stays_ahead_whatever_the_blanks_become(shortlist):
    criteria, vendors = shortlist
    sure = certainty(rank(criteria, vendors))
    if not sure.certain:
        return
    for other in sure.ranking.standings:
        if other is not sure.leader and other.contender.ranked:
            assert other.high < sure.leader.low
