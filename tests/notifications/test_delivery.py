"""Delivery to a real mail server: what became of each mail, and how the next one fared."""

import threading
from collections import Counter
from datetime import timedelta

import psycopg2
import pytest
from django.db import IntegrityError, connection
from django.db.models.functions import Now

from outsourcing.notifications import delivery, hooks
from outsourcing.notifications.models import GIVE_UP, Mail
from outsourcing.shared.serving import free_port
from tests.factories import MailFactory, MembershipFactory
from tests.notifications.conftest import NOW

MINUTE = timedelta(minutes=1)
State = Mail.State


def let_leases_run_out() -> None:
    Mail.objects.filter(state=State.SENDING).update(lease_until=Now() - MINUTE)


pytestmark = pytest.mark.django_db


# ---- It works ------------------------------------------------------------------------------------------------------
def test_what_is_due_is_sent(sink, send, fresh):
    mail = MailFactory(address="theo@shop.example")
    assert send() == 1
    assert sink.readers == ["theo@shop.example"]
    sent = fresh(mail)
    assert (sent.state, sent.sent_at, sent.attempts) == (State.SENT, NOW, 1)
    assert sent.answer == "250 2.0.0 kept as 1"
    assert (sent.claim, sent.lease_until) == (None, None)


def test_nothing_is_sent_twice(sink, send):
    MailFactory()
    assert (send(), send(NOW + timedelta(days=1))) == (1, 0)


def test_what_is_not_due_waits(sink, send):
    MailFactory(not_before=NOW + MINUTE)
    assert send() == 0
    assert send(NOW + MINUTE) == 1


@pytest.mark.parametrize("state", [State.FAILED, State.UNCERTAIN, State.CANCELLED])
def test_what_is_over_is_not_sent(sink, send, state):
    MailFactory(state=state)
    assert send() == 0


def test_the_longest_due_goes_first(sink, send):
    late, later = MailFactory(not_before=NOW), MailFactory(not_before=NOW - MINUTE)
    send()
    assert sink.readers == [later.address, late.address]


def test_many_go_over_one_connection_each_to_one_reader(sink, send):
    MailFactory.create_batch(5)
    assert send() == 5
    assert sink.calls == 1
    assert all(len(envelope.rcpt_tos) == 1 for envelope in sink.taken)
    assert all(
        message["To"] == envelope.rcpt_tos[0] for message, envelope in zip(sink.messages, sink.taken, strict=True)
    )


def test_one_wake_takes_so_many_and_the_next_the_rest(sink, send, monkeypatch):
    monkeypatch.setattr(delivery, "AT_ONCE", 2)
    MailFactory.create_batch(3)
    assert (send(), send()) == (2, 1)


def test_an_empty_outbox_calls_nobody(sink, send):
    assert send() == 0
    assert sink.calls == 0


# ---- It does not ---------------------------------------------------------------------------------------------------
def test_a_refusal_for_now_is_tried_again_and_others_flow(sink, send, fresh):
    slow, other = MailFactory(address="slow@shop.example"), MailFactory()
    assert send() == 1
    assert sink.readers == [other.address]
    waiting = fresh(slow)
    assert (waiting.state, waiting.attempts, waiting.claim) == (State.PENDING, 1, None)
    assert 0.75 * MINUTE <= waiting.not_before - NOW <= 1.25 * MINUTE
    assert waiting.answer.startswith("450 ")
    assert "come back later" in waiting.answer


def test_a_refusal_for_good_is_tried_once_and_others_flow(sink, send, fresh):
    gone, other = MailFactory(address="gone@shop.example"), MailFactory()
    assert send() == 1
    assert sink.readers == [other.address]
    assert (fresh(gone).state, fresh(gone).attempts) == (State.FAILED, 1)
    assert "no such person" in fresh(gone).answer
    assert send(NOW + timedelta(days=1)) == 0


