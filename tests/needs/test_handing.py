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
from vendors.needs import keeping
from vendors.needs.figures import actions as figures
from vendors.needs.models import NeedBrief, Task
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


def test_the_decision_shows_what_was_promised_and_what_came(owner, shop, priced, signed_in):
    """Decided in October; November: 1,100 paid, 2 h a week: 2,040 - 1,100 - 2 x 52/12 x 30 = 680 saved, and
    (12 - 2) x 52/12 = 43 hours."""
    signed_in(owner).post(f"/needs/{priced.pk}/brief/")
    brief = Brief.objects.get()
    vendor = OrganisationFactory(kind="vendor", name="Harrow & Quay")
    contract = Contract.objects.create(
        merchant=shop,
        vendor=vendor,
        title="Pick and pack",
        owner=owner,
        starts_on=date(2026, 10, 20),
        created_by=owner,
        created_at=NOW,
    )
    decision = Decision.objects.create(
        brief=brief,
        number=1,
        result="awarded",
        chosen=CandidateFactory(brief=brief, vendor=vendor, stage="chosen", added_by=owner),
        reason="They know candles.",
        record={},
        page="",
        digest="x",
        by=owner,
        at=datetime(2026, 10, 12, 9, tzinfo=UTC),
        contract=contract,
    )
    check_in = CheckIn.objects.create(
        contract=contract, due_on=date(2026, 11, 20), signed_by=owner, signed_at=NOW, digest="x"
    )
    for name, target, actual, at_least in (("On time", 98, "98.5", True), ("Cost per order", 3, "3.4", False)):
        promise = {"name": name, "target": Decimal(target), "unit": "%" if at_least else "GBP", "is_at_least": at_least}
        Promise.objects.create(decision=decision, **promise)
        measure = Measure.objects.create(
            contract=contract, name=name, promised=Decimal(target), unit=promise["unit"], is_at_least=at_least
        )
        Reading.objects.create(check_in=check_in, measure=measure, actual=Decimal(actual), source="Invoices")
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
