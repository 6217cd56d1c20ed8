"""When to look again: figures of months, marks, and what follows."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from pytest_django.asserts import assertContains, assertNotContains

from tests.needs.conftest import NOW, rated
from vendors.needs import keeping
from vendors.needs.errors import AlreadyDone
from vendors.needs.figures import actions
from vendors.needs.models import Mark, Month, NeedMonth, Reopening

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def need(owner, packing):
    rated(packing, owner, skill=4, liking=4, hours="5")
    return keeping.need_of(packing, owner.organisation, at=NOW)


def opened() -> list[tuple]:
    return list(Reopening.objects.order_by("month", "kind").values_list("kind", "month", "figure"))


def test_each_kind_of_mark_looks_at_its_own_figure(owner, need):
    marks = {"orders": Decimal(100), "hours": Decimal(20), "errors": Decimal(2), "backlog": Decimal(3)}
    actions.set_marks(need, marks, by=owner, at=NOW)
    actions.save_month(OCTOBER, {"orders": 99}, by=owner, at=NOW)
    low = {"hours": Decimal("19.99"), "error_rate": Decimal("1.99"), "backlog_days": Decimal("2.9")}
    actions.save_need_month(need, SEPTEMBER, low, by=owner, at=NOW)
    assert opened() == []
    actions.save_month(OCTOBER, {"orders": 100}, by=owner, at=NOW)
    high = {"hours": Decimal(20), "error_rate": Decimal(2), "backlog_days": Decimal(3)}
    actions.save_need_month(need, OCTOBER, high, by=owner, at=NOW)
    assert opened() == [
        ("backlog", OCTOBER, 3),
        ("errors", OCTOBER, 2),
        ("hours", OCTOBER, 20),
        ("orders", OCTOBER, 100),
    ]


def test_once_a_month_and_not_while_it_is_open(owner, need):
    actions.set_marks(need, {"orders": Decimal(100)}, by=owner, at=NOW)
    for month in (SEPTEMBER, OCTOBER, OCTOBER):
        actions.save_month(month, {"orders": 120}, by=owner, at=NOW)
    assert opened() == [("orders", SEPTEMBER, 120)]
    actions.close(Reopening.objects.get(), "We pack in pairs now.", by=owner, at=NOW)
    actions.look(owner.organisation, at=NOW)
    assert len(opened()) == 2  # October reaches it too
    actions.close(Reopening.objects.open().get(), "Still.", by=owner, at=NOW)
    actions.look(owner.organisation, at=NOW)
    assert len(opened()) == 2


def test_only_the_latest_month_counts(owner, need):
    actions.save_month(SEPTEMBER, {"orders": 500}, by=owner, at=NOW)
    actions.save_month(OCTOBER, {"orders": 50}, by=owner, at=NOW)
    actions.set_marks(need, {"orders": Decimal(100)}, by=owner, at=NOW)
    assert opened() == []


def test_a_hidden_job_is_left_alone(owner, need, packing):
    actions.set_marks(need, {"orders": Decimal(100)}, by=owner, at=NOW)
    keeping.hide(packing, by=owner, at=NOW)
    actions.save_month(OCTOBER, {"orders": 120}, by=owner, at=NOW)
    assert opened() == []


def test_through_the_pages(owner, packing, signed_in):
    client, path = signed_in(owner), f"/needs/{packing.pk}/"
    assert client.post(f"{path}marks/", {"hours": "20", "errors_in_100": "2,5"}).status_code == 302
    assert dict(Mark.objects.values_list("kind", "at_least")) == {"hours": 20, "errors": Decimal("2.5")}
    assert client.post(f"{path}figures/", {"month": "2026-10", "hours": "22,5", "error_rate": "1"}).status_code == 302
    page = client.get(path)
    assertContains(page, "Hours a week: 22.5 in October 2026, your mark is 20")
    one = Reopening.objects.get()
    closing = f"/needs/reopenings/{one.pk}/close/"
    assertContains(client.post(closing, {"conclusion": " "}), "This field is required.", status_code=422)
    assert client.post(closing, {"conclusion": "We look for a vendor."}).status_code == 302
    page = client.get(path)
    assertContains(page, "We look for a vendor.")
    assertNotContains(page, "The question is open again")
    with pytest.raises(AlreadyDone):
        actions.close(one, "Twice", by=owner, at=NOW)
    client.post(f"{path}marks/", {})
    assert not Mark.objects.exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"month": "2026-10"}, "Enter one figure at least."),
        ({"month": "2027-01", "hours": "3"}, "This month has not begun."),
        ({"month": "soon", "hours": "3"}, "Write a month as in 2024-03."),
        ({"month": "2026-10", "error_rate": "101"}, "At most 100."),
        ({"month": "2026-10", "backlog_days": "-1"}, "Less than nothing"),
    ],
)
def test_a_wrong_month_is_said(owner, packing, signed_in, sent, words):
    assertContains(signed_in(owner).post(f"/needs/{packing.pk}/figures/", sent), words, status_code=422)
    assert not NeedMonth.objects.exists()


def test_a_mark_of_zero_is_refused(owner, packing, signed_in):
    assertContains(
        signed_in(owner).post(f"/needs/{packing.pk}/marks/", {"hours": "0"}), "Zero is always reached", status_code=422
    )


def test_a_month_is_entered(owner, signed_in):
    client = signed_in(owner)
    form = {"month": "2026-10", "orders": "4,200", "hours_to_ship": "26,5", "peak_orders": "310"}
    assert client.post("/needs/months/", form).status_code == 302
    assertContains(client.get("/needs/months/"), "4,200")
    assertContains(
        client.post("/needs/months/", {**form, "peak_orders": "5000"}), "more than in the whole", status_code=422
    )
    assert (Month.objects.get().orders, Month.objects.get().hours_to_ship) == (4200, Decimal("26.5"))


def test_the_database_holds_a_month_to_its_first_day(owner):
    with pytest.raises(IntegrityError), transaction.atomic():
        Month.objects.create(
            merchant=owner.organisation, month=date(2026, 10, 2), orders=1, saved_by=owner, saved_at=NOW
        )
