"""What an invitation's link opens, and who joins by it."""

import os

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects, assertTemplateUsed

from outsourcing.accounts import actions
from outsourcing.accounts.errors import InvitationUnusable
from outsourcing.accounts.middleware import SESSION_KEY
from outsourcing.accounts.models import Invitation, Membership, Role, User
from outsourcing.shared import clock
from tests.accounts.conftest import path_of
from tests.factories import MembershipFactory, UserFactory

ROSA = "rosa@juniperandpine.example"
LOGIN = reverse("account_login")
VISITS = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "prove" else 200


# ---- A new person --------------------------------------------------------------------------------------------------
def test_a_new_person_joins_and_is_signed_in(owner, invited, client):
    invitation = invited(ROSA, Role.BUYER, Role.OPERATIONS, name="Rosa Imberg")
    assertRedirects(client.post(path_of(invitation)), "/")
    member = Membership.objects.get(email=ROSA)
    assert (member.user.email, member.user.name, member.roles) == (ROSA, "Rosa Imberg", ["buyer", "operations"])
    assert client.get("/").context["shell"].acting == member
    invitation.refresh_from_db()
    assert invitation.used_at


def test_a_new_person_has_a_proven_address_and_no_password(invited, client):
    client.post(path_of(invited(ROSA)))
    user = User.objects.get(email=ROSA)
    assert not user.has_usable_password()
    assert list(user.emailaddress_set.values_list("email", "verified", "primary")) == [(ROSA, True, True)]


def test_the_new_session_stands_in_the_list_of_sessions(invited, client):
    client.post(path_of(invited(ROSA)))
    assertContains(client.get(reverse("usersessions_list")), "This one")


def test_a_vendors_contact_joins(manager, invited, client):
    client.post(path_of(invited("sam@palletandpost.example", Role.CONTACT, by=manager)))
    assertTemplateUsed(client.get("/"), "portal.html")


# ---- Somebody who has an account -----------------------------------------------------------------------------------
def test_who_has_an_account_signs_in_first_and_then_joins_with_it(owner, rival, invited, client):
    rival.user.set_password("seven-brass-kettles")
    rival.user.save()
    path = path_of(invited(rival.email, Role.VIEWER))
    assertContains(client.get(path), "Sign in and join")
    page = client.post(path)
    assertRedirects(page, f"{LOGIN}?next={path}")
    assert Membership.objects.joined().filter(organisation=owner.organisation).count() == 1
    page = client.post(LOGIN, {"login": rival.email, "password": "seven-brass-kettles", "next": path})
    assertRedirects(page, path)
    assertRedirects(client.post(path), "/")
    place = Membership.objects.get(organisation=owner.organisation, user=rival.user)
    assert place.name == "Orla Byrne"
    assert User.objects.filter(email=rival.email).count() == 1
    assert client.get("/").context["shell"].acting == place  # not Copper Kettle, which comes first by name


def test_the_address_is_found_whatever_its_case(owner, rival, invited, signed_in):
    path = path_of(invited(rival.email.upper()))
    assertRedirects(signed_in(rival).post(path), "/")


def test_the_link_proves_the_address_of_who_signed_up_and_never_confirmed(invited, client):
    user = User.objects.create_user(ROSA, "seven-brass-kettles")
    assertRedirects(client.post(path_of(invited(ROSA))), "/")
    user.refresh_from_db()
    assert not user.has_usable_password()  # anybody could have set it: see test_squatted_address


def test_signed_in_as_somebody_else_is_told_so(owner, rival, invited, signed_in, nothing_written):
    path, client = path_of(invited(ROSA)), signed_in(rival)
    for method in (client.get, client.post):
        with nothing_written():
            page = method(path)
        assertContains(page, ROSA, status_code=409)
        assertContains(page, rival.email, status_code=409)
        assertContains(page, reverse("account_logout"), status_code=409)


def test_signing_out_leads_back_to_the_invitation(rival, invited, signed_in):
    path, client = path_of(invited(ROSA)), signed_in(rival)
    assertRedirects(client.post(reverse("account_logout"), {"next": path}), path)


