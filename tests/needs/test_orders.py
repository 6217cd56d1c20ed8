"""A list of orders: read whole or not at all, line by line, and made into the figures of months."""

import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.asserts import assertContains

from outsourcing.files.models import File
from outsourcing.files.storage import path
from tests.needs.conftest import NOW, rated
from vendors.needs import keeping
from vendors.needs.errors import AlreadyDone
from vendors.needs.figures import actions as figures
from vendors.needs.models import Month, OrderImport, OrderLine, Reopening
from vendors.needs.orders import actions, tasks

pytestmark = pytest.mark.django_db
HEAD = "Order number,Created at,Fulfilled at,Line quantity"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def table(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *lines, ""]).encode()


def brought(content: bytes, owner, day_order: str = "") -> OrderImport:
    """Uploaded and read."""
    file = SimpleUploadedFile("orders.csv", content)
    made = actions.upload(file, day_order=day_order, by=owner, at=NOW)
    actions.read(made.pk, now=lambda: NOW)
    made.refresh_from_db()
    return made


OCTOBER = table(
    "1001,2026-10-01 09:00:00 +0100,2026-10-01 19:00:00 +0100,2",
    "1001,2026-10-01 09:00:00 +0100,2026-10-01 19:00:00 +0100,1",
    "1002,2026-10-15 10:00:00 +0100,2026-10-16 06:00:00 +0100,1",
    "1003,2026-10-15 23:30:00 +0100,2026-10-18 23:30:00 +0100,4",
    "1004,2026-10-31 23:30:00 +0000,,1",
)


# ---- What comes out ------------------------------------------------------------------------------------------------
def test_months_by_hand(owner):
    """Four orders, nine items; hours 10, 20 and 72: the middle is 20, 95 in 100 within 20 + .9 x 52 = 66.8; the
    fifteenth has two; one is not shipped."""
    made = brought(OCTOBER, owner)
    assert (made.state, made.lines, made.orders, made.file) == ("read", 5, 4, None)
    [month] = made.months
    assert month == {
        "month": "2026-10-01",
        "orders": 4,
        "units": 9,
        "hours_to_ship": "20.0",
        "slow_hours": "66.8",
        "unshipped": 1,
        "peak_orders": 2,
        "peak_day": "2026-10-15",
        "from": "2026-10-01",
        "to": "2026-10-31",
        "is_whole": True,
    }
    assert not Month.objects.exists()


def test_the_month_is_the_merchants(owner):
    """23:30 in London on the last of June is July in UTC."""
    made = brought(table("1,2026-06-30T22:30:00Z,,1", "2,2026-06-30T23:30:00Z,,1"), owner)
    assert [(month["month"], month["orders"]) for month in made.months] == [("2026-06-01", 1), ("2026-07-01", 1)]


def test_neither_file_nor_lines_stay(owner, django_capture_on_commit_callbacks):
    file = SimpleUploadedFile("orders.csv", OCTOBER)
    made = actions.upload(file, day_order="", by=owner, at=NOW)
    key = made.file.key
    with django_capture_on_commit_callbacks(execute=True):
        actions.read(made.pk, now=lambda: NOW)
    assert not OrderLine.objects.exists()
    assert not File.objects.exists()
    assert not path(key).exists()


def test_taken_over_once_and_in_place_of_what_was_there(owner, signed_in):
    figures.save_month(date(2026, 10, 1), {"orders": 7}, by=owner, at=NOW)
    made = brought(OCTOBER, owner)
    client = signed_in(owner)
    page = client.get(f"/needs/orders/{made.pk}/")
    assertContains(page, "4 orders in 5 lines")
    assert client.post(f"/needs/orders/{made.pk}/take/", {"month": ["2026-10-01"]})["Location"] == "/needs/months/"
    month = Month.objects.get()
    assert (month.orders, month.units, month.hours_to_ship, month.peak_day) == (4, 9, 20, date(2026, 10, 15))
    assertContains(client.get("/needs/months/"), "20 h")
    with pytest.raises(AlreadyDone):
        actions.take(made, ["2026-10-01"], by=owner, at=NOW)


def test_a_month_that_is_cut_off_is_not_taken_by_itself(owner, signed_in):
    made = brought(table("1,2026-09-14 10:00,,1", "2,2026-10-20 10:00,,1", "3,2026-11-23 10:00,,1"), owner)
    assert [month["is_whole"] for month in made.months] == [False, False, False]
    answer = signed_in(owner).post(f"/needs/orders/{made.pk}/take/", {"month": ["1999-01-01"]}, follow=True)
    assertContains(answer, "Choose one month at least.")
    assert OrderImport.objects.get().state == "read"


