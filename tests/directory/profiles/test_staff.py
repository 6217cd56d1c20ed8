"""What staff do in the admin, and that it is not there for anybody else."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import MembershipFactory, RelationshipFactory, UserFactory, VendorFactory
from vendors.directory.models import Capability, FacetValue, Listing, Note, Relisting, Vendor
from vendors.directory.profiles import staff
from vendors.directory.profiles.tasks import refresh_listings_of, resume_listings
from vendors.directory.search import index

pytestmark = pytest.mark.django_db
VALUES, VENDORS = reverse("admin:directory_facetvalue_changelist"), reverse("admin:directory_vendor_changelist")


@pytest.fixture
def keeper(client):
    """The browser of somebody of staff, a member of nothing."""
    client.force_login(UserFactory(is_staff=True))
    return client


def change_of(value: FacetValue) -> str:
    return reverse("admin:directory_facetvalue_change", args=[value.pk])


def said(value: FacetValue, **changes) -> dict:
    """The form of a value that is there already."""
    form = {"name": value.name, "group": value.group, "synonyms": ",".join(value.synonyms), "parent": value.parent_id}
    form |= {"low": value.low, "high": value.high, "position": value.position, "is_active": "on"}
    return {name: value for name, value in (form | changes).items() if value is not None}


def test_a_value_is_added_and_offered(keeper, profile, manager, signed_in):
    form = {"facet": "service", "name": "Drone delivery", "slug": "drone-delivery", "position": "5", "is_active": "on"}
    assert keeper.post(reverse("admin:directory_facetvalue_add"), form | {"group": "Fulfilment"}).status_code == 302
    page = signed_in(manager).get(reverse("directory:profile_section", args=["services"]))
    assertContains(page, "Drone delivery")


def test_vendors_are_found_by_a_values_new_words(keeper, value):
    kitting = value("service", "kitting")
    vendor = VendorFactory()
    Capability.objects.create(vendor=vendor, value=kitting)
    index.refresh([vendor.pk])
    assert "bundlework" not in Listing.objects.get(vendor=vendor).document
    assert keeper.post(change_of(kitting), said(kitting, synonyms="bundlework")).status_code == 302
    assert "bundlework" in Listing.objects.get(vendor=vendor).document


def test_many_vendors_are_left_to_a_worker(monkeypatch, value, django_capture_on_commit_callbacks):
    kitting = value("service", "kitting")
    for vendor in VendorFactory.create_batch(3):
        Capability.objects.create(vendor=vendor, value=kitting)
    FacetValue.objects.filter(pk=kitting.pk).update(synonyms=["bundlework"])
    monkeypatch.setattr(staff, "AT_ONCE", 2)
    monkeypatch.setattr(staff, "BATCH", 2)
    asked = []
    monkeypatch.setattr(refresh_listings_of, "delay", asked.append)
    with django_capture_on_commit_callbacks(execute=True):
        staff.value_changed(kitting)
    assert asked == [kitting.pk]
    assert not ["bundlework" in one.document for one in Listing.objects.all()].count(True)
    resume_listings()  # the wake was lost
    assert asked == [kitting.pk] * 2
    assert staff.refresh_some(kitting.pk)  # and then the worker was killed after a batch
    assert ["bundlework" in one.document for one in Listing.objects.all()].count(True) == 2
    refresh_listings_of(kitting.pk)
    refresh_listings_of(kitting.pk)  # twice is as good as once
    assert ["bundlework" in one.document for one in Listing.objects.all()] == [True] * 3
    resume_listings()
    assert asked == [kitting.pk] * 2


def test_a_value_that_is_changed_again_meanwhile_is_gone_through_again(monkeypatch, value):
    kitting = value("service", "kitting")
    for vendor in VendorFactory.create_batch(3):
        Capability.objects.create(vendor=vendor, value=kitting)
    monkeypatch.setattr(staff, "AT_ONCE", 2)
    monkeypatch.setattr(staff, "BATCH", 2)
    monkeypatch.setattr(refresh_listings_of, "delay", lambda value: None)
    for word in ("bundlework", "setmaking"):
        FacetValue.objects.filter(pk=kitting.pk).update(synonyms=[word])
        staff.value_changed(kitting)
        assert staff.refresh_some(kitting.pk)
    refresh_listings_of(kitting.pk)
    assert ["setmaking" in one.document for one in Listing.objects.all()] == [True] * 3
    assert not Relisting.objects.exists()


def test_a_value_is_never_deleted_but_offered_no_more(keeper, value):
    kitting = value("service", "kitting")
    keeper.post(change_of(kitting), said(kitting, is_active=None))
    kitting.refresh_from_db()
    assert not kitting.is_active
    assert keeper.get(f"/staff/directory/facetvalue/{kitting.pk}/delete/").status_code == 404
    keeper.post(VALUES, {"action": "delete_selected", "_selected_action": kitting.pk, "post": "yes"})
    assert FacetValue.objects.filter(pk=kitting.pk).exists()


def test_a_value_lies_inside_its_own_facet_and_not_inside_itself(keeper, value):
    europe, germany = value("ships_to", "europe"), value("ships_to", "de")
    world = value("ships_to", "worldwide")
    for parent, why in [(value("service", "kitting"), "another facet"), (germany, "inside this one")]:
        assertContains(keeper.post(change_of(europe), said(europe, parent=parent.pk)), why)
    europe.refresh_from_db()
    assert europe.parent == world


def test_the_continents_are_right(value):
    assert value("ships_to", "io").parent.slug == "africa"
    assert not value("ships_to", "aq").is_active
    assert value("ships_to", "tr").parent.slug == "asia"


def test_staff_withhold_let_back_and_approve(keeper, rival, signed_in):
    vendor = VendorFactory(website="https://palletandpost.example")
    MembershipFactory(organisation=vendor.organisation, roles=["manager"])
    page = reverse("directory:vendor", args=[vendor.pk])

    def act(action: str) -> Vendor:
        keeper.post(VENDORS, {"action": action, "_selected_action": vendor.pk})
        return Vendor.objects.get(pk=vendor.pk)

    assert act("withhold").withheld_at
    assert signed_in(rival).get(page).status_code == 404
    assert not Listing.objects.filter(vendor=vendor, merchant=None).exists()
    assert act("release").withheld_at is None
    assert signed_in(rival).get(page).status_code == 200
    assert act("approve").proven_by == "staff"


def test_who_has_nobody_is_not_approved(keeper):
    vendor = VendorFactory()
    page = keeper.post(VENDORS, {"action": "approve", "_selected_action": vendor.pk}, follow=True)
    assertContains(page, "somebody must keep it")
    assert not Vendor.objects.get(pk=vendor.pk).proven_by


def test_staff_see_nothing_that_a_shop_keeps(keeper, owner):
    private = VendorFactory(organisation__name="Secret Storage", private_to=owner.organisation)
    vendor = VendorFactory(organisation__name="Orchard Lane")
    RelationshipFactory(vendor=vendor, merchant=owner.organisation, status="active")
    Note.objects.create(
        vendor=vendor, merchant=owner.organisation, author=owner, text="Slow in spring", created_at=vendor.added_at
    )
    one = reverse("admin:directory_vendor_change", args=[vendor.pk])
    for address in (reverse("admin:index"), VENDORS, f"{VENDORS}?q=secret", one):
        page = keeper.get(address)
        assert page.status_code == 200
        for secret in ("Secret Storage", "Slow in spring", owner.name, owner.organisation.name):
            assertNotContains(page, secret)
    hidden = reverse("admin:directory_vendor_change", args=[private.pk])
    assertNotContains(keeper.get(hidden, follow=True), "Secret Storage")
    assert keeper.post(one, {"tagline": "Changed"}).status_code == 403


def test_for_others_there_is_no_such_page(owner, manager, signed_in, client):
    for member in (owner, manager):
        for address in (VALUES, VENDORS, reverse("admin:index")):
            assert signed_in(member).get(address).status_code == 404
    assert client.get(VALUES)["Location"].startswith(reverse("account_login"))


def test_somebody_of_staff_who_is_barred_sees_nothing(client):
    client.force_login(UserFactory(is_staff=True, is_active=False))
    assert client.get(VALUES).status_code == 302
