"""What of conversations stands on both home pages: whose it is, in which order, and with whom to ask."""

import uuid
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from outsourcing.accounts.calendars import WorkingCalendar, assumed_week
from outsourcing.accounts.models import Membership
from outsourcing.accounts.waiting import Matter, Waiting, in_words
from outsourcing.conversations import answering, clock, posting
from outsourcing.conversations.models import Asks, Kind
from outsourcing.conversations.waiting import COUNTED, MOST, _late_since, _left, waiting
from outsourcing.shared.statements import read
from tests.conversations.conftest import HOUR, MONDAY, said
from tests.factories import MembershipFactory, ThreadFactory

pytestmark = pytest.mark.django_db


def lines(by, at) -> list[Waiting]:
    return [in_words(one) for one in read(waiting(by, at))]


def titles(by, at=MONDAY) -> list[str]:
    return [one.title for one in lines(by, at)]


def home(client) -> str:
    return client.get("/").content.decode()


def test_what_is_asked_waits_for_who_owes_the_answer_alone(say, owner, manager, contact, viewer, rival):
    say(owner, "Which gate?", Kind.QUESTION)
    assert titles(manager) == titles(contact) == ["Which gate?"]
    assert titles(owner) == titles(viewer) == titles(rival) == []
    say(manager, "Gate four.", at=MONDAY + HOUR)
    assert titles(manager) == []


def test_a_line_says_how_long_is_left_and_who_asks(say, owner, manager):
    Membership.objects.filter(pk=owner.pk).update(phone="020 7946 0018")
    say(owner, "Which gate?", Kind.QUESTION)
    owner.organisation.openings.create(weekday=0, opens=540, closes=1050)
    (line,) = lines(manager, MONDAY + HOUR)
    assert line.meta == "Juniper & Pine, question"
    assert (line.due, line.urgency.name) == ("7 working hours left", "INFO")
    assert line.due_about.startswith("Reply by Tue 24 Nov 10:00")
    assert (line.ask, line.phone, line.hours) == ("Ask Theo Marchetti", "020 7946 0018", "at work until 17:30")
    (late,) = lines(manager, MONDAY + 27 * HOUR)
    assert (late.due, late.urgency.name) == ("3 working hours late", "LATE")
    assert late.hours == "back Monday 09:00"


def test_an_instruction_is_to_be_acknowledged(say, owner, manager):
    rule = say(owner, "Kraft tape.", Kind.INSTRUCTION)
    (line,) = lines(manager, MONDAY)
    assert (line.action, line.icon) == ("Read", "instruction")
    answering.acknowledge(rule, version=1, by=manager, at=MONDAY)
    assert titles(manager) == []


def test_what_a_colleague_has_taken_waits_for_that_colleague(say, owner, manager, contact):
    turn = say(owner, "Which gate?", Kind.QUESTION).turn
    answering.hand_over(turn, contact, by=manager, at=MONDAY)
    assert (titles(manager), titles(contact)) == ([], ["Which gate?"])


def test_a_merchant_is_told_of_answers_that_are_late(say, owner, manager):
    say(owner, "Which gate?", Kind.QUESTION)
    say(manager, "Which pallets?", Kind.QUESTION)  # answers the first
    say(owner, "Those of aisle 6. Which gate?", Kind.QUESTION)
    (line,) = lines(owner, MONDAY + 26 * HOUR)
    assert (line.meta, line.urgency.name) == ("Pallet & Post, our question, no answer yet", "RISK")
    assert titles(owner, MONDAY + HOUR) == []
    assert len(titles(manager, MONDAY + 26 * HOUR)) == 1


def test_what_is_owed_and_what_is_late_do_not_crowd_each_other_out(say, owner, manager, vendor):
    say(manager, "Which pallets?", Kind.QUESTION)
    for number in range(MOST + 1):
        thread = ThreadFactory(merchant=owner.organisation, vendor=vendor, opened_by=owner)
        earlier = MONDAY - (number + 30) * HOUR
        posting.post(thread, said(f"Which gate, {number}?", Kind.QUESTION), by=owner, at=earlier)
    found = [one.matter for one in read(waiting(owner, MONDAY + 26 * HOUR))]
    assert (found.count(Matter.UNANSWERED), found.count(Matter.OWED)) == (MOST, 1)


def test_one_list_over_all_merchants_and_nothing_of_one_under_another(say, owner, manager, rival, vendor, signed_in):
    say(owner, "Which gate?", Kind.QUESTION)
    other = ThreadFactory(merchant=rival.organisation, vendor=vendor, opened_by=rival)
    urgent = said("Canary of the rival?", Kind.QUESTION, is_blocking=True)
    posting.post(other, urgent, by=rival, at=MONDAY)
    assert titles(manager, MONDAY + 3 * HOUR) == ["Canary of the rival?", "Which gate?"]
    shown = home(signed_in(owner))
    assert "Canary" not in shown
    assert "Copper Kettle" not in shown


def test_a_note_is_nowhere_on_a_home_page(thread, owner, manager, signed_in):
    posting.note(thread, "Canary of the shop", key=uuid.uuid4(), by=owner, at=MONDAY)
    assert "Canary" not in home(signed_in(manager)) + home(signed_in(owner))


def test_a_home_page_costs_the_same_with_more_of_it(contact, vendor, signed_in, django_assert_max_num_queries):
    def ask(number: int) -> None:
        one = MembershipFactory(organisation__name=f"Shop {number}")
        thread = ThreadFactory(merchant=one.organisation, vendor=vendor, opened_by=one)
        posting.post(thread, said(asks=Asks.ANSWER), by=one, at=MONDAY)

    client = signed_in(contact)
    ask(0)
    home(client)
    with django_assert_max_num_queries(11):
        home(client)
    for number in range(1, MOST + 2):
        ask(number)
    with django_assert_max_num_queries(11):
        assert home(client).count("data-row-link") == MOST


# ---- Long late -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("closed", [(), (date(2026, 11, 20), date(2026, 11, 23))])
def test_what_is_long_late_is_what_counting_would_call_so(closed):
    """Found by whole windows of eight hours, so that it is never said too early, and at most one window too late."""
    calendar = WorkingCalendar(ZoneInfo("Europe/London"), assumed_week(), frozenset(closed))
    for hours in range(24 * 8):
        at = MONDAY + hours * HOUR
        since = _late_since(calendar, at)
        assert since is not None
        assert COUNTED < calendar.business_seconds(since, at) <= COUNTED + 8 * clock.HOUR
        assert _left(since - HOUR, calendar, at) == "Late"


def test_of_a_closed_week_nothing_is_said():
    november = frozenset(date(2026, 11, day) for day in range(1, 31))
    calendar = WorkingCalendar(ZoneInfo("Europe/London"), assumed_week(), november)
    assert _late_since(calendar, MONDAY) is None
