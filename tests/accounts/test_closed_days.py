"""An organisation's own closed days, and the holidays shown beside them."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import ClosedDay

CALENDAR, ADD = reverse("accounts:calendar"), reverse("accounts:add_closed_day")
STOCKTAKING = {"day": "2026-12-24", "name": "Stocktaking"}


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def closed(shop) -> ClosedDay:
    return ClosedDay.objects.create(organisation=shop, day=date(2026, 12, 24), name="Stocktaking")


def remove(closed: ClosedDay) -> str:
    return reverse("accounts:delete_closed_day", args=[closed.pk])


# ---- Adding --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["owner", "manager"])
def test_head_adds_a_closed_day(who, request, signed_in, told):
    place = request.getfixturevalue(who).organisation
    client = signed_in(request.getfixturevalue(who))
    assertRedirects(client.post(ADD, STOCKTAKING), CALENDAR)
    assert list(place.closed_days.values_list("day", "name")) == [(date(2026, 12, 24), "Stocktaking")]
    assert told == [("calendar_changed", place)]
    assertContains(client.get(CALENDAR), "Stocktaking")


def test_the_same_day_twice_only_changes_its_name(owner, closed, signed_in):
    signed_in(owner).post(ADD, STOCKTAKING | {"name": "Works outing"})
    assert list(ClosedDay.objects.values_list("day", "name")) == [(date(2026, 12, 24), "Works outing")]


def test_two_organisations_close_on_the_same_day(owner, rival, closed, signed_in):
    signed_in(rival).post(ADD, STOCKTAKING)
    assert ClosedDay.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        *(
            ({"day": day}, "day")
            for day in ("", "soon", "2026-02-30", "9999-12-31", "0001-01-01", "1999-12-31", "\x00")
        ),
        *(({"name": name}, "name") for name in ("x" * 10_000, "x\x00")),
    ],
    ids=lambda wrong: ascii(wrong)[:40],
)
def test_a_refused_day_says_so_at_the_field_and_writes_nothing(owner, signed_in, nothing_written, told, wrong, field):
    client = signed_in(owner)
    with nothing_written():
        page = client.post(ADD, STOCKTAKING | wrong)
    assert list(page.context["closed_form"].errors) == [field]
    assertContains(page, "is-invalid")
    assertContains(page, "Error:")
    assert told == []


@pytest.mark.parametrize("who", ["viewer", "contact"])
def test_who_does_not_run_the_organisation_is_forbidden(who, request, signed_in):
    assert signed_in(request.getfixturevalue(who)).post(ADD, STOCKTAKING).status_code == 403
    assert not ClosedDay.objects.exists()


# ---- Taking away ---------------------------------------------------------------------------------------------------
def test_owner_works_on_that_day_after_all(owner, closed, signed_in, told):
    assertRedirects(signed_in(owner).post(remove(closed)), CALENDAR)
    assert not ClosedDay.objects.exists()
    assert told == [("calendar_changed", owner.organisation)]


def test_a_second_click_finds_nothing(owner, closed, signed_in, told):
    client = signed_in(owner)
    client.post(remove(closed))
    assert client.post(remove(closed)).status_code == 404
    assert len(told) == 1


@pytest.mark.parametrize(("who", "status"), [("rival", 404), ("manager", 404), ("viewer", 403)])
def test_nobody_else_takes_it_away(who, status, request, closed, signed_in):
    assert signed_in(request.getfixturevalue(who)).post(remove(closed)).status_code == status
    assert ClosedDay.objects.exists()


# ---- What is shown -------------------------------------------------------------------------------------------------
def test_past_closed_days_are_not_shown(owner, closed, signed_in):
    with time_machine.travel(datetime(2026, 12, 25, 9, tzinfo=UTC)):
        assertNotContains(signed_in(owner).get(CALENDAR), "Stocktaking")


@pytest.mark.parametrize(
    ("region", "shown", "hidden"), [("SCT", "Andrew", "Easter Monday"), ("ENG", "Easter Monday", "Andrew")]
)
def test_holidays_are_shown_by_name_for_the_region(owner, signed_in, region, shown, hidden):
    owner.organisation.region = region
    owner.organisation.save()
    page = signed_in(owner).get(CALENDAR)
    assertContains(page, shown)
    assertNotContains(page, hidden)
    days = [day for day, _name in page.context["holidays"]]
    assert days == sorted(days)
    assert days[0] >= date(2026, 11, 24)
    assert days[-1].year == 2027


def test_without_a_country_the_page_asks_for_it(owner, signed_in):
    owner.organisation.country = ""
    owner.organisation.save()
    page = signed_in(owner).get(CALENDAR)
    assert page.context["holidays"] == []
    assertContains(page, "Choose the country")