def test_a_server_that_hangs_up_costs_the_others_nothing(sink, send, fresh):
    closed, other = MailFactory(address="closed@shop.example"), MailFactory()
    assert send() == 1
    assert (fresh(closed).state, fresh(other).state) == (State.PENDING, State.SENT)


def test_silence_after_the_text_is_tried_once_more_with_the_same_message_id_then_a_person_decides(sink, send, fresh):
    lost, other = MailFactory(address="lost@shop.example"), MailFactory()
    send()
    assert (fresh(lost).state, fresh(other).state) == (State.PENDING, State.SENT)
    assert fresh(lost).answer.startswith("SMTPServerDisconnected")
    send(NOW + 2 * MINUTE)
    assert fresh(lost).state == State.UNCERTAIN
    send(NOW + timedelta(days=1))
    assert [message["Message-ID"] for message in sink.messages].count(lost.message_id) == 2


def test_a_secret_is_never_sent_again_once_its_text_has_gone(sink, send, fresh):
    code = MailFactory(address="lost@shop.example", is_secret=True)
    send()
    send(NOW + timedelta(days=1))
    assert fresh(code).state == State.UNCERTAIN
    assert sink.readers == ["lost@shop.example"]


def test_a_server_that_is_away_leaves_all_waiting(send, settings, fresh):
    settings.MAIL_SERVER = settings.MAIL_SERVER | {"EMAIL_PORT": free_port()}
    mails = MailFactory.create_batch(3)
    assert send() == 0
    assert {fresh(mail).state for mail in mails} == {State.PENDING}
    assert fresh(mails[0]).answer.startswith("ConnectionRefusedError")


@pytest.mark.parametrize("address", ["nobody", "a b@shop.example", "jürgen@shop.example", "a@b\r\nBcc: x@evil.example"])
def test_a_row_that_cannot_be_written_fails_alone(sink, send, fresh, address):
    broken, other = MailFactory(address=address), MailFactory()
    assert send() == 1
    assert sink.readers == [other.address]
    assert fresh(broken).state == State.FAILED
    assert fresh(broken).answer


# ---- Again, and for how long ---------------------------------------------------------------------------------------
def test_waits_double_up_to_four_hours_and_each_is_a_little_different():
    waits = [delivery.wait_after(attempts) for attempts in range(1, 40)]
    for attempts, wait in enumerate(waits, start=1):
        middle = min(MINUTE * 2 ** (attempts - 1), timedelta(hours=4))
        assert 0.75 * middle <= wait <= 1.25 * middle
    assert len({delivery.wait_after(1) for _ in range(20)}) > 1


def test_it_is_given_up_after_72_hours(sink, send, fresh):
    mail, at = MailFactory(address="slow@shop.example"), NOW
    for _ in range(50):
        if fresh(mail).state == State.PENDING:
            at = fresh(mail).not_before
            send(at)
    assert fresh(mail).state == State.FAILED
    assert timedelta(hours=66) < at - NOW <= GIVE_UP
    assert 20 < fresh(mail).attempts < 35


# ---- A server that takes nothing from us ---------------------------------------------------------------------------
def see_that_no_mail_is_to_blame(send, fresh, mails) -> None:
    """One mail waits for its retry, the others were not even tried."""
    assert send() == 0
    first, *others = (fresh(mail) for mail in mails)
    assert (first.state, first.attempts) == (State.PENDING, 1)
    assert first.not_before > NOW
    assert {(mail.state, mail.attempts) for mail in others} == {(State.PENDING, 0)}


def test_a_refused_sender_is_no_mails_fault(sink, send, fresh, settings):
    settings.SENDER_ADDRESS = "refused@shop.example"
    mails = MailFactory.create_batch(3)
    see_that_no_mail_is_to_blame(send, fresh, mails)
    assert "553" in fresh(mails[0]).answer


