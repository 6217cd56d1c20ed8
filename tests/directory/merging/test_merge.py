"""A merchant makes one of two rows of a vendor: nothing is lost, and nobody else learns of it."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.models import Invitation, Membership
from outsourcing.notifications.ladders import planning
from outsourcing.notifications.models import Ladder
from tests.factories import MembershipFactory, ReferenceFactory, RelationshipFactory, VendorFactory
from vendors.directory import hooks
from vendors.directory.evidence.actions import CERTIFICATE
from vendors.directory.keeping import contacts
from vendors.directory.merging import actions
from vendors.directory.merging.errors import AlreadyMerged, NotMergeable
from vendors.directory.models import (
    Certificate,
    Contact,
    EvidenceRequest,
    Listing,
    Note,
    Partner,
    Relationship,
    Tag,
    Tagging,
    Vendor,
)
from vendors.directory.profiles.actions import invite_contact

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def own(shop) -> Vendor:
    return VendorFactory(organisation__name="Harrow and Quay", tagline="As we see it", private_to=shop)


@pytest.fixture
def theirs(manager) -> Vendor:
    """A published vendor with people."""
    return VendorFactory(organisation=manager.organisation, website="https://palletpost.example")


def keep(vendor: Vendor, by, word: str = "kept") -> None:
    """One of each thing that a merchant keeps about a vendor."""
    here = {"vendor": vendor, "merchant": by.organisation, "created_at": AT}
    Note.objects.create(author=by, text=f"{word} note", **here)
    tag, _ = Tag.objects.get_or_create(merchant=by.organisation, name=f"{word} tag")
    Tagging.objects.create(tag=tag, vendor=vendor)
    ReferenceFactory(name=f"{word} referee", **here)
    Partner.objects.create(name=f"{word} partner", kind="client", **here)


def merge_url(vendor: Vendor) -> str:
    return reverse("directory:merge", args=[vendor.pk])


def page_of(vendor: Vendor) -> str:
    return reverse("directory:vendor", args=[vendor.pk])


# ---- Into a published one ------------------------------------------------------------------------------------------
def test_what_one_keeps_moves_and_stays_ones_own(owner, rival, manager, own, theirs, signed_in):
    keep(own, owner, "canary")
    contacts.add_contact(own, email="ash@quay.example", name="Ash canary", by=owner, at=AT)
    Certificate.objects.create(vendor=own, name="canary certificate", created_at=AT)
    client = signed_in(owner)
    preview = client.get(merge_url(own), {"into": theirs.pk})
    assertContains(preview, "<dt>Notes</dt><dd>1</dd><dt>Tags</dt><dd>1</dd><dt>Contacts</dt><dd>1</dd>", html=False)
    assertRedirects(client.post(merge_url(own), {"into": theirs.pk}), page_of(theirs))
    for one in ("canary note", "canary tag", "Ash canary"):
        assertContains(client.get(page_of(theirs)), one)
    assert Certificate.objects.get().merchant == owner.organisation
    for member in (rival, manager):
        for path in (page_of(theirs), "/search/?q=pallet", "/settings/members/"):
            assertNotContains(signed_in(member).get(path), "canary")
    theirs.refresh_from_db()
    assert theirs.tagline == ""
    assert not Membership.objects.filter(organisation=theirs.organisation, user=None).exists()


def test_the_old_address_leads_there_for_its_merchant_alone(owner, rival, manager, own, theirs, signed_in):
    actions.merge(own, theirs, by=owner, at=AT)
    assertRedirects(signed_in(owner).get(page_of(own)), page_of(theirs))
    for member in (rival, manager):
        assert signed_in(member).get(page_of(own)).status_code == 404
    refused = signed_in(owner).post(reverse("directory:add_note", args=[own.pk]), {"text": "Too late"})
    assert refused.status_code == 409
    assert not Note.objects.exists()


def test_an_open_invitation_to_the_merged_one_ends(owner, own, theirs, client):
    invite_contact(own, email="ines@quay.example", name="Ines", by=owner, at=AT)
    actions.merge(own, theirs, by=owner, at=AT)
    assert Invitation.objects.get().revoked_at == AT
    assert not Membership.objects.filter(organisation=theirs.organisation, email="ines@quay.example").exists()


def test_reminders_follow_what_goes_over(owner, own, theirs):
    """The invitation ends with its reminder, and the newer of two certificates ends those of the older one."""
    invite_contact(own, email="ines@quay.example", name="Ines", by=owner, at=AT)
    for vendor, year in ((theirs, 2027), (own, 2029)):
        about = {"vendor": vendor, "merchant": owner.organisation, "name": "ISO 9001", "created_at": AT}
        Certificate.objects.create(expires_on=date(year, 1, 8), **about)
    planning.follow(CERTIFICATE, Certificate.objects.values_list("pk", flat=True), at=AT)
    assert Ladder.objects.open().count() == 3
    actions.merge(own, theirs, by=owner, at=AT)
    left = Ladder.objects.open().get()
    assert (left.rule, left.owed_by) == ("certificate", theirs.organisation)
    assert Certificate.objects.get(pk=left.subject).expires_on.year == 2029


# ---- Into another of one's own -------------------------------------------------------------------------------------
def test_gaps_are_filled_contacts_become_one_and_tags_stay_once(owner, shop, own):
    other = VendorFactory(organisation__name="Harrow & Quay", orders_from=5, private_to=shop)
    Vendor.objects.filter(pk=own.pk).update(orders_from=1, orders_to=9, website="https://quay.example")
    own.sites.create(country="GB", city="Bristol")
    tag = Tag.objects.create(merchant=shop, name="Steady")
    for vendor in (own, other):
        Tagging.objects.create(tag=tag, vendor=vendor)
    contacts.add_contact(own, email="ash@quay.example", phone="1", about="Pallets", by=owner, at=AT)
    contacts.add_contact(own, email="jo@quay.example", by=owner, at=AT)
    contacts.add_contact(other, email="ash@quay.example", name="Ash", about="Returns", by=owner, at=AT)
    actions.merge(own, other, by=owner, at=AT)
    other.refresh_from_db()
    assert (other.tagline, other.orders_from, other.orders_to) == ("As we see it", 5, None)
    assert other.domain == "quay.example"
    assert [site.city for site in other.sites.all()] == ["Bristol"]
    assert list(tag.vendors.all()) == [other]
    kept = {one.membership.email: one for one in Contact.objects.select_related("membership")}
    assert set(kept) == {"ash@quay.example", "jo@quay.example"}
    ash = kept["ash@quay.example"]
    assert (ash.membership.name, ash.membership.phone, ash.about) == ("Ash", "1", "Returns; Pallets")
    assert {one.membership.organisation for one in kept.values()} == {other.organisation}
    assert [one.vendor for one in Listing.objects.all()] == [other]


@pytest.mark.parametrize(
    ("of_loser", "of_winner", "stands"),
    [
        ("active", "prospect", "active"),
        ("prospect", "active", "active"),
        ("former", "prospect", "former"),
        ("active", "former", "active"),
        ("blocked", "active", "blocked"),
        ("active", "blocked", "blocked"),
    ],
)
def test_the_more_telling_word_stands(of_loser, of_winner, stands, owner, shop, own, theirs):
    RelationshipFactory(vendor=theirs, merchant=shop)
    for vendor, status in ((own, of_loser), (theirs, of_winner)):
        why = {"blocked_reason": "Late", "blocked_at": AT} if status == "blocked" else {}
        Relationship.objects.filter(vendor=vendor).update(status=status, **why)
    actions.merge(own, theirs, by=owner, at=AT)
    left = Relationship.objects.get(vendor=theirs)
    assert (left.status, left.blocked_reason) == (stands, "Late" if stands == "blocked" else "")


def test_two_blocks_keep_both_reasons(owner, shop, own, theirs):
    RelationshipFactory(vendor=theirs, merchant=shop)
    for vendor, reason in ((own, "L" * 500), (theirs, "W" * 500)):
        Relationship.objects.filter(vendor=vendor).update(status="blocked", blocked_reason=reason, blocked_at=AT)
    actions.merge(own, theirs, by=owner, at=AT)
    assert Relationship.objects.get(vendor=theirs).blocked_reason == "W" * 500 + "\n" + "L" * 500


def test_requests_follow_and_the_hook_is_told(owner, own, theirs):
    EvidenceRequest.objects.create(vendor=own, merchant=owner.organisation, asked_by=owner, asked_at=AT)
    heard = []

    def listen(*said):
        heard.append(said)

    hooks.merged.add(listen)
    try:
        actions.merge(own, theirs, by=owner, at=AT)
    finally:
        hooks.merged.remove(listen)
    assert heard == [(own, theirs, owner, AT)]
    assert EvidenceRequest.objects.get().vendor == theirs


# ---- Chains, cycles, and what may not be ---------------------------------------------------------------------------
def test_a_chain_leads_to_its_end_and_a_merged_one_takes_no_more(owner, shop, own, theirs, signed_in):
    middle = VendorFactory(private_to=shop)
    keep(own, owner)
    actions.merge(own, middle, by=owner, at=AT)
    actions.merge(middle, theirs, by=owner, at=AT)
    for vendor in (own, middle):
        assertRedirects(signed_in(owner).get(page_of(vendor)), page_of(theirs))
    assert Note.objects.get().vendor == theirs
    for loser, winner in [(theirs, own), (middle, own), (VendorFactory(private_to=shop), middle)]:
        with pytest.raises((AlreadyMerged, NotMergeable)):
            actions.merge(loser, winner, by=owner, at=AT)


def test_nothing_is_merged_into_itself(owner, own, signed_in):
    assert signed_in(owner).post(merge_url(own), {"into": own.pk}).status_code == 409


def test_only_ones_own_unclaimed_vendor_is_merged(owner, rival, own, theirs, signed_in):
    assert signed_in(owner).post(merge_url(theirs), {"into": own.pk}).status_code == 409
    assert signed_in(rival).post(merge_url(own), {"into": theirs.pk}).status_code == 404
    Vendor.objects.filter(pk=own.pk).update(claimed_at=AT)
    assert signed_in(owner).post(merge_url(own), {"into": theirs.pk}).status_code == 409


def test_nor_one_whose_people_have_joined(owner, own, theirs, signed_in):
    MembershipFactory(organisation=own.organisation, roles=["manager"])
    assert signed_in(owner).get(merge_url(own), {"into": theirs.pk}).status_code == 409


def test_never_into_a_rivals_private_one(owner, rival, own, signed_in):
    secret = VendorFactory(organisation__name="Secret Storage", private_to=rival.organisation)
    client = signed_in(owner)
    for number in (secret.pk, 0, "x", "9" * 30, "", "\x00"):
        assert client.post(merge_url(own), {"into": number}).status_code == 404
        assert client.get(merge_url(own), {"into": number}).status_code == 404
    assertNotContains(client.get(merge_url(own), {"q": "Secret"}), "Secret Storage")
    assert client.post(merge_url(own)).status_code == 404


def test_one_looks_for_the_other_by_name(owner, own, theirs, signed_in):
    client = signed_in(owner)
    assertContains(client.get(merge_url(own)), "No vendor is like it")
    assertContains(client.get(merge_url(own), {"q": "pallet"}), f"?into={theirs.pk}")
