"""Mails that come back: reports are read, an address that takes none is known, and a person can say that it works."""

import re
import subprocess
import sys
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings as configuration
from django.db import connection
from django.urls import reverse

from outsourcing.notifications.bounces import taking
from outsourcing.notifications.bounces.reports import read
from outsourcing.notifications.models import Bounce, Mail, Recipient
from tests.factories import MailFactory
from tests.notifications.conftest import NOW

pytestmark = pytest.mark.django_db
State = Mail.State
SECRET = {"HTTP_AUTHORIZATION": "Bearer the secret"}


def report(mail, status="5.1.1", action="failed", *, kind="text/rfc822-headers", of="delivery-status", more=""):
    """A report as mail servers write it."""
    return (
        f"From: MAILER-DAEMON@b.example\r\nTo: no-reply@localhost\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type={of}; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
        f"--b\r\nContent-Type: message/{of}\r\n\r\nReporting-MTA: dns; mx.b.example\r\n\r\n"
        f"Final-Recipient: rfc822; {mail.address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} no\0body\r\n here\r\n{more}\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n"
        f"Subject: ours\r\nMessage-ID: {mail.message_id}\r\n\r\n--b--\r\n"
    ).encode()


@pytest.fixture
def sent(shop):
    """A mail that a server took."""
    return MailFactory(organisation=shop, state=State.SENT, sent_at=NOW, address="theo@b.example")


def is_unreachable(mail):
    return Recipient.objects.unreachable().filter(address=mail.address).exists()


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_says_which_mail_came_back_and_why(sent, kind):
    (found,) = read(report(sent, kind=kind))
    assert (found.message_id, found.status, found.said) == (sent.message_id, "5.1.1", "550 5.1.1 nobody here")


def test_an_id_with_a_nul_in_it_is_none_of_ours(sent):
    sent.message_id = "<abc\0def@localhost>"
    assert read(report(sent)) == []


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_that_something_arrived_is_no_news(sent, action):
    assert read(report(sent, "2.0.0", action)) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\xff" * 1000,
        b"Subject: out of office\r\n\r\nI am away. Status: 5.1.1",
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n",
        b"Content-Type: multipart/report\r\n\r\nno boundary",
    ],
)
def test_what_is_no_report_says_nothing(content):
    assert read(content) == []


def test_a_receipt_is_not_read(sent):
    assert read(report(sent, of="disposition-notification")) == []


def test_a_permanent_failure_ends_mails_to_the_address_at_once(sent, sink, send, fresh):
    assert taking.take(report(sent), at=NOW) == 1
    later = MailFactory(address=sent.address)
    code = MailFactory(address=sent.address, is_secret=True)
    assert send() == 1
    assert (fresh(later).state, fresh(later).answer) == (State.CANCELLED, "Mails to this address come back.")
    assert fresh(code).state == State.SENT


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.4.7", "5.3.4"])
def test_a_passing_one_does_with_the_third_of_seven_days(shop, status):
    mails = MailFactory.create_batch(4, organisation=shop, state=State.SENT, sent_at=NOW, address="full@b.example")
    taking.take(report(mails[0], status), at=NOW - timedelta(days=8))
    for mail in (mails[1], mails[1], mails[2]):  # one mail that came back twice is one
        taking.take(report(mail, status), at=NOW)
        assert not is_unreachable(mail)
    taking.take(report(mails[3], status), at=NOW)
    assert is_unreachable(mails[3])


def test_what_came_back_before_somebody_proved_the_address_counts_no_more(shop):
    mails = MailFactory.create_batch(5, organisation=shop, state=State.SENT, sent_at=NOW, address="full@b.example")
    for mail in mails[:2]:
        taking.take(report(mail, "5.2.2"), at=NOW)
    taking.prove("Full@b.example", at=NOW + timedelta(hours=1))
    for mail in mails[2:4]:
        taking.take(report(mail, "5.2.2"), at=NOW + timedelta(hours=2))
        assert not is_unreachable(mail)
    taking.take(report(mails[4], "5.2.2"), at=NOW + timedelta(hours=2))
    assert is_unreachable(mails[4])


def test_the_same_report_twice_changes_nothing(sent):
    for _ in range(2):
        taking.take(report(sent), at=NOW)
    assert Bounce.objects.count() == 1


def test_a_report_of_a_mail_that_never_was_changes_nothing(sent):
    stranger = Mail(address="x@b.example", message_id="<never@localhost>")
    assert taking.take(report(stranger), at=NOW) == 0
    assert not Recipient.objects.exists()


def test_what_the_server_says_of_an_address_at_once_counts_too(send, sink):
    gone = MailFactory(address="gone@b.example")
    send()
    assert is_unreachable(gone)


def test_a_report_produces_no_mail(sent):
    before = Mail.objects.count()
    taking.take(report(sent), at=NOW)
    assert Mail.objects.count() == before


