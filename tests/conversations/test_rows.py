"""What the database itself never lets be: each constraint by the fact that it is named for."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from outsourcing.conversations.models import (
    Acknowledgement,
    Entry,
    EntryVersion,
    InternalNote,
    Thread,
    Turn,
)
from tests.factories import EntryFactory, MembershipFactory, ThreadFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


def refused(make, constraint: str, **fields) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make(**fields)


ENTRIES = {
    "entry_not_empty": {"text": ""},
    "entry_kind_known": {"kind": "shout"},
    "entry_of_a_side_or_the_system": {"side": ""},
    "entry_of_somebody": {"author": None},
    "entry_asks_known": {"asks": "attention"},
    "entry_wanted_by_asks": {"is_blocking": True},
    "entry_question_asks": {"kind": "question"},
    "entry_acknowledged_is_instruction_or_call": {"asks": "acknowledgement"},
    "entry_call_note_says_when": {"kind": "call_note"},
    "entry_recorded_says_how_and_when": {"channel": "phone"},
}


@pytest.mark.parametrize(("constraint", "fields"), ENTRIES.items())
def test_entry(constraint, fields):
    refused(EntryFactory, constraint, **fields)


def test_an_entry_without_fault():
    assert EntryFactory().number == 1


def test_recorded_is_the_vendors_and_not_from_the_future():
    thread = ThreadFactory()
    recorded = {"thread": thread, "recorded_by": thread.opened_by, "author": None, "channel": "phone"}
    refused(EntryFactory, "recorded_for_the_vendor", side="merchant", received_at=AT, created_at=LATER, **recorded)
    refused(EntryFactory, "recorded_for_the_vendor", side="vendor", received_at=LATER, created_at=AT, **recorded)
    EntryFactory(side="vendor", received_at=AT, created_at=LATER, **recorded)


def test_two_entries_of_one_number_and_one_form_sent_twice():
    first = EntryFactory()
    refused(EntryFactory, "entry_number_unique", thread=first.thread)
    refused(EntryFactory, "entry_sent_once", thread=first.thread, number=2, key=first.key)
    other = MembershipFactory(organisation=first.thread.merchant)
    EntryFactory(thread=first.thread, number=2, key=first.key, author=other)


@pytest.mark.parametrize(
    "change",
    [{"author": None}, {"number": 7}, {"kind": "call_note", "called_at": AT}, {"side": "vendor"}, {"created_at": AT}],
)
def test_what_was_said_is_not_changed(change):
    entry = EntryFactory()
    with pytest.raises(InternalError, match="pgtrigger: Cannot"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(**change)


def test_nothing_said_is_deleted():
    entry = EntryFactory()
    version = EntryVersion.objects.create(entry=entry, number=1, text="Earlier", written_at=AT)
    note = note_in(entry.thread)
    given = Acknowledgement.objects.create(entry=entry, version=1, sha256="0" * 64, by=entry.author, at=AT)
    for row in (version, note, given, entry):
        with (
            pytest.raises(InternalError, match="pgtrigger: Cannot"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f'DELETE FROM "{row._meta.db_table}" WHERE id = %s', [row.pk])
    for row in (version, note):
        with pytest.raises(InternalError, match="pgtrigger: Cannot"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(text="Nicer")


def note_in(thread: Thread) -> InternalNote:
    return InternalNote.objects.create(
        thread=thread, organisation=thread.merchant, author=thread.opened_by, after=0, text="Too dear", created_at=AT
    )


def turn(thread: Thread, **fields) -> Turn:
    sides = {"asker": thread.merchant, "answerer": thread.vendor}
    return Turn.objects.create(
        **{
            "thread": thread,
            "needs_answer": True,
            "opened_at": AT,
            "target_seconds": 1,
            "due_at": LATER,
            **sides,
            **fields,
        }
    )


def test_one_turn_each_way():
    thread = ThreadFactory()
    turn(thread)
    turn(thread, asker=thread.vendor, answerer=thread.merchant)
    refused(turn, "turn_one_open_each_way", thread=thread)
    turn(thread, closed_at=LATER, ending="withdrawn")


TURNS = {
    "turn_closed_has_an_ending": {"closed_at": LATER},
    "turn_ending_known": {"closed_at": LATER, "ending": "forgotten"},
    "turn_closed_after_it_opened": {"closed_at": AT - timedelta(hours=1), "ending": "withdrawn"},
    "turn_answered_has_its_time": {"closed_at": LATER, "ending": "answered"},
    "turn_due_after_it_opened": {"due_at": AT - timedelta(hours=1)},
}


@pytest.mark.parametrize(("constraint", "fields"), TURNS.items())
def test_turn(constraint, fields):
    refused(turn, constraint, thread=ThreadFactory(), **fields)


def test_internal_notes_are_rows_of_their_own():
    """Whatever asks for entries cannot meet one, and nothing of a turn or a receipt can point to one."""
    thread = ThreadFactory()
    note_in(thread)
    assert Entry.objects.count() == Entry._base_manager.count() == 0
    assert not [field.name for field in InternalNote._meta.related_objects if field.name != "attachments"]
