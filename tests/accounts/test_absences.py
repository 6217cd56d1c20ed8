"""Days away, and who stands in."""

from datetime import date

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts import actions
from outsourcing.accounts.models import Absence, Membership
from outsourcing.shared import clock
from tests.factories import MembershipFactory

ABSENCES = reverse("accounts:absences")


@pytest.fixture
def wanted(owner) -> dict:
    return {"starts_on": "2026-12-01", "ends_on": "2026-12-04", "stand_in": owner.pk}


@pytest.fixture
def absence(viewer, owner) -> Absence:
    return Absence.objects.create(
        membership=viewer, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 4), stand_in=owner
    )


def delete(absence: Absence) -> str:
    return reverse("accounts:delete_absence", args=[absence.pk])


# ---- Adding --------------------------------------------------------------------------------------------------------
def test_a_member_says_when_and_who_stands_in(viewer, owner, signed_in, wanted):
    client = signed_in(viewer)
    assertRedirects(client.post(ABSENCES, wanted), ABSENCES)
    absence = Absence.objects.get()
    assert (absence.membership, absence.stand_in) == (viewer, owner)
    assert (absence.starts_on, absence.ends_on) == (date(2026, 12, 1), date(2026, 12, 4))
    assertContains(client.get(ABSENCES), "Theo Marchetti")


def test_one_day_is_an_absence(viewer, signed_in, wanted):
    signed_in(viewer).post(ABSENCES, wanted | {"ends_on": "2026-12-01"})
    assert Absence.objects.on(date(2026, 12, 1)).exists()


@pytest.mark.parametrize(("day", "away"), [("2026-11-30", 0), ("2026-12-01", 1), ("2026-12-04", 1), ("2026-12-05", 0)])
def test_first_and_last_day_are_included(absence, day, away):
    assert Absence.objects.on(date.fromisoformat(day)).count() == away


def test_a_vendors_contact_has_absences_too(contact, manager, signed_in, wanted):
    signed_in(contact).post(ABSENCES, wanted | {"stand_in": manager.pk})
    assert Absence.objects.get().membership == contact


def test_only_joined_colleagues_can_stand_in(viewer, owner, rival, invited, signed_in):
    invited("new@juniperandpine.example")
    gone = MembershipFactory(organisation=owner.organisation)
    actions.remove_member(gone, successor=owner, at=clock.now())
    assert list(signed_in(viewer).get(ABSENCES).context["form"].fields["stand_in"].queryset) == [owner]


# ---- It is refused -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_on": "2026-11-30"}, "__all__"),
        *(({"starts_on": day}, "starts_on") for day in ("", "soon", "2026-13-01", "0001-01-01", "\x00")),
        *(({"ends_on": day}, "ends_on") for day in ("", "9999-12-31")),
        *(({"stand_in": who}, "stand_in") for who in ("", "nobody", "0", "\x00", "9" * 5000)),
    ],
    ids=lambda wrong: ascii(wrong)[:40],
)
def test_a_refused_absence_says_so_and_writes_nothing(viewer, signed_in, nothing_written, wanted, wrong, field):
    client = signed_in(viewer)
    with nothing_written():
        page = client.post(ABSENCES, wanted | wrong)
    assert list(page.context["form"].errors) == [field]
    assertContains(page, "Error:")


@pytest.mark.parametrize("who", ["viewer", "rival", "manager"])
def test_neither_oneself_nor_a_stranger_stands_in(who, request, viewer, signed_in, nothing_written, wanted):
    stand_in, client = request.getfixturevalue(who), signed_in(viewer)
    with nothing_written():
        page = client.post(ABSENCES, wanted | {"stand_in": stand_in.pk})
    assert list(page.context["form"].errors) == ["stand_in"]
    assertNotContains(page, "Copper Kettle")


def test_an_absence_of_somebody_else_cannot_be_posted(viewer, owner, signed_in, wanted):
    signed_in(viewer).post(ABSENCES, wanted | {"membership": owner.pk})
    assert Absence.objects.get().membership == viewer


# ---- Seeing and deleting -------------------------------------------------------------------------------------------
def test_only_ones_own_are_shown(absence, owner, signed_in):
    assert list(signed_in(owner).get(ABSENCES).context["absences"]) == []


def test_a_member_is_there_after_all(absence, viewer, signed_in):
    assertRedirects(signed_in(viewer).post(delete(absence)), ABSENCES)
    assert not Absence.objects.exists()


@pytest.mark.parametrize("who", ["owner", "rival", "manager"])
def test_nobody_deletes_anothers(who, request, absence, signed_in):
    assert signed_in(request.getfixturevalue(who)).post(delete(absence)).status_code == 404
    assert Absence.objects.exists()


def test_one_of_another_own_organisation_is_not_deleted_from_here(absence, viewer, signed_in):
    other, client = MembershipFactory(user=viewer.user), signed_in(viewer)
    client.post(reverse("accounts:switch"), {"membership": other.pk})
    assert client.post(delete(absence)).status_code == 404
    assert Absence.objects.exists()


def test_the_page_costs_few_queries(viewer, owner, signed_in, django_assert_num_queries):
    Absence.objects.bulk_create(
        Absence(membership=viewer, stand_in=owner, starts_on=date(2026, 1, n), ends_on=date(2026, 1, n))
        for n in range(1, 20)
    )
    client = signed_in(viewer)
    with django_assert_num_queries(4):  # session, person, absences, colleagues
        client.get(ABSENCES)


def test_the_choice_of_colleagues_shows_names(viewer, owner, signed_in):
    Membership.objects.filter(pk=owner.pk).update(name="")
    assertContains(signed_in(viewer).get(ABSENCES), owner.email)
