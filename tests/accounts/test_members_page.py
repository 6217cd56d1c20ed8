"""Everybody of an organisation on one page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from outsourcing.accounts import actions
from outsourcing.accounts.models import Membership, Role
from outsourcing.shared import clock
from tests.factories import MembershipFactory

MEMBERS = reverse("accounts:members")


def labels(rows) -> list[str]:
    return [one.label for one in rows]


def test_joined_asked_and_former_stand_apart(owner, viewer, invited, signed_in):
    invited("rosa@juniperandpine.example")
    gone = MembershipFactory(organisation=owner.organisation, user__name="Nadia Okafor", roles=[Role.BUYER])
    actions.remove_member(gone, successor=owner, at=clock.now())
    page = signed_in(owner).get(MEMBERS)
    assert labels(page.context["members"]) == ["Piet Larsen", "Theo Marchetti"]
    assert labels(page.context["asked"]) == ["rosa@juniperandpine.example"]
    assert labels(page.context["former"]) == ["Nadia Okafor"]


def test_rivals_are_never_named(owner, rival, manager, signed_in):
    page = signed_in(owner).get(MEMBERS)
    for other in (rival, manager):
        assertNotContains(page, other.name)
        assertNotContains(page, other.email)


def test_roles_are_shown_in_words(owner, viewer, signed_in):
    Membership.objects.filter(pk=viewer.pk).update(roles=[Role.BUYER, Role.OPERATIONS])
    assertContains(signed_in(owner).get(MEMBERS), "Buyer, Operations")


def test_until_when_a_link_works_is_shown(owner, invited, signed_in):
    invited("rosa@juniperandpine.example")
    invited("late@juniperandpine.example", left=-timedelta(hours=1))
    Membership.objects.create(organisation=owner.organisation, email="never@juniperandpine.example", roles=["viewer"])
    page = signed_in(owner).get(MEMBERS)
    for words in ("Works until", "Has expired", "Not invited yet"):
        assertContains(page, words, count=1)


def test_of_several_invitations_the_one_that_works_counts(owner, invited, signed_in):
    invited("rosa@juniperandpine.example", left=-timedelta(days=1))
    newest = invited("rosa@juniperandpine.example")
    (row,) = signed_in(owner).get(MEMBERS).context["asked"]
    assert row.invited_until == newest.expires_at


def test_names_are_shown_escaped(owner, viewer, signed_in):
    Membership.objects.filter(pk=viewer.pk).update(name="<script>alert(1)</script>")
    assertNotContains(signed_in(owner).get(MEMBERS), "<script>alert")


@pytest.mark.parametrize("who", ["viewer", "contact"])
def test_who_does_not_run_the_organisation_is_forbidden(who, request, signed_in):
    assert signed_in(request.getfixturevalue(who)).get(MEMBERS).status_code == 403


@pytest.mark.parametrize("members", [3, 200])
def test_costs_as_many_queries_for_few_as_for_many(owner, signed_in, django_assert_num_queries, members):
    Membership.objects.bulk_create(
        Membership(organisation=owner.organisation, email=f"m{n}@shop.example", name=f"M {n}", roles=[Role.VIEWER])
        for n in range(members - 1)
    )
    client = signed_in(owner)
    with django_assert_num_queries(3):  # session, person, the members
        page = client.get(MEMBERS)
    assert len(page.context["members"]) + len(page.context["asked"]) == members
