"""Whom a request acts for, read afresh each time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertTemplateUsed

from outsourcing.accounts.backend import Backend
from outsourcing.accounts.middleware import Acting
from tests.factories import MembershipFactory, UserFactory


def leave(membership) -> None:
    membership.left_at = timezone.now()
    membership.save()


def test_the_oldest_is_taken_and_kept_whatever_comes_or_is_renamed(owner, signed_in):
    client = Client()
    client.force_login(owner.user)
    assert client.get("/").context["shell"].acting == owner
    MembershipFactory(user=owner.user, organisation__name="Aardvark")
    owner.organisation.name = "Zebra & Co"
    owner.organisation.save()
    assert client.get("/").context["shell"].acting == owner


def test_the_one_that_was_switched_to_is_taken(owner, signed_in):
    MembershipFactory(user=owner.user, organisation__name="Aardvark")
    client = signed_in(owner)
    client.post(reverse("accounts:switch"), {"membership": owner.pk})
    assert client.get("/").context["shell"].acting == owner


def test_a_place_that_was_left_is_gone_at_the_next_request(owner, signed_in):
    other = MembershipFactory(user=owner.user, organisation__name="Zebra")
    client = signed_in(owner)
    client.post(reverse("accounts:switch"), {"membership": owner.pk})
    leave(owner)
    shell = client.get("/").context["shell"]
    assert (shell.acting, shell.memberships) == (other, [other])


def test_who_left_the_last_place_belongs_nowhere(owner, signed_in):
    client = signed_in(owner)
    client.get("/")
    leave(owner)
    assertTemplateUsed(client.get("/"), "no_organisation.html")
    assert client.get(reverse("accounts:organisation")).status_code == 403


def test_a_role_taken_away_counts_from_the_next_request(owner, signed_in):
    client = signed_in(owner)
    assert client.get(reverse("accounts:organisation")).status_code == 200
    owner.roles = ["viewer"]
    owner.save()
    assert client.get(reverse("accounts:organisation")).status_code == 403


def test_a_person_who_was_switched_off_is_signed_out(owner, signed_in):
    client = signed_in(owner)
    owner.user.is_active = False
    owner.user.save()
    assert client.get("/").status_code == 302


# ---- Queries -------------------------------------------------------------------------------------------------------
def test_no_query_for_a_stranger(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/no/such/page/").status_code == 404


# ---- Zones ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("own", "shown"),
    [("", "Wednesday 1 July"), ("America/New_York", "Tuesday 30 June"), ("Asia/Tokyo", "Wednesday 1 July")],
)
def test_times_are_shown_in_the_persons_zone_else_the_organisations(manager, signed_in, own, shown):
    manager.user.time_zone = ZoneInfo(own) if own else ""
    manager.user.save()
    with time_machine.travel(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), tick=False):  # half past midnight in London
        assertContains(signed_in(manager).get("/"), shown)


def test_the_zone_is_put_back_after_the_request(manager, signed_in):
    signed_in(manager).get("/")
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_member_of_nothing_sees_utc(db):
    seen = []
    request = RequestFactory().get("/")
    request.user, request.session = Backend().get_user(UserFactory().pk), {}
    Acting(lambda request: seen.append(timezone.get_current_timezone_name()))(request)
    assert (request.acting, request.memberships, seen) == (None, [], ["UTC"])
