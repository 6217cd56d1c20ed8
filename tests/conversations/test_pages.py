"""The inbox and a thread in the browserless client: what each side reads, writes, and never reads."""

import uuid

import pytest
from django.urls import reverse

from outsourcing.conversations import answering, posting
from outsourcing.conversations.models import Asks, Entry, InternalNote, Kind, ReadMark, Thread, Turn
from outsourcing.notifications.models import Mail
from tests.conversations.conftest import HOUR, MONDAY, said
from tests.factories import ThreadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_monday(time_machine):
    time_machine.move_to(MONDAY + 6 * HOUR, tick=False)


def page(client, thread, more="") -> str:
    response = client.get(reverse("conversations:thread", args=[thread.pk]) + more)
    assert response.status_code == 200
    return response.content.decode()


def send(client, thread, **fields):
    form = {"key": str(uuid.uuid4()), "kind": "message", "text": "At ten.", **fields}
    return client.post(reverse("conversations:post", args=[thread.pk]), form)


# ---- The thread ----------------------------------------------------------------------------------------------------
def test_both_sides_read_the_same_and_each_its_own_notes(thread, say, owner, manager, signed_in):
    say(owner, "Use the kraft tape.", Kind.INSTRUCTION)
    for by, words in ((owner, "Canary of the shop"), (manager, "Canary of the vendor")):
        posting.note(thread, words, key=uuid.uuid4(), by=by, at=MONDAY)
    ours, theirs = page(signed_in(owner), thread), page(signed_in(manager), thread)
    for shown in (ours, theirs):
        assert "Use the kraft tape." in shown
    assert ("Canary of the shop" in ours, "Canary of the vendor" in ours) == (True, False)
    assert ("Canary of the shop" in theirs, "Canary of the vendor" in theirs) == (False, True)
    assert "I have seen this" in theirs
    assert "I have seen this" not in ours


def test_a_note_leaves_no_trace_on_the_other_side(thread, say, owner, manager, signed_in):
    """Not in counts, previews, search, mails, or the order of the list."""
    say(owner)
    pages = ["/messages/?show=all", "/messages/?show=us", "/search/?q=canary", f"/messages/{thread.pk}/", "/"]
    client = signed_in(manager)
    client.get(f"/messages/{thread.pk}/")
    before = [body(client, address) for address in pages]
    stood, mails = Thread.objects.values().get(), Mail.objects.count()
    send(signed_in(owner), thread, kind="note", text="Canary of the shop")
    assert InternalNote.objects.get().text == "Canary of the shop"
    assert [body(client, address) for address in pages] == before
    assert (Thread.objects.values().get(), Mail.objects.count()) == (stood, mails)


def body(client, address: str) -> str:
    import re

    text = client.get(address).content.decode()
    return re.sub(r'name="(csrfmiddlewaretoken|key)" value="[^"]*"', "", text)


def test_markup_is_shown_as_text_and_links_are_safe(thread, say, owner, manager, signed_in):
    say(owner, "<script>alert(1)</script> javascript:alert(1) https://example.com/a")
    shown = page(signed_in(manager), thread)
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert 'href="https://example.com/a" rel="nofollow"' in shown
    assert 'href="javascript' not in shown


def test_reading_marks_for_oneself(thread, say, owner, manager, contact, signed_in):
    say(owner)
    client = signed_in(manager)
    assert "New" in client.get("/messages/?show=all").content.decode()
    page(client, thread)
    assert ReadMark.objects.get().membership == manager
    assert ">New<" not in client.get("/messages/?show=all").content.decode()
    assert "Read by <bdi>Imogen Tully</bdi>" in page(signed_in(owner), thread)


def test_two_thousand_entries_open_at_the_newest_fifty(thread, owner, manager, signed_in):
    Entry.objects.bulk_create(
        Entry(
            thread=thread, number=n, kind="message", side="merchant", author=owner, text=f"Word {n}.", created_at=MONDAY
        )
        for n in range(1, 2001)
    )
    Thread.objects.update(entry_count=2000, last_entry_at=MONDAY)
    client = signed_in(manager)
    newest, before = page(client, thread), page(client, thread, "?upto=1950")
    assert ("Word 2000." in newest, "Word 1951." in newest, "Word 1950." in newest) == (True, True, False)
    assert ("Word 1950." in before, "Word 1901." in before, "Word 1951." in before) == (True, True, False)
    assert "Show 1950 earlier entries" in newest
    for nonsense in ("0", "-1", "x", "9" * 30, "%00"):
        assert "Word 2000." in page(client, thread, f"?upto={nonsense}")


