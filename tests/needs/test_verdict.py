"""The arithmetic of a verdict, against cases worked by hand (the working stands beside each)."""

from decimal import Decimal as D  # noqa: N817

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.needs.verdict import (
    Came,
    Facts,
    Part,
    Range,
    Rules,
    Verdict,
    View,
    judge,
    rounded,
    saved,
    seen_by_others,
)

#: Picking and packing: 12 h a week at 30 an hour, 180 direct, 240 space, 60 rework; a vendor asks 900 to 1,200.
PACKING = Facts(
    skill=D(2),
    liking=D(1),
    hours=D(12),
    hours_range=Range(D(10), D(14)),
    hour_value=D(30),
    direct=D(180),
    space=D(240),
    rework=D(60),
    peers=(2, 2, 3),
    market=Range(D(900), D(1200)),
    managing=D(1),
)


def test_all_parts_by_hand():
    """12 h x 52/12 = 52 h a month; 52 x 30 = 1,560; + 180 + 240 + 60 = 2,040 in house.

    skill' = (2 + 2 x 7/3) / 3 = 20/9, need (5 - 20/9)/4 = 25/36; dislike (5 - 1)/4 = 1; saving (2,040 - 1,050)/2,040 =
    33/68; time min(1, 52/40) = 1. 100 x (.3 x 25/36 + .2 + .3 x 33/68 + .2) = 20.8333 + 20 + 14.5588 + 20 = 75.39.
    """
    judged = judge(PACKING)
    assert judged.in_house == 2040
    assert [rounded(part.points, 2) for part in judged.parts] == [D("20.83"), D("20.00"), D("14.56"), D("20.00")]
    assert rounded(judged.score, 2) == D("75.39")
    assert (judged.verdict, judged.coverage, judged.missing) == (Verdict.OUTSOURCE, 1, ())


def test_what_it_saves_by_hand():
    """Managing 1 h x 52/12 x 30 = 130 a month. Money: (2,040 - 130 - 1,200) x 12 = 8,520 to (1,910 - 900) x 12 =
    12,120. Hours: (10 - 1) x 52 = 468 to (14 - 1) x 52 = 676. Break-even: freed (12 - 1) x 52/12 = 143/3 h a month;
    (900 - 480) / (143/3) = 8.81 to (1,200 - 480) / (143/3) = 15.10."""
    judged = judge(PACKING)
    assert (judged.saving.low, judged.saving.high) == (8520, 12120)
    assert (judged.hours_freed.low, judged.hours_freed.high) == (468, 676)
    assert (rounded(judged.break_even.low, 2), rounded(judged.break_even.high, 2)) == (D("8.81"), D("15.10"))


def test_at_the_break_even_both_cost_the_same():
    """The definition, checked backwards: at that value of an hour nothing is saved at that end of the range."""
    worth = judge(PACKING).break_even
    assert rounded(judge(replaced(hour_value=worth.high)).saving.low, 6) == 0
    assert rounded(judge(replaced(hour_value=worth.low)).saving.high, 6) == 0


def replaced(**changes) -> Facts:
    return Facts(**{**vars(PACKING), **changes})


def test_without_a_price_the_saving_is_left_out_and_said():
    """(.3 x 25/36 + .2 + .2) / .7 = (20.8333 + 40) / .7 = 86.90; the weight of the saving is 30 of 100."""
    judged = judge(replaced(market=None))
    assert rounded(judged.score, 2) == D("86.90")
    assert (judged.missing, judged.coverage) == ((Part.SAVING,), D("0.7"))
    assert (judged.saving, judged.break_even) == (None, None)


def test_an_hour_without_a_value_leaves_the_saving_out_and_still_breaks_even():
    judged = judge(replaced(hour_value=None))
    assert (judged.in_house, judged.saving, judged.missing) == (None, None, (Part.SAVING,))
    assert rounded(judged.break_even.low, 2) == D("8.81")


