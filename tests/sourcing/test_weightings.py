"""How often each vendor wins when weights are drawn at random: exact, the same every time, and fair to ties."""

from fractions import Fraction

from hypothesis import given, settings

from tests.sourcing.test_scoring import contender, shortlists, weighted
from vendors.sourcing.scoring import rank
from vendors.sourcing.weightings import DRAWS, drawn, shares, wins


def share(weights, *vendors):
    return shares(rank(weighted(*weights), vendors))


def test_who_is_better_in_everything_wins_every_time():
    assert share([3, 1], contender(1, 5, 4), contender(2, 4, 3)) == {1: 1, 2: 0}


def test_who_is_best_in_one_of_two_wins_about_half():
    won = share([1, 1], contender(1, 5, 0), contender(2, 0, 5))
    assert sum(won.values()) == 1
    assert abs(won[1] - Fraction(1, 2)) < Fraction(2, 100)


def test_the_merchants_own_weights_are_the_middle():
    # Of u x 80 against v x 20, both even on 0..2: the first is larger in 1 - (1/4) / 2 = 7/8.
    won = share([80, 20], contender(1, 5, 0), contender(2, 0, 5))
    assert abs(won[1] - Fraction(7, 8)) < Fraction(2, 100)


def test_a_tie_is_shared():
    assert share([1, 2], contender(1, 5, 4), contender(2, 5, 4), contender(3, 1, 1)) == {
        1: Fraction(1, 2), 2: Fraction(1, 2), 3: 0,
    }  # fmt: skip


def test_weight_nought_stays_out():
    assert share([1, 0], contender(1, 3, 0), contender(2, 2, 5)) == {1: 1, 2: 0}


def test_a_blank_is_left_out_of_the_total_and_is_no_nought():
    assert share([1, 1], contender(1, 4), contender(2, 3, 3)) == {1: 1, 2: 0}


def test_enormous_weights_keep_their_proportion():
    small = share([80, 20], contender(1, 5, 0), contender(2, 0, 5))
    large = share([80_000_000_000, 20_000_000_000], contender(1, 5, 0), contender(2, 0, 5))
    assert small == large


def test_nobody_ranked_nobody_wins():
    assert share([0], contender(1, 3)) == {}
    assert share([1], contender(1)) == {}


def test_the_same_weightings_are_drawn_every_time():
    vendors = [contender(1, 5, 2, 3), contender(2, 3, 4, 3), contender(3, 2, 2, 5)]
    first = share([3, 2, 2], *vendors)
    wins.cache_clear()
    drawn.cache_clear()
    assert share([3, 2, 2], *vendors) == first
    # A fixed figure: another machine, another Python or another order of entry finds the same.
    assert {key: int(each * DRAWS) for key, each in first.items()} == {1: 6137, 2: 2634, 3: 1229}
    assert share([3, 2, 2], *reversed(vendors)) == first


@settings(max_examples=25, deadline=None)
@given(shortlists())
def test_shares_make_one(shortlist):
    ranking = rank(*shortlist)
    won = shares(ranking)
    assert set(won) == {each.contender.key for each in ranking.ranked}
    assert not won or sum(won.values()) == 1
    assert all(0 <= each <= 1 for each in won.values())
