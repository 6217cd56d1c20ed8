"""Who changed what about an organisation and its members: told as sentences, from rows that triggers wrote."""

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from outsourcing.accounts import actions, history
from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.shared import clock
from tests.accounts.conftest import path_of
from tests.factories import MembershipFactory

HISTORY = reverse("accounts:history")
# Each change in a transaction of its own, as it happens: those of one have the same time.
pytestmark = pytest.mark.django_db(transaction=True)

PLACE = {"name": "Juniper & Oak", "country": "IE", "time_zone": "Europe/Dublin", "currency": "EUR"}


def newest(organisation: Organisation) -> history.Change:
    return history.page_of(organisation, "").object_list[0]


def told(organisation: Organisation) -> list[tuple[str, str, list[str]]]:
    """Oldest first: by whom, about what, and the sentences."""
    return [(one.by, one.about, one.lines) for one in reversed(history.page_of(organisation, "").object_list)]


# ---- Sentences -----------------------------------------------------------------------------------------------------
def test_a_new_organisation_began_and_its_first_member_joined(owner):
    assert told(owner.organisation) == [
        ("the system", "Juniper & Pine", ["began"]),
        ("the system", "Theo Marchetti", ["joined as Owner"]),
    ]


def test_a_changed_organisation_is_told_field_by_field(owner, signed_in):
    signed_in(owner).post(reverse("accounts:organisation"), PLACE)
    change = newest(owner.organisation)
    assert (change.by, change.about, change.url) == ("Theo Marchetti", "Juniper & Oak", "/settings/organisation/")
    assert change.lines == [
        "name: Juniper & Pine → Juniper & Oak",
        "country: GB → IE",
        "time zone: Europe/London → Europe/Dublin",
        "currency: GBP → EUR",
    ]


def test_a_member_is_invited_joins_gets_other_roles_leaves_and_is_asked_back(owner, signed_in):
    client, rosa = signed_in(owner), Client()
    wanted = {"email": "rosa@juniperandpine.example", "name": "Rosa Imberg", "roles": ["buyer"]}
    client.post(reverse("accounts:invite"), wanted)
    member = Membership.objects.get(email=wanted["email"])
    rosa.post(path_of(member.invitations.get()))
    client.post(reverse("accounts:member", args=[member.pk]), {"roles": ["buyer", "viewer"], "is_backup": "on"})
    client.post(reverse("accounts:remove", args=[member.pk]), {"successor": owner.pk})
    client.post(reverse("accounts:invite"), wanted | {"roles": ["viewer"]})
    assert told(owner.organisation)[2:] == [
        ("Theo Marchetti", "Rosa Imberg", ["invited as Buyer"]),
        ("Rosa Imberg", "Rosa Imberg", ["joined"]),
        ("Theo Marchetti", "Rosa Imberg", ["roles: Buyer → Buyer, Viewer", "backup: no → yes"]),
        ("Theo Marchetti", "Rosa Imberg", ["left"]),
        ("Theo Marchetti", "Rosa Imberg", ["was asked back", "roles: Buyer, Viewer → Viewer"]),
    ]


def test_an_empty_value_is_called_nothing(owner, signed_in):
    signed_in(owner).post(
        reverse("accounts:profile"), {"name": "Theo Marchetti", "theme": "dark", "phone": "+44 20 7946 0000"}
    )
    assert newest(owner.organisation).lines == ["phone: nothing → +44 20 7946 0000"]


def test_what_was_refused_or_changed_nothing_is_not_told(owner, signed_in):
    client = signed_in(owner)
    before = told(owner.organisation)
    client.post(reverse("accounts:organisation"), PLACE | {"name": ""})
    client.post(reverse("accounts:member", args=[owner.pk]), {"roles": ["viewer"]})
    client.post(reverse("accounts:member", args=[owner.pk]), {"roles": ["owner"]})
    assert told(owner.organisation) == before


