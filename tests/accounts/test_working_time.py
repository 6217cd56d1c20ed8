"""An organisation's working calendar out of its rows, and the line of text that a weekday is written in."""

from datetime import date, time
from itertools import pairwise

import pytest
from django.db.models import prefetch_related_objects
from hypothesis import given
from hypothesis import strategies as st

from outsourcing.accounts import calendars, working_time
from outsourcing.accounts.models import ClosedDay, Opening, Organisation
from tests.factories import OrganisationFactory


@pytest.fixture
def place(db) -> Organisation:
    place = OrganisationFactory(country="GB", region="SCT", time_zone="Europe/London")
    for opens, closes in ((810, 1440), (540, 750)):
        Opening.objects.create(organisation=place, weekday=5, opens=opens, closes=closes)
    ClosedDay.objects.create(organisation=place, day=date(2026, 12, 24))
    return Organisation.objects.get(pk=place.pk)


def test_windows_closed_days_holidays_and_zone_come_from_the_rows(place):
    calendar = working_time.calendar_of(place, [2026])
    assert calendar.windows[5] == ((time(9), time(12, 30)), (time(13, 30), time(0)))
    assert not any(calendar.windows[:5])
    assert calendar.zone.key == "Europe/London"
    assert {date(2026, 12, 24), date(2026, 11, 30), date(2026, 12, 25)} <= calendar.closed


def test_holidays_are_those_of_the_years_asked_for(place):
    assert {day.year for day in working_time.holidays_of(place, [2027])} == {2027}


def test_without_windows_the_week_is_assumed(place):
    place.openings.all().delete()
    assert (
        working_time.calendar_of(place, [2026]).windows
        == calendars.assumed_week()
        == _as_week(working_time.assumed_openings())
    )


def _as_week(openings) -> calendars.Week:
    return tuple(tuple(working_time.window_of(one) for one in openings if one.weekday == day) for day in range(7))


def test_without_a_country_there_are_no_holidays(db):
    assert working_time.calendar_of(OrganisationFactory(country=""), [2026]).closed == frozenset()


def test_others_rows_do_not_count(place):
    Opening.objects.create(organisation=OrganisationFactory(), weekday=0, opens=0, closes=60)
    ClosedDay.objects.create(organisation=OrganisationFactory(), day=date(2026, 6, 1))
    calendar = working_time.calendar_of(place, [2026])
    assert not calendar.windows[0]
    assert date(2026, 6, 1) not in calendar.closed


def test_costs_two_queries(place, django_assert_num_queries):
    with django_assert_num_queries(2):
        working_time.calendar_of(place, [2026, 2027])


def test_costs_none_where_both_are_prefetched(place, django_assert_num_queries):
    prefetch_related_objects([place], "openings", "closed_days")
    with django_assert_num_queries(0):
        calendar = working_time.calendar_of(place, [2026, 2027])
    assert calendar.windows[5] == ((time(9), time(12, 30)), (time(13, 30), time(0)))


# ---- The line of text ----------------------------------------------------------------------------------------------
days = st.lists(st.integers(0, 1440), unique=True, max_size=10).map(
    lambda walls: [(a, b) for a, b in list(pairwise(sorted(walls)))[::2]]
)


@given(st.integers(0, 6), days)
def test_what_is_written_is_read_back(weekday, windows):
    openings = [Opening(weekday=weekday, opens=opens, closes=closes) for opens, closes in windows]
    text = working_time.text_of(reversed(openings)).get(weekday, "")
    assert [(one.weekday, one.opens, one.closes) for one in working_time.parse(weekday, text)] == [
        (weekday, opens, closes) for opens, closes in windows
    ]


@given(st.text(max_size=60) | st.text("0123456789:.-–, ;to", max_size=60))  # noqa: RUF001
def test_whatever_is_typed_is_read_or_refused_in_words(text):
    try:
        openings = working_time.parse(0, text)
    except calendars.BadCalendar:
        return
    assert all(0 <= one.opens < 1440 and 0 <= one.closes <= 1440 for one in openings)
