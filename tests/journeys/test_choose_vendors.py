"""A buyer's way from a file of vendors to evidence, in the running demo: real worker, real mail, real browsers.

Theo's second shop has nobody yet. He imports three hundred vendors, narrows them to five, compares four, asks two
referees by mail, and sees what they answer.
"""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from outsourcing.accounts.demo import PEOPLE
from tests.journeys.links import asks_a_referee, gives_a_reference
from tests.journeys.people import DESK, PHONE, acts_for, fits, link_in, opens_letter, signs_in

pytestmark = pytest.mark.xdist_group("demo")
THEO = PEOPLE[0]
SHOP = "Juniper Trade"
#: Of the three hundred, these five both work with Etsy and pack chilled goods.
FIVE = [f"Packhouse {number:03}" for number in (12, 72, 132, 192, 252)]


@pytest.fixture
def three_hundred(tmp_path) -> Path:
    """A list as somebody keeps it in a spreadsheet, with one cell that says nothing."""
    path = tmp_path / "vendors.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow(
            ["Company", "Web site", "Country", "Town", "Services", "Works with", "Special handling", "Orders from"]
        )
        for number in range(1, 301):
            name = f"Packhouse {number:03}"
            shops = "Shopify, Etsy" if number % 12 == 0 else "Shopify"
            handles = "Fragile, Chilled" if number in (12, 72, 132, 192, 252, 13, 14) else "Fragile"
            orders = "plenty" if number == 40 else str(100 + number)
            table.writerow(
                [name, f"https://packhouse{number:03}.example", "GB", "Hull", "Kitting", shops, handles, orders]
            )
    return path


def brings_in(page: Page, path: Path) -> None:
    page.goto("/vendors/")
    expect(page.get_by_role("heading", name="Vendors", exact=True)).to_be_visible()
    page.get_by_role("link", name="Import a list").first.click()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_text("300 rows in the file")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("plenty"))).to_contain_text("Orders from")
    page.get_by_role("button", name="Bring them in").click()
    expect(page.get_by_role("heading", name="Brought in", exact=True)).to_be_visible(timeout=60_000)
    expect(page.locator("dl.figures")).to_contain_text("300")


def narrows_down(page: Page) -> None:
    page.goto("/vendors/?q=packhouse")
    expect(page.get_by_role("heading", name=re.compile("packhouse"))).to_have_text(re.compile(r"”\s*300$"))
    page.get_by_role("checkbox", name=re.compile("^Etsy")).check()
    expect(page.get_by_role("heading", name=re.compile("packhouse"))).to_have_text(re.compile(r"”\s*25$"))
    page.get_by_role("checkbox", name=re.compile("^Chilled")).check()
    expect(page.get_by_role("heading", name=re.compile("packhouse"))).to_have_text(re.compile(r"”\s*5$"))
    assert sorted(page.locator(".vendor-list tbody th a").all_inner_texts()) == FIVE
    assert "integration=etsy" in page.url
    assert "handling=chilled" in page.url


def compares_four(page: Page) -> None:
    for name in FIVE[:4]:
        page.get_by_role("checkbox", name=f"Compare: {name}").check()
    page.get_by_role("button", name="Compare those ticked").click()
    for name in FIVE[:4]:
        expect(page.get_by_role("columnheader", name=name)).to_be_visible()


def test_from_a_file_to_evidence(sits_down, three_hundred):
    theo = sits_down(viewport=DESK)
    signs_in(theo, THEO.email)
    acts_for(theo, SHOP)
    brings_in(theo, three_hundred)
    narrows_down(theo)
    compares_four(theo)

    theo.get_by_role("columnheader", name=FIVE[0]).get_by_role("link", name=FIVE[0], exact=True).click()
    expect(theo.get_by_role("heading", level=1)).to_have_text(FIVE[0])
    vendor = theo.url
    referees = {"Maren Holt": "maren@holtgoods.example", "Sunil Rao": "sunil@raogoods.example"}
    for name, email in referees.items():
        theo.goto(vendor)
        asks_a_referee(theo, name, email)
    theo.goto(vendor)
    expect(theo.locator("dl.figures").first).to_contain_text("0")

    for name, email in referees.items():
        phone = sits_down(viewport=PHONE, is_mobile=True, has_touch=True)
        opens_letter(phone, "would you tell us about", email)
        phone.goto(link_in(phone, "r"))
        fits(phone)
        gives_a_reference(phone, "Packhouse", f"{name} has nothing but praise.")

    theo.reload()
    expect(theo.locator("main")).to_contain_text("Sunil Rao has nothing but praise.")
    expect(theo.locator("main")).to_contain_text("2 of 2")

    # Nobody else learns of any of it: neither the first shop of the same person, nor a rival.
    acts_for(theo, "Juniper & Pine")
    theo.goto("/vendors/?q=packhouse")
    expect(theo.locator("main")).not_to_contain_text("Packhouse 012")
    orla = sits_down()
    signs_in(orla, "orla@copperkettle.example")
    orla.goto("/vendors/?q=packhouse")
    expect(orla.locator("main")).not_to_contain_text("Packhouse 012")
    assert orla.goto(vendor).status == 404