def test_blank_is_not_zero():
    """Liking 1 alone says 100; liking and a skill of 5 say (20 x 1 + 30 x 0) / 50 = 40; nothing says nothing."""
    assert judge(Facts(liking=D(1))).score == 100
    assert judge(Facts(liking=D(1), skill=D(5))).score == 40
    assert (judge(Facts()).verdict, judge(Facts()).score) == (Verdict.UNKNOWN, None)
    assert judge(Facts(hours=D(0))).score == 0


def test_costs_nobody_has_said_are_named():
    assert replaced(space=None, rework=None).unknown_costs == ("space", "rework")
    assert judge(replaced(space=None, rework=None)).in_house == 1740


@pytest.mark.parametrize(
    ("liking", "skill", "score", "verdict"),
    [
        # dislike (5-l)/4 x 40 + skill (5-s)/4 x 60, weights 20 and 30 of the two that are known
        ("5", "3.4", "24", Verdict.KEEP),  # 0 + 0.4 x 60
        ("3.8", "3.14", "39.9", Verdict.KEEP),  # 12 + 0.465 x 60 = 39.9
        ("3", "3.6666666666666666666666666667", "40", Verdict.CONSIDER),  # 20 + 20
        ("2", "2.6733333333333333333333333333", "64.9", Verdict.CONSIDER),  # 30 + 34.9
        ("2", "2.6666666666666666666666666667", "65.0", Verdict.OUTSOURCE),  # 30 + 35, a hair less in digits
    ],
)
def test_below_forty_keep_below_sixty_five_consider(liking, skill, score, verdict):
    judged = judge(Facts(liking=D(liking), skill=D(skill)))
    assert (rounded(judged.score), judged.verdict) == (D(score), verdict)


def test_must_stay_is_kept_whatever_the_score():
    judged = judge(replaced(must_stay=True))
    assert (judged.verdict, rounded(judged.score, 2)) == (Verdict.KEEP, D("75.39"))
    assert judge(Facts(must_stay=True)).verdict == Verdict.KEEP


@pytest.mark.parametrize(("brand", "verdict"), [("3.9", Verdict.OUTSOURCE), ("4", Verdict.CONTROLLED)])
def test_close_to_the_brand_is_handed_over_with_control(brand, verdict):
    assert judge(replaced(brand=D(brand))).verdict == verdict


def test_control_is_only_for_what_is_handed_over():
    assert judge(Facts(liking=D(5), skill=D(5), brand=D(5))).verdict == Verdict.KEEP


def test_weights_are_a_proportion_and_a_zero_is_shown_and_not_counted():
    once, twice = judge(PACKING, Rules()), judge(PACKING, Rules(60, 40, 60, 40))
    assert once.score == twice.score
    judged = judge(PACKING, Rules(skill=1, dislike=0, saving=0, time=0))
    assert rounded(judged.score, 2) == D("69.44")  # 100 x 25/36
    assert [part.value is not None for part in judged.parts] == [True] * 4
    assert judge(PACKING, Rules(0, 0, 0, 0)).verdict == Verdict.UNKNOWN


def test_a_weight_of_zero_is_not_missing():
    assert judge(Facts(skill=D(2)), Rules(dislike=0, saving=0, time=0)).missing == ()


def test_one_peer_is_not_counted():
    """(5 - 2) / 4 = .75 by oneself; with a second (2 + 2 x 3)/3 = 8/3 and (5 - 8/3)/4 = 7/12."""
    alone, two = (judge(Facts(skill=D(2), peers=peers)).score for peers in ((5,), (5, 1)))
    assert (alone, rounded(two, 2)) == (75, D("58.33"))


def test_peers_without_an_own_rating_say_nothing_of_the_gap():
    judged = judge(Facts(peers=(1, 2, 3)))
    assert (judged.skill, judged.gap, judged.view, judged.peers_mean) == (None, None, View.TOO_FEW, 2)


