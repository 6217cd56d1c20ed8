"""Health in the database: worked out with each event, by time only where it is due, and told in words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.contracts import running
from milestones.health import looking
from milestones.models import Contract, ContractThread, Health
from milestones.work import handing_in, judging, planning
from milestones.work.judging import Verdict
from outsourcing.accounts.models import ClosedDay
from outsourcing.conversations import posting
from outsourcing.conversations.models import Kind
from outsourcing.notifications.models import Rung
from tests.conversations.conftest import said
from tests.factories import ThreadFactory
from tests.milestones.conftest import DAY, DUE, MONDAY, WEEK, submit


def health(contract, at=None) -> tuple[str, list[str]]:
    if at is not None:
        looking.look_around(at)
    contract.refresh_from_db()
    return contract.health, [one["code"] for one in contract.health_reasons]


def test_a_contract_that_begins_is_on_track(contract):
    assert health(contract) == ("on_track", [])
    assert contract.next_look_at is not None


def test_a_draft_and_what_has_ended_are_not_measured(draft, contract, owner):
    running.terminate(contract, reason="Enough.", by=owner, at=MONDAY)
    assert health(contract) == ("ended", [])
    assert contract.next_look_at is None


def test_time_alone_makes_it_quiet_and_overdue(contract, count):
    assert health(contract, MONDAY - WEEK)[0] == Health.ON_TRACK  # it was accepted a few days before
    assert health(contract, MONDAY) == ("languishing", ["silent"])


def test_an_act_of_the_vendors_wakes_it(contract, count, manager):
    looking.look_around(MONDAY + WEEK)
    assert health(contract)[0] == Health.LANGUISHING
    handing_in.report(count, progress=70, forecast=None, by=manager, at=MONDAY + WEEK + timedelta(hours=1))
    assert health(contract)[0] == Health.ON_TRACK


def test_overdue_until_it_is_handed_in(contract, count, manager, owner):
    late = MONDAY + 2 * WEEK
    handing_in.report(count, progress=90, forecast=None, by=manager, at=late)
    assert health(contract) == ("overdue", ["overdue"])
    made = submit(count, manager, at=late)
    assert health(contract) == ("at_risk", ["not-begun"])  # the other one
    looking.look_around(late + 8 * DAY)
    contract.refresh_from_db()
    assert [one["code"] for one in contract.waiting_reasons] == ["review"]
    judging.accept(made, Verdict(), by=owner, at=late + 8 * DAY)
    contract.refresh_from_db()
    assert contract.waiting_reasons == []


def test_a_question_and_an_answer_are_acts_and_reading_is_none(contract, owner, manager, vendor, shop):
    thread = ThreadFactory(merchant=shop, vendor=vendor, opened_by=owner)
    ContractThread.objects.create(thread=thread, contract=contract)
    posting.post(thread, said("When?", Kind.QUESTION), by=owner, at=MONDAY)
    contract.refresh_from_db()
    assert contract.last_vendor_act_at is None
    posting.post(thread, said("At ten."), by=manager, at=MONDAY + timedelta(hours=1))
    contract.refresh_from_db()
    assert contract.last_vendor_act_at == MONDAY + timedelta(hours=1)
    posting.post(thread, said("Which gate?", Kind.QUESTION), by=manager, at=MONDAY + timedelta(hours=2))
    contract.refresh_from_db()
    assert contract.last_vendor_act_at == MONDAY + timedelta(hours=2)


def test_only_what_is_due_is_looked_at(contract, count):
    looking.look_around(MONDAY)
    contract.refresh_from_db()
    with CaptureQueriesContext(connection) as captured:
        assert looking.look_around(contract.next_look_at - timedelta(seconds=1)) == 0
    assert len(captured) == 1
    assert looking.look_around(contract.next_look_at) == 1


def test_another_calendar_is_looked_at_by_the_next_beat(contract, vendor):
    looking.look_around(MONDAY)
    looking.calendar_changed(vendor)
    contract.refresh_from_db()
    assert looking.look_around(MONDAY) == 1


def test_another_calendar_moves_the_reminders(contract, vendor, count):
    rung = Rung.objects.get(ladder__rule="milestone", ladder__subject=count.pk)
    day = rung.due_at.date()
    ClosedDay.objects.create(organisation=vendor, day=day, name="Stocktaking")
    looking.calendar_changed(vendor)
    looking.look_around(MONDAY)
    rung.refresh_from_db()
    assert rung.due_at.date() < day


def test_since_when_stays_while_the_level_does(contract, count):
    looking.look_around(MONDAY + WEEK)
    contract.refresh_from_db()
    since = contract.health_since
    looking.look_around(MONDAY + WEEK + DAY)
    contract.refresh_from_db()
    assert (contract.health, contract.health_since) == ("languishing", since)


@pytest.mark.parametrize("more", [0, 20])
def test_a_look_costs_the_same_for_any_number(contract, owner, more):
    for number in range(more):
        planning.add(contract, {"title": f"S{number}", "current_due": DUE}, by=owner, at=MONDAY)
    with CaptureQueriesContext(connection) as captured:
        looking.look([contract.pk], at=MONDAY)
    assert len(captured) <= 30


def test_the_worst_stands_first(contract, draft, owner):
    looking.look_around(MONDAY + WEEK)
    assert Contract.objects.order_by("-health_rank").first() == contract