def test_a_refused_password_is_no_mails_fault(sink, send, fresh, settings):
    settings.MAIL_SERVER = settings.MAIL_SERVER | {"EMAIL_HOST_USER": "we", "EMAIL_HOST_PASSWORD": "rotated"}
    see_that_no_mail_is_to_blame(send, fresh, MailFactory.create_batch(3))


def test_a_server_that_is_away_is_no_mails_fault(sink, send, fresh, settings):
    settings.MAIL_SERVER = settings.MAIL_SERVER | {"EMAIL_PORT": free_port()}
    see_that_no_mail_is_to_blame(send, fresh, MailFactory.create_batch(3))


# ---- One worker only -----------------------------------------------------------------------------------------------
def test_a_claimed_mail_is_not_taken_by_another():
    MailFactory()
    assert len(Mail.objects.claim(at=NOW)) == 1
    assert Mail.objects.claim(at=NOW) == []
    assert Mail.objects.claim(at=NOW + timedelta(days=1)) == []  # a lease is counted by the database's time


def test_twenty_are_claimed_under_one_lease():
    MailFactory.create_batch(25)
    first, second = Mail.objects.claim(at=NOW), Mail.objects.claim(at=NOW)
    assert (len(first), len(second)) == (20, 5)
    assert len({one.claim for one in first}) == 1


def test_an_expired_lease_is_taken_and_the_first_worker_may_say_no_more(fresh):
    MailFactory()
    (first,) = Mail.objects.claim(at=NOW)
    let_leases_run_out()
    (second,) = Mail.objects.claim(at=NOW)
    assert (second.pk, second.attempts) == (first.pk, 2)
    assert second.claim != first.claim
    assert first.sent(at=NOW, answer="250 too late") is False
    assert first.failed("550 too late") is False
    assert first.retry(at=NOW, wait=MINUTE, answer="450 too late") is False
    assert fresh(first).state == State.SENDING
    assert second.sent(at=NOW, answer="250 ok") is True


def test_a_dead_workers_mail_goes_out(sink, send):
    MailFactory()
    Mail.objects.claim(at=NOW)
    assert send(NOW + MINUTE) == 0
    let_leases_run_out()
    assert send(NOW + MINUTE) == 1


# ---- Killed anywhere -----------------------------------------------------------------------------------------------
def killed(*, begun: bool) -> Mail:
    """A worker has claimed the mail, has perhaps begun to hand its text over, and is no more."""
    (mail,) = Mail.objects.claim(at=NOW)
    if begun:
        mail.begin(at=NOW)
    let_leases_run_out()
    return mail


def test_before_the_text_it_goes_again_however_often_up_to_eight(sink, send, fresh):
    mail = MailFactory()
    for _death in range(7):
        killed(begun=False)
    assert (send(NOW + MINUTE), fresh(mail).crashes, fresh(mail).resent) == (1, 7, 0)


def test_what_kills_eight_workers_is_parked_and_others_flow(sink, send, fresh):
    deadly = MailFactory()
    for _death in range(8):
        killed(begun=False)
    other = MailFactory()
    assert send(NOW + MINUTE) == 1
    assert (fresh(deadly).state, fresh(other).state) == (State.FAILED, State.SENT)
    assert "8 workers" in fresh(deadly).answer


def test_after_the_text_it_goes_once_more_and_then_waits_for_a_person(sink, send, fresh):
    mail = MailFactory()
    killed(begun=True)
    again = killed(begun=True)
    assert (again.resent, again.data_started_at) == (1, None)
    assert send(NOW + MINUTE) == 0
    assert fresh(mail).state == State.UNCERTAIN
    assert "nobody knows" in fresh(mail).answer


def test_a_secret_is_parked_at_once(sink, send, fresh):
    code = MailFactory(is_secret=True)
    killed(begun=True)
    assert send(NOW + MINUTE) == 0
    assert fresh(code).state == State.UNCERTAIN


