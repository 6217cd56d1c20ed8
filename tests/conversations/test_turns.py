"""Who owes whom an answer: opening, joining and closing by the letter of reference/milestones.md 4.2."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outsourcing.accounts import actions as accounts
from outsourcing.accounts import working_time
from outsourcing.conversations import answering, hooks, posting
from outsourcing.conversations.errors import NotYourTurn, StillOwed, TextChanged
from outsourcing.conversations.models import Asks, Channel, Entry, EntryVersion, Kind, Turn
from outsourcing.conversations.posting import Call, Receipt
from tests.conversations.conftest import HOUR, MONDAY, said
from tests.conversations.replay import Said as Told
from tests.conversations.replay import turns_of
from tests.factories import MembershipFactory, OrganisationFactory, ThreadFactory

pytestmark = pytest.mark.django_db


def only() -> Turn:
    return Turn.objects.get()


# ---- Opening and joining -------------------------------------------------------------------------------------------
def test_a_question_opens_a_turn_due_on_the_answerers_calendar(say, owner, shop, vendor):
    vendor.time_zone, vendor.country = ZoneInfo("America/New_York"), "US"
    vendor.save()
    entry = say(owner, kind=Kind.QUESTION)
    turn = only()
    assert (turn.asker, turn.answerer, turn.opened_at, entry.turn) == (shop, vendor, MONDAY, turn)
    assert turn.due_at == datetime(2026, 11, 23, 17, tzinfo=ZoneInfo("America/New_York"))
    assert turn.target_seconds == 8 * 3600


def test_a_message_that_asks_nothing_opens_none(say, owner, manager):
    say(owner)
    say(manager)
    assert not Turn.objects.exists()


def test_a_follow_up_joins_and_does_not_restart(say, owner):
    first = say(owner, kind=Kind.QUESTION)
    due = only().due_at
    more = say(owner, "And from which gate?", Kind.QUESTION, at=MONDAY + 3 * HOUR)
    assert (more.turn, only().opened_at, only().due_at) == (first.turn, MONDAY, due)


def test_a_blocking_follow_up_brings_it_forward(say, owner):
    say(owner, kind=Kind.QUESTION)
    say(owner, "We stand still.", asks=Asks.ANSWER, is_blocking=True, at=MONDAY + 2 * HOUR)
    assert (only().is_blocking, only().due_at, only().target_seconds) == (True, MONDAY + 6 * HOUR, 6 * 3600)


def test_a_wanted_date_is_due_at_its_close(say, owner):
    say(owner, kind=Kind.QUESTION, wanted_by=date(2026, 11, 26))
    assert only().due_at == datetime(2026, 11, 26, 17, tzinfo=UTC)


def test_both_may_owe_at_once(say, owner, manager):
    """A question that came by phone earlier does not answer what was asked later."""
    say(owner, kind=Kind.QUESTION, at=MONDAY + HOUR)
    receipt = Receipt(Channel.PHONE, MONDAY, manager)
    say(owner, "Which gate?", Kind.QUESTION, receipt=receipt, at=MONDAY + 2 * HOUR)
    assert Turn.objects.open().count() == 2


# ---- Answering -----------------------------------------------------------------------------------------------------
def test_an_answer_freezes_its_time_and_the_calendar(say, owner, manager, vendor):
    say(owner, kind=Kind.QUESTION, at=MONDAY - timedelta(days=3) + 5 * HOUR)  # Friday 15:00
    answer = say(manager, "At ten.", at=MONDAY)
    turn = only()
    assert (turn.ending, turn.answer, turn.closed_at, turn.closed_by) == ("answered", answer, MONDAY, manager)
    assert turn.response_seconds == 3 * 3600
    assert turn.reckoned["zone"] == "Europe/London"
    accounts.set_working_week(vendor, [opening(vendor, 0, "13:00-14:00")])
    assert only().response_seconds == 3 * 3600


def opening(organisation, weekday, line):
    (found,) = working_time.parse(weekday, line)
    found.organisation = organisation
    return found


def test_a_longer_holiday_moves_what_is_still_open(say, owner, vendor, django_capture_on_commit_callbacks):
    say(owner, kind=Kind.QUESTION)
    vendor.closed_days.create(day=date(2026, 11, 23), name="Stocktaking")
    from outsourcing.conversations import turns

    turns.reckon_again(vendor, MONDAY)
    assert only().due_at == datetime(2026, 11, 24, 17, tzinfo=UTC)


def test_new_working_hours_move_what_is_still_open(say, owner, vendor):
    say(owner, kind=Kind.QUESTION)
    accounts.set_working_week(vendor, [opening(vendor, weekday, "08:00-12:00") for weekday in range(5)])
    assert only().due_at == datetime(2026, 11, 25, 10, tzinfo=UTC)


def test_pauses_of_upper_rooms_are_taken_once(say, owner, manager):
    pause = (MONDAY + HOUR, MONDAY + 3 * HOUR)
    hooks.pauses.add(twice := lambda rows: {turn.pk: [pause, pause] for turn in rows})
    try:
        say(owner, kind=Kind.QUESTION)
        assert only().due_at == datetime(2026, 11, 24, 12, tzinfo=UTC)
        say(manager, at=MONDAY + 4 * HOUR)
    finally:
        hooks.pauses.remove(twice)
    assert only().response_seconds == 2 * 3600


def test_the_one_who_answers_may_ask_back(say, owner, manager):
    say(owner, kind=Kind.QUESTION)
    say(manager, "Which van?", Kind.QUESTION, at=MONDAY + HOUR)
    assert [turn.ending for turn in Turn.objects.order_by("opened_at")] == ["answered", ""]
    assert Turn.objects.open().get().answerer == owner.organisation


def test_reading_notes_and_system_lines_close_nothing(say, thread, owner, manager):
    say(owner, kind=Kind.QUESTION)
    answering.read(thread, 1, by=manager, at=MONDAY)
    posting.note(thread, "Ask Sam", key=said().key, by=manager, at=MONDAY)
    posting.tell(thread, "The milestone is submitted.", at=MONDAY)
    assert only().is_open


# ---- Instructions --------------------------------------------------------------------------------------------------
def test_an_instruction_is_acknowledged_by_its_version(say, owner, manager):
    entry = say(owner, "Use the kraft tape.", Kind.INSTRUCTION)
    assert only().target_seconds == 16 * 3600
    given = answering.acknowledge(entry, version=1, by=manager, at=MONDAY + HOUR)
    again = answering.acknowledge(entry, version=1, by=manager, at=MONDAY + 2 * HOUR)
    assert (given, given.sha256) == (again, entry.digest)
    assert (only().ending, only().response_seconds) == ("acknowledged", 3600)


def test_one_of_two_instructions_leaves_the_turn_open(say, owner, manager):
    first, second = say(owner, "Kraft tape.", Kind.INSTRUCTION), say(owner, "No glass.", Kind.INSTRUCTION)
    answering.acknowledge(first, version=1, by=manager, at=MONDAY + HOUR)
    assert only().is_open
    answering.acknowledge(second, version=1, by=manager, at=MONDAY + HOUR)
    assert only().ending == "acknowledged"


def test_a_question_beside_it_stays_open(say, owner, manager):
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    say(owner, "Do you have any?", Kind.QUESTION)
    answering.acknowledge(entry, version=1, by=manager, at=MONDAY + HOUR)
    assert only().is_open
    say(manager, "Plenty.", at=MONDAY + 2 * HOUR)
    assert only().ending == "answered"


def test_a_changed_text_asks_again_and_keeps_the_earlier_one(say, owner, manager):
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    answering.acknowledge(entry, version=1, by=manager, at=MONDAY + HOUR)
    changed = answering.edit(entry, "Clear tape.", by=owner, at=MONDAY + 2 * HOUR)
    assert (changed.version, changed.edited_at) == (2, MONDAY + 2 * HOUR)
    assert EntryVersion.objects.get().text == "Kraft tape."
    assert answering.needs_acknowledgement(changed)
    with pytest.raises(TextChanged):
        answering.acknowledge(entry, version=1, by=manager, at=MONDAY + 3 * HOUR)
    answering.acknowledge(entry, version=2, by=manager, at=MONDAY + 3 * HOUR)
    assert [(turn.ending, turn.response_seconds) for turn in Turn.objects.order_by("opened_at")] == [
        ("acknowledged", 3600),
        ("acknowledged", 3600),
    ]


def test_changing_it_before_it_is_acknowledged_does_not_restart_the_clock(say, owner, manager):
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    answering.edit(entry, "Clear tape.", by=owner, at=MONDAY + 2 * HOUR)
    answering.acknowledge(entry, version=2, by=manager, at=MONDAY + 3 * HOUR)
    assert only().response_seconds == 3 * 3600


def test_asking_about_it_passes_the_ball_and_the_answer_passes_it_back(say, owner, manager):
    entry = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    say(manager, "On all sets?", Kind.QUESTION, about=entry, at=MONDAY + HOUR)
    assert [(turn.answerer, turn.opened_at) for turn in Turn.objects.open()] == [(owner.organisation, MONDAY + HOUR)]
    say(owner, "On gift sets.", at=MONDAY + 2 * HOUR)
    assert [(turn.answerer, turn.opened_at) for turn in Turn.objects.open()] == [
        (manager.organisation, MONDAY + 2 * HOUR)
    ]
    answering.acknowledge(entry, version=1, by=manager, at=MONDAY + 3 * HOUR)
    assert not Turn.objects.open().exists()


def test_one_does_not_acknowledge_for_oneself_nor_what_is_no_instruction(say, owner, manager):
    instruction, message = say(owner, "Kraft tape.", Kind.INSTRUCTION), say(owner)
    for entry, by in ((instruction, owner), (message, manager)):
        with pytest.raises(NotYourTurn):
            answering.acknowledge(entry, version=1, by=by, at=MONDAY)


def test_a_call_note_is_confirmed(say, owner, manager):
    call = Call("Imogen and the floor lead", MONDAY - HOUR, 12)
    entry = say(owner, "Full count on Tuesday.", Kind.CALL_NOTE, call=call, asks=Asks.ACKNOWLEDGEMENT)
    assert (entry.call_minutes, only().answerer) == (12, manager.organisation)
    answering.acknowledge(entry, version=1, by=manager, at=MONDAY + HOUR)
    assert only().ending == "acknowledged"


# ---- Recorded for the vendor ---------------------------------------------------------------------------------------
def test_what_came_by_phone_counts_from_when_it_came(say, owner, vendor):
    say(owner, kind=Kind.QUESTION)
    answer = say(owner, "At ten.", receipt=Receipt(Channel.PHONE, MONDAY + HOUR), at=MONDAY + 5 * HOUR)
    assert (answer.side, answer.recorded_by, answer.author) == ("vendor", owner, None)
    assert (only().ending, only().closed_at, only().response_seconds) == ("answered", MONDAY + HOUR, 3600)


# ---- Other endings -------------------------------------------------------------------------------------------------
def test_the_asker_takes_it_back(say, owner, manager):
    turn = say(owner, kind=Kind.QUESTION).turn
    with pytest.raises(NotYourTurn):
        answering.withdraw(turn, by=manager, at=MONDAY)
    answering.withdraw(turn, by=owner, at=MONDAY)
    assert (only().ending, only().response_seconds) == ("withdrawn", None)
    with pytest.raises(NotYourTurn):
        answering.withdraw(turn, by=owner, at=MONDAY)


def test_the_answerer_waves_it_away_and_the_asker_reopens_it_once(say, owner, manager):
    turn = say(owner, kind=Kind.QUESTION).turn
    with pytest.raises(NotYourTurn):
        answering.dismiss(turn, by=owner, at=MONDAY)
    answering.dismiss(turn, by=manager, at=MONDAY + HOUR)
    with pytest.raises(NotYourTurn):
        answering.reopen(turn, by=manager, at=MONDAY + HOUR)
    answering.reopen(turn, by=owner, at=MONDAY + 2 * HOUR)
    assert (only().is_open, only().opened_at) == (True, MONDAY)
    answering.dismiss(turn, by=manager, at=MONDAY + 3 * HOUR)
    with pytest.raises(NotYourTurn):
        answering.reopen(turn, by=owner, at=MONDAY + 4 * HOUR)


def test_a_turn_is_handed_to_a_colleague_and_to_nobody_else(say, owner, manager, contact):
    turn = say(owner, kind=Kind.QUESTION).turn
    with pytest.raises(NotYourTurn):
        answering.hand_over(turn, owner, by=owner, at=MONDAY)
    with pytest.raises(accounts.NotAColleague):
        answering.hand_over(turn, owner, by=manager, at=MONDAY)
    answering.hand_over(turn, contact, by=manager, at=MONDAY)
    assert only().assignee == contact
    accounts.remove_member(contact, successor=manager, at=MONDAY)
    assert only().assignee == manager


def test_a_contracts_end_ends_what_is_owed(say, thread, owner):
    say(owner, kind=Kind.QUESTION)
    answering.end_turns(thread, at=MONDAY + HOUR)
    assert only().ending == "contract_ended"


# ---- Closing a thread ----------------------------------------------------------------------------------------------
def test_a_thread_is_not_closed_while_an_answer_is_owed(say, thread, owner, manager):
    say(owner, kind=Kind.QUESTION)
    for by, words in ((owner, "take the question back"), (manager, "answer it")):
        with pytest.raises(StillOwed, match=words):
            answering.close_thread(thread, by=by, at=MONDAY)
    say(manager, at=MONDAY)
    answering.close_thread(thread, by=manager, at=MONDAY)
    thread.refresh_from_db()
    assert (thread.closed_by, thread.last_entry.text) == (manager, "Imogen Tully closed the conversation.")


def test_what_is_written_after_the_close_is_kept_and_waits(say, thread, owner, manager):
    say(owner)
    answering.close_thread(thread, by=owner, at=MONDAY)
    entry = say(manager, "One more thing?", Kind.QUESTION, at=MONDAY + HOUR)
    thread.refresh_from_db()
    assert (entry.after_close, thread.closed_at, only().answerer) == (True, MONDAY, owner.organisation)
    answering.reopen_thread(thread, by=owner, at=MONDAY + HOUR)
    thread.refresh_from_db()
    assert thread.closed_at is None


# ---- What rooms above are told -------------------------------------------------------------------------------------
def test_each_change_of_a_turn_is_told(say, owner, manager):
    told = []
    hooks.turn_changed.add(hear := lambda turn, at: told.append((turn.ending, at)))
    try:
        say(owner, kind=Kind.QUESTION)
        say(owner, kind=Kind.QUESTION, at=MONDAY + HOUR)
        say(manager, at=MONDAY + 2 * HOUR)
    finally:
        hooks.turn_changed.remove(hear)
    assert told == [("", MONDAY), ("", MONDAY + HOUR), ("answered", MONDAY + 2 * HOUR)]


# ---- Against the definition, said plainly --------------------------------------------------------------------------
messages = st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), min_size=1, max_size=8)


class AgainstTheDefinition(TestCase):
    @given(messages)
    def test_what_is_stored_is_what_the_definition_says(self, found):
        shop = MembershipFactory(organisation__name="Shop")
        vendor = MembershipFactory(organisation=OrganisationFactory(kind="vendor"), roles=["manager"])
        thread = ThreadFactory(merchant=shop.organisation, vendor=vendor.organisation, opened_by=shop)
        people = {"a": shop, "b": vendor}
        told = [Told(side, number, asks) for number, (side, asks) in enumerate(found)]
        for one in told:
            words = said(f"Number {one.at}", asks=Asks.ANSWER if one.asks else "")
            posting.post(thread, words, by=people[one.side], at=MONDAY + one.at * HOUR)
        stored = [
            (turn.asker, turn.opened_at, turn.closed_at)
            for turn in Turn.objects.filter(thread=thread).order_by("opened_at", "closed_at")
        ]
        defined = [
            (people[turn.asker].organisation, MONDAY + turn.opened_at * HOUR, turn.closed_at) for turn in turns_of(told)
        ]
        assert stored == [
            (asker, opened, None if closed is None else MONDAY + closed * HOUR) for asker, opened, closed in defined
        ]
        assert [one.number for one in Entry.objects.filter(thread=thread).order_by("number")] == [
            *range(1, len(found) + 1)
        ]