@pytest.mark.parametrize(
    ("own", "peers", "gap", "view"),
    [
        ("4", (2, 2, 2, 4), "1.5", View.BLIND_SPOT),  # mean 2.5
        ("4", (3, 3, 2, 4), "1", View.CONTESTED),  # 4 - 2 = 2
        ("2", (3, 4), "-1.5", View.HIDDEN_STRENGTH),
        ("3", (3, 4), "-0.5", View.CONFIRMED),
        ("4", (2, 3, 3), "1.3333", View.CONFIRMED),
        ("4", (1,), None, View.TOO_FEW),
        ("4", (), None, View.TOO_FEW),
    ],
)
def test_how_others_see_it(own, peers, gap, view):
    said, seen = seen_by_others(D(own), peers)
    assert (None if said is None else rounded(said, 4)) == (None if gap is None else rounded(D(gap), 4))
    assert seen == view


def test_a_blind_spot_may_be_contested_too():
    judged = judge(Facts(skill=D(5), peers=(1, 2, 4)))
    assert (judged.view, judged.is_contested) == (View.BLIND_SPOT, True)


def test_a_vendor_that_costs_more_saves_nothing_and_shows_the_loss():
    """2,040 in house, 3,000 asked: the part is 0, and a year costs (2,040 - 130 - 3,000) x 12 = -13,080 more."""
    judged = judge(replaced(market=Range(D(3000), D(3000))))
    assert judged.parts[2].value == 0
    assert judged.saving.low == -13080


def test_nothing_is_saved_of_nothing():
    assert judge(Facts(hours=D(0), hour_value=D(30), market=Range(D(10), D(10)))).parts[2].value == 0


def test_no_hour_is_freed_where_the_vendor_takes_as_many():
    judged = judge(replaced(managing=D(12)))
    assert judged.break_even is None
    assert judged.hours_freed.low == -104


def test_cheaper_at_any_value_of_an_hour():
    assert judge(replaced(market=Range(D(100), D(200)))).break_even == Range(D(0), D(0))


@given(
    skill=st.none() | st.decimals(1, 5, places=2),
    liking=st.none() | st.decimals(1, 5, places=2),
    hours=st.none() | st.decimals(0, 168, places=2),
    value=st.none() | st.decimals(0, 500, places=2),
    market=st.none() | st.decimals(0, 100_000, places=2),
    peers=st.lists(st.integers(1, 5), max_size=30),
    weights=st.lists(st.integers(0, 100), min_size=4, max_size=4),
)
def test_any_facts_give_a_score_within_bounds(skill, liking, hours, value, market, peers, weights):
    facts = Facts(
        skill=skill,
        liking=liking,
        hours=hours,
        hour_value=value,
        market=None if market is None else Range(market, market),
        peers=tuple(peers),
    )
    judged = judge(facts, Rules(*weights))
    assert 0 <= judged.coverage <= 1
    if judged.score is not None:
        assert 0 <= rounded(judged.score, 9) <= 100
        assert sum(part.share for part in judged.parts).quantize(D("0.000001")) == 1
    else:
        assert judged.verdict == Verdict.UNKNOWN


def test_what_was_saved_by_hand():
    """It cost 2,040 a month at 30 an hour and 12 h a week. Paid 1,000 with 1.5 h a week on the vendor: 1.5 x 52/12 x 30
    = 195, saved 845; paid 1,100 with 3 h: 390, saved 550. Together 1,395; hours (10.5 + 9) x 52/12 = 84.5."""
    came = [Came(D(1000), D("1.5")), Came(D(1100), D(3)), Came(D(900), None), Came(None, D(1))]
    found = saved(D(2040), D(12), D(30), came)
    assert (found.money, found.hours, found.months, found.left_out) == (1395, D("84.5"), 2, 2)


def test_what_is_not_known_is_not_saved():
    whole = [Came(D(1000), D(1))]
    assert saved(None, D(12), D(30), whole) is None
    assert saved(D(2040), D(12), None, whole) is None
    assert saved(D(2040), D(12), D(30), [Came(D(1000), None)]) is None
    assert saved(D(2040), None, D(30), whole).hours is None
