"""What the page says of a ranking: true in every word."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given

from tests.factories import CriterionFactory
from tests.sourcing.test_scoring import cell, contender, shortlists, weighted
from vendors.sourcing.briefs import versions
from vendors.sourcing.certainty import certainty
from vendors.sourcing.comparing import words
from vendors.sourcing.scoring import Gate, rank
from vendors.sourcing.weightings import shares

CRITERIA = {0: "Accuracy", 1: "Cost per order", 2: "Peak"}


def said(weights, *vendors):
    return words.verdict(certainty(rank(weighted(*weights), vendors)), CRITERIA)


def test_who_leads_how_surely_and_what_would_change_it():
    found = said([80, 20], contender(1, 4, 2, name="Harrow"), contender(2, 3, 4, name="Fellgate"))
    assert (found.word, found.tone) == ("Certainly ahead", "ok")
    assert found.sentence == (
        "Harrow is certainly ahead with 3.60, 0.40 before Fellgate. "
        "Fellgate is level or ahead once “Accuracy” counts for 66\u00a0% or less, not 80\u00a0%."
    )


def test_one_share_is_rounded_one_way_wherever_it_stands():
    criteria = [CriterionFactory.build(pk=key, weight=weight) for key, weight in ((1, 1), (2, 15))]
    assert words.percents(Fraction(1, 16)) == "6.3\u00a0%"
    assert versions.shares(criteria) == {1: Decimal("6.3"), 2: Decimal("93.8")}


def test_nothing_would_change_it():
    found = said([80, 20], contender(1, 5, 5, name="Harrow"), contender(2, 3, 4, name="Fellgate"))
    assert found.sentence.endswith("No other weight of a single criterion would change that.")


def test_a_close_call():
    found = said([52, 48], contender(1, 4, 1), contender(2, 1, 4))
    assert (found.word, found.tone) == ("A close call", "risk")


def test_no_clear_winner_in_a_tie():
    found = said([1], contender(1, 4, name="Harrow"), contender(2, 4, name="Fellgate"))
    assert (found.word, found.sentence) == ("No clear winner", "Fellgate and Harrow are level at 4.00.")


def test_no_clear_winner_while_scores_are_missing():
    found = said([70, 30], contender(1, 5, 2, name="Harrow"), contender(2, 4, name="Fellgate"))
    assert found.word == "No clear winner"
    assert "With the scores that are missing Fellgate may still be level with it, or ahead." in found.sentence
    own = said([70, 30], contender(1, 5, name="Harrow"), contender(2, 4, 4, name="Fellgate"))
    assert "Scores of its own are missing" in own.sentence


def test_no_clear_winner_while_its_must_have_is_open():
    found = said([1], contender(1, 5, name="Harrow", gates=(Gate.UNKNOWN,)), contender(2, 1))
    assert "Whether it meets every must-have is not known yet." in found.sentence


def test_nothing_to_say():
    assert said([0], contender(1, 5)).word == "No total"
    assert said([1], contender(1)).word == "Not scored yet"
    assert said([1], contender(1, 5)).word == "Nobody to compare"


def test_what_one_point_and_one_person_do():
    sure = certainty(
        rank(weighted(1), [contender(1, cell(5, 2), name="Harrow"), contender(2, cell(2, 4), name="Fell")])
    )
    assert [words.nudge(each, CRITERIA) for each in sure.nudges] == [
        "One point less for Harrow on “Accuracy”, and Fell is level or ahead.",
        "One point more for Fell on “Accuracy”, and it is level or ahead.",
    ]
    assert [words.without(each, {0: "Rosa", 1: "Nadia"}) for each in sure.without] == [
        "Without Rosa Fell would come first.",
        "Without Nadia it would still be Harrow.",
    ]


def test_the_strip_shows_four_and_puts_the_others_together():
    vendors = [contender(key, key % 6, 5 - key % 6, key * 7 % 6, name=f"V{key}") for key in range(6)]
    ranking = rank(weighted(3, 3, 2), vendors)
    parts = words.strip(ranking, shares(ranking))
    assert len(parts) == 4
    assert parts[-1].name == "3 others"
    assert parts[0].x == 0
    assert parts[-1].x + parts[-1].width == 1000


def test_shares_that_are_not_nothing_do_not_read_as_nothing():
    assert words.won_in_words(Fraction(1, 10_000)) == "under 1\u00a0%"
    assert words.won_in_words(Fraction(9_999, 10_000)) == "over 99\u00a0%"
    assert words.won_in_words(Fraction(0)) == "0\u00a0%"
    assert words.won_in_words(Fraction(1)) == "100\u00a0%"
    assert words.won_in_words(Fraction(745, 1000)) == "75\u00a0%"


def test_where_win_shares_and_totals_differ_a_sentence_says_why():
    steady = contender(2, 4, 4, 4, name="Pallet")
    vendors = [contender(1, 5, 5, 4, name="Harrow"), steady, contender(3, 2, 2, 5, name="Fellgate")]
    ranking = rank(weighted(3, 3, 2), vendors)
    why = words.otherwise_ordered(ranking, shares(ranking), CRITERIA)
    assert why == (
        "Pallet has the higher total and yet wins fewer weightings than Fellgate: it is good throughout and seldom "
        "first, while Fellgate comes first where “Peak” counts for more."
    )
    same = rank(weighted(3, 3, 2), vendors[:2])
    assert words.otherwise_ordered(same, shares(same), CRITERIA) == ""


@given(shortlists())
def test_there_is_something_to_say_of_every_shortlist(shortlist):
    criteria, vendors = shortlist
    ranking = rank(criteria, vendors)
    names = {each.key: f"Criterion {each.key}" for each in criteria}
    sure = certainty(ranking)
    assert words.verdict(sure, names).sentence
    won = shares(ranking)
    parts = words.strip(ranking, won)
    assert sum(part.width for part in parts) <= 1000
    assert all(part.width >= 0 for part in parts)
    words.otherwise_ordered(ranking, won, names)
