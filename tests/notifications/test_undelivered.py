"""Mails that did not arrive wait for a person of the organisation that wrote them; old texts are forgotten."""

from datetime import timedelta

import pytest

from outsourcing.accounts.models import Role
from outsourcing.notifications.models import Mail
from tests.factories import MailFactory, MembershipFactory
from tests.notifications.conftest import NOW

pytestmark = pytest.mark.django_db
State = Mail.State


def key(mail):
    return mail.message_id.strip("<>").partition("@")[0]


@pytest.fixture
def refused(shop):
    return MailFactory(organisation=shop, state=State.FAILED, answer="550 no such person", address="gone@b.example")


def test_stands_there_with_what_the_server_said(client, owner, refused):
    client.force_login(owner.user)
    text = client.get("/settings/mails/").text
    assert refused.subject.replace("&", "&amp;") in text
    assert "550 no such person" in text
    assert "gone@b.example" in text


def test_sent_again_by_a_persons_word(client, owner, refused, sink, send, fresh):
    Mail.objects.update(address="theo@shop.example")
    client.force_login(owner.user)
    assert client.post(f"/settings/mails/{key(refused)}/again/").status_code == 302
    again = fresh(refused)
    assert (again.state, again.attempts, again.resent) == (State.PENDING, 0, 0)
    assert send(again.not_before) == 1
    assert client.get("/settings/mails/").text.count("All of them arrived") == 1


def test_a_secret_is_not(client, owner, refused, fresh):
    Mail.objects.update(is_secret=True)
    client.force_login(owner.user)
    assert "Send again" not in client.get("/settings/mails/").text
    assert "send that anew" in client.post(f"/settings/mails/{key(refused)}/again/", follow=True).text
    assert fresh(refused).state == State.FAILED


def test_set_aside_it_is_out_of_the_list(client, owner, refused, fresh):
    client.force_login(owner.user)
    client.post(f"/settings/mails/{key(refused)}/set-aside/")
    assert fresh(refused).state == State.CANCELLED
    assert owner.label in fresh(refused).answer


def test_what_was_sent_is_not_anybodys_to_send_again(client, owner, shop):
    mail = MailFactory(organisation=shop, state=State.SENT, sent_at=NOW)
    client.force_login(owner.user)
    assert client.post(f"/settings/mails/{key(mail)}/again/").status_code == 404


def test_a_rival_and_a_colleague_without_the_role_may_not(client, shop, refused):
    client.force_login(MembershipFactory(roles=[Role.OWNER]).user)
    assert refused.address not in client.get("/settings/mails/").text
    assert client.post(f"/settings/mails/{key(refused)}/again/").status_code == 404
    client.force_login(MembershipFactory(organisation=shop, roles=[Role.BUYER]).user)
    assert client.get("/settings/mails/").status_code == 403


def test_addresses_of_others_people_stay_theirs(client, owner, manager):
    """What a vendor's doings send to a merchant's people is in the vendor's name."""
    mail = MailFactory(
        organisation=manager.organisation, membership=owner, address=owner.email, state=State.FAILED,
        answer=f"550 <{owner.email}> unknown",
    )  # fmt: skip
    client.force_login(manager.user)
    text = client.get("/settings/mails/").text
    assert owner.label.split(",")[0] in text
    assert owner.email not in text
    assert mail.pk


def test_old_texts_are_forgotten_and_the_record_stays(shop, fresh):
    old = MailFactory(state=State.SENT, sent_at=NOW, created_at=NOW - timedelta(days=91))
    new = MailFactory(state=State.SENT, sent_at=NOW, created_at=NOW - timedelta(days=89))
    waits = MailFactory(created_at=NOW - timedelta(days=91))
    assert Mail.objects.forget_texts(NOW - timedelta(days=90)) == 1
    assert (fresh(old).text, fresh(old).html, fresh(old).subject) == ("", "", old.subject)
    assert fresh(new).text
    assert fresh(waits).text
    assert Mail.objects.forget_texts(NOW - timedelta(days=90)) == 0
