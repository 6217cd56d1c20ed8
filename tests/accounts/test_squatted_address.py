"""Somebody opens an account with another's address, a password set, and waits for the owner of the address to come."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from outsourcing.accounts import actions
from outsourcing.accounts.models import Invitation, Membership, Role, User
from outsourcing.notifications.models import Mail
from outsourcing.shared import clock

pytestmark = pytest.mark.django_db
VICTIM, PASSWORD = "lena@juniperandpine.example", "attack-er-pass-9"


@pytest.fixture
def squatted() -> User:
    Client().post(reverse("account_signup"), {"email": VICTIM, "password1": PASSWORD})
    return User.objects.get(email=VICTIM)


@pytest.fixture
def token(owner) -> str:
    place = actions.invite(owner.organisation, email=VICTIM, roles=[Role.OWNER], by=owner, at=clock.now())
    return actions.token_of(place)


def can_sign_in_by_password() -> bool:
    client = Client()
    client.post(reverse("account_login"), {"login": VICTIM, "password": PASSWORD})
    return "_auth_user_id" in client.session


def test_an_invitations_link_takes_the_account_over_without_its_password(squatted, token):
    victim = Client()
    assert victim.post(reverse("accounts:join", args=[token])).status_code == 302
    assert Membership.objects.get(email=VICTIM).user == squatted
    assert victim.get("/settings/members/").status_code == 200
    assert not can_sign_in_by_password()


def test_a_sign_in_code_takes_the_account_over_without_its_password(squatted):
    victim = Client()
    victim.post(reverse("account_request_login_code"), {"email": VICTIM})
    text = Mail.objects.filter(address=VICTIM).latest("pk").text
    code = re.search(r"^ +(\S+)$", text, re.M)[1]
    victim.post(reverse("account_confirm_login_code"), {"code": code})
    assert victim.session["_auth_user_id"] == str(squatted.pk)
    assert victim.get("/settings/profile/").status_code == 200
    assert not can_sign_in_by_password()


def test_who_proves_the_address_in_the_same_visit_keeps_the_password():
    visit = Client()
    visit.post(reverse("account_signup"), {"email": VICTIM, "password1": PASSWORD})
    code = re.search(r"^ +(\S+)$", Mail.objects.get(address=VICTIM).text, re.M)[1]
    visit.post(reverse("account_email_verification_sent"), {"code": code})
    assert can_sign_in_by_password()


def test_an_address_with_a_new_owner_gets_a_place_of_its_own(owner, viewer):
    actions.remove_member(viewer, successor=owner, at=clock.now())
    old = viewer.email
    viewer.user.emailaddress_set.update(email="moved@elsewhere.example")
    User.objects.filter(pk=viewer.user_id).update(email="moved@elsewhere.example")
    invitation = actions.invite(owner.organisation, email=old, roles=[Role.BUYER], by=owner, at=clock.now())
    assert invitation.membership_id != viewer.pk
    viewer.refresh_from_db()
    assert (viewer.user.email, viewer.name) == ("moved@elsewhere.example", "Piet Larsen")


def test_invitations_to_one_person_have_a_daily_limit(owner, signed_in, token):
    place = Membership.objects.get(email=VICTIM)
    answers = [signed_in(owner).post(reverse("accounts:resend", args=[place.pk])).status_code for _ in range(6)]
    assert answers == [302] * 4 + [409] * 2
    assert Invitation.objects.filter(membership=place).count() == 5


@pytest.mark.parametrize("name", ["\u200b", "\u200b\u00a0"])
def test_a_name_that_cannot_be_seen_is_refused(owner, signed_in, name):
    page = signed_in(owner).post(reverse("accounts:profile"), {"name": name, "theme": "system"})
    assert page.context["form"].errors["name"]


def test_a_name_is_one_line(owner, signed_in):
    signed_in(owner).post(reverse("accounts:profile"), {"name": "Theo\nBcc: x@y.example", "theme": "system"})
    assert User.objects.get(pk=owner.user_id).name == "Theo Bcc: x@y.example"


def test_an_address_that_grows_in_lower_case_is_refused(owner, signed_in):
    page = signed_in(owner).post(
        reverse("accounts:invite"), {"email": "İ" * 240 + "@x.example", "roles": [Role.VIEWER]}
    )
    assert page.context["form"].errors["email"]


def test_a_role_named_twice_is_one(owner):
    invitation = actions.invite(
        owner.organisation, email=VICTIM, roles=[Role.BUYER, Role.BUYER], by=owner, at=clock.now()
    )
    assert invitation.membership.roles == [Role.BUYER]
