"""From a table to vendors: what is added, what is left alone, and the same file twice."""

import pytest
from django.apps import apps

from outsourcing.accounts.models import Membership, Organisation
from tests.directory.imports.conftest import book, brought_in, checked, table
from vendors.directory.imports.columns import COLUMNS
from vendors.directory.models import Contact, Import, Listing, Note, Relationship, Tagging, Vendor

pytestmark = pytest.mark.django_db
TOP = [str(column.label) for column in COLUMNS]
EXAMPLES = [[column.examples[at] for column in COLUMNS] for at in (0, 1)]


def rows_of_all_tables() -> dict[str, list]:
    """Every row of every table but the imports themselves and their files."""
    aside = {"directory.Import", "files.File"}
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.managed and model._meta.label not in aside
    }


def test_all_columns_come_in(owner):
    made = brought_in(table(TOP, *EXAMPLES), owner)
    assert (made.state, made.added, made.done, made.problems) == ("done", 2, 2, [])
    vendor = Vendor.objects.get(organisation__name="Orchard Lane")
    assert (vendor.added_by, vendor.domain, vendor.orders_to) == (owner.organisation, "orchardlane.example", 6000)
    assert (str(vendor.price_from), vendor.contract_months, vendor.notice_days) == ("3.50", 12, 60)
    assert vendor.organisation.currency == owner.organisation.currency
    site = vendor.sites.get()
    assert (str(site.country), site.region, site.city) == ("GB", "ENG", "Maidstone")
    says = {(one.value.facet, one.value.name): one.how for one in vendor.capabilities.select_related("value")}
    assert says["integration", "Shopify"] == "native"
    assert {("service", "DTC fulfilment"), ("handling", "Fragile"), ("ships_to", "European Union")} <= set(says)
    contact = Contact.objects.get(vendor=vendor)
    assert (contact.membership.email, contact.membership.phone) == ("ash@orchardlane.example", "+44 1622 000000")
    assert (contact.merchant, contact.membership.roles) == (owner.organisation, ["contact"])
    assert Tagging.objects.get(vendor=vendor).tag.merchant == owner.organisation
    assert Note.objects.get(vendor=vendor).author == owner
    assert Listing.objects.filter(merchant=owner.organisation).count() == 2
    assert Relationship.objects.filter(merchant=owner.organisation).count() == 2


@pytest.mark.parametrize("kind", [table, book])
def test_the_same_file_twice_changes_nothing(kind, owner):
    content = kind(TOP, *EXAMPLES, ["Only A Name"])
    brought_in(content, owner)
    before = rows_of_all_tables()
    assert len(before["directory.Vendor"]) == 3
    assert before["directory.VendorEvent"]
    again = brought_in(content, owner)
    assert (again.state, again.unchanged, again.added, again.changed, again.skipped) == ("done", 3, 0, 0, 0)
    assert rows_of_all_tables() == before


def test_a_mended_file_changes_what_it_says_and_nothing_else(owner):
    brought_in(table(["Name", "URL", "Town", "Country"], ["Acme", "acme.example", "", "GB"]), owner)
    Vendor.objects.update(tagline="Ours")
    made = brought_in(table(["Name", "URL", "Town", "Country"], ["Acme Ltd", "acme.example", "Leeds", "GB"]), owner)
    assert (made.changed, made.added) == (1, 0)
    vendor = Vendor.objects.get()
    assert (vendor.name, vendor.tagline, vendor.sites.get().city) == ("Acme Ltd", "Ours", "Leeds")
    assert Listing.objects.get(merchant=owner.organisation).name == "Acme Ltd"


def test_who_did_it_stands_in_the_history(owner):
    brought_in(table(["Name"], ["Acme"]), owner)
    event = apps.get_model("directory", "VendorEvent").objects.get()
    assert event.pgh_context.metadata["user"] == owner.user.pk
    organisation = apps.get_model("accounts", "OrganisationEvent").objects.get(name="Acme")
    assert organisation.pgh_context.metadata["url"].startswith("/vendors/imports/")


def test_a_contact_stays_with_its_vendor(owner):
    top = ["Name", "Contact", "Email", "Phone"]
    brought_in(table(top, ["Acme", "Ann", "ann@acme.example", ""]), owner)
    again = brought_in(table(top, ["Acme", "Ann", "Ann@acme.example", "123"]), owner)
    assert again.changed == 1
    assert Membership.objects.get(organisation__name="Acme").phone == "123"
    assert Contact.objects.count() == 1


def test_facebook_tells_no_two_companies_apart(owner):
    top = ["Name", "Web site"]
    rows = [["Acme", "https://facebook.com/acme"], ["Bolt", "https://www.facebook.com/bolt"]]
    assert brought_in(table(top, *rows), owner).added == 2
    assert brought_in(table(top, *rows), owner).unchanged == 2


def test_more_than_one_batch(owner, monkeypatch):
    monkeypatch.setattr("vendors.directory.imports.actions.BATCH", 3)
    rows = [[f"Vendor {n}", f"https://v{n}.example"] for n in range(10)]
    made = brought_in(table(["Name", "URL"], *rows, ["vendor 2", ""]), owner)
    assert (made.added, made.skipped, made.done, made.rows) == (10, 1, 11, 11)
    assert Organisation.objects.filter(kind="vendor").count() == 10


def test_the_preview_says_what_then_happens(owner):
    brought_in(table(["Name", "Tagline"], ["Acme", "Old"], ["Bolt", "Same"]), owner)
    content = table(["Name", "Tagline"], ["Acme", "New"], ["Bolt", "Same"], ["Coil", ""], ["coil", ""], ["", "x"])
    said = checked(content, owner).preview
    made = brought_in(content, owner)
    for name in ("added", "changed", "unchanged", "skipped"):
        assert said[name] == getattr(made, name)
    assert (made.added, made.changed, made.unchanged, made.skipped) == (1, 1, 1, 2)
    assert Import.objects.count() == 3
