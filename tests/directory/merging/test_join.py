"""A manager of two vendor organisations makes one of them."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outsourcing.accounts.actions import invite
from outsourcing.accounts.models import Invitation, Membership, Role
from tests.directory.merging.test_merge import keep, page_of
from tests.factories import MembershipFactory, RelationshipFactory, VendorFactory
from vendors.directory.keeping import contacts
from vendors.directory.merging import actions
from vendors.directory.merging.errors import NotMergeable
from vendors.directory.models import Contact, Note, Partner, Relationship, Tag, Vendor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def own(manager) -> Vendor:
    return VendorFactory(organisation=manager.organisation, tagline="")


@pytest.fixture
def old(manager) -> Vendor:
    """The other organisation of the manager's: claimed and published."""
    vendor = VendorFactory(organisation__name="Post and Pallet", organisation__country="GB", tagline="Since 1990")
    MembershipFactory(organisation=vendor.organisation, user=manager.user, roles=[Role.MANAGER, Role.CONTACT])
    return vendor


def join_url(vendor: Vendor) -> str:
    return reverse("directory:join", args=[vendor.pk])


def test_everybody_and_everything_goes_over(manager, owner, rival, own, old, signed_in):
    colleague = MembershipFactory(organisation=old.organisation, user__name="Joost", roles=[Role.CONTACT])
    gone = MembershipFactory(organisation=old.organisation, roles=[Role.MANAGER], left_at=AT)
    invite(old.organisation, email="asked@pallet.example", roles=[Role.CONTACT], by=manager, at=AT)
    for shop in (owner, rival):
        RelationshipFactory(vendor=old, merchant=shop.organisation, status="active")
        keep(old, shop, word=shop.organisation.name)
    Partner.objects.create(vendor=old, name="Royal Mail", kind="carrier", created_at=AT)
    client = signed_in(manager)
    assertContains(client.get(reverse("directory:join_list")), "Post and Pallet")
    assertContains(client.get(join_url(old)), "Which profile stays?")
    assertRedirects(client.post(join_url(old), {"stays": own.pk}), page_of(own))
    people = Membership.objects.filter(organisation=own.organisation)
    assert set(people.joined()) == {manager, colleague}
    assert gone in people
    assert Invitation.objects.get().membership in people
    manager.refresh_from_db()
    assert set(manager.roles) == {Role.MANAGER, Role.CONTACT}
    own.refresh_from_db()
    assert own.tagline == "Since 1990"
    assert Relationship.objects.filter(vendor=own, status="active").count() == 2
    assert Note.objects.filter(vendor=own).count() == 2
    assert Partner.objects.filter(vendor=own, merchant=None).count() == 1
    for shop, other in ((owner, rival), (rival, owner)):
        page = signed_in(shop).get(page_of(old), follow=True)
        assertContains(page, f"{shop.organisation.name} note".replace("&", "&amp;"))
        assertNotContains(page, other.organisation.name.replace("&", "&amp;"))
    assertRedirects(signed_in(manager).get(page_of(old)), page_of(own))


def test_the_other_one_may_stay(manager, own, old, signed_in):
    client = signed_in(manager)
    assertRedirects(client.post(join_url(old), {"stays": old.pk}), page_of(old))
    assert client.get("/").status_code == 200
    assert Membership.objects.joined().get(user=manager.user).organisation == old.organisation
    own.refresh_from_db()
    assert own.merged_into == old


def test_one_person_with_two_addresses_has_one_place(manager, own, old):
    there = Membership.objects.get(organisation=old.organisation, user=manager.user)
    Membership.objects.filter(pk=there.pk).update(email="imogen.old@pallet.example")
    place = actions.join(old, own, by=manager, at=AT)
    assert place == manager
    there.refresh_from_db()
    assert there.left_at == AT


def test_whoever_was_only_asked_in_there_is_in(manager, own, old):
    asked = invite(own.organisation, email="joost@pallet.example", roles=[Role.MANAGER], by=manager, at=AT).membership
    joost = MembershipFactory(
        organisation=old.organisation, user__email="joost@pallet.example", user__name="Joost", roles=[Role.CONTACT]
    )
    actions.join(old, own, by=manager, at=AT)
    asked.refresh_from_db()
    assert (asked.user, asked.name, set(asked.roles)) == (joost.user, "Joost", {Role.MANAGER, Role.CONTACT})
    assert Invitation.objects.get(membership=asked).revoked_at == AT


