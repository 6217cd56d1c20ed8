"""A vendor's morning, all of it on a phone: a reminder by mail, a code, an answer, an instruction seen, a result with
a photo, another date, an offer, and how fast she is herself. In the running demo: real worker, beat, mail, browsers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import (
    DESK,
    PHONE,
    fits,
    follows,
    opens_letter,
    photo,
    signs_in,
    signs_in_by_code,
    working_day,
)

pytestmark = pytest.mark.xdist_group("demo")
IMOGEN = "imogen@palletandpost.example"
QUESTION = "Have you room for forty pallets from January?"


def comes_from_the_mail(imogen: Page) -> None:
    """The newest reminder of hers leads to what it is about, with a code in place of a password."""
    opens_letter(imogen, "Overdue: Cycle count", IMOGEN)
    follows(imogen, "Hand it in")
    signs_in_by_code(imogen, IMOGEN)
    expect(imogen.get_by_role("heading", level=1)).to_have_text("Cycle count, 98.5% or better")


def looks_what_waits(imogen: Page, title: str) -> None:
    """From her first page, most urgent first, to one of the things on it."""
    imogen.get_by_role("link", name="Outsourcing").first.click()
    expect(imogen.get_by_role("heading", level=1)).to_contain_text("waiting for you")
    fits(imogen)
    imogen.get_by_role("link", name=re.compile(title)).first.click()


def answers(imogen: Page) -> None:
    looks_what_waits(imogen, re.escape(QUESTION))
    imogen.locator("#asks").get_by_role("link", name="Answer").click()
    imogen.locator("#reply textarea").fill("For fifty, from the second week of January.")
    imogen.get_by_role("button", name="Send", exact=True).click()
    expect(imogen.get_by_role("log")).to_contain_text("For fifty, from the second week of January.")
    expect(imogen.locator("#asks")).not_to_contain_text("forty pallets")
    fits(imogen)


def has_seen_the_instruction(imogen: Page) -> None:
    looks_what_waits(imogen, "Please hold all Ember glaze lines")
    imogen.get_by_role("button", name="I have seen this and will do it").click()
    expect(imogen.get_by_role("log")).to_contain_text("Acknowledged by Imogen Tully")
    fits(imogen)


def hands_in_with_a_photo(imogen: Page) -> str:
    """Where it stands."""
    looks_what_waits(imogen, "Packaging specification")
    expect(imogen.locator("main")).to_contain_text("Add the drop test for the large vase.")
    where = imogen.url
    imogen.get_by_role("link", name="Submit again").first.click()
    imogen.get_by_label("The drop test is passed by every item.").fill("The large vase too: see the photo.")
    imogen.get_by_label("Files and photos").set_input_files(photo())
    fits(imogen)
    imogen.get_by_role("button", name="Submit", exact=True).click()
    expect(imogen.locator(".page-head")).to_contain_text("Submitted")
    expect(imogen.get_by_text("Submitted. Juniper & Pine is told.")).to_be_visible()
    expect(imogen.get_by_role("link", name=re.compile("large-vase.jpg")).first).to_be_visible()
    fits(imogen)
    return where


def asks_for_another_date(imogen: Page) -> None:
    imogen.get_by_role("link", name="Contracts").first.click()
    imogen.get_by_role("link", name="Peak overflow and gift sets").first.click()
    imogen.get_by_role("link", name="Black Friday dispatch").first.click()
    imogen.get_by_role("link", name="Another date").click()
    imogen.get_by_label("New date", exact=False).fill(f"{working_day(16)}")
    imogen.get_by_label("Because of").select_option(label="somebody else (carrier, weather, strike)")
    imogen.get_by_label("Why", exact=False).fill("The carrier drives a day later in that week.")
    fits(imogen)
    imogen.get_by_role("button", name="Ask for it").click()
    expect(imogen.locator("main")).to_contain_text("You asked to move a date")


def accepts_the_offer(imogen: Page) -> None:
    looks_what_waits(imogen, "Forty pallets from January")
    expect(imogen.locator("article.paper")).to_contain_text("Pallets in")
    fits(imogen)
    imogen.get_by_role("button", name="Accept for Pallet & Post").click()
    expect(imogen.locator(".page-head")).to_contain_text("Running")


def sees_how_fast_she_replies(imogen: Page) -> None:
    """With each merchant apart, and with all together, for herself alone; the answer of this morning is in it."""
    imogen.get_by_role("link", name="Outsourcing").first.click()
    imogen.get_by_role("link", name="How fast you reply").click()
    expect(imogen.get_by_role("heading", level=1)).to_have_text("How fast each side replies")
    expect(imogen.locator("aside")).to_contain_text("Only you see this")
    expect(imogen.locator("aside")).to_contain_text(re.compile(r"Median .+ of \d+"))
    expect(imogen.get_by_role("row", name=re.compile("Juniper & Pine"))).to_contain_text(re.compile(r"\d h"))
    fits(imogen)
    imogen.get_by_role("link", name="Copper Kettle").click()
    row = imogen.get_by_role("row").filter(has_text=QUESTION)
    expect(row).to_contain_text("Answered")


def test_a_morning_on_a_phone(sits_down):
    imogen = sits_down(viewport=PHONE, is_mobile=True, has_touch=True)
    comes_from_the_mail(imogen)
    answers(imogen)
    has_seen_the_instruction(imogen)
    where = hands_in_with_a_photo(imogen)
    asks_for_another_date(imogen)
    accepts_the_offer(imogen)
    sees_how_fast_she_replies(imogen)

    # The shop has the photo, without where it was taken, and the date to decide.
    theo = sits_down(viewport=DESK)
    signs_in(theo, "theo@juniperandpine.example")
    theo.goto(where)
    with theo.expect_download() as got:
        theo.get_by_role("link", name=re.compile("large-vase.jpg")).first.click()
    assert b"Exif" not in got.value.path().read_bytes()[:200]
    theo.goto("/")
    expect(theo.get_by_role("link", name="Black Friday dispatch").first).to_be_visible()
