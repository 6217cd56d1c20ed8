"""A conversation on paper and as a file: everything that the reader may see, with its versions and times."""

import json
import uuid
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from outsourcing.conversations import answering, posting, recording
from outsourcing.conversations.export import as_json, record_of
from outsourcing.conversations.models import Kind, Thread
from outsourcing.conversations.models.entries import digest
from outsourcing.conversations.posting import Call, Receipt
from tests.access.directory_evidence import picture
from tests.conversations.conftest import HOUR, MONDAY
from tests.factories import EntryFactory

SECRET = "If it slips again we ask Fellgate"


@pytest.fixture
def told(thread, say, owner, manager):
    """A question and its answer with a file, an instruction that was changed, a call, a record, and notes."""
    say(owner, "Where does the count stand?", Kind.QUESTION)
    upload = SimpleUploadedFile("gate.png", picture())
    say(manager, "Tonight.", at=MONDAY + HOUR, uploads=[upload])
    rule = say(owner, "Kraft tape.", Kind.INSTRUCTION, at=MONDAY + 2 * HOUR)
    answering.acknowledge(rule, version=1, by=manager, at=MONDAY + 3 * HOUR)
    answering.edit(rule, "Plain kraft tape.", by=owner, at=MONDAY + 4 * HOUR)
    say(owner, "The scanners work.", Kind.CALL_NOTE, at=MONDAY + 5 * HOUR, call=Call("Imogen", MONDAY, 12))
    by_phone = posting.post(
        thread,
        posting.Said(key=uuid.uuid4(), text="We begin at six.", receipt=Receipt("phone", MONDAY + 5 * HOUR)),
        by=owner,
        at=MONDAY + 6 * HOUR,
    )
    recording.object_to(by_phone, "At seven.", by=manager, at=MONDAY + 7 * HOUR)
    posting.note(thread, SECRET, key=uuid.uuid4(), by=owner, at=MONDAY + 7 * HOUR)
    thread.refresh_from_db()
    return thread


def record(thread, acting, **options):
    return record_of(thread, acting, at=MONDAY + 8 * HOUR, **{"with_notes": False, **options})


def test_the_file_holds_entries_versions_acknowledgements_and_times(told, manager):
    said = json.loads(as_json(record(told, manager)))
    assert (said["subject"], said["merchant"], said["vendor"]) == ("Peak overflow", "Juniper & Pine", "Pallet & Post")
    question, answer, rule = said["entries"][:3]
    call = next(one for one in said["entries"] if one["kind"] == "call_note")
    phoned = next(one for one in said["entries"] if one["recorded"])
    assert [one["number"] for one in said["entries"]] == list(range(1, len(said["entries"]) + 1))
    assert question["created_at"] == "2026-11-23T10:00:00+00:00"
    assert answer["files"][0]["name"] == "gate.png"
    assert len(answer["files"][0]["sha256"]) == 64
    assert (rule["text"], rule["version"]) == ("Plain kraft tape.", 2)
    assert rule["sha256"] == digest("Plain kraft tape.")
    assert rule["earlier_versions"] == [
        {
            "number": 1,
            "text": "Kraft tape.",
            "sha256": digest("Kraft tape."),
            "written_at": "2026-11-23T12:00:00+00:00",
        }
    ]
    seen = rule["acknowledgements"][0]
    assert (seen["version"], seen["sha256"], seen["by"]) == (1, digest("Kraft tape."), "Imogen Tully")
    assert call["call"] == {"with": "Imogen", "at": "2026-11-23T10:00:00+00:00", "minutes": 12}
    assert phoned["recorded"]["channel"] == "Phone"
    assert phoned["objection"]["text"] == "At seven."
    turn = said["turns"][0]
    assert (turn["ending"], turn["answer_entry"], turn["response_seconds"]) == ("answered", 2, 3600)
    assert turn["reckoned_with"]["zone"] == "Europe/London"


def test_every_instant_says_where_it_is(told, owner):
    for text in json.dumps(json.loads(as_json(record(told, owner)))).split('"'):
        if text[:4].isdigit() and "T" in text[:11]:
            assert datetime.fromisoformat(text).utcoffset() is not None


def test_internal_notes_come_only_to_their_own_side_and_only_if_asked_for(told, owner, manager):
    assert SECRET.encode() not in as_json(record(told, owner))
    assert SECRET.encode() in as_json(record(told, owner, with_notes=True))
    assert SECRET.encode() not in as_json(record(told, manager, with_notes=True))


def test_the_page_says_the_same(told, owner, signed_in):
    with timezone.override("Europe/London"):
        page = signed_in(owner).get(reverse("conversations:print", args=[told.pk])).content.decode()
    for words in ("Plain kraft tape.", "Kraft tape.", "gate.png", "At seven.", "Juniper &amp; Pine", "10:00:00"):
        assert words in page
    assert SECRET not in page
    assert "rail" not in page
    with_notes = signed_in(owner).get(reverse("conversations:print", args=[told.pk]) + "?notes=1")
    assert SECRET in with_notes.content.decode()


def test_markup_is_text(thread, say, owner, signed_in):
    say(owner, "<script>alert(1)</script>")
    page = signed_in(owner).get(reverse("conversations:print", args=[thread.pk])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_file_is_saved_under_the_subject_and_the_day(told, owner, signed_in):
    answer = signed_in(owner).get(reverse("conversations:export", args=[told.pk]))
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"].startswith('attachment; filename="peak-overflow-20')
    assert json.loads(answer.content)["exported_for"] == "Juniper & Pine"


def test_a_subject_without_a_letter_has_a_name_too(told, owner, signed_in):
    type(told).objects.filter(pk=told.pk).update(subject="…")
    answer = signed_in(owner).get(reverse("conversations:export", args=[told.pk]))
    assert 'filename="conversation-' in answer["Content-Disposition"]


@pytest.mark.parametrize("more", [0, 40])
def test_as_many_queries_however_long_it_is(told, owner, more):
    for number in range(100, 100 + more):
        EntryFactory(thread=told, number=number, author=owner)
    thread = Thread.objects.visible_to(owner).get(pk=told.pk)
    with CaptureQueriesContext(connection) as captured:
        record(thread, owner, with_notes=True)
    assert len(captured) == 9
