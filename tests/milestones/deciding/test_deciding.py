"""Several decisions at once, each by itself: what changed meanwhile is told, and nothing of others is touched."""

from datetime import date

import pytest
import time_machine

from milestones.deciding import waiting
from milestones.models import Cause, DateChange, Milestone
from milestones.work import judging, moving
from milestones.work.judging import Verdict
from milestones.work.moving import Wanted
from tests.milestones.conftest import DUE, MONDAY, WEEK, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(count, packing, manager):
    return [
        moving.propose(one, Wanted(DUE + 3 * WEEK, "Snow", Cause.EXTERNAL), by=manager, at=MONDAY)
        for one in (count, packing)
    ]


@pytest.fixture
def accepted(count, owner, manager) -> Milestone:
    return judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)


def test_agrees_to_those_that_are_ticked(client, asked, owner):
    client.force_login(owner.user)
    with time_machine.travel(MONDAY):
        answer = client.post("/contracts/decisions/dates/", {"one": [asked[0].pk, "x", 10**25]}, follow=True)
    assert "1 date agreed." in answer.text
    assert [one.state for one in DateChange.objects.order_by("pk")].count("agreed") == 1


def test_what_changed_meanwhile_holds_nobody_up(asked, owner, manager):
    judging.cancel(asked[0].milestone, reason="Not needed", by=owner, at=MONDAY)
    found = waiting.agree([one.pk for one in asked], by=owner, at=MONDAY)
    assert found.done == 1


def test_refusals_are_told_one_by_one(asked, owner, count):
    Milestone.objects.filter(pk=count.pk).update(starts_on=DUE + 4 * WEEK, current_due=DUE + 5 * WEEK)
    found = waiting.agree([one.pk for one in asked], by=owner, at=MONDAY)
    assert found.done == 1
    ((_name, why),) = found.refused
    assert "before it starts" in why


def test_marks_paid_on_one_day(client, accepted, owner):
    client.force_login(owner.user)
    with time_machine.travel(MONDAY):
        assert "Cycle count" in client.get("/contracts/decisions/").text
        client.post("/contracts/decisions/paid/", {"one": [accepted.pk], "on": "2026-11-23"})
    accepted.refresh_from_db()
    assert accepted.paid_on == date(2026, 11, 23)


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-11-25", "1926-01-01"])
def test_a_day_that_cannot_be_marks_nothing(client, accepted, owner, day):
    client.force_login(owner.user)
    with time_machine.travel(MONDAY):
        answer = client.post("/contracts/decisions/paid/", {"one": [accepted.pk], "on": day}, follow=True)
    assert "Nothing was marked" in answer.text
    accepted.refresh_from_db()
    assert accepted.paid_on is None


def test_nothing_of_anothers(client, asked, accepted, rival):
    keys = [one.pk for one in asked]
    assert waiting.agree(keys, by=rival, at=MONDAY).done == 0
    assert waiting.pay([accepted.pk], MONDAY.date(), by=rival, at=MONDAY).done == 0
    client.force_login(rival.user)
    assert "Nothing waits for you" in client.get("/contracts/decisions/").text


def test_what_waits_costs_the_same_for_many(client, asked, accepted, owner, django_assert_max_num_queries):
    client.force_login(owner.user)
    client.get("/contracts/decisions/")
    with django_assert_max_num_queries(6):
        client.get("/contracts/decisions/")
