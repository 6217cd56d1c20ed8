"""What the profile asks of people on their home page."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from outsourcing.accounts.first_run import steps_of
from tests.factories import RelationshipFactory, VendorFactory
from vendors.directory.models import Capability, Vendor
from vendors.directory.profiles.steps import steps, waiting

pytestmark = pytest.mark.django_db


def is_done(acting) -> list[bool]:
    """Of bringing vendors in, where that is asked."""
    return [step.is_done for step in steps_of(acting) if step.title == "Bring in your vendors"]


def test_a_merchant_brings_its_vendors_in(owner, viewer, signed_in):
    assertContains(signed_in(owner).get("/"), "Bring in your vendors")
    assert is_done(owner) == [False]
    RelationshipFactory(vendor=VendorFactory(), merchant=owner.organisation)
    assert is_done(owner) == [True]
    assertNotContains(signed_in(viewer).get("/"), "Bring in your vendors")


def test_a_rivals_vendors_do_not_count(owner, rival):
    RelationshipFactory(vendor=VendorFactory(), merchant=rival.organisation)
    assert is_done(owner) == [False]


def test_a_manager_describes_and_publishes(profile, manager, contact, signed_in, value):
    page = signed_in(manager).get("/")
    assertContains(page, reverse("directory:profile_section", args=["about"]) + "#id_tagline")
    assert [step.is_done for step in steps(manager)] == [False, False]
    Vendor.objects.update(tagline="Packs")
    Capability.objects.create(vendor=profile, value=value("service", "kitting"))
    assert [step.is_done for step in steps(manager)] == [True, False]
    Vendor.objects.update(published_at=profile.added_at)
    assert [step.is_done for step in steps(manager)] == [True, True]
    assert list(steps(contact)) == []


def test_what_a_published_profile_lacks_waits(profile, manager, contact, signed_in):
    Vendor.objects.update(published_at=profile.added_at, tagline="Packs")
    (item,) = waiting(manager, profile.added_at)
    assert item.meta == "Next: Choose the services you offer"
    assertContains(signed_in(manager).get("/"), "% complete")
    assert list(waiting(contact, profile.added_at)) == []


def test_a_vendor_without_a_profile_has_a_home_all_the_same(manager, signed_in):
    assert signed_in(manager).get("/").status_code == 200
