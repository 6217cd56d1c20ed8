"""Somebody who was asked in and has not come is reminded once, and then whoever asked is told."""

import re
from datetime import timedelta

import pytest

from outsourcing.accounts import actions
from outsourcing.accounts.models import Membership, Role
from outsourcing.notifications.inviting import INVITATION
from outsourcing.notifications.ladders.erasing import erase
from outsourcing.notifications.ladders.people import Calendars, Roster
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Ladder, Mail, Notice
from tests.notifications.conftest import NOW

ROSA, DAY = "rosa@juniperandpine.example", timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(owner):
    return actions.invite(owner.organisation, email=ROSA, roles=[Role.BUYER], by=owner, at=NOW)


def test_once_while_the_link_works_and_then_the_asker_is_told(invitation, owner, send, sink):
    for hours in range(0, 24 * 20, 6):
        sweep(NOW + timedelta(hours=hours))
        send(NOW + timedelta(hours=hours))
    found = Notice.objects.order_by("rung__step").values_list("rung__step", "address", "membership")
    assert list(found) == [(0, ROSA, None), (1, "", owner.pk)]
    reminder = Mail.objects.get(address=ROSA, template="reminder")
    assert reminder.sent_at < invitation.expires_at
    assert actions.token_of(invitation).split(":")[0] in reminder.text


def test_whoever_was_asked_in_has_nothing_to_decide_until_they_come(invitation, owner, shop):
    """A vendor's people may be written to before they come, who is to come to one's own shop may not."""
    Membership.objects.filter(pk=invitation.membership_id).update(roles=[Role.OPERATIONS])
    roster = Roster.of_organisations([shop.pk], Calendars(NOW))
    assert roster.first(shop.pk, [], roles=[Role.OPERATIONS]).pk == owner.pk


def test_erasing_empties_the_mail_to_the_asker_too(invitation, owner, send):
    for days in range(5, 11):
        sweep(NOW + days * DAY)
        send(NOW + days * DAY + timedelta(minutes=40))
    mail = Mail.objects.get(membership=owner, template="digest")
    assert ROSA in mail.text
    erase(INVITATION, [invitation.pk], gone="gone@erased.invalid")
    mail.refresh_from_db()
    assert (mail.subject, mail.text, mail.html, mail.address) == ("Erased", "", "", owner.email)


def test_taken_back_it_ends(invitation, owner):
    actions.revoke(invitation.membership, at=NOW + DAY)
    for day in range(20):
        sweep(NOW + day * DAY)
    assert not Notice.objects.exists()


def test_sent_anew_only_the_new_one_reminds(invitation, owner):
    again = actions.resend(invitation.membership, by=owner, at=NOW + DAY)
    assert list(Ladder.objects.open().values_list("subject", flat=True)) == [again.pk]


@pytest.mark.parametrize("count", [1, 2])  # a mail of one thing, and a digest
def test_who_has_not_come_yet_is_reminded_with_the_link_that_lets_them_in(
    chores, vendor, shop, manager, client, sink, send, count
):
    asked = actions.invite(vendor, email="ines@pallet.example", roles=[Role.CONTACT], by=manager, at=NOW)
    for key in range(count):
        chores.owe(key, at=NOW, merchant=shop, person=asked.membership, due=NOW.date() - DAY)
    sweep(NOW)
    send(NOW + timedelta(hours=1))
    mail = Mail.objects.get(membership=asked.membership, template="digest")
    assert mail.is_secret  # the link acts for whoever has it
    (token,) = set(re.findall(r"/join/([^/\s]+)/", mail.text))
    assert actions.invitation_of(token) == asked
    assert f"/join/{token}/" in mail.html
    assert "/chores/" not in mail.text
    assert client.get(f"/join/{token}/").status_code == 200
    if count == 1:
        assert "You have not taken your place at Pallet & Post yet" in " ".join(mail.text.split())


def test_who_has_come_is_reminded_with_the_page_itself(chores, vendor, shop, manager, contact, sink, send):
    chores.owe(1, at=NOW, merchant=shop, person=contact, due=NOW.date() - DAY)
    sweep(NOW)
    send(NOW + timedelta(hours=1))
    mail = Mail.objects.get(membership=contact, template="digest")
    assert "/chores/" in mail.text
    assert not mail.is_secret