# ---- Looked at once more before it goes ----------------------------------------------------------------------------
def test_who_has_left_gets_nothing_more(sink, send, fresh):
    gone = MailFactory(membership=MembershipFactory(left_at=NOW))
    stays = MailFactory(membership=MembershipFactory())
    assert send() == 1
    assert (fresh(gone).state, fresh(stays).state) == (State.CANCELLED, State.SENT)


def test_a_room_may_say_no(sink, send, fresh):
    over, other = MailFactory(), MailFactory()

    def say_no(batch):
        return {one.pk: "It was answered." for one in batch if one.pk == over.pk}

    hooks.unwanted.add(say_no)
    try:
        assert send() == 1
    finally:
        hooks.unwanted.remove(say_no)
    assert (fresh(over).state, fresh(over).answer, fresh(other).state) == (State.CANCELLED, "It was answered.", "sent")


def test_what_is_cancelled_while_a_worker_holds_it_does_not_go(sink, fresh):
    (mail,) = [MailFactory()]
    (claimed,) = Mail.objects.claim(at=NOW)
    assert Mail.objects.filter(pk=mail.pk).cancel("It was answered.") == 1
    with delivery.Server() as server:
        assert delivery._send_all([claimed], server, lambda: NOW) == (0, True)
    assert sink.taken == []
    assert fresh(mail).state == State.CANCELLED


def test_what_has_begun_to_go_is_not_cancelled(fresh):
    mail = MailFactory()
    (claimed,) = Mail.objects.claim(at=NOW)
    claimed.begin(at=NOW)
    assert Mail.objects.filter(pk=mail.pk).cancel("Too late.") == 0
    assert claimed.sent(at=NOW, answer="250 ok") is True


def test_what_a_lease_does_not_suffice_for_is_given_back(sink, send, fresh, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH_SECONDS", -1)
    monkeypatch.setattr(delivery, "AT_ONCE", 3)
    mails = MailFactory.create_batch(3)
    assert send() == 0
    assert {(fresh(one).state, fresh(one).attempts, fresh(one).claim) for one in mails} == {(State.PENDING, 0, None)}


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once(sink, send):
    MailFactory.create_batch(50)
    start, sent = threading.Barrier(2), []

    def work() -> None:
        try:
            start.wait(10)
            sent.append(send())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sum(sent) == 50
    assert set(Counter(sink.readers).values()) == {1}
    assert Mail.objects.filter(state=State.SENT).count() == len(sink.taken) == 50


# ---- What must never be true of a row ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        ({"state": "lost"}, "mail_state_known"),
        ({"state": "sending"}, "mail_sending_is_claimed"),
        ({"state": "sent"}, "mail_sent_has_a_time"),
    ],
)
def test_constraint(fields, fact):
    with pytest.raises(IntegrityError, match=fact):
        MailFactory(**fields)


def test_one_occurrence_reaches_an_address_once():
    mail = MailFactory()
    with pytest.raises(IntegrityError, match="mail_occurrence_unique"):
        MailFactory(occurrence=mail.occurrence, address=mail.address)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_restarts_meanwhile_costs_no_mail_and_doubles_none(sink, send, monkeypatch, transactional_db):
    """While the third text goes, the worker's connection is cut off, as a restart cuts it."""
    mails = MailFactory.create_batch(5)
    original = type(sink).handle_DATA

    async def cut_off(self, server, session, envelope):
        answer = await original(self, server, session, envelope)
        if len(self.taken) == 3:
            psycopg2.connect(**ours).cursor().execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        return answer

    with connection.cursor():
        ours = connection.connection.get_dsn_parameters()
    ours = {name: ours[name] for name in ("host", "port", "user", "dbname") if name in ours} | {
        "password": connection.settings_dict["PASSWORD"]
    }
    monkeypatch.setattr(type(sink), "handle_DATA", cut_off)
    assert send() == 5
    assert Counter(sink.readers) == Counter({one.address: 1 for one in mails})
    assert set(Mail.objects.values_list("state", flat=True)) == {State.SENT}