def test_an_address_that_two_people_have_had_keeps_both(manager, own, old):
    here = MembershipFactory(organisation=own.organisation, roles=[Role.CONTACT])
    there = MembershipFactory(organisation=old.organisation, email=here.email, roles=[Role.CONTACT])
    actions.join(old, own, by=manager, at=AT)
    there.refresh_from_db()
    assert there.organisation == own.organisation
    assert there.email != here.email


def test_contacts_of_two_merchants_never_meet(manager, owner, rival, own, signed_in):
    """Both wrote the same address down, each on a row of its own."""
    mine = VendorFactory(private_to=owner.organisation)
    hers = VendorFactory(private_to=rival.organisation)
    for vendor, shop in ((mine, owner), (hers, rival)):
        contacts.add_contact(vendor, email="ash@pallet.example", name=f"Ash of {shop.name}", by=shop, at=AT)
        MembershipFactory(organisation=vendor.organisation, user=manager.user, roles=[Role.MANAGER])
        actions.join(vendor, own, by=manager, at=AT)
    assert Contact.objects.filter(vendor=own).count() == 2
    for shop, other in ((owner, rival), (rival, owner)):
        page = signed_in(shop).get(page_of(own))
        assertContains(page, f"Ash of {shop.name}")
        assertNotContains(page, f"Ash of {other.name}")
    assertNotContains(signed_in(manager).get("/settings/members/"), "ash@pallet.example")


def test_what_a_shop_wrote_is_never_said_in_the_vendors_name(manager, owner, own):
    mine = VendorFactory(tagline="A shop's words", private_to=owner.organisation)
    Partner.objects.create(vendor=mine, name="Guessed", kind="client", created_at=AT)
    MembershipFactory(organisation=mine.organisation, user=manager.user, roles=[Role.MANAGER])
    actions.join(mine, own, by=manager, at=AT)
    own.refresh_from_db()
    assert own.tagline == ""
    assert Partner.objects.get().merchant == owner.organisation


def test_a_profile_that_a_shop_keeps_does_not_stay(manager, owner, own, signed_in):
    mine = VendorFactory(private_to=owner.organisation)
    MembershipFactory(organisation=mine.organisation, user=manager.user, roles=[Role.MANAGER])
    client = signed_in(manager)
    assertNotContains(client.get(join_url(mine)), f'value="{mine.pk}"')
    assert client.post(join_url(mine), {"stays": mine.pk}).status_code == 409


@pytest.mark.parametrize("stays", ["", "x", "0", "9" * 30])
def test_what_stays_is_one_of_the_two(stays, manager, own, old, signed_in):
    assert signed_in(manager).post(join_url(old), {"stays": stays}).status_code == 404


def test_only_a_manager_of_both_joins_them(manager, contact, own, old, signed_in):
    client = signed_in(manager)
    for vendor in (VendorFactory(), own):
        assert client.get(join_url(vendor)).status_code == 404
    MembershipFactory(organisation=old.organisation, user=contact.user, roles=[Role.MANAGER])
    assert signed_in(contact).get(join_url(old)).status_code == 403
    Membership.objects.filter(organisation=old.organisation, user=manager.user).update(roles=[Role.CONTACT])
    assert client.post(join_url(old), {"stays": own.pk}).status_code == 404
    with pytest.raises(NotMergeable):
        actions.join(old, own, by=manager, at=AT)


def test_tags_of_the_same_word_stay_each_merchants(manager, owner, rival, own, old):
    for shop in (owner, rival):
        for vendor in (own, old):
            tag, _ = Tag.objects.get_or_create(merchant=shop.organisation, name="Steady")
            tag.taggings.create(vendor=vendor)
    actions.join(old, own, by=manager, at=AT)
    assert [list(tag.vendors.all()) for tag in Tag.objects.all()] == [[own], [own]]
