"""A member's roles, and who may change them."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from outsourcing.accounts import actions
from outsourcing.accounts.errors import LastHead
from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.shared import clock
from tests.factories import MembershipFactory


def change(member: Membership) -> str:
    return reverse("accounts:member", args=[member.pk])


def roles_of(member: Membership) -> list[str]:
    return Membership.objects.get(pk=member.pk).roles


def second_head(member: Membership) -> Membership:
    return MembershipFactory(organisation=member.organisation, roles=[member.organisation.head])


# ---- It works ------------------------------------------------------------------------------------------------------
def test_owner_gives_a_colleague_other_roles(owner, viewer, signed_in):
    page = signed_in(owner).post(change(viewer), {"roles": ["buyer", "operations"], "is_backup": "on"})
    assertRedirects(page, reverse("accounts:members"))
    viewer.refresh_from_db()
    assert (viewer.roles, viewer.is_backup) == (["buyer", "operations"], True)


def test_manager_gives_a_contact_other_roles(manager, contact, signed_in):
    signed_in(manager).post(change(contact), {"roles": ["manager", "contact"]})
    assert roles_of(contact) == ["manager", "contact"]


def test_they_count_from_the_next_request(owner, viewer, signed_in):
    theirs = signed_in(viewer)
    assert theirs.get(reverse("accounts:members")).status_code == 403
    signed_in(owner).post(change(viewer), {"roles": ["owner"]})
    assert theirs.get(reverse("accounts:members")).status_code == 200


def test_those_of_somebody_who_has_not_joined_are_the_ones_they_join_with(owner, invited, signed_in):
    member = invited("rosa@juniperandpine.example").membership
    signed_in(owner).post(change(member), {"roles": ["operations"]})
    assert roles_of(member) == ["operations"]


def test_an_owner_may_step_down_where_another_is(owner, signed_in):
    second_head(owner)
    signed_in(owner).post(change(owner), {"roles": ["viewer"]})
    assert roles_of(owner) == ["viewer"]


# ---- The last one --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("who", "role"), [("owner", "viewer"), ("manager", "contact")])
def test_the_last_head_is_not_demoted(who, role, request, signed_in, nothing_written):
    head = request.getfixturevalue(who)
    client = signed_in(head)
    with nothing_written():
        page = client.post(change(head), {"roles": [role]})
    assertContains(page, f"is the only {Role(head.roles[0]).label.lower()}", status_code=409)


def test_an_owner_who_has_not_joined_or_has_left_does_not_count(owner, invited, signed_in):
    invited("rosa@juniperandpine.example", Role.OWNER)
    gone = second_head(owner)
    actions.remove_member(gone, successor=owner, at=clock.now())
    assert signed_in(owner).post(change(owner), {"roles": ["viewer"]}).status_code == 409
    assert roles_of(owner) == ["owner"]


def test_an_owner_of_another_shop_does_not_count(owner, rival, signed_in):
    assert signed_in(owner).post(change(owner), {"roles": ["viewer"]}).status_code == 409


def test_the_last_owner_may_take_on_more_roles(owner, signed_in):
    signed_in(owner).post(change(owner), {"roles": ["owner", "buyer"]})
    assert roles_of(owner) == ["owner", "buyer"]


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_owners_who_demote_each_other_at_once_leave_one(owner, at_once, signed_in):
    other = second_head(owner)
    clients: list[tuple[Client, Membership]] = [(signed_in(owner), other), (signed_in(other), owner)]
    answers = at_once(
        Organisation.objects.filter(pk=owner.organisation_id),
        *(
            lambda c=client, m=member: c.post(change(m), {"roles": ["viewer"]}).status_code
            for client, member in clients
        ),
    )
    assert sorted(answers) == [302, 409]
    assert sorted([roles_of(owner), roles_of(other)]) == [["owner"], ["viewer"]]


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_two_owners_who_step_down_at_once_leave_one(owner, at_once):
    pair = [owner, second_head(owner)]

    def step_down(member: Membership) -> None:
        fresh = Membership.objects.select_related("organisation").get(pk=member.pk)
        actions.change_roles(fresh, [Role.VIEWER], is_backup=False)

    outcomes = at_once(Organisation.objects.all(), *(lambda one=one: step_down(one) for one in pair))
    assert sorted(type(one) for one in outcomes if one) == [LastHead]


# ---- It is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "roles", [[], [""], ["admin"], ["contact"], ["buyer", "manager"], ["OWNER"], ["\x00"], ["x" * 10_000]], ids=ascii
)
def test_what_is_no_role_here_is_a_field_error(owner, viewer, signed_in, nothing_written, roles):
    client = signed_in(owner)
    with nothing_written():
        page = client.post(change(viewer), {"roles": roles, "save": "Save"})
    assert list(page.context["form"].errors) == ["roles"]
    assertContains(page, "is-invalid")
    assertContains(page, "Error:")


def test_a_merchants_role_is_none_of_a_vendors(manager, contact, signed_in):
    page = signed_in(manager).post(change(contact), {"roles": ["owner"]})
    assert list(page.context["form"].errors) == ["roles"]
    assert roles_of(contact) == ["contact"]


def test_fields_that_the_form_does_not_have_are_ignored(owner, viewer, rival, signed_in):
    more = {"organisation": rival.organisation_id, "user": owner.user_id, "email": "x@evil.example", "left_at": "2026"}
    signed_in(owner).post(change(viewer), {"roles": ["buyer"], **more})
    same = Membership.objects.get(pk=viewer.pk)
    assert (same.organisation, same.user, same.email, same.left_at) == (
        viewer.organisation,
        viewer.user,
        viewer.email,
        None,
    )


def test_who_left_has_no_roles_to_change(owner, viewer, signed_in, nothing_written):
    actions.remove_member(viewer, successor=owner, at=clock.now())
    client = signed_in(owner)
    with nothing_written():
        page = client.post(change(viewer), {"roles": ["owner"]})
    assertContains(page, "Piet Larsen has left already.", status_code=409)


@pytest.mark.parametrize("method", ["get", "post"])
def test_outsider_finds_nobody(rival, viewer, signed_in, method):
    assert getattr(signed_in(rival), method)(change(viewer), {"roles": ["owner"]}).status_code == 404
    assert roles_of(viewer) == ["viewer"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gives_themselves_roles(viewer, signed_in, method):
    assert getattr(signed_in(viewer), method)(change(viewer), {"roles": ["owner"]}).status_code == 403
    assert roles_of(viewer) == ["viewer"]
