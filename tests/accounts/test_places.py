"""The statement by which each request finds who is signed in and their places, beside the querysets that it writes
out."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from outsourcing.accounts.backend import Backend
from outsourcing.accounts.models import Membership, Role, User
from tests.factories import MembershipFactory, NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db


def columns(one) -> dict:
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}


def find(user) -> User | None:
    return Backend().get_user(user.pk)


def test_a_person_has_every_column_of_the_model(owner):
    owner.user.time_zone = ZoneInfo("Asia/Tokyo")
    owner.user.save()
    found = find(owner.user)
    assert (found, columns(found)) == (owner.user, columns(User.objects.get(pk=owner.user.pk)))
    found.name = "Theo M."
    found.save()
    assert User.objects.get(pk=owner.user.pk).name == "Theo M."


def test_places_are_those_of_the_queryset_in_its_order_with_every_column(owner):
    owner.organisation.region = "ENG"
    owner.organisation.closes_at = datetime(2026, 12, 1, tzinfo=UTC)
    owner.organisation.save()
    for name, left_at in (("Ash & Elm", None), ("Left long ago", datetime(2026, 1, 1, tzinfo=UTC)), ("Zest", None)):
        MembershipFactory(user=owner.user, organisation__name=name, left_at=left_at, roles=[Role.BUYER, Role.VIEWER])
    MembershipFactory(organisation=owner.organisation)
    found, expected = find(owner.user).places, list(Membership.objects.of(owner.user))
    assert [one.organisation.name for one in found] == ["Ash & Elm", "Juniper & Pine", "Zest"]
    assert [columns(one) for one in found] == [columns(one) for one in expected]
    assert [columns(one.organisation) for one in found] == [columns(one.organisation) for one in expected]
    assert {one.user.name for one in found} == {"Theo Marchetti"}


def test_each_says_how_many_notices_are_new_there(owner):
    second = MembershipFactory(user=owner.user, organisation__name="Zest")
    NoticeFactory.create_batch(2, membership=second)
    NoticeFactory(membership=second, read_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert [(one.pk, one.unread) for one in find(owner.user).places] == [(owner.pk, 0), (second.pk, 2)]


def test_who_belongs_nowhere_has_no_place():
    assert find(UserFactory()).places == []


def test_nobody_is_found_who_is_switched_off_or_not_there(owner):
    assert Backend().get_user(owner.user.pk + 1) is None
    owner.user.is_active = False
    owner.user.save()
    assert find(owner.user) is None


def test_one_query_finds_a_person_and_all_places(owner, django_assert_num_queries):
    MembershipFactory.create_batch(3, user=owner.user)
    with django_assert_num_queries(1):
        assert [one.organisation.kind for one in find(owner.user).places] == ["merchant"] * 4
