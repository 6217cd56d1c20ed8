"""The directory in search across rooms: each finds there what its list shows, a vendor itself and no other."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import MembershipFactory, RelationshipFactory, VendorFactory
from vendors.directory.models import Note, Partner, Tag, Tagging
from vendors.directory.search import index

pytestmark = pytest.mark.django_db
SEARCH = reverse("search")


def found(client, words) -> list[str]:
    groups = client.get(SEARCH, {"q": words}).context["groups"]
    return [one.title for group in groups if group.label == "Vendors" for one in group.results]


@pytest.fixture
def vendors(owner, rival):
    """Two that are published, and one that each of the two shops has for itself."""
    harrow = VendorFactory(organisation__name="Harrow & Quay", tagline="Kitting by the docks")
    VendorFactory(organisation__name="Docks and More")
    mine = VendorFactory(organisation__name="Docks Own", private_to=owner.organisation)
    VendorFactory(organisation__name="Docks Foreign", private_to=rival.organisation)
    return harrow, mine


def test_a_merchant_finds_published_vendors_and_its_own_by_name_first(owner, rival, vendors, signed_in):
    assert found(signed_in(owner), "docks") == ["Docks and More", "Docks Own", "Harrow & Quay"]
    assert found(signed_in(rival), "docks") == ["Docks and More", "Docks Foreign", "Harrow & Quay"]
    page = signed_in(owner).get(SEARCH, {"q": "docks"})
    for vendor in vendors:
        assertContains(page, reverse("directory:vendor", args=[vendor.pk]))
    assertContains(page, "Kitting by the docks")
    assertContains(page, "Only you", count=1)


def test_prefixes_accents_and_odd_signs(owner, signed_in):
    VendorFactory(organisation__name="Café Nord")
    client = signed_in(owner)
    assert [found(client, words) for words in ("cafe", "CAF", "nord caf")] == [["Café Nord"]] * 3
    assert [found(client, words) for words in ("!!!", '"', "' OR 1=1 --", "\x00", "x" * 5000, "%")] == [[]] * 6


def test_a_vendor_finds_itself_alone(manager, vendors, signed_in):
    VendorFactory(organisation=manager.organisation, published_at=None, tagline="Parcels by the docks")
    other = MembershipFactory(organisation__kind="vendor", organisation__name="Docks Third")
    VendorFactory(organisation=other.organisation)
    assert found(signed_in(manager), "docks") == found(signed_in(manager), "pallet") == ["Pallet & Post"]
    assert found(signed_in(manager), "harrow") == []


def test_what_a_rival_keeps_about_a_vendor_finds_nothing(owner, rival, manager, signed_in):
    vendor = VendorFactory(organisation=manager.organisation)
    about = {"vendor": vendor, "merchant": rival.organisation, "created_at": vendor.added_at}
    Note.objects.create(**about, author=rival, text="Zanzibar")
    Partner.objects.create(**about, name="Zanzibar", kind="client")
    tag = Tag.objects.create(merchant=rival.organisation, name="Zanzibar")
    Tagging.objects.create(tag=tag, vendor=vendor)
    RelationshipFactory(
        vendor=vendor,
        merchant=rival.organisation,
        status="blocked",
        blocked_reason="Zanzibar",
        blocked_at=vendor.added_at,
    )
    index.refresh([vendor.pk])
    for person in (owner, manager):
        page = signed_in(person).get(SEARCH, {"q": "zanzibar"})
        assertContains(page, "Nothing found for “zanzibar”")
        assertNotContains(page, reverse("directory:vendor", args=[vendor.pk]))
    assert found(signed_in(rival), "zanzibar") == ["Pallet & Post"]


def test_a_merged_one_and_one_that_was_taken_down_are_found_no_more(owner, signed_in):
    stays = VendorFactory(organisation__name="Quay Left")
    VendorFactory(organisation__name="Quay Merged", private_to=owner.organisation, merged_into=stays)
    VendorFactory(organisation__name="Quay Withheld", withheld_at=stays.added_at)
    VendorFactory(organisation__name="Quay Closed", published_at=None)
    assert found(signed_in(owner), "quay") == ["Quay Left"]


@pytest.mark.parametrize("number", [1, 30])
def test_it_costs_two_queries_for_any_number(number, owner, signed_in, django_assert_num_queries):
    for n in range(number):
        VendorFactory(organisation__name=f"Zebra {n}")
    client = signed_in(owner)
    client.get(SEARCH, {"q": "zebra"})
    # Session, person, messages, threads, people, files of threads and of contracts, briefs, needs, contracts
    # twice, two here.
    with django_assert_num_queries(13):
        page = client.get(SEARCH, {"q": "zebra"})
    assertContains(page, "data-row-link", count=min(number, 10))
