"""What changed from one text to another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outsourcing.conversations.differences import ADDED, REMOVED, SAME, Piece, differences

words = st.lists(st.sampled_from(["kraft", "tape", " ", "\n", ".", "é", "\u202e", "EG-14", "  "]), max_size=30)
texts = words.map("".join)


@given(texts, texts)
def test_the_pieces_are_both_texts(old, new):
    found = differences(old, new)
    assert "".join(one.text for one in found if one.change != ADDED) == old
    assert "".join(one.text for one in found if one.change != REMOVED) == new


@given(texts)
def test_a_text_does_not_differ_from_itself(text):
    assert {one.change for one in differences(text, text)} <= {SAME}


def test_words_are_named_and_those_that_stand_together_are_one():
    found = differences("Use the plain kraft tape from today.", "Use the plain clear film from Monday.")
    assert found == [
        Piece("Use the plain "),
        Piece("kraft tape", REMOVED),
        Piece("clear film", ADDED),
        Piece(" from "),
        Piece("today", REMOVED),
        Piece("Monday", ADDED),
        Piece("."),
    ]


@pytest.mark.parametrize(("text", "pieces"), [("one two\n" * 900, 3), ("a\n" * 9_000, 3), ("ab " * 6_600, 2)])
def test_long_texts_are_compared_by_lines_or_as_a_whole(text, pieces):
    """Twenty thousand characters are compared in no time: never word by word."""
    found = differences(text + "three", "none\n" + text)
    assert "".join(one.text for one in found if one.change != REMOVED) == "none\n" + text
    assert len(found) <= pieces
