"""The mail that asks somebody in, as it arrives."""

import re

import pytest
from django.db import transaction
from django.urls import reverse

from outsourcing.accounts import actions
from outsourcing.accounts.models import Invitation, Membership, Role
from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from tests.notifications.conftest import NOW

ROSA = "rosa@juniperandpine.example"
pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(owner, monkeypatch) -> Invitation:
    monkeypatch.setattr("outsourcing.shared.clock.now", lambda: NOW)
    return actions.invite(owner.organisation, email=ROSA, roles=[Role.BUYER, Role.VIEWER], by=owner, at=clock.now())


def test_it_names_the_organisation_and_who_invites(invitation, owner):
    mail = Mail.objects.get()
    assert mail.address == ROSA
    assert mail.subject == "Juniper & Pine: you are invited by Theo Marchetti"
    assert mail.sender_name == "Juniper & Pine via Outsourcing"
    assert (mail.organisation, mail.membership) == (owner.organisation, invitation.membership)
    assert mail.occurrence == f"invitation:{invitation.pk}"


def test_both_forms_hold_the_link_the_roles_and_until_when(invitation, settings):
    mail = Mail.objects.get()
    (token,) = re.findall(r"/join/([^/\s]+)/", mail.text)  # when it was written stands in it, so no other is the same
    assert actions.invitation_of(token) == invitation
    link = settings.BASE_URL + reverse("accounts:join", args=[token])
    for body in (mail.text, mail.html):
        assert link in body
        assert "Buyer, Viewer" in body
        assert "1 December 2026, 09:00" in body
    assert set(re.findall(r'href="(http://localhost:8000/join/[^"]+)"', mail.html)) == {link}


def test_it_arrives_with_a_link_that_is_whole(invitation, sink, send, client):
    assert send() == 1
    message = sink.only()
    assert message["To"].addresses[0].addr_spec == ROSA
    text = message.get_body(("plain",)).get_content()
    assert client.get(re.search(r"(/join/\S+)", text)[1]).status_code == 200


def test_no_other_address_reads_it(invitation, sink, send, owner):
    send()
    assert sink.readers == [ROSA]


def test_a_name_with_a_line_break_adds_no_header(owner, sink, send, monkeypatch):
    monkeypatch.setattr("outsourcing.shared.clock.now", lambda: NOW)
    owner.name = "Theo\r\nBcc: x@evil.example"
    owner.save()
    actions.invite(owner.organisation, email=ROSA, roles=[Role.BUYER], by=owner, at=NOW)
    send()
    message = sink.only()
    assert message["Bcc"] is None
    assert sink.readers == [ROSA]


def test_a_name_is_escaped_in_html(owner, monkeypatch):
    owner.name = "<script>alert(1)</script>"
    owner.save()
    actions.invite(owner.organisation, email=ROSA, roles=[Role.BUYER], by=owner, at=NOW)
    assert "<script>" not in Mail.objects.get().html


def test_each_resend_is_a_mail_of_its_own(invitation, owner):
    actions.resend(invitation.membership, by=owner, at=NOW)
    assert Mail.objects.filter(address=ROSA).count() == 2


def test_what_is_undone_is_not_sent(owner):
    with transaction.atomic():
        actions.invite(owner.organisation, email=ROSA, roles=[Role.BUYER], by=owner, at=NOW)
        transaction.set_rollback(True)
    assert not Mail.objects.exists()
    assert not Membership.objects.filter(email=ROSA).exists()
