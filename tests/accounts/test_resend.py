"""A fresh link in place of the old one."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from outsourcing.accounts.models import Invitation
from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from tests.accounts.conftest import link_in

MEMBERS = reverse("accounts:members")


@pytest.fixture
def invitation(invited) -> Invitation:
    return invited()


def resend(pk: int) -> str:
    return reverse("accounts:resend", args=[pk])


def test_a_fresh_link_works_and_the_old_one_says_revoked(owner, invitation, signed_in, client):
    assertRedirects(signed_in(owner).post(resend(invitation.membership_id)), MEMBERS)
    old, new = (link_in(mail) for mail in Mail.objects.order_by("pk"))
    assertContains(client.get(old), "look for a later mail", status_code=410)
    assertRedirects(client.post(new), "/")


def test_a_fresh_link_lasts_seven_days_from_now(owner, invited, signed_in):
    invitation = invited(left=-timedelta(days=30))
    signed_in(owner).post(resend(invitation.membership_id))
    fresh = Invitation.objects.open(clock.now()).get()
    assert fresh.expires_at - clock.now() > timedelta(days=6, hours=23)


def test_a_contact_who_was_never_invited_gets_a_first_link(owner, invitation, signed_in):
    Invitation.objects.all().delete()
    signed_in(owner).post(resend(invitation.membership_id))
    assert Invitation.objects.open(clock.now()).count() == 1


def test_who_joined_meanwhile_gets_none(owner, viewer, signed_in, nothing_written):
    client = signed_in(owner)
    with nothing_written():
        page = client.post(resend(viewer.pk))
    assertContains(page, "Piet Larsen is not waiting for an invitation.", status_code=409)


def test_who_left_gets_none(owner, invitation, signed_in, nothing_written):
    client = signed_in(owner)
    client.post(reverse("accounts:revoke", args=[invitation.membership_id]))
    with nothing_written():
        assert client.post(resend(invitation.membership_id)).status_code == 409


def test_outsider_cannot(rival, invitation, signed_in, nothing_written):
    client = signed_in(rival)
    with nothing_written():
        assert client.post(resend(invitation.membership_id)).status_code == 404


def test_viewer_cannot(viewer, invitation, signed_in, nothing_written):
    client = signed_in(viewer)
    with nothing_written():
        assert client.post(resend(invitation.membership_id)).status_code == 403
