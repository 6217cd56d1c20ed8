"""What the database itself keeps true about people and their places."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from outsourcing.accounts.models import Membership, Role, User
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
