"""What came by phone or email, written down by the merchant; and the vendor's word against it."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from outsourcing.conversations import answering, posting, recording
from outsourcing.conversations.errors import MayNotWrite, NotRecorded, NotThen
from outsourcing.conversations.models import Acknowledgement, Attachment, Channel, Entry, Kind, Turn
from outsourcing.conversations.posting import Receipt
from tests.conversations.conftest import HOUR, MONDAY

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def on_monday(time_machine):
    time_machine.move_to(MONDAY + 6 * HOUR, tick=False)


def only() -> Turn:
    return Turn.objects.get()


def recorded(say, owner, text="At ten.", *, came=MONDAY + HOUR, **more) -> Entry:
    return say(owner, text, receipt=Receipt(Channel.PHONE, came), at=MONDAY + 5 * HOUR, **more)


# ---- When it came --------------------------------------------------------------------------------------------------
def test_nothing_is_recorded_that_is_still_to_come(say, owner):
    with pytest.raises(NotThen):
        recorded(say, owner, came=MONDAY + 6 * HOUR)
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    with pytest.raises(NotThen):
        answering.acknowledge(entry, version=1, by=owner, at=MONDAY, receipt=Receipt(Channel.PHONE, MONDAY + MINUTE))
    assert not Acknowledgement.objects.exists()


def test_no_text_is_acknowledged_before_it_was_written(say, owner):
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    answering.edit(entry, "Clear tape.", by=owner, at=MONDAY + 2 * HOUR)
    early = Receipt(Channel.PHONE, MONDAY + HOUR)
    with pytest.raises(NotThen, match="23 November, 12:00"):
        answering.acknowledge(entry, version=2, by=owner, at=MONDAY + 5 * HOUR, receipt=early)


def test_the_minute_of_the_question_is_not_before_it(say, owner):
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION, at=MONDAY + timedelta(seconds=40))
    given = answering.acknowledge(entry, version=1, by=owner, at=MONDAY + HOUR, receipt=Receipt(Channel.PHONE, MONDAY))
    assert given.heard_at == MONDAY + timedelta(seconds=40)
    assert only().ending == "acknowledged"


# ---- An acknowledgement --------------------------------------------------------------------------------------------
def test_an_acknowledgement_is_recorded_with_its_file_and_both_hear_of_it(
    thread, say, owner, manager, settings, tmp_path
):
    settings.FILES_DIR = tmp_path
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    receipt = Receipt(Channel.EMAIL, MONDAY + HOUR, manager)
    upload = SimpleUploadedFile("answer.csv", b"yes,we\nsaw,it\n")
    given = answering.acknowledge(entry, version=1, by=owner, at=MONDAY + 5 * HOUR, receipt=receipt, upload=upload)
    assert (given.by, given.recorded_by, only().response_seconds) == (manager, owner, 3600)
    told = thread.entries.get(kind=Kind.SYSTEM)
    assert told.text == "Theo Marchetti recorded that this was acknowledged by email."
    assert Attachment.objects.get().entry == told


# ---- Objecting -----------------------------------------------------------------------------------------------------
def test_an_objection_opens_what_the_answer_closed_as_if_it_had_never_been(say, owner, manager):
    asked = say(owner, kind=Kind.QUESTION)
    due = only().due_at
    entry = recorded(say, owner)
    assert only().ending == "answered"
    recording.object_to(entry, "I never said ten.", by=manager, at=MONDAY + 6 * HOUR)
    turn = only()
    assert (turn.is_open, turn.opened_at, turn.due_at, turn.response_seconds) == (True, MONDAY, due, None)
    entry.refresh_from_db()
    assert (entry.objected_by, entry.objection, entry.text) == (manager, "I never said ten.", "At ten.")
    say(manager, "At noon.", at=MONDAY + 7 * HOUR)
    assert (only().ending, only().response_seconds, asked.turn) == ("answered", 7 * 3600, only())


def test_an_objection_opens_what_the_acknowledgement_closed(say, owner, manager):
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    receipt = Receipt(Channel.EMAIL, MONDAY + HOUR)
    given = answering.acknowledge(entry, version=1, by=owner, at=MONDAY + 2 * HOUR, receipt=receipt)
    recording.object_to(given, "Nobody did.", by=manager, at=MONDAY + 3 * HOUR)
    assert only().is_open
    assert answering.needs_acknowledgement(entry)
    with pytest.raises(MayNotWrite):
        answering.acknowledge(entry, version=1, by=owner, at=MONDAY + 4 * HOUR, receipt=receipt)
    answering.acknowledge(entry, version=1, by=manager, at=MONDAY + 4 * HOUR)
    assert (only().ending, only().response_seconds) == ("acknowledged", 4 * 3600)
    assert Acknowledgement.objects.count() == 2


def test_nobody_objects_twice_and_only_the_vendor_does(say, owner, manager, rival):
    entry = recorded(say, owner)
    for by in (owner, rival):
        with pytest.raises(NotRecorded):
            recording.object_to(entry, "No.", by=by, at=MONDAY + 6 * HOUR)
    recording.object_to(entry, "No.", by=manager, at=MONDAY + 6 * HOUR)
    with pytest.raises(NotRecorded):
        recording.object_to(entry, "No, no.", by=manager, at=MONDAY + 7 * HOUR)
    own = say(manager, at=MONDAY + 7 * HOUR)
    with pytest.raises(NotRecorded):
        recording.object_to(own, "No.", by=manager, at=MONDAY + 7 * HOUR)


def test_what_the_vendor_wrote_itself_since_then_is_the_answer(say, owner, manager):
    say(owner, kind=Kind.QUESTION)
    entry = recorded(say, owner)
    own = say(manager, "At noon.", at=MONDAY + 6 * HOUR)
    recording.object_to(entry, "No.", by=manager, at=MONDAY + 7 * HOUR)
    assert (only().ending, only().answer, only().response_seconds) == ("answered", own, 6 * 3600)


def test_what_was_asked_since_then_counts_from_the_first_asking(say, owner, manager):
    say(owner, kind=Kind.QUESTION)
    entry = recorded(say, owner)
    later = say(owner, "And which gate?", Kind.QUESTION, at=MONDAY + 6 * HOUR)
    recording.object_to(entry, "No.", by=manager, at=MONDAY + 7 * HOUR)
    (turn,) = Turn.objects.open()
    assert (turn, turn.opened_at, turn.target_seconds) == (later.turn, MONDAY, 8 * 3600)
    assert turn.entries.count() == 2
    assert Turn.objects.exclude(pk=turn.pk).get().ending == "merged"


def test_what_was_acknowledged_since_then_is_not_open_again(say, owner, manager):
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    told = recorded(say, owner)
    answering.acknowledge(entry, version=1, by=manager, at=MONDAY + 6 * HOUR)
    recording.object_to(told, "No.", by=manager, at=MONDAY + 7 * HOUR)
    assert (only().ending, only().response_seconds) == ("acknowledged", 6 * 3600)


def test_a_question_that_was_recorded_is_taken_back(say, owner, manager):
    entry = recorded(say, owner, "When?", kind=Kind.QUESTION)
    assert only().answerer == owner.organisation
    recording.object_to(entry, "We asked nothing.", by=manager, at=MONDAY + 6 * HOUR)
    assert only().ending == "withdrawn"


def test_objecting_to_an_earlier_text_opens_nothing(say, owner, manager):
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    given = answering.acknowledge(
        entry, version=1, by=owner, at=MONDAY + HOUR, receipt=Receipt(Channel.PHONE, MONDAY + HOUR)
    )
    answering.edit(entry, "Clear tape.", by=owner, at=MONDAY + 2 * HOUR)
    answering.acknowledge(entry, version=2, by=manager, at=MONDAY + 3 * HOUR)
    recording.object_to(given, "No.", by=manager, at=MONDAY + 4 * HOUR)
    assert not Turn.objects.open().exists()


# ---- Its pages -----------------------------------------------------------------------------------------------------
def form(**fields):
    given = {"key": str(uuid.uuid4()), "kind": "message", "text": "At ten.", "channel": "phone"}
    return {**given, "received_at": "2026-11-23T11:00", "author": "", **fields}


def test_an_answer_is_recorded_from_the_thread(thread, say, owner, manager, signed_in):
    say(owner, kind=Kind.QUESTION)
    client = signed_in(owner)
    address = reverse("conversations:record", args=[thread.pk])
    assert address in client.get(f"/messages/{thread.pk}/").content.decode()
    posting.include(thread, [manager], at=MONDAY)
    assert "Imogen Tully" in client.get(address).content.decode()
    assert client.post(address, form(author=manager.pk)).status_code == 302
    assert (only().ending, only().response_seconds) == ("answered", 3600)
    ours = client.get(f"/messages/{thread.pk}/").content.decode()
    assert "Recorded by <bdi>Theo Marchetti</bdi>: came by phone, 23 November, 11:00" in ours
    assert "That is not so" not in ours
    theirs = signed_in(manager).get(f"/messages/{thread.pk}/").content.decode()
    assert reverse("conversations:object", args=[Entry.objects.get(number=2).pk]) in theirs


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"received_at": "2026-11-23T17:00"}, "still to come"),
        ({"received_at": "2026-11-23T09:59"}, "You asked on 23 November, 10:00"),
        ({"received_at": "0026-11-23T09:59"}, "between 2000 and 2099"),
        ({"received_at": "yesterday"}, "valid date"),
        ({"received_at": ""}, "required"),
        ({"channel": "smoke"}, "not one of the available"),
        ({"kind": "instruction"}, "not one of the available"),
        ({"kind": "system"}, "not one of the available"),
        ({"author": "99999999999999999999"}, "not one of the available"),
        ({"text": " \u200b \n"}, "can be seen"),
        ({"text": "x" * 200_000}, "at most 20000 characters"),
        ({"text": "<script>alert(1)</script>", "channel": ""}, "required"),
    ],
)
def test_what_cannot_be_recorded_stays_in_the_form(thread, say, owner, signed_in, fields, says):
    say(owner, kind=Kind.QUESTION)
    response = signed_in(owner).post(reverse("conversations:record", args=[thread.pk]), form(**fields))
    assert response.status_code == 422
    shown = response.content.decode()
    assert says in shown
    assert "<script>alert" not in shown
    typed = fields.get("text", "At ten.").strip("\n ")
    assert typed.replace("<", "&lt;").replace(">", "&gt;") in shown
    assert Entry.objects.count() == 1


def test_somebody_of_the_vendor_whom_the_thread_does_not_know_is_not_named(thread, owner, contact, signed_in):
    address = reverse("conversations:record", args=[thread.pk])
    assert "Sam Adeyemi" not in signed_in(owner).get(address).content.decode()
    assert signed_in(owner).post(address, form(author=contact.pk)).status_code == 422


def test_recording_twice_stores_once(thread, say, owner, signed_in):
    client, data = signed_in(owner), form()
    for _ in range(2):
        assert client.post(reverse("conversations:record", args=[thread.pk]), data).status_code == 302
    assert Entry.objects.count() == 1


def test_an_acknowledgement_is_recorded_from_its_page(thread, say, owner, manager, signed_in):
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    client = signed_in(owner)
    address = reverse("conversations:record_seen", args=[entry.pk])
    assert address in client.get(f"/messages/{thread.pk}/").content.decode()
    data = {"version": 1, "channel": "email", "received_at": "2026-11-23T09:00", "author": ""}
    assert "You asked on 23 November, 10:00" in client.post(address, data).content.decode()
    assert (
        "was changed meanwhile"
        in client.post(address, data | {"version": 2, "received_at": "2026-11-23T12:00"}).content.decode()
    )
    assert client.post(address, data | {"received_at": "2026-11-23T12:00"}).status_code == 302
    assert only().response_seconds == 2 * 3600
    assert client.get(address).status_code == 403  # it is acknowledged
    theirs = signed_in(manager)
    objecting = reverse("conversations:object", args=[entry.pk])
    assert objecting in theirs.get(f"/messages/{thread.pk}/").content.decode()
    assert "can be seen" in theirs.post(objecting, {"text": "\u2060"}).content.decode()
    assert theirs.post(objecting, {"text": "Nobody <b>did</b>."}).status_code == 302
    for client in (signed_in(owner), theirs):
        shown = client.get(f"/messages/{thread.pk}/").content.decode()
        assert "<bdi>Imogen Tully</bdi> objects: <bdi>Nobody &lt;b&gt;did&lt;/b&gt;.</bdi>" in shown
    assert theirs.get(objecting).status_code == 409
