"""The page: what it shows, what its address says, and what it costs."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import RelationshipFactory, VendorFactory
from vendors.directory.models import Capability, FacetValue, Tag, Tagging, Vendor
from vendors.directory.search import index

pytestmark = pytest.mark.django_db
LIST = reverse("directory:list")


def tagged(membership, vendor, name):
    tag = Tag.objects.create(merchant=membership.organisation, name=name)
    Tagging.objects.create(tag=tag, vendor=vendor)
    return tag


@pytest.mark.parametrize("count", [3, 25, 60])
def test_costs_the_same_for_any_number(count, owner, signed_in, django_assert_num_queries):
    vendors = VendorFactory.create_batch(count)
    for vendor in vendors:
        tagged(owner, vendor, f"Tag {vendor.pk}")
    client = signed_in(owner)
    client.get(LIST)
    with django_assert_num_queries(8):  # one of them: how fast they reply, with us
        assertContains(client.get(LIST), "data-row-link", min(count, 25))
    fragile = FacetValue.objects.get(facet="handling", slug="fragile")
    Capability.objects.bulk_create(Capability(vendor=vendor, value=fragile) for vendor in vendors)
    index.refresh(vendor.pk for vendor in vendors)
    with django_assert_num_queries(8):  # one of them: how fast they reply, with us
        assertContains(client.get(LIST, {"q": "vendor", "handling": "fragile"}), "data-row-link", min(count, 25))


def test_each_chip_leads_to_the_page_without_it(owner, signed_in):
    page = signed_in(owner).get(LIST, {"q": "nord", "handling": ["fragile", "food"], "known": "1"})
    assertContains(page, 'href="/vendors/?q=nord&amp;handling=food&amp;known=1" aria-label="Remove filter: Fragile"')
    assertContains(page, 'href="/vendors/?q=nord&amp;handling=fragile&amp;handling=food"')


def test_marks_what_the_merchant_keeps_for_this_merchant_alone(owner, rival, signed_in):
    vendor = VendorFactory(organisation__name="Known One")
    RelationshipFactory(
        vendor=vendor,
        merchant=owner.organisation,
        status="blocked",
        blocked_reason="late",
        blocked_at=vendor.added_at,
    )
    tagged(owner, vendor, "Quillish")
    VendorFactory(organisation__name="Other One")
    ours, theirs = (signed_in(one).get(LIST) for one in (owner, rival))
    assertContains(ours, "Blocked")
    assertContains(ours, "Quillish")
    assertContains(theirs, "Known One")
    for word in ("Quillish", "Blocked"):
        assertNotContains(theirs, f">{word}<")
        assertNotContains(theirs, f"{word}</span>")


def test_filters_by_ones_own_marks(owner, rival, signed_in):
    known, other = (VendorFactory(organisation__name=name) for name in ("Known One", "Other One"))
    RelationshipFactory(vendor=known, merchant=owner.organisation, status="active")
    tag, foreign = tagged(owner, known, "Candles"), tagged(rival, other, "Foreign")
    client = signed_in(owner)
    for chosen in ({"status": "active"}, {"known": "1"}, {"tag": tag.pk}, {"status": ["active", "blocked"]}):
        page = client.get(LIST, chosen)
        assertContains(page, "Known One")
        assertNotContains(page, "Other One")
    for unknown in ({"tag": foreign.pk}, {"tag": "x"}, {"status": "rich"}, {"known": "2"}):
        assertContains(client.get(LIST, unknown), "Other One")
    RelationshipFactory(
        vendor=other, merchant=owner.organisation, status="blocked", blocked_reason="x", blocked_at=other.added_at
    )
    assertNotContains(client.get(LIST, {"unblocked": "1"}), "Other One")


def test_nothing_found_proposes_which_filter_to_drop_the_most_helpful_first(
    owner, signed_in, django_assert_num_queries
):
    values = {one.slug: one for one in FacetValue.objects.filter(facet="handling")}
    for number, slug in enumerate(["fragile", "fragile", "food"]):
        vendor = VendorFactory(organisation__name=f"Nord {number}" if number < 1 else f"Sud {number}")
        Capability.objects.create(vendor=vendor, value=values[slug])
        index.refresh([vendor.pk])
    client = signed_in(owner)
    with django_assert_num_queries(8):  # no rows; words alike, and what each filter costs
        page = client.get(LIST, {"q": "nord", "handling": "food", "certificate": "aeo"})
    assertContains(page, "No vendor fits all of this")
    assert [(one["count"], one["label"]) for one in page.context["proposals"]] == []
    page = client.get(LIST, {"q": "nord", "handling": "food"})
    assert [(one["count"], one["label"]) for one in page.context["proposals"]] == [
        (1, "“nord”"),
        (1, "Special handling: Food"),
    ]
    page = client.get(LIST, {"q": "nordd", "handling": "fragile"})
    assertContains(page, "Nothing has “nordd”. These are for “nord”.")


def test_an_empty_directory_offers_to_add(owner, viewer, signed_in):
    Vendor.objects.all().delete()
    assertContains(signed_in(owner).get(LIST), "No vendors yet")
    assertContains(signed_in(owner).get(LIST, {"q": "!!!"}), "No vendor")
    assertNotContains(signed_in(viewer).get(LIST), reverse("directory:add"))


def test_htmx_gets_the_results_alone_and_the_address_that_they_have(owner, signed_in):
    VendorFactory(organisation__name="Orchard Lane")
    headers = {"HX-Request": "true", "HX-Target": "found"}
    page = signed_in(owner).get(LIST, {"q": "lane", "sort": "relevance", "volume": ""}, headers=headers)
    assertNotContains(page, "<h1")
    assertContains(page, "Orchard Lane")
    assertContains(page, 'id="found-said" role="status" hx-swap-oob="innerHTML"')
    assert page["HX-Push-Url"] == "/vendors/?q=lane"
    assert "HX-Request" in page["Vary"]
