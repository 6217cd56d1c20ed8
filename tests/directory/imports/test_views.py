"""The pages of an import, as a person meets them."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from tests.directory.imports.conftest import NOW, book, brought_in, checked, table, uploaded
from tests.directory.imports.test_bring_in import TOP
from tests.files.conftest import packed
from vendors.directory.imports import actions
from vendors.directory.models import Import, Vendor

pytestmark = pytest.mark.django_db
UPLOAD = "/vendors/import/"


def hand_in(client, content: bytes, name: str = "mine.csv"):
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)})


def page_of(made: Import, step: str = "") -> str:
    return f"/vendors/imports/{made.pk}/{step}"


def test_from_the_file_to_the_vendors(owner, signed_in, django_capture_on_commit_callbacks, monkeypatch):
    monkeypatch.setattr(actions.tasks.bring_in, "delay", lambda pk: actions.bring_in(pk, now=lambda: NOW))
    client = signed_in(owner)
    response = hand_in(client, table(["Firm", "Site", "Odd"], ["Acme", "acme.example", "x"], ["", "y", ""]))
    made = Import.objects.get()
    assertRedirects(response, page_of(made, "columns/"))
    assertContains(client.get(page_of(made, "columns/")), "acme.example")
    chosen = {"column-0": "name", "column-1": "website", "column-2": "tagline"}
    assertRedirects(client.post(page_of(made, "columns/"), chosen), page_of(made))
    preview = client.get(page_of(made))
    assertContains(preview, "The name is missing")
    assertContains(preview, "Bring them in")
    assert not Vendor.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assertRedirects(client.post(page_of(made, "start/")), page_of(made))
    result = client.get(page_of(made))
    assertContains(result, "See your vendors")
    assertNotContains(result, "hx-trigger")
    assert Vendor.objects.get().tagline == "x"
    assertContains(client.get(UPLOAD), "mine.csv")


def test_while_it_runs_the_page_asks_for_itself_and_needs_no_script(owner, signed_in):
    made = checked(table(["Name"], ["Acme"]), owner)
    actions.start(made, by=owner, at=NOW)
    client = signed_in(owner)
    page = client.get(page_of(made))
    assertContains(page, '<meta http-equiv="refresh"')
    assertContains(page, "Look again")
    piece = client.get(page_of(made), headers={"HX-Request": "true"})
    assertContains(piece, 'hx-trigger="every 1s"')
    assertNotContains(piece, "<html")
    actions.bring_in(made.pk, now=lambda: NOW)
    assertNotContains(client.get(page_of(made), headers={"HX-Request": "true"}), "hx-trigger")


def test_a_second_press_is_refused_with_a_sentence(owner, signed_in):
    made = checked(table(["Name"], ["Acme"]), owner)
    client = signed_in(owner)
    assert client.post(page_of(made, "start/")).status_code == 302
    again = client.post(page_of(made, "start/"))
    assert again.status_code == 409
    assertContains(again, "another step", status_code=409)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.csv", "empty"),
        (b"\n\n,,\n", "a.csv", "no row with anything"),
        (b"<html><body>Name</body></html>", "a.csv", "not of a kind"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 99, "a.xlsx", "not of a kind"),
        (b"%PDF-1.7\n", "a.csv", "not of a kind"),
        (b"PK\x03\x04 and no more", "a.xlsx", "damaged"),
        (book(["Name"])[:-200], "a.xlsx", "damaged"),
        (packed({"[Content_Types].xml": b"x", "xl/workbook.xml": b"0" * 9_000_000}), "a.xlsx", "unpacks to far more"),
        (packed({"[Content_Types].xml": b"x", "xl/workbook.xml": b"<"}), "a.xlsx", "save it again"),
        (b"Name\x00,b\n", "a.csv", "not of a kind"),
        (table([f"c{n}" for n in range(101)]), "a.csv", "more than 100 columns"),
    ],
)
def test_what_is_no_table_is_refused_at_its_field(content, name, words, owner, signed_in):
    response = hand_in(signed_in(owner), content, name)
    assertContains(response, words)
    assertContains(response, "is-invalid")
    assert not Import.objects.exists()


def test_a_file_that_is_too_large_is_refused(owner, signed_in, settings):
    settings.FILE_LIMIT = 100
    assertContains(hand_in(signed_in(owner), b"Name\n" + b"x" * 200), "too large")


def test_columns_are_checked(owner, signed_in):
    made = uploaded(table(["Name", "Other"], ["Acme", "Bolt"]), owner)
    client = signed_in(owner)
    assertContains(client.post(page_of(made, "columns/"), {"column-1": "city"}), "a vendor needs one", status_code=422)
    twice = client.post(page_of(made, "columns/"), {"column-0": "name", "column-1": "name"})
    assertContains(twice, "Another column", status_code=422)
    odd = client.post(page_of(made, "columns/"), {"column-0": "owner_id", "column-99": "name"})
    assert odd.status_code == 422
    assert Import.objects.get().state == "uploaded"


def test_no_headings_and_another_sheet(owner, signed_in):
    content = book(["Acme", "Leeds"], ["Bolt", "York"], Other=[["Name"], ["Coil"]])
    made = uploaded(content, owner, name="two.xlsx")
    client = signed_in(owner)
    assertContains(client.get(page_of(made, "columns/")), "Column A")
    client.post(page_of(made, "columns/"), {"column-0": "name", "column-1": ""})
    assert Import.objects.get().rows == 2
    client.post(page_of(made, "columns/"), {"look": "1", "sheet": "Other", "has_headings": "on"})
    again = Import.objects.get()
    assert (again.sheet, again.columns, again.mapping, again.state) == ("Other", ["Name"], {"name": 0}, "uploaded")
    refused = client.post(page_of(made, "columns/"), {"look": "1", "sheet": "Nowhere"})
    assert refused.status_code == 200
    assert Import.objects.get().sheet == "Other"


def test_problems_are_a_file_to_mend_the_other_by(owner, signed_in):
    rows = [["Acme", "javascript:x", "Atlantis"], ["", "a.example", ""], ["=1+1", "", ""], ["acme", "", ""]]
    made = checked(table(["Name", "URL", "Country"], *rows), owner)
    assert made.problem_count == 5
    text = signed_in(owner).get(page_of(made, "problems.csv")).content.decode("utf-8-sig")
    found = [line[:2] + line[3:] for line in csv.reader(io.StringIO(text))][1:]
    assert found == [
        ["2", "URL", "javascript:x"],
        ["2", "Country", "Atlantis"],
        ["3", "Name", ""],
        ["4", "Name", "'=1+1"],
        ["5", "", "acme"],
    ]


def test_the_template_comes_in_as_it_is(owner, signed_in):
    made = brought_in(signed_in(owner).get("/vendors/import/template.csv").content, owner)
    assert (made.added, made.problem_count) == (2, 0)


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_of_imports_costs_the_same_for_any_number(count, owner, signed_in, django_assert_num_queries):
    for _ in range(count):
        uploaded(table(TOP), owner)
    client = signed_in(owner)
    with django_assert_num_queries(4):
        client.get(UPLOAD)
