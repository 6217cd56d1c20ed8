"""Opening a profile to all shops: only what is complete enough, and only by those who are the company."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import Role
from tests.factories import MembershipFactory, RelationshipFactory, VendorFactory
from vendors.directory.models import Capability, Listing, Vendor
from vendors.directory.profiles import proof, staff

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
PROFILE, PUBLISH = reverse("directory:profile"), reverse("directory:publish")
UNPUBLISH, ASK = reverse("directory:unpublish"), reverse("directory:ask_to_look")


@pytest.fixture
def manager(vendor):
    """Somebody with a proven address at the vendor's domain."""
    return MembershipFactory(organisation=vendor, user__email="imogen@palletandpost.example", roles=[Role.MANAGER])


@pytest.fixture
def ready(vendor, value):
    made = VendorFactory(
        organisation=vendor, published_at=None, tagline="Picks and packs", website="https://www.palletandpost.example"
    )
    Capability.objects.create(vendor=made, value=value("service", "kitting"))
    return made


def now(vendor: Vendor) -> Vendor:
    return Vendor.objects.select_related("organisation").get(pk=vendor.pk)


def test_published_it_is_found_by_all_and_taken_back_by_none(ready, manager, rival, owner, signed_in):
    client, page = signed_in(manager), reverse("directory:vendor", args=[ready.pk])
    RelationshipFactory(vendor=ready, merchant=owner.organisation)
    assertContains(client.get(PROFILE), PUBLISH)
    assertContains(client.post(PUBLISH, follow=True), "All shops find you from now on")
    assert now(ready).is_published
    assert (now(ready).proven_by, now(ready).proven_domain) == ("address", "palletandpost.example")
    assert Listing.objects.get(vendor=ready, merchant=None)
    assertContains(signed_in(rival).get(page), "an address there is proven")
    assertContains(client.post(UNPUBLISH, follow=True), "Only shops that know you still see your profile")
    assert not now(ready).is_published
    assert signed_in(rival).get(page).status_code == 404
    assert signed_in(owner).get(page).status_code == 200
    assert not Listing.objects.filter(vendor=ready, merchant=None).exists()


@pytest.mark.parametrize("missing", ["tagline", "service", "country"])
def test_what_shops_need_at_least_is_asked_for(missing, ready, manager, signed_in):
    if missing == "tagline":
        Vendor.objects.update(tagline="")
    elif missing == "service":
        Capability.objects.all().delete()
    else:
        manager.organisation.country = ""
        manager.organisation.save()
    client = signed_in(manager)
    assertNotContains(client.get(PROFILE), f'action="{PUBLISH}"')
    assertContains(client.post(PUBLISH), "Something is missing", status_code=409)
    assert not now(ready).is_published


# ---- Impersonation -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("email", "website", "why"),
    [
        ("mallory@elsewhere.example", "https://palletandpost.example", "proven address at palletandpost.example"),
        ("mallory@palletandpost.example.evil.example", "https://palletandpost.example", "proven address at"),
        ("mallory@gmail.com", "https://gmail.com", "Anybody can have an address at gmail.com"),
        ("mallory@elsewhere.example", "", "Without a web site nobody can tell"),
    ],
)
def test_who_signs_up_as_another_company_is_told_why_not(email, website, why, ready, manager, signed_in):
    manager.user.emailaddress_set.update(email=email)
    ready.website = website
    ready.save()
    client = signed_in(manager)
    assertContains(client.get(PROFILE), why)
    assertContains(client.post(PUBLISH), why, status_code=409)
    assert not now(ready).is_published


@pytest.mark.parametrize("case", ["not proven", "left", "contact", "invited", "blocked account"])
def test_only_a_joined_manager_with_a_proven_address_proves(case, ready, manager):
    assert proof.proving_address(ready) == "imogen@palletandpost.example"
    if case == "not proven":
        EmailAddress.objects.update(verified=False)
    elif case == "left":
        manager.left_at = AT
    elif case == "contact":
        manager.roles = [Role.CONTACT]
    elif case == "invited":
        manager.user = None
    else:
        manager.user.is_active = False
        manager.user.save()
    manager.save()
    assert proof.proving_address(ready) == ""


def test_a_published_one_keeps_its_web_site_until_the_next_is_proven(ready, manager, signed_in, save):
    client = signed_in(manager)
    client.post(PUBLISH)
    for website in ("https://famous.example", ""):
        response = save(client, "about", website=website, tagline="Famous now")
        assert set(response.context["form"].errors) == {"website"}
        assert (now(ready).domain, now(ready).tagline) == ("palletandpost.example", "Picks and packs")
    colleague = MembershipFactory(
        organisation=manager.organisation, user__email="jo@newname.example", roles=[Role.MANAGER]
    )
    assertRedirects(save(client, "about", website="https://newname.example"), PROFILE)
    assert (now(ready).proven_domain, now(ready).is_published) == ("newname.example", True)
    assert colleague.email.endswith(now(ready).domain)


def test_a_page_of_the_same_web_site_needs_no_new_proof(ready, manager, signed_in, save):
    client = signed_in(manager)
    client.post(PUBLISH)
    assertRedirects(save(client, "about", website="https://shop.palletandpost.example/en"), PROFILE)


def test_staff_approve_one_web_site_and_no_other(ready, manager, signed_in, save):
    manager.user.emailaddress_set.update(email="imogen@elsewhere.example")
    client = signed_in(manager)
    assertContains(client.post(ASK, follow=True), "You asked us to look")
    assert now(ready).asked_to_look_at
    staff.approve(ready, at=AT)
    assert now(ready).asked_to_look_at is None
    assertRedirects(client.post(PUBLISH), PROFILE)
    client.post(UNPUBLISH)
    save(client, "about", website="https://famous.example")
    assertContains(client.post(PUBLISH), "proven address at famous.example", status_code=409)


# ---- Withheld, unclaimed -------------------------------------------------------------------------------------------
def test_a_withheld_one_stays_away_whatever_its_people_do(ready, manager, rival, signed_in):
    client = signed_in(manager)
    client.post(PUBLISH)
    staff.withhold(now(ready), at=AT)
    assertContains(client.get(PROFILE), "We took your profile out of the directory.")
    assertContains(client.get("/"), "Your profile is not in the directory")
    client.post(UNPUBLISH)
    assert client.post(PUBLISH).status_code == 409
    assert signed_in(rival).get(reverse("directory:vendor", args=[ready.pk])).status_code == 404
    staff.release(now(ready))
    client.post(PUBLISH)
    assert now(ready).is_published


def test_an_unclaimed_one_is_not_published(manager, owner, signed_in):
    made = VendorFactory(organisation=manager.organisation, private_to=owner.organisation)
    client = signed_in(manager)
    assert client.post(PUBLISH).status_code == 409
    assert not now(made).is_published
    staff.approve(made, at=AT)
    assert now(made).is_claimed
    assert now(made).is_proven


def test_contacts_and_rivals_publish_nothing(ready, contact, signed_in):
    outsider = VendorFactory(organisation__name="Rival Storage")
    stranger = MembershipFactory(organisation=outsider.organisation, roles=[Role.MANAGER])
    assert signed_in(contact).post(PUBLISH).status_code == 403
    signed_in(stranger).post(PUBLISH)
    assert not now(ready).is_published
