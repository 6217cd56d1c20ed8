"""What a question that nobody answers brings to whom, and what ends it; and mails of messages that were read."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from outsourcing.conversations import answering
from outsourcing.conversations.models import Kind, Turn
from outsourcing.notifications import delivery
from outsourcing.notifications.errors import NothingAhead, TooFarOff
from outsourcing.notifications.ladders import planning
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Ladder, Mail, Notice, Rung
from tests.conversations.conftest import HOUR, MONDAY
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: Eight working hours after Monday at ten; four where work stands still.
DUE, SOON = datetime(2026, 11, 24, 10, tzinfo=UTC), datetime(2026, 11, 23, 14, tzinfo=UTC)


def ahead():
    return Rung.objects.ahead().values_list("step", "due_at").first()


def told() -> list[tuple[int, str, str]]:
    rows = Notice.objects.order_by("rung__step", "membership__user__name")
    return list(rows.values_list("rung__step", "membership__user__name", "kind"))


def test_a_question_is_reminded_of_when_its_answer_is_due(say, owner):
    say(owner, kind=Kind.QUESTION)
    assert ahead() == (1, DUE)


def test_where_work_stands_still_a_quarter_of_the_time_before(say, owner):
    say(owner, kind=Kind.QUESTION, is_blocking=True)
    assert ahead() == (0, SOON - HOUR)


def test_the_asker_is_told_then_asked_and_then_operations_decide(say, owner, manager, shop):
    MembershipFactory(organisation=shop, user__name="Rosa Imberg", roles=["operations"])
    say(owner, kind=Kind.QUESTION)
    for day in range(8):
        sweep(DUE + day * DAY)
    assert told() == [
        (1, "Imogen Tully", "act"),
        (2, "Imogen Tully", "act"),
        (2, "Theo Marchetti", "know"),
        (3, "Theo Marchetti", "act"),
        (4, "Rosa Imberg", "decide"),
    ]
    assert ahead() is None  # nothing until there is a new message


@pytest.mark.parametrize(("urgent", "template"), [(True, "reminder"), (False, "digest")])
def test_at_once_only_where_work_stands_still(say, owner, urgent, template):
    say(owner, kind=Kind.QUESTION, is_blocking=urgent)
    sweep(DUE)
    assert Mail.objects.exclude(template="message").get().template == template


def test_an_answer_ends_it_in_the_same_transaction(say, owner, manager):
    say(owner, kind=Kind.QUESTION)
    say(manager, "On Saturday.", at=MONDAY + HOUR)
    assert Ladder.objects.get(owed_by=manager.organisation).why == "It was answered."
    assert Rung.objects.get(ladder__owed_by=manager.organisation).state == "cancelled"


def test_an_acknowledgement_ends_it(say, owner, manager):
    entry = say(owner, "Pack the blue ones first.", Kind.INSTRUCTION)
    assert ahead() is not None
    answering.acknowledge(entry, version=1, by=manager, at=MONDAY + HOUR)
    assert Ladder.objects.get().why == "It was acknowledged."


def test_what_was_answered_before_the_digest_goes_is_not_in_it(say, owner, manager, send):
    say(owner, kind=Kind.QUESTION)
    sweep(DUE)
    say(manager, "On Saturday.", at=DUE + HOUR)
    send(DUE + DAY)
    mail = Mail.objects.get(template="digest", membership=manager)
    assert (mail.state, mail.answer) == ("cancelled", "Nothing is left to say.")


def test_ones_own_side_puts_it_off_and_the_other_cannot(say, owner, manager):
    say(manager, "May we use the small boxes?", Kind.QUESTION)
    ladder = Ladder.objects.get(owed_by=owner.organisation)
    planning.snooze(ladder, date(2026, 11, 27), by=owner, at=MONDAY)
    assert ahead()[1] == datetime(2026, 11, 27, tzinfo=UTC)
    with pytest.raises(TooFarOff):
        planning.snooze(ladder, date(2026, 12, 4), by=owner, at=MONDAY)
    with pytest.raises(TooFarOff):
        planning.snooze(ladder, date(2026, 11, 23), by=owner, at=MONDAY)
    with pytest.raises(NothingAhead):
        planning.snooze(ladder, date(2026, 11, 25), by=manager, at=MONDAY)


# ---- Mails of messages ----------------------------------------------------------------------------------------------
def test_a_message_is_mailed_after_five_minutes(say, owner, manager, sink):
    with time_machine.travel(MONDAY, tick=False):
        say(owner)
    assert delivery.send_due(now=lambda: MONDAY + timedelta(minutes=4)) == 0
    assert delivery.send_due(now=lambda: MONDAY + timedelta(minutes=5)) == 1
    assert sink.readers == [manager.email]


def test_unless_it_was_read_meanwhile(say, owner, manager, thread, sink):
    with time_machine.travel(MONDAY, tick=False):
        say(owner)
    answering.read(thread, 1, by=manager, at=MONDAY + timedelta(minutes=3))
    assert delivery.send_due(now=lambda: MONDAY + timedelta(minutes=5)) == 0
    assert (Mail.objects.get().state, Mail.objects.get().answer) == ("cancelled", "They have read it meanwhile.")


def test_what_work_waits_for_goes_at_once(say, owner, sink):
    with time_machine.travel(MONDAY, tick=False):
        say(owner, kind=Kind.QUESTION, is_blocking=True)
    assert delivery.send_due(now=lambda: MONDAY) == 1


def test_a_turn_that_is_gone_with_its_ladder_sends_nothing(say, owner):
    say(owner, kind=Kind.QUESTION)
    Turn.objects.update(closed_at=DUE, ending="withdrawn")  # nobody told the ladder
    sweep(DUE)
    assert not Notice.objects.exists()
    assert Ladder.objects.get().why == "It was taken back."