def test_a_colleague_cannot_take_anothers_place(invited, viewer, signed_in):
    signed_in(viewer).post(path_of(invited(ROSA)))
    assert Membership.objects.get(email=ROSA).user is None
    with pytest.raises(InvitationUnusable, match=f"is for {ROSA}"):
        actions.join(Invitation.objects.get(), user=viewer.user, at=clock.now())
    assert Invitation.objects.get().used_at is None


def test_who_is_in_under_an_earlier_address_is_told_so(owner, viewer, invited, signed_in, nothing_written):
    invitation = invited("piet@new.example")  # before the address was the account's
    viewer.user.emailaddress_set.update(email="piet@new.example")
    client = signed_in(viewer)
    with nothing_written():
        page = client.post(path_of(invitation))
    assertContains(page, "member already", status_code=409)


def test_who_left_under_an_earlier_address_may_join_under_the_new_one(owner, viewer, invited, signed_in):
    actions.remove_member(viewer, successor=owner, at=clock.now())
    viewer.user.emailaddress_set.update(email="piet@new.example")
    assertRedirects(signed_in(viewer).post(path_of(invited("piet@new.example"))), "/")
    assert list(Membership.objects.of(viewer.user).values_list("email", flat=True)) == ["piet@new.example"]


# ---- The page ------------------------------------------------------------------------------------------------------
def test_the_page_says_who_invites_to_what_and_as_what(owner, invited, client):
    page = client.get(path_of(invited(ROSA, Role.BUYER, Role.OPERATIONS)))
    for words in ("Theo Marchetti", "Juniper &amp; Pine", ROSA, "Buyer, Operations"):
        assertContains(page, words)


def test_names_are_shown_escaped(owner, invited, client):
    owner.organisation.name = owner.name = "<script>alert(1)</script>"
    owner.organisation.save()
    owner.save()
    assertNotContains(client.get(path_of(invited(ROSA))), "<script>alert")


def test_visits_of_mail_scanners_write_nothing(invited, client, rival, signed_in, nothing_written):
    path, somebody = path_of(invited(ROSA)), signed_in(rival)
    with nothing_written():
        for number in range(VISITS):
            visitor = Client() if number % 10 else client
            assert (visitor.head if number % 2 else visitor.get)(path).status_code == 200
        assert somebody.get(path).status_code == somebody.head(path).status_code == 409
    assertRedirects(client.post(path), "/")


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(invited, client, method):
    assert getattr(client, method)(path_of(invited(ROSA))).status_code == 405


def test_the_page_costs_two_queries(invited, client, django_assert_num_queries):
    path = path_of(invited(ROSA))
    with django_assert_num_queries(2):  # the invitation, the account
        client.get(path)


# ---- A link that does not work -------------------------------------------------------------------------------------
def used(invitation: Invitation) -> str:
    Client().post(path_of(invitation))
    return path_of(invitation)


def expired(invitation: Invitation) -> str:
    Invitation.objects.update(expires_at=clock.now())  # the last instant no longer counts
    return path_of(invitation)


def revoked(invitation: Invitation) -> str:
    actions.revoke(invitation.membership, at=clock.now())
    return path_of(invitation)


def renewed(invitation: Invitation) -> str:
    actions.resend(invitation.membership, by=invitation.invited_by, at=clock.now())
    return path_of(invitation)


def forged(invitation: Invitation) -> str:
    return reverse("accounts:join", args=["made-up"])


def with_another_secret(invitation: Invitation) -> str:
    invitation.secret = "x" * 32
    return path_of(invitation)


def signed_for_another_use(invitation: Invitation) -> str:
    token = signing.dumps([invitation.pk, invitation.secret], salt="another use")
    return reverse("accounts:join", args=[token])


