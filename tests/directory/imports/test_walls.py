"""Whose a vendor is decides what an import may change, and what it may tell."""

import pytest

from outsourcing.accounts.models import Membership
from tests.directory.imports.conftest import NOW, brought_in, checked, table
from tests.factories import MembershipFactory, RelationshipFactory, VendorFactory
from vendors.directory.models import Contact, Note, Relationship, Tag, Tagging, Vendor
from vendors.directory.search import index

pytestmark = pytest.mark.django_db
TOP = ["Name", "URL", "Tagline", "Services", "Country", "Town", "Email", "Tags", "Note"]


def row(name="Acme", site="https://acme.example", email="", **more) -> list:
    own = {"tagline": "As we say", "tags": "Ours", "note": "Seen", **more}
    return [name, site, own["tagline"], "Returns", "GB", "Leeds", email, own["tags"], own["note"]]


def everything(vendor: Vendor):
    return (
        Vendor.objects.filter(pk=vendor.pk).values().get(),
        type(vendor.organisation).objects.filter(pk=vendor.organisation_id).values().get(),
        list(vendor.sites.values()),
        list(vendor.capabilities.values()),
        list(Membership.objects.filter(organisation=vendor.organisation_id).values()),
    )


def test_a_published_vendor_becomes_known_and_keeps_its_own_words(owner):
    vendor = VendorFactory(organisation__name="Acme Inc", website="https://www.acme.example", tagline="Its own words")
    before = everything(vendor)
    made = checked(table(TOP, row(email="ann@acme.example")), owner)
    assert (made.preview["added"], made.preview["changed"], made.preview["known"]) == (0, 1, 1)
    assert "keeps its own contacts" in made.problems[0][2]
    made = brought_in(table(TOP, row(email="ann@acme.example")), owner)
    assert (made.added, made.changed) == (0, 1)
    assert everything(vendor) == before
    assert Relationship.objects.get(vendor=vendor).merchant == owner.organisation
    assert Note.objects.get(vendor=vendor).text == "Seen"
    assert Tagging.objects.get(vendor=vendor).tag.name == "Ours"
    assert not Contact.objects.exists()
    assert brought_in(table(TOP, row(email="ann@acme.example")), owner).unchanged == 1


def test_a_published_vendor_without_a_web_site_is_known_by_its_name(owner):
    vendor = VendorFactory(organisation__name="Acme")
    index.refresh([vendor.pk])
    assert brought_in(table(["Name"], ["ACME"]), owner).added == 0
    assert Relationship.objects.get().vendor == vendor


def test_one_that_was_claimed_meanwhile_is_not_overwritten(owner):
    brought_in(table(TOP, row()), owner)
    vendor = Vendor.objects.get()
    Vendor.objects.update(claimed_at=NOW)
    before = everything(vendor)
    brought_in(table(TOP, row(name="Acme Ltd", tagline="New", note="Another")), owner)
    assert everything(vendor) == before
    assert Note.objects.count() == 2


def test_a_person_of_the_vendors_is_never_written_over(owner):
    brought_in(table(TOP, row(email="ann@acme.example")), owner)
    vendor = Vendor.objects.get()
    MembershipFactory(organisation=vendor.organisation, user__email="boss@acme.example", name="The Boss")
    made = brought_in(table([*TOP, "Contact"], [*row(email="boss@acme.example"), "Somebody"]), owner)
    assert Membership.objects.get(email="boss@acme.example").name == "The Boss"
    assert Contact.objects.count() == 1
    assert made.unchanged == 1


def test_a_rivals_private_vendor_is_neither_found_nor_told(owner, rival):
    secret = VendorFactory(organisation__name="Acme", website="https://acme.example", private_to=rival.organisation)
    Tag.objects.create(merchant=rival.organisation, name="Ours")
    before = everything(secret)
    made = checked(table(TOP, row()), owner)
    assert (made.preview["added"], made.preview["twins"]) == (1, 0)
    assert brought_in(table(TOP, row()), owner).added == 1
    assert everything(secret) == before
    mine = Vendor.objects.get(added_by=owner.organisation)
    assert Tagging.objects.get().vendor == mine
    assert Tagging.objects.get().tag.merchant == owner.organisation


def test_a_withheld_vendor_is_not_found_by_those_who_do_not_know_it(owner):
    VendorFactory(website="https://acme.example", withheld_at=NOW)
    assert checked(table(TOP, row()), owner).preview["added"] == 1


def test_one_that_was_merged_stands_for_the_one_that_is_left(owner):
    brought_in(table(TOP, row(), row("Bolt", "https://bolt.example")), owner)
    winner, loser = (Vendor.objects.get(organisation__name=name) for name in ("Bolt", "Acme"))
    Vendor.objects.filter(pk=loser.pk).update(merged_into=winner)
    before = everything(winner)
    made = brought_in(table(TOP, row(tagline="New"), row("Coil", "https://coil.example")), owner)
    assert (made.added, made.unchanged + made.changed) == (1, 1)
    assert everything(winner) == before


def test_a_block_stays(owner):
    vendor = VendorFactory(organisation__name="Acme")
    RelationshipFactory(
        vendor=vendor, merchant=owner.organisation, status="blocked", blocked_reason="Late", blocked_at=NOW
    )
    made = brought_in(table(["Name", "Status"], ["Acme", "Works for us"]), owner)
    assert Relationship.objects.get().status == "blocked"
    assert "page" in made.problems[0][2]


def test_how_one_stands_comes_in(owner):
    brought_in(table(["Name", "Status"], ["Acme", "Works for us"], ["Bolt", ""]), owner)
    assert dict(Relationship.objects.values_list("vendor__organisation__name", "status")) == {
        "Acme": "active",
        "Bolt": "prospect",
    }


def test_namesakes_are_named_before_they_are_added(owner):
    there = VendorFactory(organisation__name="Acme", website="https://acme.example")
    index.refresh([there.pk])
    made = checked(table(["Name", "URL"], ["acme", "https://acme-of-leeds.example"]), owner)
    assert made.preview["added"] == 1
    assert made.preview["namesakes"] == [[2, "acme", there.pk, "Acme", "acme.example"]]
