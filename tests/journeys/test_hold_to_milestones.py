"""Two people at two devices: a contract is offered and accepted, a milestone goes back and forth, a date moves, and how
it is doing stands there in words. In the running demo: real worker, real mail, real browsers."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import PHONE, signs_in

pytestmark = pytest.mark.xdist_group("demo")
TITLE = "Gift wrapping for spring"
DAY = timedelta(days=1)


def working_day(days: int) -> date:
    """The weekday on or after so many days from today."""
    found = date.today() + days * DAY
    return found + (7 - found.weekday()) * DAY if found.weekday() > 4 else found


def draws_up(theo: Page) -> str:
    """A draft with two milestones, offered; where it is."""
    theo.goto("/contracts/")
    theo.get_by_role("link", name="Draw one up").click()
    theo.get_by_role("link", name="Pallet & Post").click()
    theo.get_by_role("textbox", name="Title", exact=False).fill(TITLE)
    theo.get_by_role("textbox", name="What the vendor does").fill("Wrap what is ordered as a gift.")
    theo.get_by_label("Amount", exact=False).fill("2400")
    theo.get_by_role("button", name="Save the draft").click()
    expect(theo.get_by_role("heading", level=1)).to_have_text(TITLE)
    where = theo.url
    for title, days, criterion in (("Paper and ribbon in", 10, "Two thousand sheets are counted."), ("Trial", 20, "")):
        theo.get_by_role("link", name="Add a milestone").click()
        theo.get_by_role("textbox", name="Title", exact=False).fill(title)
        theo.get_by_label("Due", exact=False).fill(f"{working_day(days)}")
        theo.get_by_label("Must be true to be accepted", exact=False).fill(criterion)
        theo.get_by_role("button", name="Save").click()
    theo.get_by_role("link", name="Offer it").click()
    theo.get_by_role("button", name=re.compile("Offer it to")).click()
    expect(theo.locator(".page-head")).to_contain_text("Offered")
    return where


def accepts(imogen: Page) -> None:
    """From her list, on a phone."""
    imogen.goto("/")
    imogen.get_by_role("link", name=re.compile(TITLE)).first.click()
    expect(imogen.locator("article.paper")).to_contain_text("Two thousand sheets are counted.")
    imogen.get_by_role("button", name="Accept for Pallet & Post").click()
    expect(imogen.locator("main")).to_contain_text("Running")


def hands_in(imogen: Page, where: str, words: str) -> None:
    imogen.goto(where)
    imogen.get_by_role("link", name="Paper and ribbon in").first.click()
    imogen.get_by_role("link", name=re.compile("^Submit")).click()
    imogen.get_by_label("Two thousand sheets are counted.").fill(words)
    imogen.get_by_role("button", name="Submit", exact=True).click()
    expect(imogen.locator(".page-head")).to_contain_text("Submitted")


def judges(theo: Page, where: str, *, missing: str = "") -> None:
    theo.goto(where)
    theo.get_by_role("link", name="Paper and ribbon in").first.click()
    if missing:
        theo.get_by_label(re.compile("What is missing in")).fill(missing)
        theo.get_by_role("button", name="Send back").click()
        expect(theo.locator(".page-head")).to_contain_text("Sent back")
    else:
        theo.get_by_role("checkbox", name="Met").check()
        theo.get_by_role("button", name=re.compile("^Accept")).click()
        expect(theo.locator(".page-head")).to_contain_text("Accepted")


def asks_for_another_date(imogen: Page, where: str) -> None:
    imogen.goto(where)
    imogen.get_by_role("link", name="Trial", exact=True).first.click()
    imogen.get_by_role("link", name="Another date").click()
    imogen.get_by_label("New date", exact=False).fill(f"{working_day(34)}")
    imogen.get_by_label("Why", exact=False).fill("Two of us are away until then.")
    imogen.get_by_role("button", name="Ask for it").click()
    expect(imogen.locator("main")).to_contain_text("You asked to move a date")


def test_from_an_offer_to_its_story(sits_down):
    theo = sits_down(viewport={"width": 1360, "height": 900})
    signs_in(theo, "theo@juniperandpine.example")
    where = draws_up(theo)
    imogen = sits_down(viewport=PHONE, is_mobile=True, has_touch=True)
    signs_in(imogen, "imogen@palletandpost.example")
    accepts(imogen)
    hands_in(imogen, where, "All here, see the delivery note.")
    judges(theo, where, missing="The ribbon is not counted.")
    imogen.goto(where)
    imogen.get_by_role("link", name="Paper and ribbon in").first.click()
    expect(imogen.locator("main")).to_contain_text("The ribbon is not counted.")
    hands_in(imogen, where, "Ribbon counted too: forty rolls.")
    judges(theo, where)
    asks_for_another_date(imogen, where)
    assert imogen.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    theo.goto(where)
    theo.get_by_role("button", name=re.compile("^Agree to")).click()
    theo.goto(where)
    expect(theo.locator("main")).to_contain_text("1 of 2 milestones")
    expect(theo.locator(".page-head")).to_contain_text("At risk")
    expect(theo.locator("main")).to_contain_text(re.compile("“Trial” slipped by \\d+ working days through the vendor."))
    expect(theo.locator("main")).to_contain_text("Imogen Tully accepted the contract for Pallet & Post.")

    # A rival of either learns nothing, whatever it asks for.
    orla = sits_down()
    signs_in(orla, "orla@copperkettle.example")
    assert orla.goto(where).status == 404
    joost = sits_down()
    signs_in(joost, "joost@tidewell.example")
    assert joost.goto(where).status == 404
