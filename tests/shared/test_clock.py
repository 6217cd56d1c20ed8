"""The clock, and how it is moved."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from outsourcing.shared import clock

LATE = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)


@time_machine.travel(LATE, tick=False)
def test_now_is_an_instant_in_utc():
    assert clock.now() == LATE
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize("offset", [timedelta(days=400), timedelta(hours=-1)])
@time_machine.travel(LATE, tick=False)
def test_the_offset_moves_it(settings, offset):
    settings.CLOCK_OFFSET = offset
    assert clock.now() == LATE + offset


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", 28), ("Europe/Amsterdam", 29), ("Pacific/Auckland", 29), ("America/New_York", 28)],
)
@time_machine.travel(LATE, tick=False)
def test_today_is_the_date_in_the_zone(zone, day):
    assert clock.today(ZoneInfo(zone)) == date(2026, 3, day)


@time_machine.travel(LATE, tick=False)
def test_the_offset_moves_the_date_too(settings):
    settings.CLOCK_OFFSET = timedelta(minutes=30)
    assert clock.today(ZoneInfo("UTC")) == date(2026, 3, 29)
