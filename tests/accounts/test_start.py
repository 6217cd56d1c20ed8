"""Beginning an organisation of one's own."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects, assertTemplateUsed

from outsourcing.accounts.models import Membership, Organisation, User
from tests.factories import UserFactory

START = reverse("accounts:start")
SHOP = {
    "kind": "merchant",
    "name": "Juniper & Pine",
    "country": "GB",
    "region": "sct",
    "time_zone": "Europe/London",
    "currency": "GBP",
}


@pytest.fixture
def newcomer(db) -> User:
    return UserFactory(name="Theo Marchetti", email="theo@juniperandpine.example")


@pytest.fixture
def client(client, newcomer):
    client.force_login(newcomer)
    return client


@pytest.mark.parametrize(
    ("kind", "role", "home"), [("merchant", "owner", "today.html"), ("vendor", "manager", "portal.html")]
)
def test_the_first_member_runs_it(client, newcomer, kind, role, home):
    assertRedirects(client.post(START, SHOP | {"kind": kind}), "/")
    member = Membership.objects.get()
    assert (member.user, member.email, member.name, member.roles) == (newcomer, newcomer.email, newcomer.name, [role])
    place = member.organisation
    assert (place.kind, place.name, place.country.code, place.region) == (kind, "Juniper & Pine", "GB", "SCT")
    assert (str(place.time_zone), place.currency) == ("Europe/London", "GBP")
    assertTemplateUsed(client.get("/"), home)


def test_one_acts_for_the_new_one_at_once(owner, signed_in):
    client = signed_in(owner)
    client.post(START, SHOP | {"name": "Zebra Trade"})
    assert client.get("/").context["shell"].acting.organisation.name == "Zebra Trade"


def test_two_of_the_same_name_may_be(client, shop):
    client.post(START, SHOP)
    assert Organisation.objects.filter(name="Juniper & Pine").count() == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        *(({"kind": kind}, "kind") for kind in ("", "bank", "\x00")),
        *(({"name": name}, "name") for name in ("", "  ", "x" * 10_000, "\x00")),
        *(({"country": country, "region": ""}, "country") for country in ("", "XX", "\x00")),
        *(({"region": region}, "region") for region in ("BY", "\x00")),
        *(({"time_zone": zone}, "time_zone") for zone in ("", "Mars/Base", "\x00")),
        *(({"currency": currency}, "currency") for currency in ("", "XXX", "\x00")),
    ],
    ids=lambda one: ascii(one)[:40],
)
def test_a_refused_one_says_so_at_the_field_and_writes_nothing(client, nothing_written, wrong, field):
    with nothing_written():
        page = client.post(START, SHOP | wrong)
    assert list(page.context["form"].errors) == [field]
    assertContains(page, "is-invalid")
    assertContains(page, "Error:")


def test_by_invitation_only_nobody_begins_one(client, settings, nothing_written):
    settings.INVITATION_ONLY = True
    with nothing_written():
        assert client.get(START).status_code == client.post(START, SHOP).status_code == 403
    assertNotContains(client.get("/"), START)


def test_a_member_of_nothing_sees_what_to_do(client):
    page = client.get("/")
    assertTemplateUsed(page, "no_organisation.html")
    assertContains(page, START)
    assertContains(page, "Join one that invited you")


def test_stranger_meets_the_login(db, client):
    client.logout()
    assertRedirects(client.post(START, SHOP), f"{reverse('account_login')}?next={START}")
