"""Every form carries the membership that its page was made for; a mismatch is refused."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from outsourcing.accounts.models import Absence, ClosedDay, Membership
from outsourcing.shared.templatetags.house import ACTING_FIELD
from tests.factories import MembershipFactory

ORGANISATION, PROFILE = reverse("accounts:organisation"), reverse("accounts:profile")
PLACE = {"name": "Juniper & Oak", "country": "IE", "time_zone": "Europe/Dublin", "currency": "EUR"}
PAGES = ["today", "accounts:start", "accounts:profile", "accounts:absences", "accounts:organisation"]
PAGES += ["accounts:calendar", "accounts:members", "accounts:invite", "accounts:leave", "accounts:history"]
PAGES += ["account_logout", "account_email", "account_change_password", "usersessions_list", "mfa_index"]


@pytest.fixture
def second(owner) -> Membership:
    return MembershipFactory(user=owner.user, organisation__name="Zebra Trade")


def forms(page) -> list[str]:
    return re.findall(r'<form[^>]*method="post".*?</form>', page.content.decode(), re.DOTALL | re.IGNORECASE)


def proofs(page) -> set[str]:
    """Which memberships the posted forms of a page name; an empty text for one that names none."""
    field = re.compile(rf'name="{ACTING_FIELD}" value="(\d+)"')
    return {",".join(field.findall(form)) for form in forms(page)}


@pytest.fixture
def busy(owner, viewer, invited) -> Membership:
    """A shop with something on each page that has a button of its own."""
    owner.user.set_password("seven-brass-kettles")
    owner.user.save()
    invited("new@juniperandpine.example")
    Absence.objects.create(membership=owner, stand_in=viewer, starts_on="2099-12-01", ends_on="2099-12-01")
    ClosedDay.objects.create(organisation=owner.organisation, day="2099-12-24")
    return owner


@pytest.mark.parametrize("name", PAGES)
def test_every_form_of_a_page_names_the_membership_it_was_made_for(busy, second, signed_in, name):
    page = signed_in(busy).get(reverse(name))
    assert forms(page)
    assert proofs(page) == {str(busy.pk)}


@pytest.mark.parametrize("name", ["accounts:member", "accounts:remove"])
def test_so_do_those_about_a_member(busy, viewer, signed_in, name):
    assert proofs(signed_in(busy).get(reverse(name, args=[viewer.pk]))) == {str(busy.pk)}


def test_so_does_a_form_that_is_shown_again_with_errors(busy, signed_in):
    client = signed_in(busy)
    for page in (client.post(ORGANISATION, PLACE | {"name": ""}), client.post(reverse("accounts:add_closed_day"))):
        assert "is-invalid" in page.content.decode()
        assert proofs(page) == {str(busy.pk)}


def test_a_form_of_another_organisation_is_refused_and_writes_nothing(owner, second, signed_in, nothing_written):
    client = signed_in(owner)
    client.post(reverse("accounts:switch"), {"membership": second.pk})
    with nothing_written():
        page = client.post(ORGANISATION, PLACE | {ACTING_FIELD: owner.pk})
    assertContains(page, "Zebra Trade", status_code=409)
    assertContains(page, "switch back", status_code=409)


def test_it_is_taken_after_switching_back(owner, second, signed_in):
    client = signed_in(owner)
    client.post(reverse("accounts:switch"), {"membership": second.pk})
    client.post(reverse("accounts:switch"), {"membership": owner.pk, ACTING_FIELD: second.pk})
    assertRedirects(client.post(ORGANISATION, PLACE | {ACTING_FIELD: owner.pk}), ORGANISATION)


@pytest.mark.parametrize("made_for", ["", "x", "\x00", "-1", "9" * 5000, " 1"], ids=lambda text: ascii(text[:6]))
def test_nonsense_is_refused_like_another_organisation(owner, signed_in, nothing_written, made_for):
    client = signed_in(owner)
    with nothing_written():
        assert client.post(ORGANISATION, PLACE | {ACTING_FIELD: made_for}).status_code == 409


def test_a_rivals_membership_is_refused_and_not_named(owner, rival, signed_in):
    page = signed_in(owner).post(ORGANISATION, PLACE | {ACTING_FIELD: rival.pk})
    assert page.status_code == 409
    assert "Copper Kettle" not in page.content.decode()


def test_a_form_of_a_place_that_was_left_meanwhile_is_refused(owner, second, signed_in):
    client = signed_in(owner)
    client.post(reverse("accounts:switch"), {"membership": owner.pk})
    Membership.objects.filter(pk=owner.pk).update(left_at="2026-01-01T00:00:00Z")
    assert client.post(ORGANISATION, PLACE | {ACTING_FIELD: owner.pk}).status_code == 409


def test_signing_out_works_whatever_one_acts_for(owner, second, signed_in):
    client = signed_in(owner)
    assertRedirects(client.post(reverse("account_logout"), {ACTING_FIELD: second.pk}), reverse("account_login"))


def test_who_is_not_signed_in_has_no_such_field(db):
    assert ACTING_FIELD not in re.findall(r'name="(\w+)"', Client().get(reverse("account_login")).content.decode())
