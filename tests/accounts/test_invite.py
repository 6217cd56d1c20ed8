"""Asking somebody in: who may, what goes out, what is refused."""

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts import actions
from outsourcing.accounts.models import Invitation, Membership, Organisation, Role
from outsourcing.notifications.models import Mail
from outsourcing.shared import clock
from tests.accounts.conftest import link_in, member_of, path_of

INVITE, MEMBERS = reverse("accounts:invite"), reverse("accounts:members")
ROSA = "rosa@juniperandpine.example"
WANTED = {"email": ROSA, "name": "Rosa Imberg", "roles": ["buyer", "operations"]}


# ---- It works ------------------------------------------------------------------------------------------------------
def test_owner_asks_a_colleague_in_with_several_roles(owner, signed_in):
    assertRedirects(signed_in(owner).post(INVITE, WANTED), MEMBERS)
    member = member_of(owner.organisation, ROSA)
    assert (member.name, member.roles, member.user, member.left_at) == (
        "Rosa Imberg",
        ["buyer", "operations"],
        None,
        None,
    )
    invitation = member.invitations.get()
    assert invitation.invited_by == owner
    assert invitation.expires_at - invitation.created_at == Invitation.LASTS


def test_manager_asks_a_contact_in(manager, signed_in):
    signed_in(manager).post(INVITE, {"email": "sam@palletandpost.example", "roles": ["contact"]})
    assert member_of(manager.organisation, "sam@palletandpost.example").roles == ["contact"]


@time_machine.travel(timezone.now(), tick=False)  # a link says when it was made
def test_the_mail_goes_to_the_address_with_a_link_that_works(owner, signed_in, client):
    signed_in(owner).post(INVITE, WANTED)
    mail = Mail.objects.get()
    assert (mail.address, mail.organisation) == (ROSA, owner.organisation)
    assert link_in(mail) == path_of(Invitation.objects.get())
    assert client.get(link_in(mail)).status_code == 200


def test_the_address_is_kept_in_lower_case_and_without_blanks(owner, signed_in):
    signed_in(owner).post(INVITE, WANTED | {"email": " Rosa@JuniperAndPine.example "})
    assert Invitation.objects.get().membership.email == ROSA


def test_whoever_was_asked_in_may_do_nothing_before_they_join(owner, signed_in):
    signed_in(owner).post(INVITE, WANTED)
    assert not Membership.objects.joined().filter(email=ROSA).exists()


# ---- Again ---------------------------------------------------------------------------------------------------------
def test_asking_twice_keeps_one_place_and_one_working_link(owner, signed_in, client):
    signed_in(owner).post(INVITE, WANTED)
    signed_in(owner).post(INVITE, WANTED | {"roles": ["viewer"]})
    assert member_of(owner.organisation, ROSA).roles == ["viewer"]
    first, second = Mail.objects.order_by("pk")
    assert (client.get(link_in(first)).status_code, client.get(link_in(second)).status_code) == (410, 200)


def test_who_left_comes_back_to_their_own_place(owner, viewer, signed_in):
    actions.remove_member(viewer, successor=owner, at=clock.now())
    signed_in(owner).post(INVITE, {"email": viewer.email, "roles": ["buyer"]})
    back = member_of(owner.organisation, viewer.email)
    assert (back.pk, back.left_at, back.user, back.roles) == (viewer.pk, None, None, ["buyer"])
    assert back.name == "Piet Larsen"  # none was given, the old one stays
    client = signed_in(viewer)
    client.post(path_of(back.invitations.get()))
    back.refresh_from_db()
    assert back.user == viewer.user


def test_the_same_address_may_be_asked_in_elsewhere(owner, rival, signed_in):
    for head in (owner, rival):
        signed_in(head).post(INVITE, WANTED)
    assert Membership.objects.filter(email=ROSA).count() == 2


# ---- It is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("email", ["piet@juniperandpine.example", "PIET@juniperandpine.example"])
def test_a_member_is_not_asked_in_again(owner, viewer, signed_in, nothing_written, email):
    Membership.objects.filter(pk=viewer.pk).update(email="piet@juniperandpine.example")
    client = signed_in(owner)
    with nothing_written():
        page = client.post(INVITE, WANTED | {"email": email})
    assert page.context["form"].errors == {"email": ["piet@juniperandpine.example is a member already."]}


def test_a_member_is_not_asked_in_at_the_new_address_either(owner, viewer, signed_in, nothing_written):
    viewer.user.emailaddress_set.update(email="piet@new.example")
    client = signed_in(owner)
    with nothing_written():
        page = client.post(INVITE, WANTED | {"email": "piet@new.example"})
    assert list(page.context["form"].errors) == ["email"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        *(({"email": email}, "email") for email in ("", "rosa", "rosa@", "rosa@shop", "rosa@shop.example\x00")),
        *(({"email": f"rosa@shop.example{gap}Bcc: x@evil.example"}, "email") for gap in ("\n", "\r\n", "\u2028")),
        ({"email": "rosa\n@shop.example"}, "email"),
        ({"email": f"{'r' * 250}@shop.example"}, "email"),
        ({"email": "r" * 10_000 + "@shop.example"}, "email"),
        *(({"name": name}, "name") for name in ("x" * 10_000, "Rosa\x00")),
        *(({"roles": roles}, "roles") for roles in ([], ["admin"], ["contact"], ["manager", "buyer"], [""], ["\x00"])),
    ],
    ids=lambda wrong: ascii(wrong)[:60],
)
def test_a_refused_invitation_says_so_at_the_field_and_writes_nothing(owner, signed_in, nothing_written, wrong, field):
    client = signed_in(owner)
    with nothing_written():
        page = client.post(INVITE, WANTED | wrong)
    assert list(page.context["form"].errors) == [field]
    assertContains(page, "is-invalid")
    assertContains(page, "Error:")


@pytest.mark.parametrize("role", ["owner", "buyer", "operations", "viewer"])
def test_a_vendor_has_no_merchants_roles(manager, signed_in, role):
    page = signed_in(manager).post(INVITE, WANTED | {"roles": [role]})
    assert list(page.context["form"].errors) == ["roles"]
    assertNotContains(signed_in(manager).get(INVITE), f'value="{role}"')


@pytest.mark.parametrize("who", ["viewer", "contact"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_invite_is_forbidden(who, method, request, signed_in):
    client = signed_in(request.getfixturevalue(who))
    assert getattr(client, method)(INVITE, WANTED).status_code == 403
    assert not Invitation.objects.exists()


def test_fields_that_the_form_does_not_have_are_ignored(owner, rival, signed_in):
    signed_in(owner).post(INVITE, WANTED | {"organisation": rival.organisation_id, "user": owner.user_id})
    assert Membership.objects.get(email=ROSA).organisation == owner.organisation
    assert Membership.objects.get(email=ROSA).user is None


# ---- At once -------------------------------------------------------------------------------------------------------
@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_invitations_at_once_leave_one_that_works(owner, at_once):
    def invite() -> Invitation:
        return actions.invite(owner.organisation, email=ROSA, roles=[Role.BUYER], by=owner, at=timezone.now())

    at_once(Organisation.objects.all(), invite, invite)
    assert Membership.objects.filter(email=ROSA).count() == 1
    assert Invitation.objects.count() == 2
    assert Invitation.objects.open(timezone.now()).count() == 1
