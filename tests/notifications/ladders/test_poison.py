"""A room that fails over one thing keeps no other back, and that one is not lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DataError

from outsourcing.notifications.errors import NothingAhead
from outsourcing.notifications.ladders import sweeping
from outsourcing.notifications.ladders.planning import find_lost, try_again
from outsourcing.notifications.ladders.poison import AGAIN, TRIES
from outsourcing.notifications.ladders.posting import post_leftovers, tidy
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Ladder, Mail, Notice, Rung
from outsourcing.notifications.undelivered import undecided
from outsourcing.notifications.waiting import waiting
from outsourcing.shared.statements import read

pytestmark = pytest.mark.django_db


def at(day: int, hour: int = 6) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


@pytest.fixture
def owed(chores, shop, manager, contact):
    for key, person in ((1, manager), (2, contact), (3, manager)):
        chores.owe(key, at=at(4, 12), merchant=shop, person=person, due=date(2026, 12, 4), title=f"Yard {key}")
    return chores


def test_what_cannot_be_read_waits_an_hour_and_the_others_go(owed):
    owed.broken = {2}
    sweep(at(7))
    assert set(Notice.objects.values_list("rung__ladder__subject", flat=True)) == {1, 3}
    assert Rung.objects.planned().get(ladder__subject=2).due_at == at(7) + AGAIN
    owed.broken = set()
    sweep(at(7) + AGAIN)
    assert Notice.objects.filter(rung__ladder__subject=2, rung__step=1).exists()


def test_what_the_database_refuses_of_one_keeps_no_other_back(owed):
    found = owed.standings

    def refused(subjects, calendars):
        if 2 in subjects:
            raise DataError("value too long")
        return found(subjects, calendars)

    owed.standings = refused
    sweep(at(7))
    assert set(Notice.objects.values_list("rung__ladder__subject", flat=True)) == {1, 3}


def test_when_the_time_is_up_no_rung_is_to_blame(owed):
    def late(*_given):
        raise SoftTimeLimitExceeded

    owed.standings = late
    with pytest.raises(SoftTimeLimitExceeded):
        sweep(at(7))
    assert not Rung.objects.exclude(why="").exists()


def test_a_rule_that_fails_altogether_loses_nothing(owed):
    owed.broken = {1, 2, 3}
    sweep(at(7))
    assert not Notice.objects.exists()
    owed.broken = set()
    sweep(at(7, 8))
    assert Notice.objects.count() == 3


@pytest.mark.parametrize("how", ["mute", "broken"])
def test_a_line_that_cannot_be_drawn_is_left_out_and_the_others_go(owed, sink, send, manager, contact, how):
    sweep(at(7))
    setattr(owed, how, {3})
    assert send(at(7, 9) + timedelta(minutes=40)) == 2
    assert sorted(sink.readers) == sorted([manager.email, contact.email])
    bad = Notice.objects.get(rung__ladder__subject=3)
    error = "KeyError" if how == "mute" else "ZeroDivisionError"
    assert (bad.state, bad.why) == ("dropped", f"It could not be written: {error}")


@pytest.mark.parametrize("how", ["mute", "broken"])
def test_a_mail_that_cannot_be_drawn_is_seen_and_in_no_ones_way(owed, send, contact, manager, how):
    sweep(at(7))
    setattr(owed, how, {2})
    send(at(7, 9) + timedelta(minutes=40))
    mail = Mail.objects.get(membership=contact)
    assert list(undecided(manager)) == [mail]  # who runs the vendor sees it
    tidy()
    assert post_leftovers(at(7, 11)) == 0
    assert Mail.objects.filter(membership=contact).count() == 1


@pytest.mark.parametrize("how", ["mute", "broken"])
def test_what_cannot_be_drawn_fails_alone_and_a_person_may_send_it_again(owed, sink, send, manager, contact, how):
    sweep(at(7))
    setattr(owed, how, {2})
    assert send(at(7, 9) + timedelta(minutes=40)) == 1
    mail = Mail.objects.get(membership=contact)
    assert mail.state == "failed"
    assert mail.answer.startswith(("KeyError: ", "ZeroDivisionError: "))
    setattr(owed, how, set())
    Mail.objects.filter(pk=mail.pk).send_again(at=at(7, 10))
    assert send(at(7, 11)) == 1
    assert sink.readers == [manager.email, contact.email]


def test_when_the_time_is_up_no_line_is_to_blame(owed, send):
    sweep(at(7))

    def late(*_given):
        raise SoftTimeLimitExceeded

    owed.letter = late
    with pytest.raises(SoftTimeLimitExceeded):
        send(at(7, 9) + timedelta(minutes=40))
    assert not Mail.objects.filter(state="failed").exists()
    assert not Notice.objects.filter(state="dropped").exists()


def test_what_cannot_be_read_keeps_no_lost_one_back(owed):
    Rung.objects.all().delete()
    Ladder.objects.all().delete()
    owed.broken = {2}
    find_lost(at(4, 12))
    assert set(Ladder.objects.values_list("subject", flat=True)) == {1, 3}


def test_what_a_batch_that_failed_had_made_is_not_believed_in(owed, monkeypatch):
    """Its digest was taken back with it, though the next batch would have remembered it."""
    told, failed = sweeping._tell, []

    def fails_at_first(notices, when):
        if not failed:
            failed.append(Mail.objects.filter(template="digest").count())
            raise DataError("out of room")
        told(notices, when)

    monkeypatch.setattr(sweeping, "_tell", fails_at_first)
    assert sweep(at(7)) == 3
    assert failed[0] == 2
    mails = dict(Notice.objects.values_list("rung__ladder__subject", "mail__membership"))
    assert mails == {1: owed.things[1].person.pk, 2: owed.things[2].person.pk, 3: owed.things[1].person.pk}
    assert Mail.objects.filter(template="digest").count() == 2


# ---- What stays broken ----------------------------------------------------------------------------------------------
@pytest.fixture
def given_up(owed, operations):
    """The second yard cannot be read, each time somebody looks."""
    owed.broken = {2}
    for hour in range(TRIES):
        assert Rung.objects.filter(ladder__subject=2).values_list("state", flat=True).get() == "planned"
        sweep(at(7) + hour * AGAIN)
    return Rung.objects.get(ladder__subject=2)


def test_what_stays_broken_is_parked_after_eight_tries_and_a_person_has_it(given_up, owed, operations, signed_in):
    assert given_up.state == "skipped"
    assert given_up.why == "Given up after 8 tries. Something is wrong with it: ZeroDivisionError"
    looks = owed.looks
    sweep(at(7) + (TRIES + 1) * AGAIN)
    assert owed.looks == looks
    told = given_up.notices.get()
    assert (told.membership, told.kind, told.state) == (operations, "decide", "shown")
    assert [one.title for one in read(waiting(operations, at(8)))] == [
        "Remind them yourself, it cannot be sent: Yard 2"
    ]
    page = signed_in(operations).get(told.url)
    assert "Given up after 8 tries" in page.text
    assert f"/reminders/one/{given_up.pk}/again/" in page.text


def test_once_it_is_mended_a_person_has_it_tried_again(given_up, owed, operations, contact, signed_in):
    owed.broken = set()
    answer = signed_in(operations).post(f"/reminders/one/{given_up.pk}/again/", follow=True)
    assert "It is tried once more within a minute." in answer.text
    given_up.refresh_from_db()
    sweep(max(given_up.due_at, at(8)))
    assert Notice.objects.filter(rung__ladder__subject=2, membership=contact, rung__state="done").exists()
    assert Rung.objects.planned().filter(ladder__subject=2).exists()
    assert list(read(waiting(operations, at(9)))) == []


def test_what_went_or_is_over_is_not_tried_again(given_up, owed, operations):
    with pytest.raises(NothingAhead):
        try_again(Rung.objects.filter(ladder__subject=1, state="done").get(), by=operations, at=at(8))
    owed.broken = set()
    owed.owe(2, at=at(8), over="It was swept.")
    with pytest.raises(NothingAhead):
        try_again(given_up, by=operations, at=at(8))


def test_a_change_of_what_is_owed_starts_anew(given_up, owed):
    owed.broken = set()
    owed.owe(2, at=at(8), version="2", due=date(2026, 12, 18))
    assert Rung.objects.planned().get(ladder__subject=2).epoch == 2


def test_tries_before_it_was_mended_are_forgotten(owed):
    owed.broken = {2}
    sweep(at(7))
    assert Rung.objects.planned().get(ladder__subject=2).why.startswith("1/8 Something is wrong with it: ")
    owed.broken = set()
    owed.owe(2, at=at(7), promised=date(2026, 12, 10))
    assert Rung.objects.planned().get(ladder__subject=2).why == ""


@pytest.mark.parametrize("page", ["/reminders/", "ladder"])
def test_the_pages_show_the_others_and_what_is_wrong_with_one(owed, operations, signed_in, page):
    owed.broken = {2}
    sweep(at(7))
    ladder = Ladder.objects.get(subject=2)
    with time_machine.travel(at(7), tick=False):
        shown = signed_in(operations).get(page if page != "ladder" else f"/reminders/{ladder.pk}/")
    assert "1/8 Something is wrong with it: ZeroDivisionError" in shown.text
    assert "Yard 2" in shown.text
    assert ("Yard 1" in shown.text) == (page == "/reminders/")
