"""How a contract is doing, by reference/milestones.md 4.4: the first rule that fits, and when to look again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.health.rules import Before, Facts, MilestoneFacts, Owed, assess
from milestones.models import Health
from outsourcing.accounts.calendars import WorkingCalendar, assumed_week

LONDON = ZoneInfo("Europe/London")
WEEK = WorkingCalendar(LONDON, assumed_week())
#: A Monday, ten o'clock in London.
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
TODAY = MONDAY.date()


def step(**more) -> MilestoneFacts:
    """One that began today and is due in three weeks."""
    fields = {"key": 1, "title": "Cycle count", "state": "in_progress", "begins_on": TODAY, "due": date(2026, 12, 14)}
    return MilestoneFacts(**{**fields, "baseline": fields["due"], **more})


def facts(*milestones: MilestoneFacts, **more) -> Facts:
    """A contract that runs and whose vendor was heard of an hour ago."""
    fields = {
        "state": "active", "vendor": WEEK, "merchant": WEEK, "zone": LONDON, "silence_days": 7,
        "activated_at": MONDAY - timedelta(hours=1), "last_act_at": MONDAY - timedelta(hours=1),
        "milestones": milestones,
    }  # fmt: skip
    return Facts(**{**fields, **more})


def found(given_facts: Facts, at: datetime = MONDAY) -> tuple[str, list[str]]:
    answer = assess(given_facts, at)
    return answer.level, [one.code for one in answer.reasons]


# ---- What does not run ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "level"),
    [
        ("draft", "draft"), ("offered", "draft"), ("suspended", "suspended"), ("completed", "ended"),
        ("terminated", "ended"), ("declined", "ended"), ("lapsed", "ended"),
    ],
)  # fmt: skip
def test_what_does_not_run_is_not_measured(state, level):
    late = step(due=TODAY - 30 * DAY)
    answer = assess(facts(late, state=state), MONDAY)
    assert (answer.level, answer.reasons, answer.next_look_at) == (level, (), None)


def test_without_anything_to_measure_it_is_never_green():
    assert found(facts()) == ("unmeasured", [])
    assert found(facts(has_check_ins=True)) == ("on_track", [])


def test_all_goes_well():
    assert found(facts(step())) == ("on_track", [])


# ---- Gone quiet ----------------------------------------------------------------------------------------------------
def test_silence_counts_in_the_vendors_working_days():
    quiet = facts(step(due=date(2027, 6, 1)))
    last = datetime(2026, 12, 1, 23, tzinfo=UTC)  # the sixth working day
    assert found(quiet, last) == ("on_track", [])
    assert found(quiet, last + timedelta(hours=2)) == ("languishing", ["silent"])


def test_silence_matters_only_while_something_is_with_the_vendor():
    later = MONDAY + 30 * DAY
    due = later.date() + 90 * DAY
    review = {"state": "submitted", "review_due": due}
    assert found(facts(step(due=due, **review)), later) == ("on_track", [])
    assert found(facts(step(due=due, is_blocked=True)), later) == ("on_track", [])
    owed = facts(step(due=due, **review), by_vendor=[Owed("When?", later + DAY)])
    assert found(owed, later) == ("languishing", ["silent"])


def test_long_overdue_is_quiet_though_somebody_talks():
    late = step(due=date(2026, 11, 9))
    assert found(facts(late)) == ("languishing", ["long-overdue"])
    assert found(facts(replace(late, due=date(2026, 11, 10)))) == ("overdue", ["overdue"])
    assert found(facts(replace(late, replanned_on=date(2026, 11, 20)))) == ("overdue", ["overdue"])


def test_quiet_is_over_only_by_an_act():
    before = Before(Health.LANGUISHING, MONDAY - DAY)
    was = facts(step(), last_act_at=MONDAY - 2 * DAY, activated_at=MONDAY - 2 * DAY, before=before)
    assert found(was) == ("languishing", ["silent"])
    assert found(replace(was, last_act_at=MONDAY - timedelta(hours=1))) == ("on_track", [])


# ---- Overdue -------------------------------------------------------------------------------------------------------
def test_overdue_begins_the_day_after_in_the_contracts_zone():
    due = facts(step(due=TODAY))
    midnight = datetime(2026, 11, 24, 0, tzinfo=UTC)
    assert found(due, midnight - timedelta(seconds=1))[0] == "on_track"
    answer = assess(due, midnight)
    assert answer.level == "overdue"
    assert answer.reasons[0].sentence == "“Cycle count” is 1 working day overdue."
    assert answer.reasons[0].milestone == 1
    tokyo = replace(due, zone=ZoneInfo("Asia/Tokyo"))
    assert found(tokyo, midnight - timedelta(hours=9))[0] == "overdue"


def test_held_up_by_us_is_not_overdue():
    assert found(facts(step(due=TODAY - DAY, is_blocked=True))) == ("on_track", [])


# ---- At risk -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "milestone"),
    [
        ("forecast", {"forecast": date(2026, 12, 15)}),
        ("not-begun", {"state": "planned", "begins_on": TODAY - 18 * DAY, "due": TODAY + 5 * DAY}),
        ("behind", {"begins_on": TODAY - 10 * DAY, "due": TODAY + 9 * DAY, "progress": 20}),
        ("moved", {"moves": 2}),
        ("slipped", {"slip": 5}),
        ("rework", {"rework": 2}),
    ],
)
def test_what_puts_a_milestone_at_risk(code, milestone):
    assert found(facts(step(**milestone))) == ("at_risk", [code])


@pytest.mark.parametrize(
    "milestone",
    [
        {"forecast": date(2026, 12, 14)},
        {"state": "planned", "begins_on": TODAY - 17 * DAY, "due": TODAY + 6 * DAY},
        {"begins_on": TODAY - 10 * DAY, "due": TODAY + 9 * DAY, "progress": 40},
        {"moves": 1},
        {"slip": 4},
        {"rework": 1},
    ],
)
def test_what_is_not_a_risk_yet(milestone):
    assert found(facts(step(**milestone))) == ("on_track", [])


def test_only_the_next_two_forecasts_count():
    late = date(2027, 3, 1)
    steps = [step(key=key, due=TODAY + key * 7 * DAY) for key in (3, 4)]
    assert found(facts(*steps, step(key=9, due=TODAY + 60 * DAY, forecast=late)))[0] == "on_track"


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("unanswered", {"by_vendor": [Owed("Dock", MONDAY - timedelta(minutes=1))]}),
        ("check-in", {"check_ins": [date(2026, 11, 19)], "has_check_ins": True}),
        ("unreachable", {"is_reachable": False}),
        ("score", {"score": Decimal("49.9")}),
    ],
)
def test_what_puts_a_contract_at_risk(code, more):
    assert found(facts(step(), **more)) == ("at_risk", [code])


def test_at_risk_is_over_after_two_days_without_a_reason():
    was = Before(Health.AT_RISK, MONDAY - DAY, 0, TODAY - DAY)
    first = assess(facts(step(), before=was), MONDAY)
    assert (first.level, first.clean, [one.code for one in first.reasons]) == ("at_risk", 1, ["lingers"])
    same_day = Before(Health.AT_RISK, MONDAY - DAY, 1, TODAY)
    assert assess(facts(step(), before=same_day), MONDAY).level == "at_risk"
    second = Before(Health.AT_RISK, MONDAY - DAY, 1, TODAY - DAY)
    assert assess(facts(step(), before=second), MONDAY).level == "on_track"


# ---- Waiting on us -------------------------------------------------------------------------------------------------
def test_what_we_are_late_with_is_ours_and_lowers_nothing():
    late = facts(
        step(state="submitted", review_due=TODAY - DAY),
        by_merchant=[Owed("Dock", MONDAY - DAY)],
        dates_to_decide=[(1, "Cycle count", TODAY - DAY)],
    )
    answer = assess(late, MONDAY)
    assert answer.level == "on_track"
    assert [one.code for one in answer.waiting] == ["review", "our-answer", "our-date"]


# ---- When to look again --------------------------------------------------------------------------------------------
STEPS = st.builds(
    MilestoneFacts,
    key=st.integers(1, 3),
    title=st.just("Step"),
    state=st.sampled_from(["planned", "in_progress", "submitted", "changes_requested", "accepted"]),
    begins_on=st.dates(TODAY - 40 * DAY, TODAY + 10 * DAY),
    due=st.dates(TODAY - 30 * DAY, TODAY + 40 * DAY),
    baseline=st.just(TODAY + 40 * DAY),
    progress=st.integers(0, 100),
    is_blocked=st.booleans(),
    review_due=st.none() | st.dates(TODAY - 5 * DAY, TODAY + 10 * DAY),
)


@given(
    st.lists(STEPS, max_size=3),
    st.lists(st.timedeltas(timedelta(days=-3), timedelta(days=9)), max_size=2),
    st.timedeltas(timedelta(0), timedelta(days=20)),
    st.floats(0.01, 0.99),
)
def test_between_now_and_the_next_look_nothing_changes(steps, turns, silent, part):
    owed = [Owed("Dock", MONDAY + one) for one in turns]
    heard = MONDAY - silent
    was = facts(*steps, by_vendor=owed, by_merchant=owed, activated_at=heard, last_act_at=heard)
    now = assess(was, MONDAY)
    until = now.next_look_at or MONDAY + 400 * DAY
    between = min(MONDAY + (until - MONDAY) * part, until - timedelta.resolution)
    then = assess(was, between)
    assert (then.level, then.reasons, then.waiting) == (now.level, now.reasons, now.waiting)


@given(st.lists(STEPS, max_size=3))
def test_what_waits_for_us_never_lowers_the_level(steps):
    without = assess(facts(*steps), MONDAY)
    late = [Owed("Dock", MONDAY - DAY)]
    with_ours = assess(facts(*steps, by_merchant=late), MONDAY)
    assert with_ours.level == without.level or not steps
