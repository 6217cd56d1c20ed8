"""When an answer is due and how long it took: cases worked by hand, replayed bugs of other systems, and properties."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outsourcing.accounts.calendars import WorkingCalendar, assumed_week
from outsourcing.conversations import clock
from outsourcing.conversations.clock import HOUR, Expected

LONDON, BERLIN, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
HOURS = timedelta(hours=1)
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


def at(text: str, zone=UTC) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def office(zone=LONDON, closed=frozenset()) -> WorkingCalendar:
    return WorkingCalendar(zone, assumed_week(), frozenset(closed))


# ---- How long it took ----------------------------------------------------------------------------------------------
def test_a_weekend_is_nobodys_delay():
    assert clock.response_seconds(at("2026-01-09 16:00"), at("2026-01-12 10:00"), office()) == 2 * HOUR


def test_the_calendar_of_whoever_answers_counts():
    """Asked in London on Monday at 10:00, answered in New York half an hour after they came in."""
    asked, answered = at("2026-01-05 10:00"), at("2026-01-05 09:30", NEW_YORK)
    assert clock.response_seconds(asked, answered, office(NEW_YORK)) == HOUR / 2
    assert clock.response_seconds(asked, answered, office(LONDON)) == 4.5 * HOUR


@pytest.mark.parametrize(("day", "length"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-07", 24)])
def test_a_day_has_23_or_25_hours_where_the_clock_is_changed(day, length):
    always = WorkingCalendar(LONDON, (((time(0), time(0)),),) * 7)
    starts, ends = at(day, LONDON), at(day, LONDON) + timedelta(days=1)
    assert clock.response_seconds(starts, ends, always) == length * HOUR


@pytest.mark.parametrize("monday", ["2026-03-30", "2026-10-26"])
def test_office_hours_are_eight_on_either_side_of_a_change(monday):
    opens = at(f"{monday} 09:00", LONDON)
    assert clock.response_seconds(opens - timedelta(days=3), opens + 8 * HOURS, office()) == 16 * HOUR
    assert clock.expected(opens, office()).due_at == opens + 8 * HOURS


def test_a_weekends_pause_takes_nothing_away():
    """glpi #10594."""
    asked, answered = at("2026-01-09 16:00"), at("2026-01-12 10:00")
    pause = (at("2026-01-09 17:00"), at("2026-01-12 09:00"))
    assert clock.response_seconds(asked, answered, office(), [pause]) == 2 * HOUR
    assert clock.expected(asked, office(), pauses=[pause]) == clock.expected(asked, office())


def test_a_pause_moves_what_is_due():
    pause = (at("2026-01-05 10:00"), at("2026-01-05 12:00"))
    due = clock.expected(at("2026-01-05 09:00"), office(), pauses=[pause], target=4 * HOUR).due_at
    assert due == at("2026-01-05 15:00")


@given(
    instants,
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 10**6)), max_size=5),
)
def test_pauses_are_taken_once_however_often_they_are_named(asked, seconds, spans):
    answered = asked + timedelta(seconds=seconds)
    pauses = [(asked + timedelta(seconds=a), asked + timedelta(seconds=a + b)) for a, b in spans]
    took = clock.response_seconds(asked, answered, office(), pauses)
    assert took == clock.response_seconds(asked, answered, office(), [*pauses, *reversed(pauses)])
    assert 0 <= took <= clock.response_seconds(asked, answered, office())


@given(instants, st.integers(0, 10**6), st.integers(0, 10**6))
def test_answering_later_never_takes_less(asked, first, more):
    sooner, later = asked + timedelta(seconds=first), asked + timedelta(seconds=first + more)
    assert clock.response_seconds(asked, sooner, office()) <= clock.response_seconds(asked, later, office())


@given(instants, st.integers(60, 40 * HOUR))
def test_an_answer_at_the_due_instant_took_the_target(asked, target):
    due = clock.expected(asked, office(), target=target).due_at
    assert clock.response_seconds(asked, due, office()) == target


# ---- When it is due ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("is_blocking", "only_acknowledge", "hours"),
    [(False, False, 8), (True, False, 4), (True, True, 4), (False, True, 16)],
)
def test_defaults(is_blocking, only_acknowledge, hours):
    found = clock.default_target(is_blocking=is_blocking, only_acknowledge=only_acknowledge)
    assert found == hours * HOUR


def test_a_wanted_date_is_due_when_they_close_on_it_and_makes_the_target_longer():
    asked = at("2026-01-05 09:00")
    found = clock.expected(asked, office(), wanted_by=date(2026, 1, 7))
    assert found == Expected(at("2026-01-07 17:00"), 24 * HOUR)


def test_wanting_it_sooner_than_is_usual_shows_and_is_not_measured():
    asked = at("2026-01-05 14:00")
    assert clock.expected(asked, office(), wanted_by=date(2026, 1, 5)) == Expected(at("2026-01-05 17:00"), 8 * HOUR)
    assert clock.expected(asked, office(), wanted_by=date(2025, 12, 1)) == Expected(asked, 8 * HOUR)


def test_a_wanted_date_on_which_they_are_closed_ends_with_that_date():
    asked = at("2026-01-09 16:00")
    assert clock.expected(asked, office(BERLIN), wanted_by=date(2026, 1, 11)).due_at == at("2026-01-12 00:00", BERLIN)


def test_a_follow_up_brings_the_answer_forward_and_never_back():
    first = Expected(MONDAY + 17 * HOURS, 8 * HOUR)
    assert clock.joined(first, Expected(MONDAY + 15 * HOURS, 4 * HOUR), 2 * HOUR) == Expected(
        MONDAY + 15 * HOURS, 6 * HOUR
    )
    assert clock.joined(first, Expected(MONDAY + 90 * HOURS, 16 * HOUR), HOUR) == first


# ---- What is read while writing ------------------------------------------------------------------------------------
def read(asked: str, calendar: WorkingCalendar, yours=LONDON, **more) -> str:
    asked_at = at(asked, LONDON)
    return clock.sentence(asked_at, clock.expected(asked_at, calendar, **more).due_at, calendar, yours)


def test_they_open_again_on_monday():
    assert read("2026-01-09 18:00", office(BERLIN)) == (
        "They open again Monday 09:00; an answer is due Monday 17:00 for them, 16:00 for you."
    )


def test_they_are_at_work_and_in_the_same_zone():
    assert read("2026-01-05 10:00", office()) == "They are at work now; an answer is due Tuesday 10:00."


def test_the_day_is_named_for_both_where_it_differs():
    found = read("2026-01-05 10:00", office(ZoneInfo("Asia/Tokyo")), ZoneInfo("America/Los_Angeles"), target=6 * HOUR)
    assert found == "They open again Tuesday 09:00; an answer is due Tuesday 15:00 for them, Monday 22:00 for you."


def test_holidays_lie_in_between_and_a_far_day_has_its_date():
    closed = {date(2026, 12, day) for day in range(24, 32)} | {date(2027, 1, 1)}
    assert read("2026-12-23 18:00", office(closed=closed)) == (
        "They open again Monday 4 January 09:00; an answer is due Monday 4 January 17:00."
    )


def test_this_hour_of_today_is_said_without_its_day():
    assert read("2026-01-05 08:00", office(), target=4 * HOUR) == "They open again 09:00; an answer is due 13:00."