def test_a_page_costs_the_same_with_more_entries(thread, say, owner, manager, signed_in, django_assert_max_num_queries):
    client = signed_in(manager)
    say(owner, kind=Kind.QUESTION)
    page(client, thread)
    with django_assert_max_num_queries(17):
        page(client, thread)
    for number in range(10):
        entry = say(owner, f"Tape {number}.", Kind.INSTRUCTION)
        answering.acknowledge(entry, version=1, by=manager, at=MONDAY)
        posting.note(thread, "Hm.", key=uuid.uuid4(), by=manager, at=MONDAY)
    page(client, thread)
    with django_assert_max_num_queries(19):  # the files of notes, and what was taken back
        page(client, thread)


# ---- Writing -------------------------------------------------------------------------------------------------------
def test_a_question_is_asked_and_answered(thread, owner, manager, signed_in):
    assert send(signed_in(owner), thread, kind="question", text="Which gate?").status_code == 302
    shown = page(signed_in(manager), thread)
    assert "Waiting for you" in shown
    send(signed_in(manager), thread, text="Gate four.")
    assert Turn.objects.get().ending == "answered"
    assert "Nobody owes an answer here." in page(signed_in(owner), thread)


def test_a_double_click_and_the_back_button_store_once(thread, owner, signed_in):
    client, key = signed_in(owner), str(uuid.uuid4())
    for _ in range(3):
        assert send(client, thread, key=key).status_code == 302
    assert Entry.objects.count() == 1
    changed = send(client, thread, key=key, text="At eleven.")
    assert changed.status_code == 422
    assert "At eleven." in changed.content.decode()
    assert f'value="{key}"' not in changed.content.decode()
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": " \n\t "}, "This field is required|can be seen"),
        ({"text": "\u200b\u200f"}, "can be seen"),
        ({"text": "x" * 200_000}, "at most 20000 characters"),
        ({"text": "a\x00b"}, "Null characters"),
        ({"kind": "submission"}, "not one of the available choices"),
        ({"kind": "system"}, "not one of the available choices"),
        ({"kind": "instruction"}, "not one of the available choices"),
        ({"wanted_by": "2026-11-20", "asks": "on"}, "That day is over"),
        ({"wanted_by": "0026-11-20", "asks": "on"}, "between 2000 and 2099"),
        ({"kind": "call_note", "called_at": "2026-12-01T10:00"}, "has not been yet"),
        ({"kind": "call_note", "call_minutes": "99999999999999"}, "less than or equal to 1440"),
        ({"key": "1"}, ""),
    ],
)
def test_what_cannot_be_sent_stays_in_the_form(thread, manager, signed_in, fields, says):
    import re

    response = send(signed_in(manager), thread, **fields)
    assert response.status_code == 422
    shown = response.content.decode()
    assert re.search(says, shown)
    assert fields.get("text", "At ten.").strip()[:50].replace("\x00", "") in shown.replace("\x00", "")
    assert not Entry.objects.exists()


def test_an_attachment_that_lies_about_its_type_is_refused_and_the_words_stay(thread, owner, signed_in):
    from django.core.files.uploadedfile import SimpleUploadedFile

    lie = SimpleUploadedFile("photo.png", b"<html><script>alert(1)</script></html>")
    response = send(signed_in(owner), thread, text="See the photo.", uploads=[lie])
    assert response.status_code == 422
    assert "photo.png: This file is not of a kind" in response.content.decode()
    assert "See the photo." in response.content.decode()
    assert not Entry.objects.exists()


def test_an_answer_to_a_thread_closed_meanwhile_is_kept(thread, say, owner, manager, signed_in):
    say(owner)
    answering.close_thread(thread, by=owner, at=MONDAY)
    client = signed_in(manager)
    assert send(client, thread).status_code == 302
    shown = page(client, thread)
    assert "Written after the conversation was closed" in shown
    assert "What you wrote is kept" in shown


def test_a_viewer_reads_and_has_no_form(thread, say, owner, viewer, signed_in):
    say(owner, "Gate four.")
    shown = page(signed_in(viewer), thread)
    assert "Gate four." in shown
    assert 'id="reply"' not in shown


