"""Acting for another of one's own organisations."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from outsourcing.accounts.middleware import SESSION_KEY
from tests.factories import MembershipFactory

SWITCH = reverse("accounts:switch")


@pytest.fixture
def second(owner):
    return MembershipFactory(user=owner.user, organisation__name="Zebra Trade")


@pytest.fixture
def client(owner, second, signed_in):
    client = signed_in(owner)
    client.post(SWITCH, {"membership": second.pk})
    return client


def test_owner_acts_for_another_own_organisation(owner, second, signed_in):
    client = signed_in(owner)
    assertRedirects(client.post(SWITCH, {"membership": second.pk}), "/")
    assertContains(client.get("/"), '<span class="org-name">Zebra Trade</span>', html=True)


def test_and_back(client, owner):
    client.post(SWITCH, {"membership": owner.pk})
    assert client.get("/").context["shell"].acting == owner


@pytest.mark.parametrize(
    "number",
    ["", "garbage", "-1", "0", "1.5", "\x00", "²", str(10**30), "9" * 5000, "1 OR 1=1"],
    ids=lambda number: ascii(number[:12]),
)
def test_nonsense_is_not_found_and_changes_nothing(client, second, number):
    assert client.post(SWITCH, {"membership": number}).status_code == 404
    assert client.session[SESSION_KEY] == second.pk


def test_nothing_named_is_not_found(client, second):
    assert client.post(SWITCH).status_code == 404
    assert client.session[SESSION_KEY] == second.pk


def test_a_rivals_place_is_not_found_and_changes_nothing(client, second, rival):
    assert client.post(SWITCH, {"membership": rival.pk}).status_code == 404
    assert client.session[SESSION_KEY] == second.pk


def test_a_colleagues_place_is_not_found(client, second, viewer):
    assert client.post(SWITCH, {"membership": viewer.pk}).status_code == 404
    assert client.session[SESSION_KEY] == second.pk


def test_a_place_that_was_left_is_not_found(client, owner, second):
    owner.left_at = timezone.now()
    owner.save()
    assert client.post(SWITCH, {"membership": owner.pk}).status_code == 404
    assert client.session[SESSION_KEY] == second.pk


def test_stranger_meets_the_login(db):
    assertRedirects(Client().post(SWITCH, {"membership": 1}), f"{reverse('account_login')}?next={SWITCH}")


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_a_switch_is_only_posted(client, method):
    assert getattr(client, method)(SWITCH).status_code == 405
