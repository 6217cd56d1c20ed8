"""Two to four vendors beside each other, as one merchant may see them."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import ReferenceFactory, RelationshipFactory, VendorFactory
from vendors.directory.compare.table import table_of
from vendors.directory.models import Capability, Certificate, FacetValue, ReferenceAnswer, Tag, Tagging, Vendor
from vendors.directory.search import index

pytestmark = pytest.mark.django_db
COMPARE = reverse("directory:compare")
TODAY = date(2026, 11, 24)


@pytest.fixture
def harrow(db) -> Vendor:
    vendor = VendorFactory(
        organisation__name="Harrow & Quay",
        organisation__country="GB",
        orders_from=500,
        notice_days=60,
        price_from="3.10",
    )
    say(vendor, "service", "kitting")
    say(vendor, "integration", "shopify", how="native")
    return vendor


@pytest.fixture
def orchard(db) -> Vendor:
    vendor = VendorFactory(organisation__name="Orchard Lane", organisation__country="GB", notice_days=30)
    say(vendor, "service", "kitting")
    say(vendor, "service", "returns")
    return vendor


def say(vendor: Vendor, facet: str, slug: str, how: str = "") -> None:
    Capability.objects.create(vendor=vendor, value=FacetValue.objects.get(facet=facet, slug=slug), how=how)


def cells(vendors, acting, *, differences=False):
    """By the label of the row: what each vendor says."""
    bands = table_of(vendors, acting, TODAY, differences=differences)
    return {line.label: [(cell.text, cell.note) for cell in line.cells] for band in bands for line in band.lines}


def test_facts_terms_and_capabilities_stand_beside_each_other(harrow, orchard, owner):
    said = cells([harrow, orchard], owner)
    assert said["Country"] == [("United Kingdom", ""), ("United Kingdom", "")]
    assert said["Orders a month"] == [("from 500", ""), ("", "")]
    assert said["Price an order"] == [("from 3.10 GBP", ""), ("", "")]
    assert said["Notice"] == [("60 days", ""), ("30 days", "")]
    assert said[FacetValue.objects.get(slug="returns").name] == [("", ""), ("Yes", "")]
    assert said[FacetValue.objects.get(facet="integration", slug="shopify").name] == [("Yes", "Native"), ("", "")]
    assert "Least a month" not in said


def test_differences_leave_out_what_is_alike(harrow, orchard, owner, signed_in):
    said = cells([harrow, orchard], owner, differences=True)
    assert "Notice" in said
    assert not {"Country", FacetValue.objects.get(slug="kitting").name} & set(said)
    page = signed_in(owner).get(COMPARE, {"v": [harrow.pk, orchard.pk], "differences": 1})
    assertContains(page, 'id="differences" checked')
    assertNotContains(page, ">Country<")


def test_twins_do_not_differ(owner, signed_in):
    twins = [VendorFactory(), VendorFactory()]
    page = signed_in(owner).get(COMPARE, {"v": [one.pk for one in twins], "differences": 1})
    assertContains(page, "They do not differ")


def test_evidence_tells_how_many_asked_answered_verified_and_would_hire_again(harrow, orchard, owner, rival):
    here = {"vendor": harrow, "merchant": owner.organisation, "created_at": harrow.added_at}
    for hire_again in ("yes", "yes", "no"):
        reference = ReferenceFactory(**here, state="answered", level=3)
        ReferenceAnswer.objects.create(reference=reference, hire_again=hire_again, answered_at=harrow.added_at)
    ReferenceFactory(**here, state="asked")
    index.refresh([harrow.pk, orchard.pk])
    said = cells([harrow, orchard], owner)
    assert said["References asked"] == [("4", ""), ("0", "")]
    assert said["Answered"][0] == said["Verified"][0] == ("3", "")
    assert said["Would hire again"][0] == ("2", "of 3, surely 20 % or more")
    assert cells([harrow, orchard], rival)["References asked"] == [("0", ""), ("0", "")]


def test_certificates_say_until_when(harrow, orchard, owner):
    for vendor, day in ((harrow, date(2027, 1, 31)), (orchard, date(2026, 11, 23))):
        Certificate.objects.create(vendor=vendor, name="ISO 9001", expires_on=day, created_at=vendor.added_at)
    assert cells([harrow, orchard], owner)["ISO 9001"] == [("Current", "until 31 Jan 2027"), ("Expired", "23 Nov 2026")]


def test_what_one_keeps_is_ones_own(harrow, orchard, owner, rival, signed_in):
    RelationshipFactory(
        vendor=harrow, merchant=owner.organisation, status="blocked", blocked_reason="x", blocked_at=harrow.added_at
    )
    Tagging.objects.create(tag=Tag.objects.create(merchant=owner.organisation, name="canary-tag"), vendor=harrow)
    Certificate.objects.create(
        vendor=harrow, merchant=owner.organisation, name="canary-paper", created_at=harrow.added_at
    )
    address = f"{COMPARE}?v={harrow.pk}&v={orchard.pk}"
    for one in ("Blocked", "canary-tag", "canary-paper"):
        assertContains(signed_in(owner).get(address), one)
        assertNotContains(signed_in(rival).get(address), one)


# ---- Which ones ----------------------------------------------------------------------------------------------------
def test_none_and_one_ask_for_others(harrow, owner, signed_in):
    mine = VendorFactory(organisation__name="Bramble Packing", private_to=owner.organisation)
    client = signed_in(owner)
    assertContains(client.get(COMPARE), "Tick two to four vendors.")
    page = client.get(COMPARE, {"v": harrow.pk})
    assertContains(page, "Compare Harrow &amp; Quay with")
    assertContains(page, f'value="{mine.pk}"')
    found = client.get(COMPARE, {"v": harrow.pk, "q": "bramble"})
    assertContains(found, f'value="{mine.pk}"')
    assertContains(client.get(COMPARE, {"v": harrow.pk, "q": "nobody"}), "No vendor with “nobody”")


def test_of_five_the_first_four_stand(owner, signed_in):
    five = [VendorFactory(organisation__name=f"Number {n}") for n in range(5)]
    page = signed_in(owner).get(COMPARE, {"v": [one.pk for one in five]})
    assertContains(page, "one more was left out")
    assertContains(page, "Number 3")
    assertNotContains(page, "Number 4")


def test_one_named_twice_stands_once(harrow, orchard, owner, signed_in):
    page = signed_in(owner).get(COMPARE, {"v": [harrow.pk, harrow.pk, orchard.pk]})
    assertContains(page, 'scope="col"', count=2)


@pytest.mark.parametrize("odd", ["", "x", "0", "-1", "9" * 40, "\x00", "1.5"])
def test_what_is_no_vendor_is_left_out(odd, harrow, orchard, owner, signed_in):
    page = signed_in(owner).get(COMPARE, {"v": [odd, harrow.pk, orchard.pk]})
    assertContains(page, 'scope="col"', count=2)


def test_a_rivals_private_vendor_is_as_if_it_were_not(harrow, orchard, owner, rival, signed_in):
    secret = VendorFactory(organisation__name="Secret Storage", private_to=rival.organisation)
    client = signed_in(owner)
    page = client.get(COMPARE, {"v": [secret.pk, harrow.pk, orchard.pk]})
    assertNotContains(page, "Secret Storage")
    alone = client.get(COMPARE, {"v": [secret.pk]})
    assert b"Secret" not in alone.content
    assertContains(alone, "Tick two to four vendors.")


def test_a_merged_one_is_the_one_that_is_left(harrow, orchard, owner, signed_in):
    old = VendorFactory(organisation__name="Old Name", private_to=owner.organisation, merged_into=harrow)
    page = signed_in(owner).get(COMPARE, {"v": [old.pk, orchard.pk, harrow.pk]})
    assertContains(page, 'scope="col"', count=2)
    assertNotContains(page, "Old Name")


def test_a_vendors_people_do_not_compare(manager, harrow, orchard, signed_in):
    assert signed_in(manager).get(COMPARE, {"v": [harrow.pk, orchard.pk]}).status_code == 403


@pytest.mark.parametrize("number", [2, 4])
def test_it_costs_the_same_for_two_and_for_four(number, owner, signed_in, django_assert_num_queries):
    vendors = [VendorFactory() for _ in range(number)]
    for vendor in vendors:
        say(vendor, "service", "kitting")
        vendor.sites.create(country="GB")
        Certificate.objects.create(vendor=vendor, name="ISO", created_at=datetime(2026, 11, 2, tzinfo=UTC))
    client = signed_in(owner)
    with django_assert_num_queries(7):
        client.get(COMPARE, {"v": [one.pk for one in vendors]})
