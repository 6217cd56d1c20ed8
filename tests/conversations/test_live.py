"""What an open thread is told while somebody looks at it, and what it is never told."""

import re
import uuid
from html import unescape

import pytest
from django.urls import reverse

from outsourcing.conversations import answering, posting
from outsourcing.conversations.models import Kind, ReadMark, Turn
from tests.conversations.conftest import HOUR, MONDAY

pytestmark = pytest.mark.django_db
LATER = MONDAY + HOUR


@pytest.fixture(autouse=True)
def on_monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    return time_machine


@pytest.fixture
def opened(thread, signed_in):
    """`look = opened(manager)` opens the thread; each `look()` asks what came since, as the page would."""

    def open_by(by):
        client = signed_in(by)
        state = {"page": client.get(reverse("conversations:thread", args=[thread.pk])).content.decode()}

        def look() -> str | None:
            address = unescape(re.search(r'hx-get="([^"]*/news/[^"]*)"', state["page"])[1])
            answer = client.get(address)
            if answer.status_code == 204:
                assert answer.content == b""
                return None
            state["page"] = answer.content.decode()
            return state["page"]

        return look

    return open_by


def test_an_answer_comes_once_with_what_it_changes(say, owner, manager, opened, on_monday):
    say(owner, "Which gate?", Kind.QUESTION)
    look = opened(owner)
    assert look() is None
    on_monday.move_to(LATER, tick=False)
    say(manager, "Gate four.", at=LATER)
    shown = look()
    assert "Gate four." in shown
    assert "Nobody owes an answer here." in shown
    assert shown.count("day-line") == 0  # the same day goes on
    assert ReadMark.objects.get(membership=owner).number == 2
    assert look() is None


def test_the_next_day_has_its_heading(say, owner, manager, opened, on_monday):
    say(owner)
    look = opened(manager)
    on_monday.move_to(MONDAY + 24 * HOUR, tick=False)
    say(owner, "Gate four.", at=MONDAY + 24 * HOUR)
    assert "Tuesday 24 November" in look()


def test_an_acknowledgement_and_a_change_replace_their_line(say, owner, manager, opened, on_monday):
    rule = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    ours, theirs = opened(owner), opened(manager)
    on_monday.move_to(LATER, tick=False)
    answering.acknowledge(rule, version=1, by=manager, at=LATER)
    line = ours()
    assert 'id="e1" hx-swap-oob="true"' in line
    assert "Acknowledged by <bdi>Imogen Tully</bdi>" in line
    on_monday.move_to(LATER + HOUR, tick=False)
    answering.edit(rule, "Clear tape.", by=owner, at=LATER + HOUR)
    line = theirs()
    assert "Clear tape." in line
    assert "I have seen this" in line
    assert "Theo Marchetti changed the instruction." in line


def test_a_question_that_was_taken_back_is_told(say, owner, manager, opened, on_monday):
    say(owner, "Which gate?", Kind.QUESTION)
    look = opened(manager)
    on_monday.move_to(LATER, tick=False)
    answering.withdraw(Turn.objects.get(), by=owner, at=LATER)
    assert "Nobody owes an answer here." in look()


def test_a_recorded_answer_of_long_ago_changes_the_question_too(say, thread, owner, manager, opened, on_monday):
    from outsourcing.conversations.models import Channel
    from outsourcing.conversations.posting import Receipt
    from tests.conversations.conftest import said

    say(owner, "Which gate?", Kind.QUESTION)
    on_monday.move_to(MONDAY + 5 * HOUR, tick=False)
    look = opened(manager)
    receipt = Receipt(Channel.PHONE, LATER)
    posting.post(thread, said("Gate four.", receipt=receipt), by=owner, at=MONDAY + 5 * HOUR)
    assert 'id="e1" hx-swap-oob="true"' in look()


def test_notes_come_to_their_own_side_and_leave_no_trace_on_the_other(say, thread, owner, viewer, manager, opened):
    say(owner)
    ours, theirs = opened(viewer), opened(manager)
    posting.note(thread, "Canary of the shop", key=uuid.uuid4(), by=owner, at=MONDAY)
    assert theirs() is None
    assert "Canary of the shop" in ours()
    assert ours() is None
    say(owner, "Gate four.")
    assert "Canary" not in theirs()


def test_a_page_of_earlier_entries_asks_for_nothing(say, owner, signed_in, thread):
    for number in range(3):
        say(owner, f"Gate {number}.")
    assert "data-live" not in signed_in(owner).get(f"/messages/{thread.pk}/?upto=1").content.decode()


def test_nonsense_shows_what_there_is(say, owner, thread, signed_in):
    say(owner, "Gate four.")
    client = signed_in(owner)
    for nonsense in ("", "after=x&since=-1", "after=" + "9" * 40, "since=" + "9" * 11, "notes=99999999999&day=%00"):
        assert client.get(f"/messages/{thread.pk}/news/?{nonsense}").status_code in (200, 204), nonsense
    assert "Gate four." in client.get(f"/messages/{thread.pk}/news/").content.decode()


def test_a_look_that_finds_nothing_costs_six_queries(say, owner, opened, django_assert_num_queries):
    for number in range(20):
        say(owner, f"Gate {number}.")
    look = opened(owner)
    with django_assert_num_queries(5):  # session, person, the thread; what changed, notes
        assert look() is None
