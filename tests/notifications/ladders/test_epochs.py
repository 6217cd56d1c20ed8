"""A ladder follows what is owed in the same transaction, with one rung ahead at most; sweeps may come as they like."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from outsourcing.notifications.ladders import planning
from outsourcing.notifications.ladders.people import Calendars
from outsourcing.notifications.ladders.policies import Policies
from outsourcing.notifications.ladders.rules import Step, start_of
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Ladder, Notice, Rung
from outsourcing.notifications.waiting import waiting
from outsourcing.shared.statements import read
from tests.factories import LadderFactory, RungFactory
from tests.notifications.ladders.conftest import Chores, ahead_of, ladder_of, registered, states, told

pytestmark = pytest.mark.django_db
#: A Friday; London is at UTC in December.
DUE = date(2026, 12, 4)
DAY = timedelta(days=1)


def at(day: int, hour: int = 6, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


BEFORE = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def owed(chores, shop, manager, operations):
    """A yard to be swept by Friday, known since November."""
    chores.owe(1, at=BEFORE, merchant=shop, person=manager, due=DUE)
    return chores


def test_only_the_next_rung_is_planned(owed):
    assert states(1) == [(1, 0, "planned")]
    assert ahead_of(1) == (0, at(1, 0))  # three working days before


def test_following_again_changes_nothing(owed):
    rung = Rung.objects.get()
    planning.follow("chore", [1, 1], at=BEFORE + DAY)
    assert Rung.objects.get() == rung


def test_what_another_organisation_runs_from_now_on_comes_in_its_list(owed, rival):
    owed.owe(1, at=BEFORE + DAY, merchant=rival.organisation)
    assert Ladder.objects.get().organisation == rival.organisation
    assert [one.ladder.subject for one in Rung.objects.ahead_of(rival)] == [1]


def test_a_database_with_two_rungs_ahead_refuses_the_second(owed):
    with pytest.raises(IntegrityError, match="rung_one_ahead"), transaction.atomic():
        RungFactory(ladder=ladder_of(1), step=2)


def test_a_subject_has_one_ladder(owed):
    with pytest.raises(IntegrityError, match="ladder_unique"), transaction.atomic():
        LadderFactory(rule="chore", subject=1)


def test_the_whole_ladder_step_by_step(owed, manager, operations):
    for day in range(1, 20):
        sweep(at(day))
    assert told(1) == [
        (0, manager, "act", "waiting"),
        (1, manager, "act", "waiting"),
        (2, manager, "act", "waiting"),
        (3, operations, "decide", "shown"),
    ]
    assert [one.due_at for one in Rung.objects.order_by("step")] == [at(1, 0), at(7, 0), at(9, 0), at(11, 0)]
    assert ahead_of(1) is None


def test_a_new_version_of_the_same_day_is_a_new_epoch(owed):
    sweep(at(7))
    owed.owe(1, at=at(7), due=date(2026, 12, 18), version="2")
    assert states(1) == [(1, 0, "missed"), (1, 1, "done"), (1, 2, "cancelled"), (2, 0, "planned")]
    assert Rung.objects.get(epoch=1, step=2).why == "It has changed: reminders start anew."
    assert ahead_of(1) == (0, at(15, 0))


def test_a_rollback_undoes_change_and_cancellation_together(owed):
    with transaction.atomic():
        owed.owe(1, at=BEFORE, due=date(2026, 12, 18), version="2")
        assert states(1) == [(1, 0, "cancelled"), (2, 0, "planned")]
        transaction.set_rollback(True)
    assert states(1) == [(1, 0, "planned")]
    assert ladder_of(1).epoch == 1


def test_what_is_over_has_nothing_planned_and_says_why(owed):
    owed.owe(1, at=BEFORE, over="It was swept.")
    ladder = ladder_of(1)
    assert (ladder.ended_at, ladder.why) == (BEFORE, "It was swept.")
    assert (Rung.objects.get().state, Rung.objects.get().why) == ("cancelled", "It was swept.")
    sweep(at(20))
    assert not Notice.objects.exists()


def test_what_is_owed_again_starts_anew(owed):
    owed.owe(1, at=BEFORE, over="It was swept.")
    owed.owe(1, at=BEFORE + DAY, over="")
    assert states(1) == [(1, 0, "cancelled"), (2, 0, "planned")]
    assert ladder_of(1).ended_at is None


def test_what_is_gone_altogether_ends_too(owed):
    del owed.things[1]
    planning.follow("chore", [1], at=BEFORE)
    assert ladder_of(1).why == "It is no longer there."


def test_what_nobody_followed_is_found(owed, shop, manager):
    Ladder.objects.all().delete()
    planning.find_lost(BEFORE)
    planning.find_lost(BEFORE)
    assert states(1) == [(1, 0, "planned")]


def test_a_change_that_nobody_followed_is_seen_by_the_sweep(owed):
    """A room forgot to say so: the reminder does not go, and the ladder is put right."""
    owed.things[1] = owed.things[1].__class__(**{**vars(owed.things[1]), "version": "2", "due": date(2026, 12, 18)})
    sweep(at(1))
    assert states(1) == [(1, 0, "skipped"), (2, 0, "planned")]
    assert not Notice.objects.exists()


@pytest.mark.parametrize("late", [7, 11])
def test_of_several_that_have_come_the_highest_goes(owed, late):
    sweep(at(late))
    done = [step for _epoch, step, state in states(1) if state == "done"]
    assert len(done) == 1
    assert [state for _epoch, step, state in states(1) if step < done[0]] == ["missed"] * done[0]
    assert Notice.objects.count() == 1


def test_a_sweep_says_where_it_was_late(owed):
    sweep(at(4))
    assert Rung.objects.get(step=0).why == "Late: nothing went out for a time."


def test_two_sweeps_of_an_instant_do_it_once(owed):
    assert (sweep(at(1)), sweep(at(1))) == (1, 0)
    assert Notice.objects.count() == 1


def test_a_clock_put_back_a_day_and_on_again_skips_and_doubles_nothing(owed, manager, operations):
    for moment in (at(1), at(1) - DAY, at(1), at(2), at(1), at(7), at(6), at(8), at(7), at(9), at(11), at(10), at(11)):
        sweep(moment)
    assert [(step, person) for step, person, _kind, _state in told(1)] == [
        (0, manager), (1, manager), (2, manager), (3, operations),
    ]  # fmt: skip


def test_what_begins_late_leaves_out_the_step_that_lies_ahead_only(chores, shop, manager, operations):
    chores.owe(1, at=at(3), merchant=shop, person=manager, due=DUE)
    assert ahead_of(1) == (1, at(7, 0))


def test_a_promise_holds_it_back(owed):
    owed.owe(1, at=at(1, 0), promised=date(2026, 12, 10))
    assert ahead_of(1)[1] == at(10, 0)
    sweep(at(9))
    assert not Notice.objects.exists()
    sweep(at(10))  # all that it held back comes at once: the highest goes
    assert states(1) == [(1, 0, "missed"), (1, 1, "missed"), (1, 2, "done"), (1, 3, "planned")]


def test_without_subjects_nothing_is_asked(owed, django_assert_num_queries):
    with django_assert_num_queries(0):
        planning.follow("chore", [], at=BEFORE)


# ---- What it costs --------------------------------------------------------------------------------------------------
def test_following_one_and_fifty_costs_the_same(chores, shop, manager, django_assert_num_queries):
    for key in range(1, 52):
        chores.owe(key, at=BEFORE, merchant=shop, person=manager, due=DUE)
    for keys in ([1], range(2, 52)):
        with django_assert_num_queries(6):
            planning.follow("chore", keys, at=BEFORE + DAY)


def test_following_one_and_fifty_new_ones_costs_the_same(chores, shop, manager, django_assert_num_queries):
    chores.owe(1, at=BEFORE, merchant=shop, person=manager, due=DUE)
    chores.things |= dict.fromkeys(range(2, 53), chores.things[1])
    for keys in ([2], range(3, 53)):
        with django_assert_num_queries(9):
            planning.follow("chore", keys, at=BEFORE)
    assert Rung.objects.planned().count() == 52


def test_sweeping_one_and_fifty_costs_the_same(chores, shop, manager, operations, django_assert_num_queries):
    chores.owe(1, at=BEFORE, merchant=shop, person=manager, due=DUE)
    with django_assert_num_queries(17):
        assert sweep(at(1)) == 1
    for key in range(2, 52):
        chores.owe(key, at=BEFORE, merchant=shop, person=manager, due=DUE)
    with django_assert_num_queries(17):
        assert sweep(at(1)) == 50


def test_several_batches_share_a_digest_that_goes_later(owed, shop, manager, django_assert_num_queries):
    for key in range(2, 5):
        owed.owe(key, at=BEFORE, merchant=shop, person=manager, due=DUE)
    with CaptureQueriesContext(connection) as asked:
        assert sweep(at(1, 1), batch=2) == 4
    assert len({*Notice.objects.values_list("mail", flat=True)}) == 1
    assert sum("INTO notifications_mail" in one["sql"] for one in asked) == 1


def test_help_is_called_once_and_only_where_there_is_more_than_a_batch(owed, shop, manager):
    for key in range(2, 6):
        owed.owe(key, at=BEFORE, merchant=shop, person=manager, due=DUE)
    calls = []
    assert sweep(at(1), batch=6, call_help=lambda: calls.append(1)) == 5
    assert calls == []
    for key in range(6, 11):
        owed.owe(key, at=BEFORE, merchant=shop, person=manager, due=DUE)
    assert sweep(at(1), batch=2, call_help=lambda: calls.append(1)) == 5
    assert calls == [1]


def test_of_one_thing_the_newest_decision_waits_and_none_once_it_is_settled(owed, operations):
    sweep(at(11))
    ladder, first = Ladder.objects.get(), Notice.objects.get(kind="decide")
    rung = RungFactory(ladder=ladder, epoch=ladder.epoch, step=20, state="done", due_at=at(14), done_at=at(14))
    newest = Notice.objects.create(
        rung=rung, organisation=first.organisation, membership=operations, kind="decide", title="Newest",
        url="/chores/", created_at=at(14), state="shown",
    )  # fmt: skip
    assert [one.title for one in read(waiting(operations, at(14)))] == ["Newest"]
    Notice.objects.filter(pk=newest.pk).update(read_at=at(14))
    assert list(read(waiting(operations, at(14)))) == []


class Weekly(Chores):
    """Again each week after the last step, which comes on the fifth working day."""

    key, repeats = "weekly", 5


class Ahead(Chores):
    """Before only."""

    key = "ahead"
    steps = (Step("Two before", (-2, -2, -2), only_ahead=True), Step("One before", (-1, -1, -1), only_ahead=True))


def test_of_repeats_that_were_missed_the_last_one_goes(shop, manager):
    """Steps 4, 5, ... come on the working days 10, 15, ...: on the 48th it is step 11, also where 9 is the next."""
    for rule in registered(Weekly()):
        rule.owe(1, at=BEFORE, merchant=shop, person=manager, due=DUE)
        standing = rule.standings([1], Calendars(BEFORE))[1]
        delays = Policies([shop.pk]).of(shop.pk, rule)
        late = start_of(standing.calendar.add_business_days(DUE, 48), standing.zone)
        for since in (0, 4, 9, 11):
            come, following = planning.split(rule, standing, delays, late, since=since)
            assert (come.step, following.step) == (11, 12)


def test_what_reminds_before_only_says_nothing_after(shop, manager):
    for rule in registered(Ahead()):
        rule.owe(1, at=at(3, 12), merchant=shop, person=manager, due=DUE)
        assert not Rung.objects.exists()
        rule.owe(2, at=at(2, 12), merchant=shop, person=manager, due=DUE)
        assert Rung.objects.get().step == 1
