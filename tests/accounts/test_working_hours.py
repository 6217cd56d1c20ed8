"""The page on which an organisation says when it works."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts import actions, working_time
from outsourcing.accounts.models import Opening, Organisation

CALENDAR = reverse("accounts:calendar")
MONDAY = {"day0": "09:00-17:00"}


def windows(organisation: Organisation) -> list[tuple[int, int, int]]:
    return list(organisation.openings.values_list("weekday", "opens", "closes"))


# ---- It works ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["owner", "manager"])
def test_head_sets_several_windows_a_day(who, request, signed_in, told):
    place = request.getfixturevalue(who).organisation
    page = signed_in(request.getfixturevalue(who)).post(CALENDAR, MONDAY | {"day5": "13:30-17:00, 09:00-12:30"})
    assertRedirects(page, CALENDAR)
    assert windows(place) == [(0, 540, 1020), (5, 540, 750), (5, 810, 1020)]
    assert told == [("calendar_changed", place)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("9:00-17:00", [(540, 1020)]),
        (" 09.00 - 17.00 ", [(540, 1020)]),
        ("09:00–17:00", [(540, 1020)]),  # noqa: RUF001
        ("09:00 to 12:00; 13:00 to 17:00", [(540, 720), (780, 1020)]),
        ("09:00-12:00,,13:00-17:00,", [(540, 720), (780, 1020)]),
        ("22:00-24:00", [(1320, 1440)]),
        ("00:00-24:00", [(0, 1440)]),
        ("23:59-24:00", [(1439, 1440)]),
        ("00:00-06:00, 22:00-24:00", [(0, 360), (1320, 1440)]),
    ],
)
def test_people_write_windows_in_several_ways(owner, signed_in, text, wanted):
    signed_in(owner).post(CALENDAR, {"day0": text})
    assert [row[1:] for row in windows(owner.organisation)] == wanted


def test_what_was_set_stands_in_the_form_again(owner, signed_in):
    client = signed_in(owner)
    client.post(CALENDAR, {"day0": "13:30-24:00, 9:00-12:30", "day6": "00:00-06:00"})
    page = client.get(CALENDAR)
    assertContains(page, 'value="09:00-12:30, 13:30-24:00"')
    assertContains(page, 'value="00:00-06:00"')


def test_a_second_week_takes_the_place_of_the_first(owner, signed_in):
    client = signed_in(owner)
    client.post(CALENDAR, MONDAY)
    client.post(CALENDAR, {"day1": "10:00-11:00"})
    assert windows(owner.organisation) == [(1, 600, 660)]


def test_the_assumed_week_is_shown_as_assumed_until_one_is_set(owner, signed_in):
    client = signed_in(owner)
    page = client.get(CALENDAR)
    assertContains(page, "Assumed: Monday to Friday 9 to 17")
    assertContains(page, 'value="09:00-17:00"', count=5)
    client.post(CALENDAR, MONDAY)
    assertNotContains(client.get(CALENDAR), "Assumed")


def test_a_rivals_week_stays_as_it_is(owner, rival, signed_in):
    actions.set_working_week(
        rival.organisation, [Opening(organisation=rival.organisation, weekday=0, opens=1, closes=2)]
    )
    signed_in(owner).post(CALENDAR, MONDAY)
    assert windows(rival.organisation) == [(0, 1, 2)]


# ---- It is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("09:00-12:00, 11:00-17:00", "make them one"),
        ("09:00-12:00, 09:00-12:00", "make them one"),
        ("09:00-17:00, 10:00-11:00", "make them one"),
        ("09:00-12:00, 12:00-17:00", "make them one"),
        ("22:00-24:00, 23:00-23:30", "make them one"),
        ("17:00-09:00", "ends after it starts"),
        ("09:00-09:00", "ends after it starts"),
        ("09:00-00:00", "ends after it starts"),
        ("24:00-24:00", "is not a time of day"),
        ("09:00-24:01", "is not a time of day"),
        ("09:60-17:00", "is not a time of day"),
        ("99:99-99:99", "is not a time of day"),
        ("nine to five", "is not a window"),
        ("9-17", "is not a window"),
        ("09:00", "is not a window"),
        ("09:00-17:00 13:00", "is not a window"),
        ("<script>alert(1)</script>", "is not a window"),
        ("-09:00-17:00", "is not a window"),
        ("\u0660\u0669:00-17:00x", "is not a window"),
        ("\x00", "Null characters are not allowed"),
        ("09:00-17:00," * 1_000, "at most 200 characters"),
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_a_refused_day_says_so_at_the_field_and_writes_nothing(owner, signed_in, nothing_written, told, text, says):
    client = signed_in(owner)
    client.post(CALENDAR, MONDAY)
    told.clear()
    with nothing_written():
        page = client.post(CALENDAR, MONDAY | {"day3": text})
    assert list(page.context["form"].errors) == ["day3"]
    assert says in page.context["form"].errors["day3"][0]
    assertContains(page, "is-invalid")
    assertContains(page, "Error:")
    assertNotContains(page, "<script>alert")
    assert told == []


@pytest.mark.parametrize("week", [{"save": "Save"}, {f"day{n}": " " for n in range(7)}, {"day0": ",;,"}], ids=ascii)
def test_a_week_without_a_window_is_refused(owner, signed_in, nothing_written, told, week):
    client = signed_in(owner)
    with nothing_written():
        page = client.post(CALENDAR, week)
    assertContains(page, "Open at least once a week.")
    assert told == []


def test_days_that_do_not_exist_are_ignored(owner, signed_in):
    signed_in(owner).post(CALENDAR, MONDAY | {"day7": "09:00-17:00", "day-1": "09:00-17:00"})
    assert windows(owner.organisation) == [(0, 540, 1020)]


@pytest.mark.parametrize("who", ["viewer", "contact"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_does_not_run_the_organisation_is_forbidden(who, method, request, signed_in):
    assert getattr(signed_in(request.getfixturevalue(who)), method)(CALENDAR, MONDAY).status_code == 403
    assert not Opening.objects.exists()


# ---- At once, and the cost -----------------------------------------------------------------------------------------
@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_weeks_at_once_leave_one_of_them(owner, at_once):
    place = owner.organisation

    def save(text: str) -> None:
        week = working_time.parse(0, text)
        for opening in week:
            opening.organisation = place
        actions.set_working_week(place, week)

    assert at_once(Organisation.objects.all(), lambda: save("09:00-17:00"), lambda: save("10:00-16:00")) == [None, None]
    assert windows(place) in ([(0, 540, 1020)], [(0, 600, 960)])


def test_the_page_costs_few_queries(owner, signed_in, django_assert_num_queries):
    client = signed_in(owner)
    client.post(CALENDAR, MONDAY)
    client.get(CALENDAR)
    with django_assert_num_queries(4):  # session, person, openings, closed days
        client.get(CALENDAR)
