"""A merchant asks a vendor's contact in; an address at the vendor's domain proves the claim."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import Invitation, Membership, Role
from outsourcing.notifications.models import Mail
from tests.accounts.conftest import link_in
from tests.factories import VendorFactory
from vendors.directory.models import Contact, Vendor

pytestmark = pytest.mark.django_db
INES = {"email": "ines@harrowquay.example", "name": "Ines Quay"}


@pytest.fixture
def vendor(shop) -> Vendor:
    return VendorFactory(
        organisation__name="Harrow & Quay",
        website="https://www.harrowquay.example",
        private_to=shop,
    )


def path(vendor: Vendor) -> str:
    return reverse("directory:invite", args=[vendor.pk])


def test_the_mail_comes_from_the_merchant_and_names_the_vendor(owner, vendor, signed_in):
    response = signed_in(owner).post(path(vendor), INES)
    assertRedirects(response, reverse("directory:vendor", args=[vendor.pk]))
    mail = Mail.objects.get()
    assert (mail.address, mail.organisation) == (INES["email"], owner.organisation)
    assert "Theo Marchetti of Juniper & Pine" in mail.text
    assert "Harrow & Quay" in mail.text
    member = Membership.objects.get(email=INES["email"])
    assert (member.organisation, member.roles) == (vendor.organisation, [Role.MANAGER])
    assert Contact.objects.get().membership == member


def test_an_address_at_the_domain_claims_the_vendor(owner, vendor, signed_in, client):
    signed_in(owner).post(path(vendor), INES)
    link = link_in(Mail.objects.get())
    assertContains(client.get(link), "An invitation from Juniper &amp; Pine")
    vendor.refresh_from_db()
    assert not vendor.is_claimed
    client.post(link)
    vendor.refresh_from_db()
    assert vendor.is_claimed
    assert not vendor.is_published


@pytest.mark.parametrize("email", ["ines@gmail.com", "ines@harrowquay.example.net", "ines@otherquay.example"])
def test_any_other_address_waits_for_staff(email, owner, vendor, signed_in, client):
    signed_in(owner).post(path(vendor), {"email": email, "name": "Ines"})
    client.post(link_in(Mail.objects.get()))
    assert Invitation.objects.get().used_at
    vendor.refresh_from_db()
    assert not vendor.is_claimed


def test_a_claim_changes_no_other_vendor_of_the_same_domain(owner, rival, vendor, signed_in, client):
    other = VendorFactory(website=vendor.website, private_to=rival.organisation)
    signed_in(owner).post(path(vendor), INES)
    client.post(link_in(Mail.objects.get()))
    other.refresh_from_db()
    assert not other.is_claimed


def test_a_vendor_that_has_joined_asks_its_own_people_in(owner, vendor, signed_in, client):
    signed_in(owner).post(path(vendor), INES)
    client.post(link_in(Mail.objects.get()))
    response = signed_in(owner).post(path(vendor), {"email": "else@harrowquay.example", "name": ""})
    assert response.status_code == 409
    assert Invitation.objects.count() == 1


def test_a_published_vendor_is_not_the_merchants_to_invite(owner, signed_in):
    response = signed_in(owner).post(path(VendorFactory()), INES)
    assert response.status_code == 409
    assert not Membership.objects.filter(email=INES["email"]).exists()


# ---- Adding and asking in at once ----------------------------------------------------------------------------------
ADD = reverse("directory:add")
QUAY = {"name": "Harrow & Quay", "website": "https://harrowquay.example", "country": "GB"}
ASKED = QUAY | {"contact_name": INES["name"], "contact_email": "Ines@HarrowQuay.example", "invite": "on"}


def test_an_empty_directory_leads_to_a_form_that_invites(owner, signed_in):
    client = signed_in(owner)
    assertContains(client.get(reverse("directory:list")), f'href="{ADD}?invite=1"')
    assertContains(client.get(ADD + "?invite=1"), 'id="id_invite" checked')
    assertNotContains(client.get(ADD), 'id="id_invite" checked')


def test_one_form_adds_a_vendor_and_asks_its_contact_in(owner, signed_in, client):
    response = signed_in(owner).post(ADD, ASKED)
    vendor = Vendor.objects.get()
    assertRedirects(response, reverse("directory:vendor", args=[vendor.pk]))
    mail = Mail.objects.get()
    assert mail.address == INES["email"]
    assert (Membership.objects.get(email=INES["email"]).roles, Contact.objects.count()) == ([Role.MANAGER], 1)
    client.post(link_in(mail))
    vendor.refresh_from_db()
    assert vendor.is_claimed


def test_without_the_tick_nobody_is_asked(owner, signed_in):
    signed_in(owner).post(ADD, {name: said for name, said in ASKED.items() if name != "invite"})
    assert (Vendor.objects.count(), Invitation.objects.count(), Mail.objects.count()) == (1, 0, 0)


def test_whoever_is_to_be_asked_needs_an_address(owner, signed_in):
    response = signed_in(owner).post(ADD, ASKED | {"contact_email": ""})
    assertContains(response, "Whom shall we ask in?")
    assert not Vendor.objects.exists()


def test_where_no_more_may_be_asked_today_nothing_is_added(owner, signed_in, monkeypatch):
    monkeypatch.setattr("outsourcing.accounts.actions.MOST_A_DAY", 0)
    response = signed_in(owner).post(ADD, ASKED)
    assertContains(response, "send the next one tomorrow")
    assert (Vendor.objects.count(), Membership.objects.filter(email=INES["email"]).count()) == (0, 0)
