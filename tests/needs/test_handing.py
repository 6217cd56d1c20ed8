"""From a need to a brief, and what came of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains

from milestones.models import CheckIn, Contract, Measure, Reading
from outsourcing.accounts.models import Role
from tests.factories import CandidateFactory, MembershipFactory, OrganisationFactory
from tests.needs.conftest import NOW, rated
from vendors.needs import handing, keeping
from vendors.needs.figures import actions as figures
from vendors.needs.models import NeedBrief, Task
from vendors.needs.reading import job_of
from vendors.sourcing.models import Brief, Decision
from vendors.sourcing.models.decisions import Promise

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def priced(owner, packing) -> Task:
    """The case worked by hand in test_verdict.py."""
    costs = {"hour_value": "30", "direct_cost": "180", "space_cost": "240", "rework_cost": "60"}
    rated(packing, owner, skill=2, liking=1, hours="12", **costs)
    prices = {"market_from": Decimal(900), "market_to": Decimal(1200), "managing_hours": Decimal(1)}
    keeping.set_need(packing, by=owner, at=NOW, **prices)
    return packing


def test_a_brief_is_prefilled_with_scope_and_volumes(owner, priced, signed_in):
    for month, orders in ((8, 3600), (9, 4000), (10, 4400)):
        more = {"units": orders * 2, "hours_to_ship": Decimal(20)}
        figures.save_month(date(2026, month, 1), {"orders": orders, **more}, by=owner, at=NOW)
    answer = signed_in(owner).post(f"/needs/{priced.pk}/brief/")
    brief = Brief.objects.get()
    assert answer["Location"] == f"/briefs/{brief.pk}/brief/"
    assert (brief.task, brief.state, brief.title) == ("fulfilment", "draft", "Picking and packing orders")
    assert (brief.orders_base, brief.orders_low, brief.orders_peak) == (4000, 3600, 4400)
    assert brief.volumes["units"] == "2 on average"
    assert "From the order to the parcel at the carrier" in brief.scope
    assert "about 12 hours a week" in brief.scope
    assert "A sample parcel" in brief.scope
    for private in ("£", "30", "rate"):  # what an hour is worth, and what one is bad at, are no vendor's business
        assert private not in brief.scope
    kept = NeedBrief.objects.get(brief=brief)
    assert (kept.cost, kept.hours, kept.hour_value) == (2040, 12, 30)
    assert (kept.saving_low, kept.saving_high) == (8520, 12120)
    assertContains(signed_in(owner).get(f"/needs/{priced.pk}/"), "£8,520 to £12,120 a year")


def test_each_job_of_the_catalogue_has_its_template(owner, signed_in):
    for task in Task.objects.filter(merchant=None):
        signed_in(owner).post(f"/needs/{task.pk}/brief/")
    assert Brief.objects.exclude(task="other").values("task").distinct().count() == 11
    clone = keeping.clone(Task.objects.get(slug="paying"), by=owner, at=NOW)
    signed_in(owner).post(f"/needs/{clone.pk}/brief/")
    assert Brief.objects.filter(task="paying").count() == 2
    own = keeping.add(
        {"name": "Photographs", "description": "", "unit": "", "asks": "", "services": ()}, by=owner, at=NOW
    )
    signed_in(owner).post(f"/needs/{own.pk}/brief/")
    assert Brief.objects.get(title="Photographs").task == "other"


def test_a_second_click_begins_no_second_brief(owner, priced, signed_in):
    client = signed_in(owner)
    for _ in range(2):
        client.post(f"/needs/{priced.pk}/brief/")
    assert Brief.objects.count() == 1
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        client.post(f"/needs/{priced.pk}/brief/")
    assert Brief.objects.count() == 2


def test_operations_rate_and_begin_no_brief(shop, priced, signed_in):
    nadia = MembershipFactory(organisation=shop, roles=[Role.OPERATIONS])
    assertNotContains(signed_in(nadia).get(f"/needs/{priced.pk}/"), "Begin a brief")
    assert signed_in(nadia).post(f"/needs/{priced.pk}/brief/").status_code == 403


def begun(owner, task: Task, at=NOW) -> Brief:
    return handing.begin_brief(job_of(owner, task), by=owner, at=at)


def awarded(brief: Brief, owner, at=datetime(2026, 10, 12, 9, tzinfo=UTC)) -> Decision:
    """For Harrow & Quay, with the contract that this has drafted."""
    vendor = OrganisationFactory(kind="vendor", name="Harrow & Quay")
    contract = Contract.objects.create(
        merchant=brief.merchant,
        vendor=vendor,
        title="Pick and pack",
        owner=owner,
        starts_on=date(2026, 10, 20),
        created_by=owner,
        created_at=NOW,
    )
    chosen = CandidateFactory(brief=brief, vendor=vendor, stage="chosen", added_by=owner)
    return version(brief, 1, chosen, by=owner, at=at, contract=contract)


def version(brief: Brief, number: int, chosen, **more) -> Decision:
    kept = {"reason": "They know candles.", "record": {}, "page": "", "digest": "x"}
    return Decision.objects.create(brief=brief, number=number, result="awarded", chosen=chosen, **kept, **more)


def checked_in(decision: Decision, owner) -> CheckIn:
    return CheckIn.objects.create(
        contract=decision.contract, due_on=date(2026, 11, 20), signed_by=owner, signed_at=NOW, digest="x"
    )


def measured(decision: Decision, check_in: CheckIn, name: str, target: str, actual: str, *, at_least: bool) -> None:
    """One promise with its latest figure."""
    unit = "%" if at_least else "GBP"
    promised = {"name": name, "unit": unit, "is_at_least": at_least}
    Promise.objects.create(decision=decision, target=Decimal(target), **promised)
    measure = Measure.objects.create(contract=decision.contract, promised=Decimal(target), **promised)
    Reading.objects.create(check_in=check_in, measure=measure, actual=Decimal(actual), source="Invoices")


def test_the_decision_shows_what_was_promised_and_what_came(owner, priced, signed_in):
    """Decided in October; November: 1,100 paid, 2 h a week: 2,040 - 1,100 - 2 x 52/12 x 30 = 680 saved, and
    (12 - 2) x 52/12 = 43 hours."""
    decision = awarded(begun(owner, priced), owner)
    check_in = checked_in(decision, owner)
    measured(decision, check_in, "On time", "98", "98.5", at_least=True)
    measured(decision, check_in, "Cost per order", "3", "3.4", at_least=False)
    Promise.objects.create(decision=decision, name="Damage", target=Decimal(1), unit="%", is_at_least=False)
    client, path = signed_in(owner), f"/needs/{priced.pk}/"
    page = client.get(path)
    assertContains(page, "98.5 %, kept")
    assertContains(page, "3.4 GBP, missed")
    assertContains(page, "not measured yet")
    assertContains(page, "What it saves is known once")
    client.post(f"{path}figures/", {"month": "2026-11", "paid": "1,100", "managing_hours": "2"})
    client.post(f"{path}figures/", {"month": "2026-10", "paid": "100", "managing_hours": "1"})  # not a whole month yet
    page = client.get(path)
    assertContains(page, "<b>£680</b>")
    assertContains(page, "Hours of your own: 43 fewer.")


def outcome(owner, task: Task) -> handing.Outcome:
    [one] = handing.outcomes(job_of(owner, task), owner)
    return one


def test_correcting_the_record_loses_nothing_that_came(owner, priced):
    """Corrected in November: contract, readings and the whole of November are still what follows from October."""
    first = awarded(begun(owner, priced), owner)
    measured(first, checked_in(first, owner), "On time", "98", "98.5", at_least=True)
    need = keeping.need_of(priced, owner.organisation, at=NOW)
    paid = {"paid": Decimal(1100), "managing_hours": Decimal(2)}
    figures.save_need_month(need, date(2026, 11, 1), paid, by=owner, at=NOW)
    before = outcome(owner, priced)
    corrected = version(first.brief, 2, first.chosen, by=owner, at=NOW, correction="Not candles: soap.")
    for one in first.promises.all():
        Promise.objects.create(decision=corrected, name=one.name, target=one.target, unit=one.unit)
    after = outcome(owner, priced)
    assert after.url == f"/decisions/{corrected.pk}/"
    assert before.contract_url == after.contract_url == f"/contracts/{first.contract_id}/"
    assert [one.is_kept for one in after.promises] == [True]
    assert (after.saved, after.saved.money, after.decided_at) == (before.saved, 680, first.at)


def test_another_vendor_does_not_inherit_what_came_of_the_first(owner, priced):
    first = awarded(begun(owner, priced), owner)
    version(first.brief, 2, CandidateFactory(brief=first.brief, added_by=owner), by=owner, at=NOW)
    assert (outcome(owner, priced).contract_url, outcome(owner, priced).decided_at) == ("", NOW)


def test_the_month_of_a_decision_is_the_shops(owner, priced):
    """00:30 on 1 October in London is September in UTC: October is not a whole month of the vendor's."""
    awarded(begun(owner, priced), owner, at=datetime(2026, 9, 30, 23, 30, tzinfo=UTC))
    need = keeping.need_of(priced, owner.organisation, at=NOW)
    paid = {"paid": Decimal(1100), "managing_hours": Decimal(2)}
    figures.save_need_month(need, date(2026, 10, 1), paid, by=owner, at=NOW)
    assert outcome(owner, priced).saved is None
    figures.save_need_month(need, date(2026, 11, 1), paid, by=owner, at=NOW)
    assert outcome(owner, priced).saved.months == 1


def test_what_came_of_many_briefs_is_read_at_once(owner, priced, django_assert_num_queries):
    for number in range(3):
        decision = awarded(begun(owner, priced, NOW + timedelta(hours=number)), owner)
        measured(decision, checked_in(decision, owner), "On time", "98", "98.5", at_least=True)
    job = job_of(owner, priced)
    with django_assert_num_queries(6):
        assert [one.promises[0].is_kept for one in handing.outcomes(job, owner)] == [True] * 3
