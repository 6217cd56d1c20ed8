"""Where a referee and the vendor do not say the same."""

import pytest

from vendors.directory.references.contradictions import (
    Band,
    Claims,
    Said,
    contradiction_of,
    contradictions,
    same_company,
)

SMALL, MIDDLE, LARGE = Band("Under 100", None, 99), Band("1,000 to 5,000", 1001, 5000), Band("Over 20,000", 20001, None)
CLAIMS = Claims(
    has_cut_off=True,
    orders_from=500,
    orders_to=15_000,
    services=("Kitting", "Returns"),
    band=MIDDLE,
    relation="current",
)


def test_nothing_contradicts_an_answer_that_says_the_same():
    said = Said(
        on_time="always", services=("Kitting", "Returns", "Customs"), band=MIDDLE, relation="current", hire_again="no"
    )
    assert contradictions(CLAIMS, said) == []


def test_nothing_contradicts_silence():
    assert contradictions(CLAIMS, Said()) == []
    assert contradictions(Claims(), Said("rarely", "Rarely", ("Kitting",), SMALL, "former", "no")) == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said(on_time="rarely", on_time_label="Rarely"), "leave the same day; the referee says: rarely"),
        (Said(on_time="half", on_time_label="About half the time"), "about half the time"),
        (Said(services=("Kitting",)), "the referee does not: Returns"),
        (Said(services=("Customs",)), "Kitting, Returns"),
        (Said(relation="former"), "they say they were one"),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(said, words):
    [sentence] = contradictions(CLAIMS, said)
    assert words in sentence


@pytest.mark.parametrize("on_time", ["always", "mostly", "unknown", ""])
def test_being_on_time_or_not_knowing_contradicts_nothing(on_time):
    assert contradictions(CLAIMS, Said(on_time=on_time)) == []


@pytest.mark.parametrize(
    ("band", "least", "most", "words"),
    [
        (SMALL, 500, 15_000, "under 100 orders a month, which is less than"),
        (LARGE, 500, 15_000, "over 20,000 orders a month, which is more than"),
        (SMALL, 99, None, ""),
        (SMALL, 100, None, "less than"),
        (LARGE, None, 20_001, ""),
        (LARGE, None, 20_000, "more than"),
        (MIDDLE, 5_000, None, ""),
        (MIDDLE, 5_001, None, "less than"),
        (MIDDLE, None, None, ""),
        (Band("Any"), 1, 2, ""),
    ],
)
def test_a_volume_wholly_outside_the_vendors(band, least, most, words):
    found = contradictions(Claims(orders_from=least, orders_to=most), Said(band=band))
    assert (words in found[0]) if words else found == []


def test_another_volume_than_the_vendor_says_of_this_client():
    assert "1,000 to 5,000" in contradictions(Claims(band=MIDDLE), Said(band=SMALL))[0]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Ember Ceramics", "ember ceramics Ltd.", True),
        ("Fenwick-Mugs", "FENWICK MUGS", True),
        ("The Ember", "Ember", True),
        ("Ember", "Embers", False),
        ("Ltd", "GmbH", False),
        ("", "", False),
    ],
)
def test_companies_are_told_apart_by_letters(one, other, alike):
    assert same_company(one, other) is alike


def test_praise_and_would_not_hire_again():
    assert "Ember would not hire" in contradiction_of("Ember", ["Fenwick", "Ember Ltd"])
    assert contradiction_of("Ember", ["Fenwick"]) == ""
