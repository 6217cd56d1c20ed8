"""What of needs stands on the home page."""

from datetime import date, timedelta

import pytest
import time_machine

from outsourcing.accounts.waiting import Urgency
from outsourcing.notifications.models import Mail
from tests.needs.conftest import NOW, rated
from vendors.needs import keeping
from vendors.needs.figures import actions as figures
from vendors.needs.peers import answering, asking
from vendors.needs.waiting import waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def titles(member, at=NOW) -> list[str]:
    return [one.title for one in waiting(member, at)]


def disputed(owner, number: int, showing: str = "named") -> None:
    ask = asking.ask(f"p{number}@friend.example", by=owner, at=NOW, name=f"P {number}", showing=showing)
    said = {one.pk: {"stance": "dispute", "score": 1, "comment": ""} for one in ask.opinions.all()}
    answering.answer(ask, said, at=NOW)


def test_an_open_question_until_it_is_closed(owner, packing, books, viewer, rival):
    rated(packing, owner, skill=4)
    need = keeping.need_of(packing, owner.organisation, at=NOW)
    figures.set_marks(need, {"orders": 100}, by=owner, at=NOW)
    figures.save_month(date(2026, 10, 1), {"orders": 120}, by=owner, at=NOW)
    [one] = waiting(owner, NOW)
    assert (one.title, one.meta) == ("Look again at Picking and packing orders", "Orders a month 120, your mark is 100")
    assert (one.urgency, one.url) == (Urgency.RISK, f"/needs/{packing.pk}/#again")
    assert titles(viewer) == titles(rival) == []
    figures.close(need.reopenings.get(), "It stays.", by=owner, at=NOW)
    assert titles(owner) == []


def test_disputes_are_one_line(owner, packing, books):
    rated(packing, owner, skill=4)
    disputed(owner, 1)
    assert titles(owner) == ["Answer who disagrees on Picking and packing orders"]
    rated(books, owner, skill=4)
    disputed(owner, 2)
    [one] = waiting(owner, NOW)
    assert (one.title, one.meta) == ("Answer who disagrees on 2 of your jobs", "3 answers that differ from yours")


def test_what_is_withheld_is_not_told_here_either(owner, books):
    rated(books, owner, skill=4)
    disputed(owner, 1, "withheld")
    disputed(owner, 2, "withheld")
    assert titles(owner) == []
    disputed(owner, 3, "withheld")
    assert titles(owner) == ["Answer who disagrees on Bookkeeping"]


def test_who_cannot_say_is_none_of_three_who_have_said(owner, books):
    """Two have, so a dispute with a name may be read; who sees three answers could tell what the third said."""
    rated(books, owner, skill=4)
    disputed(owner, 1)
    disputed(owner, 2, "withheld")
    ask = asking.ask("p3@friend.example", by=owner, at=NOW, name="P 3")
    unsure = {one.pk: {"stance": "unsure", "score": None, "comment": ""} for one in ask.opinions.all()}
    answering.answer(ask, unsure, at=NOW)
    assert titles(owner) == ["Answer who disagrees on Bookkeeping"]


def test_a_dispute_without_a_name_has_no_day_of_its_own(owner, books):
    """The mails tell on which day each of them answered."""
    rated(books, owner, skill=4)
    for days, number in enumerate((1, 2, 3)):
        at = NOW + timedelta(days=days)
        ask = asking.ask(f"p{number}@friend.example", by=owner, at=at, name=f"P {number}")
        said = {"stance": "dispute", "score": 1} if number == 2 else {"stance": "agree", "score": 4}
        answering.answer(ask, {one.pk: {**said, "comment": ""} for one in ask.opinions.all()}, at=at)
        if number == 2:
            [one] = waiting(owner, at)
            assert (one.when, one.due) == (at, "25 Nov")  # it has a name
    [one] = waiting(owner, at)
    assert (one.when, one.due) == (NOW + timedelta(days=2), "26 Nov")
    answering.withdraw(ask, erase=False, at=at)
    assert titles(owner) == []  # nobody reads it any more


def test_a_mail_that_did_not_arrive_and_a_link_that_expired(owner, books):
    rated(books, owner, skill=4)
    ask = asking.ask("ann@friend.example", by=owner, at=NOW, name="Ann")
    assert titles(owner) == []
    Mail.objects.filter(pk=ask.mail_id).update(state=Mail.State.FAILED)
    assert titles(owner) == ["The mail to Ann could not be delivered"]
    assert titles(owner, NOW + timedelta(days=31)) == ["Ann has not answered"]
    assert titles(owner, NOW + timedelta(days=90)) == []