def test_the_page_says_whether_they_work_now(thread, owner, signed_in, vendor):
    vendor.time_zone, vendor.country = "America/New_York", "US"
    vendor.save()
    assert "They are at work now." in page(signed_in(owner), thread)


def test_an_instruction_is_acknowledged_asked_about_and_changed(thread, say, owner, manager, signed_in):
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    client = signed_in(manager)
    assert "About: Kraft tape." in page(client, thread, f"?about={entry.pk}")
    send(client, thread, kind="question", text="On all sets?", about=entry.pk)
    assert Entry.objects.get(number=2).about == entry
    acknowledge = reverse("conversations:acknowledge", args=[entry.pk])
    for nonsense in ("", "x", "9" * 50, "7"):
        assert client.post(acknowledge, {"version": nonsense}).status_code == 409
    assert client.post(acknowledge, {"version": 1}).status_code == 302
    assert "Acknowledged by <bdi>Imogen Tully</bdi>" in page(signed_in(owner), thread)
    change = reverse("conversations:edit", args=[entry.pk])
    assert "Kraft tape." in signed_in(owner).get(change).content.decode()
    signed_in(owner).post(change, {"version": 1, "text": "Clear tape."})
    shown = page(signed_in(owner), thread)
    assert "Not yet acknowledged" in shown
    assert "Theo Marchetti changed the instruction." in shown
    assert "A colleague has changed it" in signed_in(owner).post(change, {"version": 1, "text": "No"}).content.decode()


def test_a_new_thread_is_begun_from_the_browser(thread, owner, vendor, signed_in):
    client = signed_in(owner)
    shown = client.get(reverse("conversations:start")).content.decode()
    assert "Pallet &amp; Post" in shown
    form = {"key": str(uuid.uuid4()), "kind": "message", "text": "Hello.", "subject": "Docks", "to": vendor.pk}
    response = client.post(reverse("conversations:start"), form | {"asks": "on"})
    made = Thread.objects.exclude(pk=thread.pk).get()
    assert response["Location"] == reverse("conversations:thread", args=[made.pk])
    assert made.turns.get().answerer == vendor


def test_whoever_knows_nobody_is_told_what_to_do(owner, manager, signed_in):
    assert "Find a vendor first" in signed_in(owner).get(reverse("conversations:start")).content.decode()
    shown = signed_in(manager).get(reverse("conversations:start")).content.decode()
    assert "once they have written to you" in shown


# ---- The inbox -----------------------------------------------------------------------------------------------------
def test_what_waits_stands_by_urgency(thread, say, owner, manager, shop, vendor, signed_in):
    other = ThreadFactory(merchant=shop, vendor=vendor, opened_by=owner, subject="Docks")
    say(owner, kind=Kind.QUESTION)
    posting.post(other, said(asks=Asks.ANSWER, is_blocking=True), by=owner, at=MONDAY)
    waiting = signed_in(manager).get("/messages/")
    assert [row.thread.subject for row in waiting.context["rows"]] == ["Docks", "Peak overflow"]
    assert [row.is_late for row in waiting.context["rows"]] == [True, False]
    assert waiting.context["counts"] == {"us": 2, "them": 0}
    asked = signed_in(owner).get("/messages/?show=them")
    assert [row.thread.subject for row in asked.context["rows"]] == ["Docks", "Peak overflow"]
    assert signed_in(owner).get("/messages/").context["show"] == "all"


def test_a_rival_sees_nothing_of_it(thread, say, owner, manager, rival, signed_in):
    say(owner, "Gate four.")
    client = signed_in(rival)
    assert client.get(reverse("conversations:thread", args=[thread.pk])).status_code == 404
    assert "Peak overflow" not in client.get("/messages/?show=all").content.decode()


def test_the_inbox_costs_the_same_with_more_threads(
    shop, vendor, owner, manager, signed_in, django_assert_max_num_queries
):
    def begin(number: int) -> None:
        thread = ThreadFactory(merchant=shop, vendor=vendor, opened_by=owner, subject=f"Thread {number}")
        posting.post(thread, said(kind=Kind.QUESTION), by=owner, at=MONDAY)

    begin(0)
    client = signed_in(manager)
    client.get("/messages/")
    with django_assert_max_num_queries(11):
        client.get("/messages/?show=us")
    for number in range(30):
        begin(number)
    with django_assert_max_num_queries(11):
        response = client.get("/messages/?show=us&page=2")
    assert len(response.context["rows"]) == 6
