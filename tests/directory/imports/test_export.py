"""The list as a file: what one may see, and what an import knows again."""

import csv
import io

import pytest
from openpyxl import load_workbook

from tests.directory.imports.conftest import NOW, brought_in, table
from tests.directory.imports.test_bring_in import EXAMPLES, TOP, rows_of_all_tables
from tests.factories import MembershipFactory, RelationshipFactory, VendorFactory
from vendors.directory.imports import export
from vendors.directory.models import Capability, Contact, FacetValue, Note, Site, Tag, Tagging, Vendor
from vendors.directory.search import index

pytestmark = pytest.mark.django_db
CSV, XLSX = "/vendors/export.csv", "/vendors/export.xlsx"


def lines(response) -> list[dict]:
    if response["Content-Type"].startswith("text/csv"):
        return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    top, *rows = load_workbook(io.BytesIO(response.content)).active.values
    return [dict(zip(top, row, strict=True)) for row in rows]


@pytest.mark.parametrize("path", [CSV, XLSX])
def test_everything_one_sees_and_nothing_private_of_others(path, viewer, rival, signed_in):
    ours = VendorFactory(organisation__name="=Ours()", private_to=viewer.organisation)
    theirs = VendorFactory(organisation__name="Theirs", private_to=rival.organisation)
    both = VendorFactory(organisation__name="Everybody's")
    for vendor, member in ((ours, viewer), (theirs, rival), (both, viewer), (both, rival)):
        own = {"vendor": vendor, "merchant": member.organisation, "created_at": NOW}
        Note.objects.create(**own, author=member, text=f"Note of {member.name}")
        tag, _ = Tag.objects.get_or_create(merchant=member.organisation, name=f"Tag of {member.name}")
        Tagging.objects.create(vendor=vendor, tag=tag)
    index.refresh([ours.pk, theirs.pk, both.pk])
    found = lines(signed_in(viewer).get(path))
    assert {row["Name"].removeprefix("'") for row in found} == {"=Ours()", "Everybody's"}
    assert [row["Note"] for row in found] == [f"Note of {viewer.name}"] * 2
    assert rival.name not in str(found)
    assert {row["Name"]: row["Who sees it"] for row in found}["Everybody's"] == "All shops"


def test_no_cell_of_a_sheet_is_a_formula(viewer, signed_in):
    vendor = VendorFactory(organisation__name="=1+1", tagline="@SUM(A1)", private_to=viewer.organisation)
    index.refresh([vendor.pk])
    sheet = load_workbook(io.BytesIO(signed_in(viewer).get(XLSX).content)).active
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n", "inlineStr"}
    assert "'=1+1" in signed_in(viewer).get(CSV).content.decode()


@pytest.mark.parametrize("path", [CSV, XLSX])
def test_the_words_of_the_list_choose(path, viewer, signed_in):
    names = ("Apple", "Pear")
    made = [VendorFactory(organisation__name=name, private_to=viewer.organisation) for name in names]
    index.refresh([vendor.pk for vendor in made])
    assert [row["Name"] for row in lines(signed_in(viewer).get(f"{path}?q=pea"))] == ["Pear"]


def test_the_filters_and_the_order_of_the_list_hold(viewer, signed_in):
    returns = FacetValue.objects.get(facet="service", slug="returns")
    made = [VendorFactory(organisation__name=name) for name in ("Zinc", "Acme", "Bolt")]
    for vendor in made[:2]:
        Capability.objects.create(vendor=vendor, value=returns)
    index.refresh([vendor.pk for vendor in made])
    found = lines(signed_in(viewer).get(f"{CSV}?service=returns&sort=name"))
    assert [(row["Name"], row["Services"]) for row in found] == [("Acme", "Returns"), ("Zinc", "Returns")]


def test_more_than_a_file_takes_is_said_and_not_cut(viewer, signed_in, monkeypatch):
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    index.refresh([vendor.pk for vendor in VendorFactory.create_batch(3)])
    response = signed_in(viewer).get(CSV)
    assert response.status_code == 409
    assert "more than 2 vendors" in response.content.decode()


@pytest.mark.parametrize("count", [3, 60])
def test_it_costs_the_same_for_any_number(count, viewer, django_assert_num_queries):
    keys = [vendor.pk for vendor in VendorFactory.create_batch(count)]
    with django_assert_num_queries(8):
        assert len(list(export.rows(keys, viewer))) == count


@pytest.mark.parametrize(("path", "name"), [(CSV, "vendors.csv"), (XLSX, "vendors.xlsx")])
def test_the_file_comes_in_again_and_changes_nothing(path, name, owner, manager, signed_in):
    brought_in(table(TOP, *EXAMPLES, ["Name alone"]), owner)
    odd = VendorFactory(
        organisation__name="=Odd  one",
        organisation__country="NL",
        description="-Two\r\nlines; and\x0b more",
        website="http://odd.example/?a=1;2",
        private_to=owner.organisation,
    )
    Site.objects.create(vendor=odd, country="GB", region="LND", city="London", position=2)
    shopify = FacetValue.objects.get(facet="integration", slug="shopify")
    Capability.objects.create(vendor=odd, value=shopify, how="file")
    for text in ("a; b", 'say "so"', "plain, or not"):
        Tagging.objects.create(vendor=odd, tag=Tag.objects.create(merchant=owner.organisation, name=text))
    own = {"merchant": owner.organisation, "created_at": NOW}
    Note.objects.create(vendor=odd, author=owner, text="=Late\r\ntwice ", **own)
    VendorFactory(organisation__name="Unknown to us", website="https://unknown.example")
    claimed = VendorFactory(organisation=manager.organisation, tagline="Its own words")
    RelationshipFactory(vendor=claimed, merchant=owner.organisation, status="active")
    person = MembershipFactory(organisation=manager.organisation)
    Contact.objects.create(vendor=claimed, membership=person, **own)
    for n in (1, 2):
        twin = VendorFactory(organisation__name=f"Twin {n}", website="https://t.example", private_to=owner.organisation)
        Vendor.objects.filter(pk=twin.pk).update(domain="t.example")
    index.rebuild()
    client = signed_in(owner)
    content = client.get(path).content
    before = rows_of_all_tables()
    made = brought_in(content, owner, name=name)
    assert (made.state, made.added, made.changed) == ("done", 0, 0), made.problems
    assert made.unchanged + made.skipped == 8
    assert [problem[2] for problem in made.problems if "same vendor" not in problem[2]] == []
    assert rows_of_all_tables() == before