@pytest.mark.parametrize(
    ("spoil", "says", "advises"),
    [
        (used, "has been used", "sign in"),
        (expired, "has expired", "Ask Theo Marchetti for a new one"),
        (revoked, "no longer works", "ask Theo Marchetti"),
        (renewed, "no longer works", "look for a later mail"),
        (forged, "is not whole", "Open it from the mail again"),
        (with_another_secret, "is not whole", "Open it from the mail again"),
        (signed_for_another_use, "is not whole", "Open it from the mail again"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_says_what_is_wrong_and_what_to_do(invited, client, nothing_written, spoil, says, advises, method):
    path = spoil(invited(ROSA))
    with nothing_written():
        page = getattr(client, method)(path)
    assertContains(page, says, status_code=410)
    assertContains(page, advises, status_code=410)
    assert SESSION_KEY not in client.session


def test_any_one_changed_character_makes_it_forged(invited, client):
    path = path_of(invited(ROSA))
    start = path.index("/join/") + len("/join/")
    for at in range(start, len(path) - 1):
        other = "a" if path[at] != "a" else "b"
        page = client.get(path[:at] + other + path[at + 1 :])
        assertContains(page, "is not whole", status_code=410)


@pytest.mark.parametrize("token", ["x", ":", "a:b:c", "%00", "x" * 5_000, "💥", "W10:1:x", ".", "%F0%9F"], ids=ascii)
def test_nonsense_is_no_link(db, client, token):
    assert client.get(f"/join/{token}/").status_code == 410


def test_works_until_the_seventh_day_is_over(invited, client):
    invitation = invited(ROSA)
    with time_machine.travel(invitation.expires_at, tick=False):
        assert client.get(path_of(invitation)).status_code == 410
    with time_machine.travel(invitation.expires_at.timestamp() - 1, tick=False):
        assert client.get(path_of(invitation)).status_code == 200


def test_a_link_to_a_place_that_was_given_away_meanwhile_joins_nobody(owner, invited, client):
    invitation = invited(ROSA)
    actions.remove_member(invitation.membership, successor=None, at=clock.now())
    assert client.post(path_of(invitation)).status_code == 410
    assert not User.objects.filter(email=ROSA).exists()


# ---- At once -------------------------------------------------------------------------------------------------------
@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_posts_at_once_join_once(owner, invited, at_once):
    path = path_of(invited(ROSA))
    first, second = at_once(
        Invitation.objects.all(), lambda: Client().post(path).status_code, lambda: Client().post(path).status_code
    )
    assert {first, second} == {302, 409}
    assert User.objects.filter(email=ROSA).count() == 1
    assert Membership.objects.get(email=ROSA).user.email == ROSA


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_posts_at_once_of_somebody_known_join_once(rival, invited, signed_in, at_once):
    path, clients = path_of(invited(rival.email)), [signed_in(rival), signed_in(rival)]
    answers = at_once(Invitation.objects.all(), *(lambda one=one: one.post(path).status_code for one in clients))
    assert sorted(answers) == [302, 409]


@pytest.mark.parametrize("spoil", [used, expired, revoked, renewed])
def test_the_rule_holds_without_the_page_too(rival, invited, signed_in, spoil):
    invitation = invited(rival.email)
    if spoil is used:
        actions.join(invitation, user=rival.user, at=clock.now())
    else:
        spoil(invitation)
    with pytest.raises(InvitationUnusable, match="can no longer be used"):
        actions.join(invitation, user=rival.user, at=clock.now())


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_one_person_joins_two_organisations_at_once(owner, rival, invited, at_once):
    paths = [path_of(invited(ROSA)), path_of(invited(ROSA, by=rival))]
    answers = at_once(Invitation.objects.all(), *(lambda path=path: Client().post(path).status_code for path in paths))
    assert sorted(answers) == [302, 409]  # the second is told that there is an account now
    assert User.objects.filter(email=ROSA).count() == 1


def test_a_join_takes_a_person_who_was_made_meanwhile_for_known(invited):
    invitation = invited(ROSA)
    UserFactory(email=ROSA)
    with pytest.raises(InvitationUnusable, match="sign in to it first"):
        actions.join(invitation, user=None, at=clock.now())
    invitation.refresh_from_db()
    assert invitation.used_at is None


def test_a_switched_off_account_does_not_join(owner, invited, client):
    gone = MembershipFactory(user__is_active=False).user
    path = path_of(invited(gone.email))
    assertRedirects(client.post(path), f"{LOGIN}?next={path}")
    assert not Membership.objects.filter(user=gone, organisation=owner.organisation).exists()
