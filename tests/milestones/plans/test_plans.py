"""Drafts filled from plans, and plans kept from contracts."""

from datetime import date

import pytest
from django.urls import reverse

from milestones.contracts import drafting
from milestones.errors import Circle, NameTaken, NothingPlanned, NotInThisState
from milestones.models import Milestone, Plan
from milestones.plans import applying, saving
from milestones.plans.builtin import MONTHLY, PLANS, WAREHOUSE, Builtin, Result
from outsourcing.accounts.models import ClosedDay
from tests.milestones.conftest import MONDAY

START = date(2026, 11, 30)  # a Monday


@pytest.fixture
def blank(vendor, owner, manager):
    fields = {"title": "New", "starts_on": START, "ends_on": date(2027, 5, 31)}
    return drafting.draft(vendor, fields, by=owner, at=MONDAY)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_draft_is_filled_on_the_vendors_working_days(blank, owner, vendor, plan):
    ClosedDay.objects.create(organisation=vendor, day=date(2026, 12, 2), name="Move")
    made = applying.fill(blank, plan, start=START, by=owner, at=MONDAY)
    assert [one.title for one in made] == [str(one.title) for one in plan.results]
    assert [list(one.after.values_list("position", flat=True)) for one in made] == [
        list(one.waits_for) for one in plan.results
    ]
    assert all(one.starts_on <= one.current_due for one in made)
    assert [one.criteria.count() for one in made] == [len(one.criteria) for one in plan.results]
    five = {"warehouse": date(2026, 12, 15), "website": date(2026, 12, 15), "monthly": date(2026, 12, 8)}
    assert made[0].current_due == five[plan.key], "the closed Wednesday counts for nothing"


def test_check_ins_come_every_month_until_the_end(blank, owner):
    applying.fill(blank, MONTHLY, start=date(2026, 12, 31), by=owner, at=MONDAY)
    days = list(blank.check_ins.values_list("due_on", flat=True))
    assert days == [
        date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)
    ]  # fmt: skip


def test_what_is_kept_fills_the_same_again(draft, blank, owner):
    plan = saving.save(draft, "Peak", check_in_months=3, by=owner, at=MONDAY)
    again = applying.plan_of(str(plan.pk), owner.organisation_id)
    made = applying.fill(blank, again, start=draft.starts_on, by=owner, at=MONDAY)
    before = list(draft.milestones.all())
    assert [(one.title, one.current_due) for one in made] == [(one.title, one.current_due) for one in before]
    assert [one.text for one in made[0].criteria.all()] == ["98.5 % or better"]
    assert list(made[1].after.all()) == [made[0]]


def test_nobody_fills_from_a_rivals_plan(draft, owner, rival):
    plan = saving.save(draft, "Peak", by=owner, at=MONDAY)
    assert applying.plan_of(str(plan.pk), rival.organisation_id) is None
    assert applying.plan_of("9" * 30, rival.organisation_id) is None


def test_a_plan_with_a_circle_adds_nothing(blank, owner):
    circle = Builtin("x", "X", "", (Result("One", 0, 1, waits_for=(1,)), Result("Two", 0, 1, waits_for=(0,))))
    with pytest.raises(Circle, match="One"):
        applying.fill(blank, circle, start=START, by=owner, at=MONDAY)
    assert not blank.milestones.exists()


def test_a_contract_that_runs_is_not_filled(contract, owner):
    with pytest.raises(NotInThisState):
        applying.fill(contract, WAREHOUSE, start=START, by=owner, at=MONDAY)


def test_what_cannot_be_kept(blank, draft, owner):
    with pytest.raises(NothingPlanned):
        saving.save(blank, "Empty", by=owner, at=MONDAY)
    saving.save(draft, "Peak", by=owner, at=MONDAY)
    with pytest.raises(NameTaken):
        saving.save(draft, "Peak", by=owner, at=MONDAY)
    other = saving.save(draft, "Other", by=owner, at=MONDAY)
    with pytest.raises(NameTaken):
        saving.rename(other, "Peak")


def test_the_page_shows_the_dates_before_it_adds_them(blank, owner, signed_in):
    client, path = signed_in(owner), reverse("milestones:fill", args=[blank.pk])
    page = client.get(path, {"plan": "warehouse", "start": "2026-12-25"})
    assert "You are closed then" not in page.content.decode().split("Stock in")[0]
    assert Milestone.objects.filter(contract=blank).count() == 0
    client.post(path, {"plan": "warehouse", "start": "2026-12-25"}, follow=True)
    assert Milestone.objects.filter(contract=blank).count() == 5
    assert client.post(path, {"plan": "nothing", "start": "2026-12-25"}).status_code in (200, 422)
    assert Milestone.objects.filter(contract=blank).count() == 5


def test_plans_are_listed_and_removed(draft, owner, signed_in):
    plan = saving.save(draft, "Peak", by=owner, at=MONDAY)
    client = signed_in(owner)
    assert "Cycle count, Gift packing" in client.get(reverse("milestones:plans")).content.decode()
    client.post(reverse("milestones:remove_plan", args=[plan.pk]))
    assert not Plan.objects.exists()
