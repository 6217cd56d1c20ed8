"""The line below what is being written: it follows the kind, the boxes and the day, with and without JavaScript."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from outsourcing.conversations.expecting import Wish, expectation, wish_of
from outsourcing.conversations.models import Asks, Entry, Kind, Thread
from tests.conversations.conftest import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture(autouse=True)
def in_new_york(vendor):
    vendor.time_zone, vendor.country = "America/New_York", "US"
    vendor.save()


def ask(client, thread, **fields) -> str:
    response = client.get(reverse("conversations:expectation", args=[thread.pk]), fields)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("fields", "asks"),
    [
        ({}, ""),
        ({"kind": "message"}, ""),
        ({"kind": "message", "asks": "on"}, Asks.ANSWER),
        ({"kind": "message", "wanted_by": "2026-11-26"}, Asks.ANSWER),
        ({"kind": "message", "is_blocking": "on"}, Asks.ANSWER),
        ({"kind": "question"}, Asks.ANSWER),
        ({"kind": "instruction"}, Asks.ACKNOWLEDGEMENT),
        ({"kind": "instruction", "asks": "on", "wanted_by": "2026-11-26"}, Asks.ACKNOWLEDGEMENT),
        ({"kind": "instruction", "in_words": "on"}, Asks.ANSWER),
        ({"kind": "call_note", "asks": "on"}, ""),
        ({"kind": "call_note", "confirm": "on"}, Asks.ACKNOWLEDGEMENT),
        ({"kind": "nonsense", "wanted_by": "yesterday"}, ""),
        ({"kind": "question", "wanted_by": "2026-02-31"}, Asks.ANSWER),
    ],
)
def test_what_is_asked_follows_the_kind(thread, owner, signed_in, fields, asks):
    assert wish_of(fields).asks == asks
    if fields.get("kind") in Kind.values and "wanted_by" not in fields:
        form = {"key": str(uuid.uuid4()), "text": "At ten.", **fields}
        assert signed_in(owner).post(reverse("conversations:post", args=[thread.pk]), form).status_code == 302
        assert Entry.objects.get().asks == asks


def test_the_line_follows_the_form(thread, owner, signed_in):
    client = signed_in(owner)
    opens = "They open again 09:00"
    assert f"{opens}." in ask(client, thread, kind="message")
    assert f"{opens}; an answer is due 17:00 for them, 22:00 for you." in ask(client, thread, kind="question")
    assert "due 13:00 for them, 18:00 for you" in ask(client, thread, kind="question", is_blocking="on")
    assert "acknowledged it by Tuesday 17:00 for them" in ask(client, thread, kind="instruction")
    assert "due Friday 17:00 for them" in ask(client, thread, kind="question", wanted_by="2026-11-27")
    shown = client.get(f"/messages/{thread.pk}/").content.decode()
    assert f"{opens}." in shown
    assert f'hx-get="{reverse("conversations:expectation", args=[thread.pk])}"' in shown


def test_what_joins_is_due_with_what_was_asked_before(thread, say, owner, signed_in):
    say(owner, kind=Kind.QUESTION, at=MONDAY)
    assert "due 17:00 for them" in ask(signed_in(owner), thread, kind="question", wanted_by="2026-11-27")


def test_what_joins_something_late_is_late(thread, say, owner, signed_in, time_machine):
    say(owner, kind=Kind.QUESTION, at=MONDAY)
    time_machine.move_to(MONDAY.replace(day=25, hour=15), tick=False)
    line = ask(signed_in(owner), thread, kind="question")
    assert "They are at work now. What you write joins what they owe, which was due Monday 23 November 22:00." in line


def test_a_day_on_which_they_are_closed_is_said(thread, owner, signed_in, vendor):
    client = signed_in(owner)
    holiday = ask(client, thread, kind="question", wanted_by="2026-11-26")  # Thanksgiving
    assert "They are closed on Thursday 26 November. They work again on Friday 27 November." in holiday
    assert "closed on Saturday 28 November" in ask(client, thread, kind="question", wanted_by="2026-11-28")
    vendor.closed_days.create(day=date(2026, 11, 27), name="Canary of the vendor")
    own = ask(client, thread, kind="question", wanted_by="2026-11-27")
    assert "closed on Friday 27 November. They work again on Monday 30 November." in own
    assert "Canary" not in own
    assert "closed" not in ask(client, thread, kind="message").lower()


def test_a_day_that_is_over_for_them_is_said(owner, vendor):
    wish = Wish(Asks.ANSWER, wanted_by=date(2026, 11, 23))
    late = MONDAY.replace(hour=23)
    assert "have closed for that day" in expectation(vendor, owner, wish, at=late).warning


@pytest.mark.parametrize("day", ["", "0001-01-01", "9999-12-31", "x" * 5_000, "\x00", "2099-12-31"])
def test_no_day_breaks_it(thread, owner, signed_in, day):
    assert "due" in ask(signed_in(owner), thread, kind="question", wanted_by=day)


def test_without_javascript_it_is_checked_and_nothing_is_sent_or_lost(thread, owner, signed_in):
    client, key = signed_in(owner), str(uuid.uuid4())
    form = {"key": key, "kind": "question", "text": " <b>Which\ngate", "wanted_by": "2026-11-26", "check": "1"}
    shown = client.post(reverse("conversations:post", args=[thread.pk]), form | {"is_blocking": "on"}).content.decode()
    assert "They are closed on Thursday 26 November." in shown
    for kept in (key, "&lt;b&gt;Which", 'value="2026-11-26"', 'id="k-question" checked', 'id="id_is_blocking" checked'):
        assert kept in shown
    assert "invalid" not in shown
    assert not Entry.objects.exists()
    long = client.post(reverse("conversations:post", args=[thread.pk]), form | {"text": "x" * 200_000})
    assert "x" * 200_000 in long.content.decode()


def test_a_new_thread_has_the_line_too(thread, owner, manager, rival, vendor, signed_in):
    client, address = signed_in(owner), reverse("conversations:start")
    assert "an answer is due 17:00 for them" in client.get(address).content.decode()
    line = reverse("conversations:start_expectation")
    assert "due 13:00" in client.get(line, {"to": vendor.pk, "asks": "on", "is_blocking": "on"}).content.decode()
    for to in ("", "x", "0", rival.organisation_id, owner.organisation_id, 10**30):
        said = client.get(line, {"to": to, "asks": "on"}).content.decode()
        assert ("an answer is due 17:00" in said) is (to == "")  # the only one, where nobody is named
    form = {"key": str(uuid.uuid4()), "kind": "message", "text": "Hello", "subject": "Vans", "to": vendor.pk}
    shown = client.post(address, form | {"check": "1"}).content.decode()
    assert "They open again 09:00." in shown
    assert 'value="Vans"' in shown
    assert Thread.objects.count() == 1


def test_a_viewer_has_no_line(thread, viewer, signed_in):
    assert signed_in(viewer).get(reverse("conversations:expectation", args=[thread.pk])).status_code == 403