# ---- Other separators, encodings and dates -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "what"),
    [
        (OCTOBER.replace(b",", b";"), "semicolons"),
        (OCTOBER.replace(b",", b"\t"), "tabs"),
        (b"sep=;\r\n" + OCTOBER.replace(b",", b";").replace(b"\n", b"\r\n"), "a line that says so"),
        (b"\xef\xbb\xbf" + OCTOBER, "a mark of UTF-8"),
        (OCTOBER.decode().encode("utf-16"), "UTF-16"),
        (OCTOBER.replace(b"1001", "Bestellung Größe 1001".encode("cp1252")), "letters of an old spreadsheet"),
        (b"\n\n" + OCTOBER, "empty lines before"),
        (OCTOBER.replace(HEAD.encode(), b'"Name","Created at","Fulfilled at","Lineitem quantity"'), "Shopify's names"),
        (OCTOBER.replace(HEAD.encode(), b"Order ID,Order Date,Ship-Date,Qty"), "other names"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_other_ways_to_write_the_same(owner, content, what):
    made = brought(content, owner)
    assert (made.state, made.failure) == ("read", "")
    assert [(month["orders"], month["units"]) for month in made.months] == [(4, 9)]


@pytest.mark.parametrize(
    ("written", "day_order", "day"),
    [
        ("2026-10-13", "", (10, 13)),
        ("2026-10-13T08:00:00+02:00", "", (10, 13)),
        ("2026-10-13 08:00:00 UTC", "", (10, 13)),
        ("13/10/2026 08:00", "", (10, 13)),
        ("10/13/2026 8:00 PM", "", (10, 13)),
        ("13.10.2026", "", (10, 13)),
        ("03.10.2026 08:00", "", (10, 3)),
        ("03/10/2026", "day", (10, 3)),
        ("03/10/2026", "month", (3, 10)),
    ],
)
def test_dates_as_they_are_written(owner, written, day_order, day):
    made = brought(table(f"1,{written},,1"), owner, day_order)
    assert made.months[0]["from"] == f"2026-{day[0]:02}-{day[1]:02}", made.failure


def test_a_later_line_tells_how_dates_are_written(owner):
    made = brought(table("1,03/10/2026,,1", "2,04/10/2026,,1", "3,25/10/2026,,1"), owner)
    assert [month["month"] for month in made.months] == ["2026-10-01"]


# ---- What is refused, as a whole -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            table("1,2026-10-01,1", head="Order number,Created at,Line quantity"),
            "Line 1 has no column for when it was fulfilled",
        ),
        (b"\n\n" + table("x", head="Total"), "Line 3 has no column for the order number, when it was created"),
        (table("1,03/10/2026,,1"), "Nobody can tell whether 03/10/2026"),
        (table(), "no order in it"),
        (b" \n \n", "The file is empty."),
        (table('1,2026-10-01,,"1' + "x" * 200_000), "never closed"),
    ],
)
def test_no_list_of_orders(owner, content, words):
    made = brought(content, owner)
    assert made.state == "refused"
    assert words in made.failure
    assert not OrderLine.objects.exists()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("2,yesterday,,1", [3, "Created at", "It is no date: write one like 2026-10-31 14:05.", "yesterday"]),
        ("2,2026-13-01,,1", [3, "Created at", "It is no date: write one like 2026-10-31 14:05.", "2026-13-01"]),
        ("2,,,1", [3, "Created at", "It does not say when it was created.", ""]),
        (",2026-10-01,,1", [3, "Order number", "It has no order number.", ""]),
        ("2,2026-10-02,2026-10-01,1", [3, "Fulfilled at", "It was fulfilled before it was created.", "2026-10-01"]),
        ("2,2026-10-02,,two", [3, "Line quantity", "It is no quantity: write a whole number.", "two"]),
        ("2,2026-10-02,,-2", [3, "Line quantity", "It is no quantity: write a whole number.", "-2"]),
        ("2,2027-10-02,,1", [3, "Created at", "It lies in the future.", "2027-10-02"]),
        ("2,1970-10-02,,1", [3, "Created at", "It lies before the year 2000.", "1970-10-02"]),
        ("2,2026-10-02", [3, "", "It has 2 cells where 4 are expected.", ""]),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_taken(owner, signed_in, line, problem):
    made = brought(table("1,2026-10-01,,1", line, "3,2026-10-03,,1"), owner)
    assert (made.state, made.problems, made.problem_count) == ("refused", [problem], 1)
    assertContains(signed_in(owner).get(f"/needs/orders/{made.pk}/"), "Nothing was taken over")
    assert not OrderLine.objects.exists()


def test_many_wrong_lines_are_counted_and_the_first_shown(owner):
    made = brought(table(*[f"{n},never,,1" for n in range(300)]), owner)
    assert (len(made.problems), made.problem_count) == (100, 300)


def test_a_further_line_of_an_order_may_leave_the_dates_out(owner):
    made = brought(table("1,2026-10-01 10:00,2026-10-01 12:00,1", "1,,,2"), owner)
    assert (made.months[0]["orders"], made.months[0]["units"], made.months[0]["hours_to_ship"]) == (1, 3, "2.0")


