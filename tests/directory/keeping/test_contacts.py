"""Whom at a vendor a merchant turns to: kept by the merchant until somebody of the vendor has joined."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import Membership, Role
from outsourcing.notifications.models import Mail
from tests.accounts.conftest import link_in
from tests.factories import MembershipFactory, VendorFactory
from vendors.directory.keeping import contacts
from vendors.directory.models import Contact, Vendor

pytestmark = pytest.mark.django_db
ASH = {"name": "Ash Lane", "email": "Ash@Harrow.example", "phone": "+44 20 7946 0000", "about": "Plans inbound pallets"}
INES = {"email": "ines@harrow.example", "name": "Ines Quay"}


@pytest.fixture
def own(shop) -> Vendor:
    return VendorFactory(organisation__name="Harrow & Quay", website="https://harrow.example", private_to=shop)


def to(name: str, pk: int) -> str:
    return reverse(f"directory:{name}", args=[pk])


@pytest.fixture
def ash(owner, own) -> Contact:
    return contacts.add_contact(own, by=owner, at=own.added_at, **ASH)


def test_a_contact_is_added_edited_and_removed(owner, own, signed_in):
    client = signed_in(owner)
    assertRedirects(client.post(to("add_contact", own.pk), ASH | {"is_backup": "on"}), to("vendor", own.pk))
    for shown in ("Ash Lane", "ash@harrow.example", "+44 20 7946 0000", "Plans inbound pallets", "Backup"):
        assertContains(client.get(to("vendor", own.pk)), shown)
    contact = Contact.objects.get()
    client.post(to("edit_contact", contact.pk), ASH | {"email": "ash.lane@harrow.example", "about": "Answers at night"})
    contact.refresh_from_db()
    assert (contact.membership.email, contact.about) == ("ash.lane@harrow.example", "Answers at night")
    assert not contact.membership.is_backup
    client.post(to("remove_contact", contact.pk))
    assert not Contact.objects.exists()
    assert not Membership.objects.filter(organisation=own.organisation).exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "no address"),
        ("email", "a\x00b@harrow.example"),
        ("name", "x" * 121),
        ("name", "\u200b"),
        ("phone", "5" * 41),
        ("about", "x" * 121),
    ],
)
def test_bad_input_is_refused_at_its_field(field, value, owner, own, signed_in):
    assertContains(signed_in(owner).post(to("add_contact", own.pk), ASH | {field: value}), "is-invalid")
    assert not Contact.objects.exists()


def test_the_same_address_twice_is_told(owner, own, ash, signed_in):
    response = signed_in(owner).post(to("add_contact", own.pk), ASH)
    assertContains(response, "ash@harrow.example is among the contacts already")
    other = contacts.add_contact(own, email="jo@harrow.example", by=owner, at=own.added_at)
    response = signed_in(owner).post(to("edit_contact", other.pk), ASH)
    assertContains(response, "is among the contacts already")


def test_two_merchants_may_know_the_same_address(owner, rival, own, ash, signed_in):
    theirs = VendorFactory(organisation__name="Harrow & Quay", private_to=rival.organisation)
    assert signed_in(rival).post(to("add_contact", theirs.pk), ASH).status_code == 302
    assert signed_in(rival).get(to("edit_contact", ash.pk)).status_code == 404
    assert Contact.objects.count() == 2


def test_nobody_keeps_contacts_of_a_vendor_that_is_not_theirs(owner, signed_in):
    assert signed_in(owner).post(to("add_contact", VendorFactory().pk), ASH).status_code == 409
    assert not Contact.objects.exists()


# ---- From the day that somebody joins ------------------------------------------------------------------------------
def join(owner, own: Vendor, signed_in, client, person=INES) -> Membership:
    signed_in(owner).post(to("invite", own.pk), person)
    client.post(link_in(Mail.objects.get(address=person["email"])))
    return Membership.objects.get(email=person["email"])


def test_once_somebody_has_joined_contacts_are_read_only(owner, own, ash, signed_in, client):
    join(owner, own, signed_in, client)
    page = signed_in(owner).get(to("vendor", own.pk))
    assertContains(page, "Its own people say who is who.")
    assertContains(page, "Has joined")
    assertNotContains(page, to("edit_contact", ash.pk))
    for path in (to("add_contact", own.pk), to("edit_contact", ash.pk)):
        assert signed_in(owner).post(path, ASH).status_code == 409


def test_the_merchant_may_still_forget_its_own(owner, own, ash, signed_in, client):
    join(owner, own, signed_in, client)
    signed_in(owner).post(to("remove_contact", ash.pk))
    assert not Membership.objects.filter(email="ash@harrow.example").exists()
    ines = Contact.objects.get()
    signed_in(owner).post(to("remove_contact", ines.pk))
    assert Membership.objects.joined().filter(email=INES["email"]).exists()


def test_whom_the_merchant_asked_in_shows_their_colleagues_to_it_alone(owner, rival, own, signed_in, client):
    ines = join(owner, own, signed_in, client)
    MembershipFactory(organisation=own.organisation, user__name="Joost Vermeer", roles=[Role.CONTACT])
    Vendor.objects.filter(pk=own.pk).update(published_at=own.added_at)
    assertContains(signed_in(owner).get(to("vendor", own.pk)), "Joost Vermeer")
    page = signed_in(rival).get(to("vendor", own.pk))
    assert page.status_code == 200
    for one in ("Joost Vermeer", ines.email, "Ines"):
        assertNotContains(page, one)


def test_the_vendors_people_never_see_whom_a_merchant_wrote_down(owner, own, ash, signed_in, client):
    ines = join(owner, own, signed_in, client)
    for path in ("/settings/members/", "/settings/history/", "/search/?q=harrow", "/search/?q=Ash", "/"):
        page = signed_in(ines).get(path)
        assert page.status_code == 200
        for one in ("Ash Lane", "ash@harrow", "0000", "Plans inbound"):
            assertNotContains(page, one, msg_prefix=path)
    assertContains(signed_in(ines).get("/settings/members/"), ines.email)


def test_an_address_that_a_merchant_knows_is_asked_in_by_the_vendor_as_if_it_were_new(
    owner, own, ash, signed_in, client
):
    ines = join(owner, own, signed_in, client)
    form = {"email": "ash@harrow.example", "name": "", "roles": ["contact"], "acting": ines.pk}
    response = signed_in(ines).post("/settings/members/invite/", form, follow=True)
    assertContains(response, "Invitation sent to ash@harrow.example.")
    assertNotContains(response, "Ash Lane")
    assertNotContains(response, "0000")
