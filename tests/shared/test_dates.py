"""Days in words."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from outsourcing.shared.dates import day_words
from vendors.directory.requests.waiting import short


def test_a_day_in_words():
    assert day_words(date(2026, 11, 8)) == "8 Nov"
    assert day_words(date(2026, 11, 8), "l j F") == "Sunday 8 November"


def test_an_instant_is_refused():
    """One instant is the same key in all zones, and another day in some."""
    with pytest.raises(TypeError):
        day_words(datetime(2026, 11, 8, 23, 30, tzinfo=UTC))


@pytest.mark.parametrize(("zone", "day"), [("UTC", "18 Nov"), ("Asia/Tokyo", "19 Nov"), ("America/New_York", "18 Nov")])
def test_each_reader_has_the_day_of_their_zone(zone, day):
    with timezone.override(zone):
        assert short(datetime(2026, 11, 18, 23, 30, tzinfo=UTC)) == day
