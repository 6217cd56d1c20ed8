"""What other systems get wrong (reference/vendors.md, "Defects seen by reading"), as cases that hold here."""

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.sourcing.test_scoring import cell, contender, weighted
from vendors.sourcing.certainty import certainty
from vendors.sourcing.scoring import BLANK, Cell, anchored, ladder, rank, relative
from vendors.sourcing.weightings import shares


def test_a_price_weight_of_nought_breaks_nothing():
    """`if (!priceScoreWeight) throw`: a criterion that is not counted stopped all scoring."""
    price = Cell(computed=anchored(Decimal("3.50"), target=Decimal(3), walk_away=Decimal(4)))
    ranking = rank(weighted(10, 0), [contender(1, 4, price), contender(2, 3, BLANK)])
    assert ranking.of(1).total == Decimal("4.00")
    assert certainty(ranking).certain
    assert shares(ranking) == {1: 1, 2: 0}


def test_a_true_nought_is_a_score():
    """`score || undefined`: a 0 looked like no score."""
    ranking = rank(weighted(1, 1), [contender(1, cell(0, 0), 4)])
    assert ranking.of(1).total == Decimal("2.00")
    assert ranking.of(1).coverage == 1
    nought = contender(2, Cell(settled=Decimal(0)), Cell(computed=Fraction(0)))
    assert rank(weighted(1, 1), [nought]).of(2).total == Decimal("0.00")


def test_no_criteria_divide_nothing_by_nothing():
    """No questions made 0 / 0."""
    ranking = rank([], [contender(1), contender(2)])
    assert ranking.weightless
    assert [each.total for each in ranking.standings] == [None, None]
    assert certainty(ranking).margin is None
    assert shares(ranking) == {}


def test_a_vendor_without_history_gets_neither_all_nor_nothing():
    """A supplier with no periods got 100."""
    assert ladder(None, [(Decimal(95), 5)], higher_is_better=True) is None
    ranking = rank(weighted(1, 1), [contender(1, 4, Cell(computed=None)), contender(2, 4, 1)])
    assert ranking.of(1).total == Decimal("4.00")
    assert ranking.of(1).coverage == Fraction(1, 2)
    assert not certainty(ranking).certain


def test_the_best_figure_meets_the_highest_step():
    """A score of exactly 100 matched no band, whose upper bound was exclusive."""
    assert ladder(Decimal(100), [(Decimal(50), 3), (Decimal(100), 5)], higher_is_better=True) == 5
    assert anchored(Decimal(3), target=Decimal(3), walk_away=Decimal(4)) == 5


def test_missing_figures_divide_nothing():
    """Missing data was put in as 0.0, so that a ratio divided by zero."""
    assert relative({1: None, 2: Decimal(0)}) == {1: None, 2: None}
    assert relative({1: None, 2: Decimal(4)}) == {1: None, 2: 5}


@pytest.mark.parametrize("weights", [(1,), (7, 3), (33, 33, 35), (1_000_000, 2, 1)])
def test_all_fives_are_five_whatever_the_weights(weights):
    """A criterion with another maximum put the total off its scale; five of five showed as four."""
    full = rank(weighted(*weights), [contender(1, *[cell(5, 5, 5) for _ in weights])]).of(1)
    assert (full.total, full.low, full.high) == (Decimal("5.00"),) * 3
