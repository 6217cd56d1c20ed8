"""What of needs stands on the home page."""

from datetime import date, timedelta
from importlib import import_module
from random import Random

import pytest
import time_machine
from django.db import connection
from django.db.models import Count, QuerySet

from outsourcing.accounts.waiting import Urgency
from outsourcing.notifications.models import Mail
from outsourcing.shared.statements import read
from tests.needs.conftest import NOW, rated
from vendors.needs import keeping
from vendors.needs.figures import actions as figures
from vendors.needs.models import Ask, Opinion, Unsettled
from vendors.needs.peers import answering, asking
from vendors.needs.waiting import waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def titles(member, at=NOW) -> list[str]:
    return [one.title for one in read(waiting(member, at))]


def disputed(owner, number: int, showing: str = "named") -> None:
    ask = asking.ask(f"p{number}@friend.example", by=owner, at=NOW, name=f"P {number}", showing=showing)
    said = {one.pk: {"stance": "dispute", "score": 1, "comment": ""} for one in ask.opinions.all()}
    answering.answer(ask, said, at=NOW)


def test_an_open_question_until_it_is_closed(owner, packing, books, viewer, rival):
    rated(packing, owner, skill=4)
    need = keeping.need_of(packing, owner.organisation, at=NOW)
    figures.set_marks(need, {"orders": 100}, by=owner, at=NOW)
    figures.save_month(date(2026, 10, 1), {"orders": 120}, by=owner, at=NOW)
    [one] = read(waiting(owner, NOW))
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
    [one] = read(waiting(owner, NOW))
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
            [one] = read(waiting(owner, at))
            assert (one.when, one.due) == (at, "25 Nov")  # it has a name
    [one] = read(waiting(owner, at))
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


# ---- What the database keeps ----------------------------------------------------------------------------------------
def disputes_of(owner) -> QuerySet[Opinion]:
    """Those that may be read and are open, as the queryset finds them."""
    return Opinion.objects.visible_to(owner).filter(stance="dispute", outcome="")


def counted(owner) -> dict[int, int]:
    return dict(disputes_of(owner).order_by().values_list("need").annotate(Count("pk")))


def kept() -> dict[int, int]:
    return dict(Unsettled.objects.values_list("need", "disputes"))


@pytest.mark.parametrize("seed", range(8))
def test_what_is_kept_is_what_may_be_read_whatever_happens(owner, packing, books, seed):
    rng = Random(seed)
    for job in (packing, books):
        rated(job, owner, skill=4)
    seen = set()
    for number in range(12):
        showing = rng.choice(["named", "named", "withheld"])
        asking.ask(f"p{number}@friend.example", by=owner, at=NOW, name="P", showing=showing)
        for ask in Ask.objects.unanswered().order_by("pk"):  # and who was asked again
            said = {
                one.pk: {"stance": stance, "score": {"agree": 4, "dispute": 1, "unsure": None}[stance], "comment": ""}
                for one in ask.opinions.all()
                if (stance := rng.choice(["agree", "dispute", "dispute", "unsure", ""]))
            }
            answering.answer(ask, said, at=NOW + timedelta(minutes=number))
            assert kept() == counted(owner)
        seen.add(sum(kept().values()))
        Ask.objects.update(created_at=NOW - timedelta(days=2))  # more mail may go
        if (open_ones := disputes_of(owner).order_by("pk")) and rng.random() < 0.4:
            outcome = rng.choice(["accept", "ask_again"])
            asking.settle(open_ones[0], outcome=outcome, reason="Look again?", by=owner, at=NOW)
        if rng.random() < 0.3:
            said_it = Ask.objects.filter(answered_at__isnull=False, withdrawn_at=None).order_by("pk")
            answering.withdraw(rng.choice(said_it), erase=rng.random() < 0.5, at=NOW)
        assert kept() == counted(owner)
    assert len(seen) > 2


def test_the_migration_counts_what_was_there_before(owner, packing):
    rated(packing, owner, skill=4)
    disputed(owner, 1)
    Unsettled.objects.all().delete()
    fill = import_module("vendors.needs.migrations.0006_count_unsettled").Migration.operations[-1]
    with connection.cursor() as cursor:
        cursor.execute(fill.sql)
    assert kept() == counted(owner) != {}


def test_a_row_that_is_thrown_away_counts_no_more(owner, packing):
    rated(packing, owner, skill=4)
    disputed(owner, 1)
    disputed(owner, 2)
    Opinion.objects.order_by("pk")[0].delete()
    assert list(kept().values()) == [1]
    Opinion.objects.all().delete()
    assert kept() == {}
