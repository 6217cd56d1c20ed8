"""The demo's vendors."""

from datetime import UTC, datetime

import pytest

from outsourcing.accounts.demo import people
from outsourcing.accounts.models import Membership
from vendors.directory.demo import PROFILES, vendors
from vendors.directory.models import Certificate, ReferenceAnswer, Vendor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 4, 9, tzinfo=UTC)


@pytest.fixture
def world():
    people(AT)
    vendors(AT)


def test_it_has_the_vendors_of_the_design(world):
    assert Vendor.objects.published().count() == len(PROFILES) == 8
    assert ReferenceAnswer.objects.verified().count() == sum(one.references[0] for one in PROFILES)


def test_a_private_vendor_is_seen_by_its_merchant_only(world):
    for email, seen in [("theo@juniperandpine.example", True), ("orla@copperkettle.example", False)]:
        acting = Membership.objects.filter(
            email=email, organisation__name__in=["Juniper & Pine", "Copper Kettle"]
        ).get()
        rows = Vendor.objects.visible_to(acting).filter(organisation__name="Bramble Packing")
        assert rows.exists() is seen


def test_one_certificate_is_over_and_some_end_soon(world):
    days = {(one.expires_on - AT.date()).days for one in Certificate.objects.all()}
    assert {-12, 20} <= days
