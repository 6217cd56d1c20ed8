"""An answer against a sweep, and two who follow one new thing at once, on connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from outsourcing.notifications.ladders import planning
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Ladder, Notice, Rung
from tests.locks import until_they_wait
from tests.notifications.ladders.conftest import ladder_of, states

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, DUE = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 12, 1, 6, tzinfo=UTC)


@pytest.fixture
def elsewhere():
    """`elsewhere(work)` does it on another connection, which is closed after it."""
    with ThreadPoolExecutor(2) as pool:

        def start(work):
            def alone():
                try:
                    return work()
                finally:
                    connection.close()

            return pool.submit(alone)

        yield start


@pytest.fixture
def thing(shop, manager):
    return {"merchant": shop, "person": manager, "due": date(2026, 12, 4)}


def test_a_sweep_passes_by_what_is_being_answered(chores, thing, elsewhere):
    chores.owe(1, at=BEFORE, **thing)
    with transaction.atomic():
        chores.owe(1, at=DUE, over="It was swept.")
        assert elsewhere(lambda: sweep(DUE)).result(30) == 0
    assert sweep(DUE) == 0
    assert states(1) == [(1, 0, "cancelled")]
    assert not Notice.objects.exists()


def test_an_answer_waits_for_the_sweep_and_the_next_rung_is_cancelled(chores, thing, elsewhere):
    chores.owe(1, at=BEFORE, **thing)
    with transaction.atomic():
        assert sweep(DUE) == 1
        answer = elsewhere(lambda: chores.owe(1, at=DUE, over="It was swept."))
        until_they_wait()
    answer.result(30)
    assert states(1) == [(1, 0, "done"), (1, 1, "cancelled")]
    assert ladder_of(1).why == "It was swept."


def test_two_who_follow_a_new_thing_at_once_make_one_ladder(chores, thing, elsewhere):
    with transaction.atomic():
        chores.owe(1, at=BEFORE, **thing)
        other = elsewhere(lambda: planning.follow("chore", [1], at=BEFORE))
        until_they_wait()
    other.result(30)
    assert Ladder.objects.count() == 1
    assert states(1) == [(1, 0, "planned")]


def test_two_sweeps_at_once_do_each_rung_once(chores, thing, elsewhere):
    for key in range(1, 41):
        chores.owe(key, at=BEFORE, **thing)
    both = [elsewhere(lambda: sweep(DUE, batch=3)) for _one in range(2)]
    assert sum(one.result(60) for one in both) == 40
    assert Notice.objects.count() == Rung.objects.filter(state="done").count() == 40
