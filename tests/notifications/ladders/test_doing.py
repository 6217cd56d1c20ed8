"""What people do with a reminder: hold it, let it go, send it now, put it off; and how firm all of them are."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from outsourcing.accounts.actions import remove_member
from outsourcing.notifications.errors import NothingAhead, TooFarOff
from outsourcing.notifications.ladders import brake, effects, outgoing, planning
from outsourcing.notifications.ladders.forms import PolicyForm
from outsourcing.notifications.ladders.policies import effective
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Notice, Policy, Rung, Tally
from outsourcing.notifications.tasks import replan, tidy_reminders
from outsourcing.notifications.waiting import waiting
from outsourcing.shared.statements import read
from tests.factories import MembershipFactory, NoticeFactory
from tests.notifications.ladders.conftest import ahead_of, ladder_of, mails, states, told

pytestmark = pytest.mark.django_db
BEFORE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def at(day: int, hour: int = 6) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


@pytest.fixture
def owed(chores, shop, manager, operations):
    chores.owe(1, at=BEFORE, merchant=shop, person=manager, due=date(2026, 12, 4))
    return chores


# ---- One reminder ---------------------------------------------------------------------------------------------------
def test_held_it_does_not_go_and_let_go_only_the_highest_does(owed, operations):
    planning.hold(Rung.objects.get(), by=operations)
    sweep(at(9))
    assert not Notice.objects.exists()
    planning.let_go(Rung.objects.get(), at=at(9))
    sweep(at(9))
    assert [step for step, *_rest in told(1)] == [2]
    with pytest.raises(NothingAhead):
        planning.hold(Rung.objects.get(step=2), by=operations)


def test_what_is_held_ends_with_what_it_is_about(owed, operations):
    planning.hold(Rung.objects.get(), by=operations)
    owed.owe(1, at=at(1), over="It was swept.")
    with pytest.raises(NothingAhead):
        planning.let_go(Rung.objects.get(), at=at(2))


def test_sent_now_it_goes_once_counts_and_the_next_follows(owed, operations, manager):
    for _twice in range(2):
        planning.send_now(Rung.objects.planned().get(), by=operations, at=at(1, 0) - timedelta(hours=12))
    sweep(at(1, 0) - timedelta(hours=12))
    assert states(1) == [(1, 0, "done"), (1, 1, "planned")]
    assert mails()[0].occurrence == f"urgent:{manager.pk}:2026-11-30:1"
    sweep(at(1))
    assert Notice.objects.count() == 1


def test_what_waits_for_its_mail_is_listed_and_can_be_held(owed, operations, manager, signed_in, sink, send):
    client = signed_in(operations)
    with time_machine.travel(at(1), tick=False):
        sweep(at(1))
        page = client.get("/reminders/").text
        notice = Notice.objects.get()
        assert page.index("goes with this mail") < page.index("First")  # before what is planned as a row
        assert (
            f"Before · To {manager.label}, {manager.organisation} · goes with this mail".replace("&", "&amp;") in page
        )
        answer = client.post(f"/reminders/mails/{notice.pk}/hold/", follow=True)
        assert "Held by Rosa Imberg." in answer.text
        with pytest.raises(NothingAhead):
            outgoing.hold(notice, by=operations)
    assert send(at(1, 10)) == 0
    sweep(at(2))
    assert send(at(2, 10)) == 0
    with time_machine.travel(at(2, 12), tick=False):
        answer = client.post(f"/reminders/mails/{notice.pk}/let-go/", follow=True)
        assert "It goes with the next mail." in answer.text
        with pytest.raises(NothingAhead):
            outgoing.let_go(notice)
    assert send(at(3, 10)) == 1
    assert Notice.objects.get().state == "mailed"
    with time_machine.travel(at(3, 11), tick=False):
        assert "goes with this mail" not in client.get("/reminders/").text


def test_what_is_held_and_over_is_listed_no_more(owed, operations):
    sweep(at(1))
    outgoing.hold(Notice.objects.get(), by=operations)
    assert outgoing.of_organisation(operations).exists()
    owed.owe(1, at=at(2), over="It was swept.")
    assert not outgoing.of_organisation(operations).exists()


def test_a_storm_s_decision_leaves_alone_what_somebody_holds(owed, operations, owner, shop):
    sweep(at(1))
    outgoing.hold(Notice.objects.get(), by=operations)
    tally = Tally.objects.get(organisation=shop)
    Tally.objects.filter(pk=tally.pk).update(held_at=at(1))
    assert brake.decide(tally, let_go=True, by=owner, at=at(1)) == 0
    assert Notice.objects.get().state == "held"


@pytest.mark.parametrize("days", [-1, 0, 11, 10_000])
def test_put_off_by_ten_days_at_most(chores, shop, owner, days):
    chores.owe(2, at=BEFORE, merchant=shop, person=owner, due=date(2026, 12, 4))
    with pytest.raises(TooFarOff):
        planning.snooze(ladder_of(2), BEFORE.date() + timedelta(days=days), by=owner, at=BEFORE)


def test_put_off_it_comes_on_that_day(chores, shop, owner):
    chores.owe(2, at=BEFORE, merchant=shop, person=owner, due=date(2026, 11, 24))
    planning.snooze(ladder_of(2), date(2026, 12, 1), by=owner, at=BEFORE)
    assert ahead_of(2)[1] == at(1, 0)


def test_what_others_owe_is_not_ours_to_put_off(owed, owner):
    with pytest.raises(NothingAhead):
        planning.snooze(ladder_of(1), date(2026, 12, 1), by=owner, at=BEFORE)


# ---- How firm -------------------------------------------------------------------------------------------------------
def form(chores, shop, **given) -> PolicyForm:
    return PolicyForm({"preset": "own", **given}, rule=chores, organisation=shop, policy=None)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"step0": "3", "step1": "1"}, "step1"),  # backwards
        ({"step1": "2", "step2": "2"}, "step2"),  # at once
        ({"step3": "10000"}, "step3"),
        ({"step3": "-10000"}, "step3"),
        ({"step3": "9" * 30}, "step3"),
        ({"step3": "soon"}, "step3"),
        ({}, "preset"),  # nobody is ever reminded
        ({"preset": "gentle", "words": "Dear {nobody},"}, "words"),
        ({"preset": "gentle", "words": "{title.__class__}"}, "words"),
        ({"preset": "gentle", "words": "{title!r:>1000000}"}, "words"),
        ({"preset": "gentle", "words": "{0}{}"}, "words"),
        ({"preset": "gentle", "words": "Half a {brace"}, "words"),
        ({"preset": "gentle", "words": "x" * 10_000}, "words"),
        ({"preset": "gentle", "words": "\x00"}, "words"),
        ({"preset": "furious"}, "preset"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(chores, shop, given, field):
    assert field in form(chores, shop, **given).errors


@pytest.mark.parametrize(("preset", "first"), [("gentle", None), ("normal", -3), ("firm", -3)])
def test_presets(chores, shop, preset, first):
    made = form(chores, shop, preset=preset)
    assert made.is_valid()
    assert effective(chores, made.policy())[0] == first


def test_what_is_shown_before_is_what_saving_does(owed, shop, manager):
    owed.owe(2, at=at(7), merchant=shop, person=manager, due=date(2026, 12, 4))
    sweep(at(7))
    owed.owe(3, at=at(7), merchant=shop, person=manager, due=date(2026, 12, 4))
    made = form(owed, shop, step1="4", step2="7", words="Please mind {title}.")
    assert made.is_valid(), made.errors
    shown = {one.ladder.subject: one.after for one in effects.effects(shop, owed, made.delays(), at(7, 12))}
    before = {key: ahead_of(key)[1] for key in (1, 2, 3)}
    assert Policy.objects.count() == 0
    assert effects.save(made.policy(), at=at(7, 12)) == 0
    after = {key: ahead_of(key)[1] for key in (1, 2, 3)}
    assert shown == {key: due for key, due in after.items() if max(before[key], at(7, 12)) != max(due, at(7, 12))}
    assert shown


@pytest.fixture
def half_saved(owed, shop, manager, monkeypatch):
    """A gentler choice for eight things, of which a request does two; the broker has lost the task for the others."""
    for number in range(2, 9):
        owed.owe(number, at=BEFORE, merchant=shop, person=manager, due=date(2026, 12, 4))
    monkeypatch.setattr(effects, "AT_ONCE", 2)
    monkeypatch.setattr(effects, "CHUNK", 2)
    assert effects.save(Policy(organisation=shop, rule="chore", preset="gentle"), at=BEFORE) == 6
    assert sorted(ahead_of(key)[0] for key in range(1, 9)) == [0, 0, 0, 0, 0, 0, 1, 1]
    return owed


def test_what_a_lost_task_left_the_beat_finds_and_does(half_saved):
    half_saved.broken = {next(key for key in range(1, 9) if ahead_of(key)[0] == 0)}  # one keeps no other back
    with time_machine.travel(BEFORE + timedelta(minutes=5), tick=False):
        tidy_reminders()
    assert {ahead_of(key)[0] for key in set(range(1, 9)) - half_saved.broken} == {1}
    assert Policy.objects.get().left_after is None
    looks = half_saved.looks
    effects.find_left(BEFORE)
    assert half_saved.looks == looks


def test_another_choice_starts_from_the_beginning(half_saved, shop):
    effects.AT_ONCE = 500  # the fixture puts it back
    assert effects.save(Policy(organisation=shop, rule="chore", preset="firm"), at=BEFORE) == 0
    assert Policy.objects.get().left_after is None
    assert {ahead_of(key)[0] for key in range(1, 9)} == {0}


def test_the_task_does_what_is_left_and_once_only(half_saved, shop):
    with time_machine.travel(BEFORE, tick=False):
        replan(shop.pk, "chore")
        looks = half_saved.looks
        replan(shop.pk, "chore")
    assert {ahead_of(key)[0] for key in range(1, 9)} == {1}
    assert half_saved.looks == looks


def test_a_shops_own_words_stand_in_its_mails(owed, shop, sink, send):
    Policy.objects.create(organisation=shop, rule="chore", words="Please mind {title} by {due}. {nobody}")
    sweep(at(1))
    send(at(1, 10))
    text = " ".join(sink.only().get_body(("plain",)).get_content().split())
    assert "Please mind Sweep the yard by 2026-12-04. {nobody}" in text


def test_a_rivals_policy_changes_nothing_here(owed, rival):
    Policy.objects.create(organisation=rival.organisation, rule="chore", preset="gentle")
    planning.follow("chore", [1], at=BEFORE)
    assert ahead_of(1) == (0, at(1, 0))


def test_a_missing_operations_manager_is_the_owner(chores, shop, manager, owner):
    chores.owe(1, at=BEFORE, merchant=shop, person=manager, due=date(2026, 12, 4))
    sweep(at(11))
    assert told(1) == [(3, owner, "decide", "shown")]


def test_a_former_member_is_nobody(owed, vendor, manager):
    head = MembershipFactory(organisation=vendor, roles=["manager"])
    manager.left_at = at(1)
    manager.save()
    sweep(at(7))
    assert [person for _step, person, *_rest in told(1)] == [head]


def test_what_a_leaver_had_to_decide_is_the_successors(owed, operations, owner):
    sweep(at(11))
    mine = Notice.objects.get(kind="decide", membership=operations)
    remove_member(operations, successor=owner, at=at(11, 8))
    mine.refresh_from_db()
    assert mine.membership == owner
    assert [one.title for one in read(waiting(owner, at(11, 9)))] == [mine.title]


def test_a_successor_who_was_told_already_is_not_told_twice(owed, operations, owner):
    sweep(at(11))
    theirs = Notice.objects.get(kind="decide", membership=operations)
    NoticeFactory(rung=theirs.rung, membership=owner)
    remove_member(operations, successor=owner, at=at(11, 8))
    assert Notice.objects.filter(rung=theirs.rung, membership=owner).count() == 1
