"""Both home pages."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects, assertTemplateUsed

from tests.factories import MembershipFactory, UserFactory


def test_owner_finds_the_first_steps(owner, signed_in):
    owner.organisation.country = ""
    owner.organisation.save()
    page = signed_in(owner).get("/")
    assertTemplateUsed(page, "today.html")
    assertContains(page, "1 of 2 done")
    assertContains(page, reverse("accounts:organisation"))


def test_steps_go_once_they_are_done(owner, signed_in):
    page = signed_in(owner).get("/")
    assertNotContains(page, "of 2 done")
    assertContains(page, "Nothing needs you")


def test_vendor_has_a_portal(manager, signed_in):
    page = signed_in(manager).get("/")
    assertTemplateUsed(page, "portal.html")
    assertContains(page, "Pallet &amp; Post")


def test_member_of_nothing_is_told_what_to_do(db, client):
    client.force_login(UserFactory())
    assertTemplateUsed(client.get("/"), "no_organisation.html")


def test_stranger_meets_the_login(db, client):
    assertRedirects(client.get("/"), "/accounts/login/?next=/")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_today_is_only_read(owner, signed_in, method):
    assert getattr(signed_in(owner), method)("/").status_code == 405


def test_today_costs_few_queries_however_many_organisations(owner, signed_in, django_assert_num_queries):
    for _ in range(5):
        MembershipFactory(user=owner.user)
    client = signed_in(owner)
    client.get("/")
    with django_assert_num_queries(3):  # session, person, memberships
        client.get("/")
