"""An invitation taken back."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from outsourcing.accounts import actions
from outsourcing.accounts.models import Invitation, Membership
from outsourcing.shared import clock
from tests.accounts.conftest import path_of


@pytest.fixture
def invitation(invited) -> Invitation:
    return invited()


def revoke(pk: int) -> str:
    return reverse("accounts:revoke", args=[pk])


def test_the_link_no_longer_works_and_the_place_is_gone(owner, invitation, signed_in, client):
    assertRedirects(signed_in(owner).post(revoke(invitation.membership_id)), reverse("accounts:members"))
    assertContains(client.get(path_of(invitation)), "It was taken back", status_code=410)
    assert not Membership.objects.current().filter(pk=invitation.membership_id).exists()


def test_taken_back_twice_is_told(owner, invitation, signed_in, nothing_written):
    client = signed_in(owner)
    client.post(revoke(invitation.membership_id))
    with nothing_written():
        assertContains(client.post(revoke(invitation.membership_id)), "has left already", status_code=409)


def test_who_joined_meanwhile_stays(owner, invitation, client, signed_in):
    client.post(path_of(invitation))
    page = signed_in(owner).post(revoke(invitation.membership_id))
    assertContains(page, "has joined meanwhile", status_code=409)
    assert Membership.objects.joined().filter(pk=invitation.membership_id).exists()


def test_outsider_cannot(rival, invitation, signed_in, nothing_written):
    client = signed_in(rival)
    with nothing_written():
        assert client.post(revoke(invitation.membership_id)).status_code == 404


def test_viewer_cannot(viewer, invitation, signed_in, nothing_written):
    client = signed_in(viewer)
    with nothing_written():
        assert client.post(revoke(invitation.membership_id)).status_code == 403


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_taken_back_and_taken_up_at_once_is_one_of_both(invited, at_once):
    invitation, path = invited(), ""
    path = path_of(invitation)
    revoked, joined = at_once(
        Invitation.objects.all(),
        lambda: actions.revoke(Membership.objects.get(pk=invitation.membership_id), at=clock.now()),
        lambda: Client().post(path).status_code,
    )
    member, invitation = Membership.objects.get(pk=invitation.membership_id), Invitation.objects.get()
    assert not (invitation.used_at and invitation.revoked_at)
    assert (joined == 302) == bool(invitation.used_at)
    assert not (joined == 302 and member.left_at), f"joined a place that was taken back: {revoked}"