def test_changes_in_bulk_are_told_too(owner, viewer):
    Membership.objects.filter(organisation=owner.organisation).update(phone="1")
    assert [about for _by, about, lines in told(owner.organisation) if lines == ["phone: nothing → 1"]] == [
        "Theo Marchetti",
        "Piet Larsen",
    ]


def test_the_row_says_who_and_from_which_request(owner, signed_in):
    signed_in(owner).post(reverse("accounts:organisation"), PLACE)
    event = apps.get_model("accounts", "OrganisationEvent").objects.order_by("pgh_id").last()
    assert event.pgh_context.metadata == {"user": owner.user_id, "url": "/settings/organisation/"}


# ---- The page ------------------------------------------------------------------------------------------------------
def test_the_page_shows_it_newest_first(owner, signed_in):
    client = signed_in(owner)
    client.post(reverse("accounts:organisation"), PLACE)
    page = client.get(HISTORY)
    assertContains(page, "Name: Juniper &amp; Pine → Juniper &amp; Oak")
    assertContains(page, "/settings/organisation/")
    text = page.content.decode()
    assert text.index("Juniper &amp; Oak") < text.index("Began")


def test_names_are_shown_escaped(owner, viewer, signed_in):
    Membership.objects.filter(pk=viewer.pk).update(name="<script>alert(1)</script>")
    assertNotContains(signed_in(owner).get(HISTORY), "<script>alert")


def test_another_organisations_changes_are_never_shown(owner, rival, manager, signed_in):
    second = MembershipFactory(user=owner.user, organisation__name="Zebra Trade", name="Theo at Zebra")
    page = signed_in(owner).get(HISTORY)
    for other in (rival, manager, second):
        assertNotContains(page, other.name)
    assert {one.about for one in page.context["page"].object_list} == {"Juniper & Pine", "Theo Marchetti"}


def test_it_comes_in_pages(owner, signed_in):
    for number in range(60):
        Membership.objects.filter(pk=owner.pk).update(phone=str(number))
    client = signed_in(owner)
    first, second = (client.get(HISTORY, {"page": number}) for number in (1, 2))
    assertContains(first, "Page 1 of 2")
    assert len(first.context["page"].object_list) == history.PER_PAGE
    assert [one.lines for one in second.context["page"].object_list][-1] == ["began"]
    # A change on the edge of a page still knows what was before it.
    assert first.context["page"].object_list[-1].lines == ["phone: 9 → 10"]


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "\x00", "9" * 5000], ids=lambda number: ascii(number[:8]))
def test_a_page_that_is_not_there_is_the_nearest(owner, signed_in, number):
    assertContains(signed_in(owner).get(HISTORY, {"page": number}), "Began")


@pytest.mark.parametrize("who", ["viewer", "contact"])
def test_only_who_runs_the_organisation_sees_it(who, request, signed_in):
    assert signed_in(request.getfixturevalue(who)).get(HISTORY).status_code == 403


def test_a_manager_sees_the_vendors(manager, signed_in):
    assertContains(signed_in(manager).get(HISTORY), "Joined as Manager")


@pytest.mark.parametrize("changes", [1, 45])
def test_costs_as_many_queries_for_few_as_for_many(owner, signed_in, django_assert_num_queries, changes):
    client = signed_in(owner)
    for number in range(changes):
        client.post(reverse("accounts:organisation"), PLACE | {"name": f"Shop {number}"})
    Membership.objects.filter(pk=owner.pk).update(phone="1")
    with django_assert_num_queries(9):  # session, person; seven for the page
        client.get(HISTORY)


def test_a_former_members_history_stays(owner, viewer):
    actions.remove_member(viewer, successor=owner, at=clock.now())
    assert newest(owner.organisation).lines == ["left"]
    assert newest(owner.organisation).about == "Piet Larsen"
    assert Role.VIEWER in viewer.roles
