"""Median and score: the examples of reference/milestones.md 4.2, and that nothing but answering makes them better."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outsourcing.conversations import figures
from outsourcing.conversations.figures import Ending, Taken, kaplan_meier
from tests.conversations.replay import Said, turns_of

HOUR = 3600
NOW = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


def hours(*numbers: float) -> list[int]:
    return [int(number * HOUR) for number in numbers]


def taken(hours: float, ending: str = "answered", *, days_ago: float = 0, target: float = 8, blocking=False) -> Taken:
    return Taken(NOW - timedelta(days=days_ago), int(hours * HOUR), int(target * HOUR), ending, blocking)


# ---- The median: examples ------------------------------------------------------------------------------------------
def test_open_ones_are_censored():
    assert kaplan_meier(hours(1, 2, 3, 4), hours(40, 50, 0.5)) == (3 * HOUR, False)


def test_where_half_are_never_answered_it_lies_beyond_the_longest_seen():
    assert kaplan_meier(hours(1), hours(9, 9)) == (9 * HOUR, True)


def test_leaving_a_question_open_is_no_way_to_a_better_figure():
    """A plain median with the open ones added above gives 28.5 h for the first and 18 h for the second."""
    assert kaplan_meier(hours(17, 40), hours(18)) == (40 * HOUR, False)
    assert kaplan_meier(hours(17), hours(18, 77)) == (77 * HOUR, True)


@pytest.mark.parametrize(
    ("events", "open_ones", "found"),
    [
        ((), (), (None, False)),
        ((), (5,), (5 * HOUR, True)),
        ((2,), (), (2 * HOUR, False)),
        ((1, 2), (), (HOUR, False)),
        ((1, 2, 3), (), (2 * HOUR, False)),
        ((2, 2, 2), (2,), (2 * HOUR, False)),
        ((0, 0), (9,), (0, False)),
    ],
)
def test_small_cases(events, open_ones, found):
    assert kaplan_meier(hours(*events), hours(*open_ones)) == found


def test_without_open_ones_it_is_the_plain_lower_median():
    assert kaplan_meier(hours(*range(1, 1001)), []) == (500 * HOUR, False)


# ---- The median: which turns count ---------------------------------------------------------------------------------
def test_it_shows_how_many_it_stands_on_and_below_five_says_too_little():
    four = [taken(1), taken(2), taken(3), taken(4)]
    assert (figures.median(four, NOW).n, figures.median(four, NOW).is_enough) == (4, False)
    five = figures.median([*four, taken(50, "")], NOW)
    assert (five.seconds, five.is_over, five.n, five.is_enough, five.longest_open) == (
        3 * HOUR,
        False,
        5,
        True,
        50 * HOUR,
    )


def test_only_the_last_ninety_days_count():
    old = [taken(30, days_ago=91)] * 9
    assert figures.median([*old, taken(1, days_ago=89)], NOW).seconds == HOUR
    assert figures.median(old, NOW) == figures.Median(None, False, 0)
    assert figures.score([*old, *[taken(1)] * 5], NOW).points == 100


def test_taken_back_merged_and_ended_are_left_out():
    left_out = [taken(1, ending) for ending in ("withdrawn", "merged", "contract_ended")]
    assert figures.median([*left_out, taken(7)], NOW) == figures.Median(7 * HOUR, False, 1)


def test_waving_a_question_away_does_not_answer_it():
    assert figures.median([taken(1), taken(9, "dismissed"), taken(9, "dismissed")], NOW).is_over


def test_over_sorts_after_every_known_one_and_too_little_last():
    known = figures.median([taken(400)] * 5, NOW)
    over = figures.median([taken(1), *[taken(9, "")] * 4], NOW)
    little = figures.median([taken(1)], NOW)
    assert sorted([little, over, known], key=lambda one: one.order) == [known, over, little]


# ---- The score -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("took", "points"), [(0, 100), (8, 100), (12, 75), (16, 50), (20, 25), (24, 0), (99, 0)])
def test_credit_is_full_until_the_target_and_nothing_from_three_times_it(took, points):
    assert figures.score([taken(took)] * 5, NOW).points == points


def test_a_blocking_turn_weighs_twice():
    turns = [*[taken(1)] * 4, taken(24, target=4, blocking=True)]
    assert figures.score(turns, NOW).points == Decimal(400) / 6


def test_forty_five_days_halve_a_weight():
    turns = [*[taken(1)] * 4, taken(30, days_ago=45)]
    assert figures.score(turns, NOW).points.quantize(Decimal("0.0001")) == Decimal("88.8889")


def test_an_open_turn_counts_once_it_is_beyond_its_target():
    early, late = [*[taken(1)] * 5, taken(8, "")], [*[taken(1)] * 5, taken(16, "")]
    assert (figures.score(early, NOW).points, figures.score(early, NOW).n) == (100, 5)
    assert figures.score(late, NOW).points == Decimal(550) / 6


def test_what_a_contracts_end_closed_counts_only_where_it_was_late_already():
    turns = [*[taken(1)] * 5, taken(5, "contract_ended"), taken(5, "withdrawn"), taken(5, "merged")]
    assert figures.score(turns, NOW).n == 5
    assert figures.score([*turns, taken(16, "contract_ended")], NOW).points == Decimal(550) / 6


def test_many_dismissed_are_said():
    few, many = [*[taken(1)] * 4, taken(1, "dismissed")], [*[taken(1)] * 3, *[taken(1, "dismissed")] * 2]
    assert not figures.score(few, NOW).has_many_dismissed
    assert figures.score(many, NOW).has_many_dismissed


def test_four_turns_have_no_score():
    assert figures.score([taken(1)] * 4, NOW).points is None
    assert figures.score([], NOW) == figures.Score(None, 0, Decimal(0))


# ---- The first response --------------------------------------------------------------------------------------------
def test_the_first_turn_alone_says_the_first_response():
    first, second = taken(3, days_ago=2), taken(1, days_ago=1)
    assert figures.first_response([second, first]) == 3 * HOUR
    assert figures.first_response([second, replace(first, ending="")]) is None
    assert figures.first_response([second, replace(first, ending="withdrawn")]) is None
    assert figures.first_response([]) is None


# ---- Nothing but answering makes them better -----------------------------------------------------------------------
answers = st.builds(
    taken,
    st.integers(0, 60),
    st.sampled_from(["answered", "acknowledged", "", "dismissed"]),
    days_ago=st.integers(0, 100),
    target=st.sampled_from([4, 8, 16]),
    blocking=st.booleans(),
)
some = st.lists(answers, min_size=1, max_size=12)


def median_no_better(turns: list[Taken], changed: list[Taken]) -> None:
    before, after = figures.median(turns, NOW), figures.median(changed, NOW)
    assert before.n == after.n
    assert (after.is_over, after.seconds or 0) >= (before.is_over, before.seconds or 0)


def score_no_better(turns: list[Taken], changed: list[Taken]) -> None:
    before, after = figures.score(turns, NOW).points, figures.score(changed, NOW).points
    assert before is None or after is None or after <= before + Decimal("1e-20")


@given(some, st.integers(0, 100))
def test_leaving_a_turn_open_instead_of_answering_it_never_helps(turns, longer):
    turns[0] = replace(turns[0], ending=Ending.ANSWERED)
    waited = replace(turns[0], ending="", seconds=turns[0].seconds + longer * HOUR)
    median_no_better(turns, [waited, *turns[1:]])
    score_no_better(turns, [waited, *turns[1:]])


@given(some, st.integers(0, 100))
def test_leaving_it_open_for_longer_never_helps(turns, longer):
    turns[0] = replace(turns[0], ending="")
    waited = [replace(turns[0], seconds=turns[0].seconds + longer * HOUR), *turns[1:]]
    median_no_better(turns, waited)
    if turns[0].seconds > turns[0].target:  # until then the score does not count it, by its definition
        score_no_better(turns, waited)


@given(some)
def test_waving_it_away_is_never_better_than_answering_it(turns):
    turns[0] = replace(turns[0], ending=Ending.ANSWERED)
    dismissed = [replace(turns[0], ending=Ending.DISMISSED), *turns[1:]]
    median_no_better(turns, dismissed)
    score_no_better(turns, dismissed)


@given(some, st.integers(0, 100))
def test_answering_later_never_raises_the_score(turns, longer):
    """Nothing is said of the median: Kaplan's and Meier's may fall where a fresh open turn lies in between."""
    turns[0] = replace(turns[0], ending=Ending.ANSWERED)
    score_no_better(turns, [replace(turns[0], seconds=turns[0].seconds + longer * HOUR), *turns[1:]])


@given(st.lists(st.integers(0, 30), max_size=12), st.lists(st.integers(0, 30), max_size=12))
def test_against_the_formula_in_fractions(events, censored):
    times = [*events, *censored]
    survival, found = Fraction(1), None
    for time in sorted(set(events)):
        survival *= 1 - Fraction(events.count(time), sum(other >= time for other in times))
        if found is None and survival <= Fraction(1, 2):
            found = time
    expected = (found, False) if found is not None else (max(times, default=None), bool(times))
    assert kaplan_meier(events, censored) == expected


# ---- Splitting messages --------------------------------------------------------------------------------------------
messages = st.lists(
    st.builds(Said, st.sampled_from("ab"), st.integers(0, 50), st.booleans()), min_size=1, max_size=12
).map(lambda found: sorted(found, key=lambda said: said.at))


@given(messages, st.data())
def test_splitting_a_message_opens_nothing_and_shortens_nothing(found, data):
    """Whoever writes in two pieces what could be said in one changes no turn, neither theirs nor the other's."""
    number = data.draw(st.integers(0, len(found) - 1))
    said = found[number]
    then = data.draw(st.integers(said.at, found[number + 1].at if number + 1 < len(found) else said.at + 9))
    pieces = [said, Said(said.side, then, said.asks)]
    assert turns_of([*found[:number], *pieces, *found[number + 1 :]]) == turns_of(found)
