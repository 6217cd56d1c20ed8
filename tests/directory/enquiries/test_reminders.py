"""Whoever was asked by a link is reminded once, after five working days; then whoever asked is told."""

from datetime import UTC, datetime, timedelta

import pytest

from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Ladder, Notice, Rung
from tests.notifications.conftest import mail_server, send, sink  # noqa: F401
from vendors.directory.enquiries import asking

pytestmark = pytest.mark.django_db
#: A Tuesday; five working days on is the next one.
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def question(maren, owner):
    return asking.ask(maren, by=owner, at=TUESDAY)


def told() -> list[tuple]:
    rows = Notice.objects.order_by("rung__step")
    return list(rows.values_list("rung__step", "address", "membership", "kind"))


def test_once_and_then_the_asker_is_told(question, maren, owner):
    for day in range(25):
        sweep(TUESDAY + day * DAY)
    assert told() == [(0, maren.email, None, "act"), (1, "", owner.pk, "know")]
    assert [one.due_at.date() - TUESDAY.date() for one in Rung.objects.order_by("step")] == [7 * DAY, 14 * DAY]
    assert not Rung.objects.ahead().exists()


def test_taken_back_it_ends(question, owner):
    asking.revoke(question, at=TUESDAY + DAY)
    for day in range(25):
        sweep(TUESDAY + day * DAY)
    assert not Notice.objects.exists()
    assert Ladder.objects.get().why == "It was taken back, or asked anew."


@pytest.mark.parametrize(("days", "words"), [([7, 14], "was reminded once"), ([14], "no reminder has gone")])
def test_the_asker_reads_what_went(question, owner, sink, send, days, words):  # noqa: F811
    for day in days:
        sweep(TUESDAY + day * DAY)
        send(TUESDAY + day * DAY + timedelta(hours=1))
    send(TUESDAY + 15 * DAY)
    mine = [one for one in sink.messages if one["To"] == owner.email]
    assert words in mine[-1].get_body(("plain",)).get_content().replace("\n", " ")
