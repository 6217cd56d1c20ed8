"""Adding a vendor, keeping notes about it, blocking it: and nobody else ever knows."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import Membership
from tests.directory.profiles.conftest import fields_of
from tests.factories import MembershipFactory, ReferenceFactory, RelationshipFactory, VendorFactory
from vendors.directory.models import Contact, Listing, Note, ReferenceAnswer, Relationship, Vendor

pytestmark = pytest.mark.django_db
LIST, ADD = reverse("directory:list"), reverse("directory:add")
ORCHARD = {
    "name": "Orchard Lane",
    "website": "https://www.orchardlane.example/about",
    "country": "GB",
    "contact_name": "Ash Lane",
    "contact_email": "Ash@OrchardLane.example",
}


def page_of(vendor: Vendor) -> str:
    return reverse("directory:vendor", args=[vendor.pk])


# ---- Adding --------------------------------------------------------------------------------------------------------
def test_name_site_and_one_contact_suffice(owner, signed_in):
    response = signed_in(owner).post(ADD, ORCHARD)
    vendor = Vendor.objects.get()
    assertRedirects(response, page_of(vendor))
    assert (vendor.name, vendor.domain, vendor.added_by) == ("Orchard Lane", "orchardlane.example", owner.organisation)
    assert not vendor.is_claimed
    member = Membership.objects.get(organisation=vendor.organisation)
    assert (member.email, member.user) == ("ash@orchardlane.example", None)
    assert Contact.objects.get().merchant == owner.organisation


def test_even_a_name_suffices(owner, signed_in):
    signed_in(owner).post(ADD, {"name": "Orchard Lane"})
    assert Vendor.objects.get().domain == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("website", "javascript:alert(1)"),
        ("website", "https://"),
        ("website", "ftp://orchardlane.example"),
        ("name", ""),
        ("name", "​"),
        ("name", "x" * 10_000),
        ("contact_email", "no address"),
    ],
)
def test_bad_input_is_refused_at_its_field(field, value, owner, signed_in):
    response = signed_in(owner).post(ADD, ORCHARD | {field: value})
    assertContains(response, "is-invalid")
    assert not Vendor.objects.exists()


@pytest.mark.parametrize(
    "said", [{"name": "ORCHARD lane", "website": ""}, {"website": "http://shop.orchardlane.example"}]
)
def test_one_that_is_there_already_is_shown_before_it_is_added_twice(said, owner, signed_in):
    client = signed_in(owner)
    client.post(ADD, ORCHARD)
    there = Vendor.objects.get()
    again = client.post(ADD, {**ORCHARD, "name": "Another name", "contact_email": ""} | said)
    assertContains(again, page_of(there))
    assert Vendor.objects.count() == 1
    client.post(ADD, {**ORCHARD, "name": "Another name", "contact_email": ""} | said | {"confirmed": "on"})
    assert Vendor.objects.count() == 2


def test_a_rivals_private_vendor_is_no_duplicate(owner, rival, signed_in):
    signed_in(rival).post(ADD, ORCHARD)
    response = signed_in(owner).post(ADD, ORCHARD)
    mine = Vendor.objects.get(added_by=owner.organisation)
    assertRedirects(response, page_of(mine))


# ---- Who sees what -------------------------------------------------------------------------------------------------
def test_a_private_vendor_is_its_merchants_alone(owner, viewer, rival, manager, signed_in):
    vendor = VendorFactory(organisation__name="Secret Storage", private_to=owner.organisation)
    for member, status in [(owner, 200), (viewer, 200), (rival, 404), (manager, 404)]:
        assert signed_in(member).get(page_of(vendor)).status_code == status
    assertContains(signed_in(viewer).get(LIST), "Secret Storage")
    assertNotContains(signed_in(rival).get(LIST), "Secret Storage")
    assertNotContains(signed_in(rival).get(LIST, {"q": "Secret"}), "Secret Storage")


def test_a_withheld_vendor_stays_with_those_who_know_it(owner, rival, signed_in):
    vendor = VendorFactory(withheld_at=datetime(2026, 11, 3, tzinfo=UTC))
    RelationshipFactory(vendor=vendor, merchant=owner.organisation)
    assert signed_in(owner).get(page_of(vendor)).status_code == 200
    assert signed_in(rival).get(page_of(vendor)).status_code == 404


def test_a_merged_one_leads_to_the_other(owner, signed_in):
    winner = VendorFactory(private_to=owner.organisation)
    loser = VendorFactory(private_to=owner.organisation, merged_into=winner)
    assertRedirects(signed_in(owner).get(page_of(loser)), page_of(winner))
    assertNotContains(signed_in(owner).get(LIST), loser.name)


def test_notes_and_blocks_are_the_merchants_own(owner, viewer, rival, manager, signed_in):
    vendor = VendorFactory(organisation=manager.organisation)
    client = signed_in(owner)
    client.post(reverse("directory:add_note", args=[vendor.pk]), {"text": "They were late <b>twice</b>"})
    client.post(reverse("directory:block", args=[vendor.pk]), {"reason": "Broke the vases"})
    for member in (owner, viewer):
        page = signed_in(member).get(page_of(vendor))
        assertContains(page, "They were late &lt;b&gt;twice&lt;/b&gt;")
        assertContains(page, "Broke the vases")
    for member in (rival, manager):
        page = signed_in(member).get(page_of(vendor))
        assert page.status_code == 200
        for secret in ("They were late", "Broke the vases", "Blocked", owner.name, owner.organisation.name):
            assertNotContains(page, secret)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_note_is_refused(text, owner, signed_in):
    vendor = VendorFactory()
    response = signed_in(owner).post(reverse("directory:add_note", args=[vendor.pk]), {"text": text})
    assert response.status_code == 422
    assert not Note.objects.exists()


def test_a_block_is_taken_back(owner, signed_in):
    vendor = VendorFactory(private_to=owner.organisation)
    client = signed_in(owner)
    client.post(reverse("directory:block", args=[vendor.pk]), {"reason": "Broke the vases"})
    assert Relationship.objects.get().status == "blocked"
    client.post(reverse("directory:unblock", args=[vendor.pk]))
    assertNotContains(client.get(page_of(vendor)), "Broke the vases")


def test_what_a_referee_said_to_one_shop_is_read_there_alone(owner, rival, manager, signed_in):
    vendor = VendorFactory(organisation=manager.organisation)
    reference = ReferenceFactory(
        vendor=vendor, merchant=owner.organisation, name="Quiet Referee", state="answered", level=3
    )
    ReferenceAnswer.objects.create(reference=reference, text="They lost a pallet", answered_at=vendor.added_at)
    assertContains(signed_in(owner).get(page_of(vendor)), "They lost a pallet")
    for member in (rival, manager):
        page = signed_in(member).get(page_of(vendor))
        assert page.status_code == 200
        assertNotContains(page, "They lost a pallet")
        assertNotContains(page, "Quiet Referee")


# ---- Editing -------------------------------------------------------------------------------------------------------
def edit_of(vendor: Vendor, section: str) -> str:
    return reverse("directory:edit_section", args=[vendor.pk, section])


def test_the_merchant_describes_its_own_until_it_is_claimed(owner, signed_in, save):
    vendor = VendorFactory(private_to=owner.organisation)
    client, about, terms = signed_in(owner), edit_of(vendor, "about"), edit_of(vendor, "terms")
    assertContains(client.get(reverse("directory:edit", args=[vendor.pk])), terms)
    assertRedirects(save(client, "about", about, name="Orchard Lane", tagline="Packs glass"), page_of(vendor))
    assertRedirects(save(client, "terms", terms, orders_from=100, orders_to=900), page_of(vendor))
    assertContains(client.get(page_of(vendor)), "100 to 900")
    opened = fields_of(client.get(about))
    Vendor.objects.filter(pk=vendor.pk).update(claimed_at=datetime(2026, 11, 3, tzinfo=UTC))
    assert client.post(about, opened | {"tagline": "Mine now"}).status_code == 409
    assertNotContains(client.get(page_of(vendor)), "Mine now")


def test_a_merchant_sets_sites_and_values_by_the_same_forms(owner, signed_in, save, value):
    vendor = VendorFactory(private_to=owner.organisation)
    client, kitting = signed_in(owner), value("service", "kitting")
    save(client, "sites", edit_of(vendor, "sites"), **{"site-0-country": "GB", "site-0-city": "Maidstone"})
    save(client, "services", edit_of(vendor, "services"), service=[kitting.pk])
    page = client.get(page_of(vendor))
    assertContains(page, "Maidstone, United Kingdom")
    assertContains(page, "Kitting")
    own = Listing.objects.get(vendor=vendor, merchant=owner.organisation)
    assert kitting.pk in own.facets


def test_more_at_least_than_at_most_is_refused(owner, signed_in, save):
    vendor = VendorFactory(private_to=owner.organisation)
    response = save(signed_in(owner), "terms", edit_of(vendor, "terms"), orders_from=900, orders_to=100)
    assertContains(response, "The most orders a month are fewer than the least.")


@pytest.mark.parametrize("name", ["", "   ", "​", "x" * 121])
def test_a_vendor_keeps_a_name_that_can_be_read(name, owner, signed_in, save):
    vendor = VendorFactory(private_to=owner.organisation, organisation__name="Orchard Lane")
    response = save(signed_in(owner), "about", edit_of(vendor, "about"), name=name)
    assert set(response.context["form"].errors) == {"name"}
    vendor.organisation.refresh_from_db()
    assert vendor.name == "Orchard Lane"


def test_a_company_that_signs_up_has_its_profile(manager, signed_in):
    form = {"kind": "vendor", "name": "Brightcrate", "country": "GB", "time_zone": "Europe/London", "currency": "GBP"}
    signed_in(manager).post(reverse("accounts:start"), form | {"acting": manager.pk})
    vendor = Vendor.objects.get(organisation__name="Brightcrate")
    assert vendor.is_claimed
    assert not vendor.is_published


# ---- The list ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "query", ["q=%00", "q=((%22", "page=0", "page=-1", "page=1000000000", "page=x", "q=" + "x" * 5000]
)
def test_whatever_is_typed_answers(query, owner, signed_in):
    VendorFactory()
    assert signed_in(owner).get(f"{LIST}?{query}").status_code == 200


def test_the_list_can_be_taken_away_as_it_stands(owner, signed_in):
    VendorFactory(organisation__name="Orchard Lane")
    assertContains(signed_in(owner).get(LIST, {"q": "lane"}), reverse("directory:export_csv") + "?q=lane")


def test_an_empty_directory_says_how_to_begin(owner, viewer, signed_in):
    assertContains(signed_in(owner).get(LIST), ADD)
    assertNotContains(signed_in(viewer).get(LIST), ADD)


def test_the_vendors_page_costs_the_same_for_any_number_of_notes(owner, signed_in, django_assert_num_queries):
    vendor = VendorFactory()
    for number in range(60):
        author = owner if number % 2 else MembershipFactory(organisation=owner.organisation)
        Note.objects.create(
            vendor=vendor, merchant=owner.organisation, author=author, text="Note", created_at=vendor.added_at
        )
    client = signed_in(owner)
    with django_assert_num_queries(10):
        client.get(page_of(vendor))
