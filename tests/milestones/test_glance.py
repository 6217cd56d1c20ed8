"""A merchant's contracts on its home page: the worst first, the week, and the figures above them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from milestones.contracts.glance import A_DAY, WORST, glance
from milestones.contracts.rows import Next
from milestones.health import looking
from milestones.models import Contract, Health, Milestone, Step
from milestones.work import handing_in, planning
from outsourcing import today
from outsourcing.accounts.models import Opening
from outsourcing.accounts.waiting import waiting_for
from outsourcing.shared.statements import read
from tests.factories import VendorFactory
from tests.milestones.conftest import DAY, DUE, MONDAY, WEEK, submit
from vendors.needs import keeping
from vendors.needs.models import Task


def rows(acting, at=MONDAY) -> list[tuple[str, str]]:
    return [(row.title, row.mark.word) for row in read(glance(acting, at)).rows]


def test_the_worst_first_with_what_they_come_to(contract, owner):
    second = Contract.objects.get(pk=contract.pk)
    second.pk, second.title, second.value = None, "Quiet one", Decimal("99.50")
    second.health, second.health_rank = Health.LANGUISHING, 7
    second.save()
    looking.look([contract.pk], at=MONDAY - WEEK)
    seen = read(glance(owner, MONDAY))
    assert (seen.count, rows(owner)) == (2, [("Quiet one", "Gone quiet"), ("Peak overflow", "On track")])
    assert list(seen.committed) == ["£18,499.50"]
    worked, row = seen.rows[1], seen.rows[0]
    assert worked.next == Next(contract.milestones.earliest("position").pk, "Cycle count", DUE, 11, is_late=False)
    assert (worked.accepted, worked.total, worked.price) == (0, 2, "£18,400")
    assert (row.next, row.total) == (None, 0)


def test_a_week_names_what_is_open_and_counts_the_rest(contract, count, owner, manager):
    friday = read(glance(owner, MONDAY + WEEK)).week[4]
    assert (friday.on, [one.title for one in friday.milestones], friday.more) == (DUE, ["Cycle count"], 0)
    for number in range(A_DAY + 2):
        planning.add(contract, {"title": f"Extra {number}", "current_due": DUE}, by=owner, at=MONDAY)
    friday = read(glance(owner, MONDAY + WEEK)).week[4]
    assert (len(friday.milestones), friday.more) == (A_DAY, 3)
    others = Milestone.objects.exclude(pk=count.pk).filter(contract=contract, current_due=DUE)
    others.update(current_due=DUE + WEEK)
    submit(count, manager)
    assert [one.mark.word for one in read(glance(owner, MONDAY + WEEK)).week[4].milestones] == ["Submitted"]
    Milestone.objects.filter(pk=count.pk).update(
        state=Step.CANCELLED, review_due=None, cancelled_at=MONDAY, cancel_reason="No"
    )
    assert read(glance(owner, MONDAY + WEEK)).week[4].milestones == ()


@pytest.mark.parametrize(("ahead", "first"), [(0, 23), (4, 23), (5, 30), (6, 30)], ids=["mon", "fri", "sat", "sun"])
def test_from_saturday_on_it_is_the_coming_week(contract, owner, ahead, first):
    week = read(glance(owner, MONDAY + ahead * DAY)).week
    assert (week[0].on.day, len(week)) == (first, 5)
    assert [day.on.day for day in week if day.is_today] == ([23 + ahead] if ahead < 5 else [])


def test_a_day_of_the_weekend_stands_there_where_something_is_due(contract, count, owner):
    Milestone.objects.filter(pk=count.pk).update(current_due=DUE + DAY)
    week = read(glance(owner, MONDAY + WEEK)).week
    assert [day.on for day in week[5:]] == [DUE + DAY]


def test_rivals_and_vendors_see_nothing_of_it(contract, rival, manager):
    for other in (rival, manager):
        assert (read(glance(other, MONDAY)).count, read(glance(other, MONDAY)).rows) == (0, [])


@pytest.mark.parametrize("others", [0, 2 * WORST])
def test_one_query_for_any_number(contract, owner, others):
    for number in range(others):
        one = Contract.objects.get(pk=contract.pk)
        one.pk, one.title = None, f"Other {number}"
        one.save()
    with CaptureQueriesContext(connection) as captured:
        seen = read(glance(owner, MONDAY))
    assert (len(captured), len(seen.rows)) == (1, min(others + 1, WORST))


def test_what_the_figures_count(contract, count, packing, owner, manager):
    assert today.figures_of([]) == []
    handing_in.start(count, by=manager, at=MONDAY)
    late = MONDAY + 2 * WEEK
    looking.look([contract.pk], at=late)
    submit(packing, manager, at=late)
    figures = today.figures_of(waiting_for(owner, late)[0])
    assert [(one.count, one.label, one.tone) for one in figures] == [
        ("1", "Overdue milestones", "late"),
        ("0", "Waiting for our reply", ""),
        ("0", "Vendors past reply time", ""),
        ("1", "Decisions pending", ""),
    ]
    assert figures[0].note == "1 working day late, due 4 Dec"
    many = [waiting_for(owner, late)[0][0]] * today.LISTED
    assert today.figures_of(many)[0].count == "25+"


def test_the_page_shows_it_once_the_first_steps_are_done_and_asks_no_more(contract, owner, signed_in, time_machine):
    time_machine.move_to(MONDAY + timedelta(minutes=1))
    client = signed_in(owner)
    assertNotContains(client.get("/"), "This week")
    Opening.objects.create(organisation=owner.organisation, weekday=0, opens=540, closes=1020)
    VendorFactory(private_to=owner.organisation)
    keeping.rate(Task.objects.get(slug="bookkeeping"), {"skill": 2}, by=owner, at=MONDAY)
    owner.organisation.memberships.create(email="rosa@juniperandpine.example", created_at=MONDAY, roles=["viewer"])
    page = client.get("/")
    assertContains(page, "This week")
    assertContains(page, "Peak overflow")
    with CaptureQueriesContext(connection) as captured:
        client.get("/")
    assert not any("exists1" in one["sql"] for one in captured)


def test_each_side_reads_of_the_other_ones_last_act(contract, owner, manager, signed_in):
    ours, theirs = (signed_in(one).get("/contracts/").content.decode() for one in (owner, manager))
    assert ('data-label="Last heard"' in ours, 'data-label="Last done"' in ours) == (True, False)
    assert ('data-label="Last heard"' in theirs, 'data-label="Last done"' in theirs) == (False, True)