def test_no_table_no_upload(owner, signed_in):
    for content in (b"", b"%PDF-1.4 something", b"\x00\x01\x02" * 50, b"<html></html>"):
        file = SimpleUploadedFile("orders.csv", content)
        assert signed_in(owner).post("/needs/orders/", {"file": file}).status_code == 422
    assert not OrderImport.objects.exists()


# ---- Workers -------------------------------------------------------------------------------------------------------
def test_a_lost_reader_is_followed_by_another_from_the_start(owner, monkeypatch):
    made = actions.upload(SimpleUploadedFile("o.csv", OCTOBER), day_order="", by=owner, at=NOW)
    OrderImport.objects.filter(pk=made.pk).update(attempt=1)  # a worker took it, wrote some, and was killed
    actions.copy_in(OrderLine, actions.FIELDS, [[made.pk, 1, 99, NOW, None, 50]])
    actions.read(made.pk, now=lambda: NOW)  # a doubled wake: somebody is at it
    made.refresh_from_db()
    assert made.state == "reading"
    later = NOW + timedelta(minutes=1)
    woken: list[int] = []
    monkeypatch.setattr(tasks.read_orders, "delay", woken.append)
    with time_machine.travel(later, tick=False):
        tasks.resume()
    assert woken == [made.pk]
    actions.read(made.pk, now=lambda: later)
    made.refresh_from_db()
    assert (made.state, made.orders, made.attempt) == ("read", 4, 2)


def test_who_was_superseded_leaves(owner, monkeypatch):
    made = actions.upload(SimpleUploadedFile("o.csv", OCTOBER), day_order="", by=owner, at=NOW)
    write = actions._write

    def overtaken(*args, **kwargs):
        OrderImport.objects.filter(pk=made.pk).update(attempt=9)
        write(*args, **kwargs)

    monkeypatch.setattr(actions, "_write", overtaken)
    actions.read(made.pk, now=lambda: NOW)
    made.refresh_from_db()
    assert (made.state, made.attempt) == ("reading", 9)


def test_a_file_that_is_gone(owner):
    made = actions.upload(SimpleUploadedFile("o.csv", OCTOBER), day_order="", by=owner, at=NOW)
    path(made.file.key).unlink()
    actions.read(made.pk, now=lambda: NOW)
    made.refresh_from_db()
    assert (made.state, made.failure) == ("refused", "The file is gone: upload it again.")


def test_memory_is_flat(owner, monkeypatch):
    """Eight times the lines need no more than a batch."""
    monkeypatch.setattr(actions, "BATCH", 500)
    peaks = []
    for many in (2_000, 16_000):
        content = table(*[f"{n},2026-10-{n % 28 + 1:02} 10:00,2026-10-28 20:00,1" for n in range(many)])
        made = actions.upload(SimpleUploadedFile("o.csv", content), day_order="", by=owner, at=NOW)
        tracemalloc.start()
        actions.read(made.pk, now=lambda: NOW)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        made.refresh_from_db()
        assert made.orders == many
    assert peaks[1] < 1.5 * peaks[0]


def test_progress_is_shown_while_it_is_read(owner, signed_in):
    made = actions.upload(SimpleUploadedFile("o.csv", OCTOBER), day_order="", by=owner, at=NOW)
    OrderImport.objects.filter(pk=made.pk).update(done=100, lines=3)
    page = signed_in(owner).get(f"/needs/orders/{made.pk}/", HTTP_HX_REQUEST="true")
    assertContains(page, f'max="{made.size}" value="100"')
    assertContains(page, 'hx-trigger="every 1s"')


# ---- Marks ---------------------------------------------------------------------------------------------------------
def test_a_list_that_reaches_a_mark_opens_the_question(owner, packing, signed_in):
    rated(packing, owner, skill=4, liking=4, hours="5")
    need = keeping.need_of(packing, owner.organisation, at=NOW)
    figures.set_marks(need, {"orders": Decimal(4)}, by=owner, at=NOW)
    made = brought(OCTOBER, owner)
    actions.take(made, ["2026-10-01"], by=owner, at=NOW)
    one = Reopening.objects.get()
    assert (one.kind, one.figure, one.at_least, one.month) == ("orders", 4, 4, date(2026, 10, 1))
    assertContains(signed_in(owner).get("/needs/"), "One question is open again")


def test_summer_time(owner):
    """An hour that is there twice: 01:30 on 25 October in London, told apart by the offset."""
    made = brought(table("1,2026-10-25 01:30:00 +0100,2026-10-25 01:30:00 +0000,1"), owner)
    assert made.months[0]["hours_to_ship"] == "1.0"
    assert datetime(2026, 10, 25, 0, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/London")).hour == 1
