"""Two at once, on two real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from outsourcing.shared.errors import DomainError
from tests.locks import until_they_wait
from tests.needs.conftest import NOW, rated
from vendors.needs import handing, keeping
from vendors.needs.models import Ask, Assessment, Need, Opinion, Peer, Unsettled
from vendors.needs.peers import answering, asking
from vendors.needs.reading import job_of
from vendors.sourcing.models import Brief

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]


def at_once(*acts) -> list[str]:
    """What became of each: "done" or the name of the broken rule."""
    barrier = Barrier(len(acts))

    def run(act) -> str:
        try:
            barrier.wait(10)
            act()
        except DomainError as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


@pytest.fixture
def asked(owner, books) -> Ask:
    rated(books, owner, skill=4, liking=2, hours="9")
    return asking.ask("ann@friend.example", by=owner, at=NOW, name="Ann")


def test_one_answer_of_two_counts(asked):
    key = asked.opinions.get().pk
    given = [{key: {"stance": "dispute", "score": score, "comment": ""}} for score in (1, 2)]
    acts = [lambda one=one: answering.answer(Ask.objects.get(pk=asked.pk), one, at=NOW) for one in given]
    assert at_once(*acts) == ["NoLongerOpen", "done"]
    assert Opinion.objects.current().count() == 1


def test_answer_and_decline(asked):
    key = asked.opinions.get().pk
    said = {key: {"stance": "agree", "score": 4, "comment": ""}}
    outcomes = at_once(
        lambda: answering.answer(Ask.objects.get(pk=asked.pk), said, at=NOW),
        lambda: answering.decline(Ask.objects.get(pk=asked.pk), at=NOW),
    )
    assert outcomes == ["NoLongerOpen", "done"]


def test_two_ask_the_same_person(owner, books):
    rated(books, owner, skill=4)
    acts = [lambda: asking.ask("ann@friend.example", by=owner, at=NOW, name="Ann")] * 2
    assert at_once(*acts) == ["NotAskable", "done"]
    assert (Peer.objects.count(), Ask.objects.count()) == (1, 1)


def test_the_first_word_about_a_job_twice(owner, buyer, books):
    acts = [lambda by=by: keeping.rate(books, {"skill": 2}, by=by, at=NOW) for by in (owner, buyer, owner, buyer)]
    assert at_once(*acts) == ["done"] * 4
    assert (Need.objects.count(), Assessment.objects.count()) == (1, 2)


def test_one_name_twice(owner):
    given = {"name": "Photographs", "description": "", "unit": "", "asks": "", "services": ()}
    assert at_once(*[lambda: keeping.add(given, by=owner, at=NOW)] * 2) == ["AlreadyThere", "done"]


def test_a_brief_begun_twice_at_once(owner, books):
    rated(books, owner, skill=2)
    acts = [lambda: handing.begin_brief(job_of(owner, books), by=owner, at=NOW)] * 2
    assert at_once(*acts) == ["done", "done"]
    assert Brief.objects.count() == 1


def test_what_several_dispute_at_once_is_all_counted(owner, books, packing):
    """Each answers several jobs, and none waits for another for ever."""
    for job in (books, packing):
        rated(job, owner, skill=4)
    asks = [asking.ask(f"p{number}@friend.example", by=owner, at=NOW, name=f"P {number}") for number in range(4)]

    def answer(ask: Ask) -> None:
        said = {one.pk: {"stance": "dispute", "score": 1, "comment": ""} for one in ask.opinions.all()}
        answering.answer(ask, said, at=NOW)

    assert at_once(*[lambda ask=ask: answer(ask) for ask in asks]) == ["done"] * 4
    assert [one.disputes for one in Unsettled.objects.all()] == [4, 4]
    assert at_once(*[lambda ask=ask: answering.withdraw(ask, erase=False, at=NOW) for ask in asks[:2]]) == ["done"] * 2
    assert not Unsettled.objects.exists()  # two are too few to be read without their names


def test_one_takes_back_what_is_asked_again_meanwhile(owner, books):
    """Whoever asks again has the need's row and wants each peer's, who takes back has one and wants the need's."""
    rated(books, owner, skill=4)
    asks = [asking.ask(f"p{number}@friend.example", by=owner, at=NOW, name=f"P {number}") for number in range(4)]
    for ask in asks:
        said = {one.pk: {"stance": "dispute", "score": 1, "comment": ""} for one in ask.opinions.all()}
        answering.answer(ask, said, at=NOW)
    first = asks[0].opinions.get()
    has_settled = Event()

    def ask_again() -> None:
        with transaction.atomic():
            assert asking.settle(first, outcome="ask_again", reason="Look again?", by=owner, at=NOW) == 4
            has_settled.set()
            until_they_wait()

    def take_back() -> None:
        assert has_settled.wait(10)
        answering.withdraw(asks[1], erase=False, at=NOW)

    assert at_once(ask_again, take_back) == ["done", "done"]
    assert Unsettled.objects.get().disputes == 2
