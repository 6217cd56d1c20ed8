"""Totals, coverage, ranges, ranks and disagreement, worked by hand, and what must hold for any shortlist."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.sourcing.scoring import (
    Cell,
    Contender,
    Criterion,
    Gate,
    Opinion,
    anchored,
    ladder,
    rank,
    relative,
    shown,
)


def cell(*points):
    """What people gave, each by an evaluator of their own."""
    return Cell(tuple(Opinion(evaluator, each) for evaluator, each in enumerate(points)))


def contender(key, *cells, **more):
    """A vendor with a cell on each criterion 0, 1, 2 ..; None is a blank, a number one opinion."""
    named = {
        place: each if isinstance(each, Cell) else cell(each) for place, each in enumerate(cells) if each is not None
    }
    return Contender(key, more.pop("name", f"Vendor {key}"), named, **more)


def weighted(*weights):
    return [Criterion(place, weight) for place, weight in enumerate(weights)]


def totals(ranking):
    return {standing.contender.key: str(standing.total) for standing in ranking.standings}


def ranks(ranking):
    return [(standing.contender.key, standing.rank) for standing in ranking.standings]


def test_a_total_is_the_weighted_mean():
    # (25 x 13/3 + 20 x 4 + 55 x 3) / 100 = (108.33 + 80 + 165) / 100 = 3.5333
    ranking = rank(weighted(25, 20, 55), [contender(1, cell(4, 4, 5), 4, 3)])
    assert totals(ranking) == {1: "3.53"}


def test_a_half_rounds_up_also_where_thirds_meet():
    # (1 x 13/3 + 1 x 14/3 + 198 x 4) / 200 = (9 + 792) / 200 = 4.005: a decimal of 28 digits finds 4.00499..
    ranking = rank(weighted(1, 1, 198), [contender(1, cell(4, 4, 5), cell(4, 5, 5), 4)])
    assert totals(ranking) == {1: "4.01"}
    assert shown(Fraction(-5, 1000)) == Decimal("-0.01")
    assert shown(Fraction(5)) == Decimal("5.00")


def test_weights_need_not_make_a_hundred():
    ranking = rank(weighted(3, 1), [contender(1, 5, 1)])
    assert totals(ranking) == {1: "4.00"}
    assert ranking.share(ranking.criteria[0]) == Fraction(3, 4)


def test_weight_nought_is_shown_and_not_counted():
    ranking = rank(weighted(1, 0), [contender(1, 4, 0)])
    assert totals(ranking) == {1: "4.00"}
    assert ranking.share(ranking.criteria[1]) == 0
    assert ranking.of(1).coverage == 1


def test_all_weights_nought_make_no_total():
    ranking = rank(weighted(0, 0), [contender(1, 4, 0), contender(2, 5, 5)])
    assert ranking.weightless
    assert [(each.total, each.low, each.high, each.rank) for each in ranking.standings] == [(None,) * 4] * 2


@pytest.mark.parametrize("weight", [-1, 2.5, Decimal("0.5"), "3"])
def test_a_weight_is_a_whole_number_of_nought_or_more(weight):
    with pytest.raises(ValueError, match="whole number"):
        Criterion(1, weight)


def test_a_weight_of_a_million_is_fine():
    ranking = rank(weighted(1_000_000, 1), [contender(1, 3, 5)])
    assert totals(ranking) == {1: "3.00"}


@pytest.mark.parametrize("points", [-1, 6])
def test_a_score_is_from_nought_to_five(points):
    with pytest.raises(ValueError, match="from 0 to 5"):
        Opinion(1, points)


def test_a_blank_is_not_a_nought():
    # Scored: (60 x 4) / 60 = 4; of 100, 60 are scored; with the blank as 0 it is 2.4, as 5 it is 4.4.
    blank, nought = rank(weighted(60, 40), [contender(1, 4), contender(2, 4, 0)]).standings
    assert (blank.total, blank.low, blank.high, blank.coverage) == (
        Decimal("4.00"), Decimal("2.40"), Decimal("4.40"), Fraction(3, 5),
    )  # fmt: skip
    assert (nought.total, nought.low, nought.high, nought.coverage) == (*[Decimal("2.40")] * 3, 1)
    assert blank.provisional
    assert not nought.provisional


def test_coverage_of_nearly_all_is_not_all():
    standing = rank(weighted(999, 1), [contender(1, 4)]).of(1)
    assert standing.percent == 99
    assert standing.provisional


def test_nothing_scored_is_no_total_and_no_rank():
    standing = rank(weighted(60, 40), [contender(1)]).of(1)
    assert (standing.total, standing.rank, standing.low, standing.high) == (None, None, Decimal(0), Decimal(5))


def test_what_applies_to_nobody_drops_out():
    none = Cell(not_applicable=True)
    ranking = rank(weighted(50, 50), [contender(1, 4, none), contender(2, 2, none)])
    assert ranking.dropped == (Criterion(1, 50),)
    assert ranking.of(1).coverage == 1
    assert ranking.share(ranking.criteria[0]) == 1


def test_what_does_not_apply_to_one_lowers_its_coverage():
    ranking = rank(weighted(50, 50), [contender(1, 4, Cell(not_applicable=True)), contender(2, 2, 4)])
    assert ranking.of(1).coverage == Fraction(1, 2)
    assert ranking.of(1).total == Decimal("4.00")
    assert ranking.dropped == ()


def test_a_vendor_that_withdrew_does_not_keep_a_criterion():
    none = Cell(not_applicable=True)
    ranking = rank(weighted(50, 50), [contender(1, 4, none), contender(2, 2, 4, withdrawn=True)])
    assert ranking.dropped == (Criterion(1, 50),)


def test_ties_share_a_rank_and_are_ties_of_what_is_shown():
    # 4.004 and 4.001 both show 4.00.
    first = contender(1, Cell(computed=Decimal("4.004")))
    second = contender(2, Cell(computed=Decimal("4.001")))
    ranking = rank(weighted(1), [contender(3, 3), second, first])
    assert ranks(ranking) == [(1, 1), (2, 1), (3, 3)]
    assert [each.tied for each in ranking.standings] == [True, True, False]


def test_inside_a_tie_the_heaviest_criterion_then_waivers_then_cost_then_name_order_the_list():
    same = {"cost": Decimal(10)}
    vendors = [
        contender(1, 3, 5, 4, name="Zeta"),
        contender(2, 3, 5, 4, name="Alpha"),
        contender(3, 3, 5, 4, name="Beta", **same),
        contender(4, 3, 5, 4, name="Cost", cost=Decimal(9)),
        contender(5, 3, 5, 4, name="Aaron", gates=(Gate.WAIVED,), cost=Decimal(1)),
        contender(6, 4, 3, 4, name="Zulu"),
    ]
    ranking = rank(weighted(2, 1, 1), vendors)
    assert totals(ranking) == dict.fromkeys(range(1, 7), "3.75")
    assert [key for key, _ in ranks(ranking)] == [6, 4, 3, 2, 1, 5]


def test_a_failed_must_have_leaves_the_ranking_with_what_it_would_have_scored():
    failing = contender(1, 5, gates=(Gate.PASS, Gate.FAIL))
    ranking = rank(weighted(1), [failing, contender(2, 3, gates=(Gate.PASS, Gate.WAIVED))])
    assert ranks(ranking) == [(2, 1), (1, None)]
    assert ranking.of(1).total == Decimal("5.00")
    assert ranking.of(1).contender.failed == 1


def test_an_unknown_must_have_is_provisional():
    standing = rank(weighted(1), [contender(1, 5, gates=(Gate.UNKNOWN,))]).of(1)
    assert standing.rank == 1
    assert standing.provisional


def test_a_withdrawn_vendor_keeps_its_scores_and_leaves_the_ranking():
    ranking = rank(weighted(1), [contender(1, 5, withdrawn=True), contender(2, 3)])
    assert ranks(ranking) == [(2, 1), (1, None)]
    assert ranking.of(1).total == Decimal("5.00")


def test_opinions_of_the_recused_are_kept_and_not_counted():
    judged = Cell((Opinion(1, 5), Opinion(2, 1, counted=False)))
    assert judged.value == 5
    assert judged.one_opinion
    assert len(judged.opinions) == 2


@pytest.mark.parametrize(("points", "disputed"), [((3, 4), False), ((2, 4), True), ((5,), False), ((), False)])
def test_two_points_apart_are_a_disagreement(points, disputed):
    assert cell(*points).disputed is disputed


def test_deviation_and_range_of_a_cell():
    judged = cell(2, 4, 4, 4, 5, 5, 5, 3)
    assert (judged.least, judged.most, judged.mean) == (2, 5, 4)
    assert judged.deviation == Decimal("1.00")  # (4 + 0 + 0 + 0 + 1 + 1 + 1 + 1) / 8 = 1
    assert cell().deviation is None


def test_consensus_replaces_the_mean_and_keeps_it():
    settled = Cell((Opinion(1, 2), Opinion(2, 5)), settled=Decimal(4))
    assert (settled.value, settled.mean, settled.moved) == (4, Fraction(7, 2), Fraction(1, 2))
    assert settled.disputed


@pytest.mark.parametrize(
    ("cost", "points"),
    [("2.50", 5), ("3.00", 5), ("3.25", Fraction(15, 4)), ("4.00", 0), ("9.00", 0), ("0", None), (None, None)],
)
def test_a_price_between_target_and_walk_away(cost, points):
    assert anchored(cost and Decimal(cost), target=Decimal(3), walk_away=Decimal(4)) == points


def test_the_target_lies_below_the_walk_away_price():
    with pytest.raises(ValueError, match="below"):
        anchored(Decimal(3), target=Decimal(4), walk_away=Decimal(4))


def test_a_relative_price_moves_when_a_vendor_drops_out():
    costs = {1: Decimal(2), 2: Decimal(4), 3: None, 4: Decimal(0)}
    assert relative(costs) == {1: 5, 2: Fraction(5, 2), 3: None, 4: None}
    del costs[1]
    assert relative(costs) == {2: 5, 3: None, 4: None}
    assert relative({3: None}) == {3: None}


def test_a_measured_figure_climbs_a_ladder():
    on_time = [(Decimal(80), 2), (Decimal(95), 5), (Decimal(90), 4)]
    assert [ladder(Decimal(each), on_time, higher_is_better=True) for each in (79, 80, 94, 95)] == [0, 2, 4, 5]
    hours = [(Decimal(4), 5), (Decimal(24), 2)]
    assert [ladder(Decimal(each), hours, higher_is_better=False) for each in (1, 4, 5, 25)] == [5, 5, 2, 0]
    assert ladder(None, hours, higher_is_better=False) is None


# ---- Whatever the shortlist ----------------------------------------------------------------------------------------
cells = st.one_of(
    st.none(),
    st.lists(st.integers(0, 5), min_size=1, max_size=5).map(lambda points: cell(*points)),
    st.just(Cell(not_applicable=True)),
    st.decimals(0, 5, places=2).map(lambda value: Cell(computed=value)),
)
gates = st.lists(st.sampled_from(Gate), max_size=3).map(tuple)


@st.composite
def shortlists(draw):
    weights = draw(st.lists(st.one_of(st.integers(0, 20), st.just(1_000_000)), min_size=1, max_size=5))
    number = draw(st.integers(1, 5))
    vendors = [
        contender(key, *draw(st.tuples(*[cells] * len(weights))), gates=draw(gates), withdrawn=draw(st.booleans()))
        for key in range(number)
    ]
    return weighted(*weights), vendors


@given(shortlists())
def test_a_total_lies_in_its_range_and_on_the_scale(shortlist):
    for standing in rank(*shortlist).standings:
        if standing.total is not None:
            assert 0 <= standing.low <= standing.total <= standing.high <= 5
            assert (standing.coverage == 1) is (
                standing.low == standing.total == standing.high
            ) or standing.coverage < 1


@given(shortlists())
def test_every_vendor_is_listed_once_and_ranks_count_who_is_better(shortlist):
    ranking = rank(*shortlist)
    assert sorted(each.contender.key for each in ranking.standings) == [each.key for each in shortlist[1]]
    for standing in ranking.ranked:
        assert standing.rank == 1 + sum(each.total > standing.total for each in ranking.ranked)
        assert standing.tied is (sum(each.total == standing.total for each in ranking.ranked) > 1)
        assert not standing.contender.failed
        assert not standing.contender.withdrawn


@given(shortlists(), st.integers(2, 9))
def test_only_proportions_of_weights_matter(shortlist, times):
    criteria, vendors = shortlist
    more = [Criterion(each.key, each.weight * times) for each in criteria]
    assert totals(rank(criteria, vendors)) == totals(rank(more, vendors))


@given(shortlists(), st.randoms())
def test_the_order_of_entry_does_not_matter(shortlist, random):
    criteria, vendors = shortlist
    shuffled = random.sample(vendors, len(vendors))
    assert ranks(rank(criteria, vendors)) == ranks(rank(criteria, shuffled))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), min_size=1, max_size=8))
def test_whole_scores_make_the_total_that_decimals_make(pairs):
    weights, points = zip(*pairs, strict=True)
    total = rank(weighted(*weights), [contender(1, *points)]).of(1).total
    if not any(weights):
        assert total is None
        return
    with localcontext(prec=60):
        plain = Decimal(sum(w * p for w, p in pairs)) / Decimal(sum(weights))
        assert total == plain.quantize(Decimal("0.01"), ROUND_HALF_UP)