def test_a_code_that_was_read_proves_that_mails_arrive(client, owner, settings):
    settings.EMAIL_BACKEND = "outsourcing.notifications.backend.OutboxBackend"
    mail = MailFactory(address=owner.user.email, state=State.SENT, sent_at=NOW)
    taking.take(report(mail), at=NOW)
    client.post(reverse("account_request_login_code"), {"email": owner.user.email})
    assert is_unreachable(mail)
    code = re.search(r"^ +(\S+)$", Mail.objects.latest("pk").text, re.MULTILINE)[1]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert not is_unreachable(mail)


# ---- The address for mail servers ----------------------------------------------------------------------------------
def hand_in(client, content, **more):
    return client.post("/mail/bounces/", content, content_type="message/rfc822", **more)


def test_handed_in_with_the_secret(client, sent, settings):
    settings.BOUNCE_SECRET = "the secret"
    assert hand_in(client, report(sent), **SECRET).json() == {"taken": 1}
    assert is_unreachable(sent)


@pytest.mark.parametrize("said", [{}, {"HTTP_AUTHORIZATION": "Bearer other"}, {"HTTP_AUTHORIZATION": "Bearer \xff"}])
def test_not_without_it(client, sent, settings, said):
    settings.BOUNCE_SECRET = "the secret"
    assert hand_in(client, report(sent), **said).status_code == 403
    assert not is_unreachable(sent)


def test_without_a_setting_there_is_no_such_address(client, sent, settings):
    settings.BOUNCE_SECRET = ""
    assert hand_in(client, report(sent), HTTP_AUTHORIZATION="Bearer ").status_code == 404


def test_nothing_is_read_there(client, settings):
    settings.BOUNCE_SECRET = "the secret"
    assert client.get("/mail/bounces/", **SECRET).status_code == 405


# ---- A person ------------------------------------------------------------------------------------------------------
def test_the_head_reads_whom_mails_do_not_reach_and_says_that_they_do(client, owner, sent):
    taking.take(report(sent), at=NOW)
    client.force_login(owner.user)
    assert "Mails do not reach one person" in client.get("/").text
    text = client.get("/settings/mails/").text
    assert "theo@b.example" in text
    assert "550 5.1.1 nobody here" in text
    assert client.post(f"/settings/mails/{sent.key}/reaches-them/").status_code == 302
    assert not is_unreachable(sent)
    assert "All of them arrived" in client.get("/settings/mails/").text
    taking.take(report(sent, "5.2.2"), at=NOW + timedelta(minutes=1))
    assert not is_unreachable(sent)


def test_another_organisation_reads_nothing_of_it(client, rival, sent):
    taking.take(report(sent), at=NOW)
    client.force_login(rival.user)
    assert "Mails do not reach" not in client.get("/").text
    assert "theo@b.example" not in client.get("/settings/mails/").text
    assert client.post(f"/settings/mails/{sent.key}/reaches-them/").status_code == 404
    assert is_unreachable(sent)


def test_what_a_server_said_of_anothers_mail_is_told_to_nobody_else(client, rival, sent):
    MailFactory(organisation=rival.organisation, address=sent.address, state=State.SENT, sent_at=NOW)
    taking.take(report(sent).replace(b"no\0body\r\n here", b"refused: canary subject"), at=NOW)
    client.force_login(rival.user)
    text = client.get("/settings/mails/").text
    assert "theo@b.example" in text
    assert "Mails to this address come back." in text
    assert "5.1.1" not in text
    assert "canary" not in text
    assert "Nov 2026" not in text.split("Whom mails do not reach")[1]


def test_sending_again_tries_the_address_again(client, owner, shop, sink, send, fresh):
    refused = MailFactory(organisation=shop, address="gone@b.example")
    send()
    Mail.objects.filter(pk=refused.pk).update(address="theo@b.example")
    Recipient.objects.update(address="theo@b.example")
    client.force_login(owner.user)
    client.post(f"/settings/mails/{refused.key}/again/")
    assert send(fresh(refused).not_before) == 1


# ---- The command ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_mail_servers_pipe(sent):
    url = connection.settings_dict
    host = quote(url["HOST"], "")
    environment = {
        "OUTSOURCING_ENV": "test", "PATH": "", "VAR_DIR": str(configuration.VAR_DIR),
        "DATABASE_URL": f"postgresql://{url['USER']}:{url['PASSWORD']}@{host}:{url['PORT']}/{url['NAME']}",
    }  # fmt: skip
    for content, says in ((report(sent), "1 taken"), (b"spam", "Nothing of ours")):
        done = subprocess.run(
            [sys.executable, "manage.py", "bounce"], input=content, env=environment, cwd=configuration.BASE_DIR,
            capture_output=True, check=True,
        )  # fmt: skip
        assert says in done.stdout.decode()
    assert is_unreachable(sent)
