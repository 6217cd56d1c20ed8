"""The statement by which each request finds somebody's places, beside the queryset that it writes out."""

from datetime import UTC, datetime

import pytest

from outsourcing.accounts.middleware import _places
from outsourcing.accounts.models import Membership, Role
from tests.factories import MembershipFactory, NoticeFactory

pytestmark = pytest.mark.django_db


def columns(one) -> dict:
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}


def test_places_are_those_of_the_queryset_in_its_order_with_every_column(owner):
    owner.organisation.region = "ENG"
    owner.organisation.closes_at = datetime(2026, 12, 1, tzinfo=UTC)
    owner.organisation.save()
    for name, left_at in (("Ash & Elm", None), ("Left long ago", datetime(2026, 1, 1, tzinfo=UTC)), ("Zest", None)):
        MembershipFactory(user=owner.user, organisation__name=name, left_at=left_at, roles=[Role.BUYER, Role.VIEWER])
    found, expected = _places(owner.user), list(Membership.objects.of(owner.user))
    assert [one.organisation.name for one in found] == ["Ash & Elm", "Juniper & Pine", "Zest"]
    assert [columns(one) for one in found] == [columns(one) for one in expected]
    assert [columns(one.organisation) for one in found] == [columns(one.organisation) for one in expected]


def test_each_says_how_many_notices_are_new_there(owner):
    second = MembershipFactory(user=owner.user, organisation__name="Zest")
    NoticeFactory.create_batch(2, membership=second)
    NoticeFactory(membership=second, read_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert [(one.pk, one.unread) for one in _places(owner.user)] == [(owner.pk, 0), (second.pk, 2)]
