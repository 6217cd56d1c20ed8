"""What the database itself keeps true about people and their places."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from outsourcing.accounts.models import Absence, ClosedDay, Invitation, Membership, Opening, Role, User
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_two_users_cannot_share_an_address():
    UserFactory(email="theo@shop.example")
    with pytest.raises(IntegrityError, match="user_email_unique"):
        UserFactory(email="theo@shop.example")


def test_an_address_is_kept_in_lower_case():
    assert UserFactory(email="Theo@Shop.example").email == "theo@shop.example"
    with pytest.raises(IntegrityError, match="user_email_lower_case"):
        User.objects.update(email="Theo@shop.example")


def test_a_second_account_is_refused_in_words_whatever_the_case():
    UserFactory(email="theo@shop.example")
    with pytest.raises(ValidationError, match="already has an account"):
        User(email="THEO@shop.example", password="!").full_clean()


def test_staff_is_made_by_the_command():
    boss = User.objects.create_superuser("Boss@shop.example", "seven-brass-kettles")
    assert (boss.email, boss.is_staff, boss.is_superuser) == ("boss@shop.example", True, True)
    assert User.objects.get_by_natural_key("BOSS@shop.example") == boss


@pytest.mark.parametrize(
    ("name", "short"), [("Theo Marchetti", "Theo"), ("", "theo@shop.example"), ("  ", "theo@shop.example")]
)
def test_a_greeting_uses_the_first_name_where_there_is_one(name, short):
    assert UserFactory.build(name=name, email="theo@shop.example").get_short_name() == short


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        ({"kind": "bank"}, "organisation_kind_known"),
        ({"name": ""}, "organisation_name_not_empty"),
    ],
)
def test_what_must_not_be_true_of_an_organisation(fields, fact):
    with pytest.raises(IntegrityError, match=fact):
        OrganisationFactory(**fields)


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        ({"roles": []}, "membership_has_a_role"),
        ({"roles": [Role.OWNER, "admin"]}, "membership_roles_known"),
        ({"email": "Theo@shop.example"}, "membership_email_lower_case"),
    ],
)
def test_what_must_not_be_true_of_a_membership(fields, fact):
    with pytest.raises(IntegrityError, match=fact):
        MembershipFactory(**fields)


def write(kind: str, place, **fields) -> None:
    """A row of one kind, of the shop and its owner where it needs them; `fields` set what is wrong."""
    at = datetime(2026, 11, 24, tzinfo=UTC)
    member = MembershipFactory(organisation=place)
    other = MembershipFactory(organisation=place)
    if kind == "opening":
        Opening.objects.create(**{"organisation": place, "weekday": 0, "opens": 540, "closes": 1020, **fields})
    elif kind == "absence":
        if fields.pop("own", False):
            fields["stand_in"] = member
        days = {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 4)}
        Absence.objects.create(**{"membership": member, "stand_in": other, **days, **fields})
    elif kind == "closed day":
        for _ in range(2):
            ClosedDay.objects.create(organisation=place, day=at.date())
    else:
        for _ in range(2):
            times = {"created_at": at, "expires_at": at, **fields}
            Invitation.objects.create(membership=member, invited_by=other, **times)


@pytest.mark.parametrize(
    ("kind", "fields", "fact"),
    [
        ("opening", {"weekday": 7}, "opening_weekday_known"),
        ("opening", {"opens": 1020}, "opening_before_closing"),
        ("opening", {"closes": 1441}, "opening_before_closing"),
        ("opening", {"opens": -1}, "accounts_opening_opens_check"),
        ("absence", {"ends_on": date(2026, 11, 30)}, "absence_starts_before_it_ends"),
        ("absence", {"own": True}, "absence_stand_in_is_somebody_else"),
        ("closed day", {}, "closed_day_unique"),
        ("invitation", {}, "invitation_one_at_a_time"),
        (
            "invitation",
            {"used_at": datetime(2026, 11, 24, tzinfo=UTC), "revoked_at": datetime(2026, 11, 24, tzinfo=UTC)},
            "invitation_not_used_and_revoked",
        ),
    ],
    ids=lambda one: ascii(one)[:40],
)
def test_what_must_not_be_true_of_what_belongs_to_a_place(shop, kind, fields, fact):
    with pytest.raises(IntegrityError, match=fact):
        write(kind, shop, **fields)


@pytest.mark.parametrize("ended", ["used_at", "revoked_at"])
def test_ended_invitations_do_not_count_as_the_one(shop, ended):
    write("invitation", shop, **{ended: datetime(2026, 11, 24, tzinfo=UTC)})
    assert Invitation.objects.count() == 2


@pytest.mark.parametrize(("opens", "closes"), [(540, 1020), (600, 700), (0, 541), (1019, 1440), (0, 1440)])
def test_windows_of_a_day_do_not_overlap(shop, opens, closes):
    write("opening", shop)
    with pytest.raises(IntegrityError, match="opening_windows_do_not_overlap"):
        write("opening", shop, opens=opens, closes=closes)


def test_windows_beside_each_other_or_of_another_day_or_place_do_not_overlap(shop):
    write("opening", shop)
    write("opening", shop, opens=0, closes=540)
    write("opening", shop, weekday=1)
    write("opening", OrganisationFactory())
    assert Opening.objects.count() == 4


def test_nobody_has_two_places_in_one_organisation(owner):
    with pytest.raises(IntegrityError, match="membership_user_unique"):
        MembershipFactory(organisation=owner.organisation, user=owner.user, email="other@shop.example")


def test_no_address_has_two_places_in_one_organisation(owner):
    with pytest.raises(IntegrityError, match="membership_email_unique"):
        MembershipFactory(organisation=owner.organisation, user=None, email=owner.email, name="")


def test_several_contacts_of_one_organisation_may_not_have_joined(shop):
    for number in range(2):
        MembershipFactory(organisation=shop, user=None, email=f"new{number}@shop.example", name="")
    assert Membership.objects.current().filter(user=None).count() == 2


def test_rights_of_several_roles_add_up():
    both = Membership(roles=[Role.BUYER, Role.OPERATIONS])
    assert both.has_role(Role.BUYER)
    assert both.has_role(Role.OWNER, Role.OPERATIONS)
    assert not both.has_role(Role.OWNER, Role.VIEWER)


def test_a_membership_without_a_name_is_called_by_its_address(shop):
    assert str(Membership(organisation=shop, email="new@shop.example")) == "new@shop.example, Juniper & Pine"
