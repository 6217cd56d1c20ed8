"""An operations manager's morning, by keyboard alone: one result accepted, one sent back, a date decided, the oldest
question answered, and what will be sent tomorrow. In the running demo: real worker, beat, mail and browsers."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import DESK, fits, signs_in, tabs_to

pytestmark = pytest.mark.xdist_group("demo")
NADIA = "nadia@juniperandpine.example"
QUESTION = "Can the second pallet run move from Wednesday to Thursday?"


def comes_back(nadia: Page) -> None:
    tabs_to(nadia, "^Today$")
    nadia.keyboard.press("Enter")
    expect(nadia.get_by_role("heading", name=re.compile("^Needs you now"))).to_be_visible()


def picks(nadia: Page, title: str) -> None:
    """Down the list with j until it is there, and open it with o."""
    rows = nadia.locator("[data-rows] [data-row-link]")
    for _row in range(rows.count()):
        nadia.keyboard.press("j")
        if title in nadia.locator(":focus").inner_text():
            break
    before = nadia.url
    nadia.keyboard.press("o")
    nadia.wait_for_url(lambda address: address != before)


def accepts(nadia: Page, title: str) -> None:
    picks(nadia, title)
    tabs_to(nadia, "^Met$")
    nadia.keyboard.press("Space")
    tabs_to(nadia, "^Accept")
    nadia.keyboard.press("Enter")
    expect(nadia.locator(".page-head")).to_contain_text("Accepted")


def sends_back(nadia: Page, title: str, missing: str) -> None:
    picks(nadia, title)
    tabs_to(nadia, "^What is missing in")
    nadia.keyboard.type(missing)
    tabs_to(nadia, "^Send back$")
    nadia.keyboard.press("Enter")
    expect(nadia.locator(".page-head")).to_contain_text("Sent back")
    expect(nadia.locator("main")).to_contain_text(missing)


def agrees_to_another_date(nadia: Page, title: str) -> None:
    picks(nadia, title)
    expect(nadia.locator("main")).to_contain_text("The carrier clears return cages a week later this year.")
    tabs_to(nadia, "^Agree to")
    nadia.keyboard.press("Enter")
    expect(nadia.locator("aside")).to_contain_text("Agreed")
    expect(nadia.locator("main")).not_to_contain_text("They ask to move a date")


def answers_the_oldest_question(nadia: Page) -> None:
    """Of what is owed, the first on the list; r leads to the words."""
    oldest = nadia.locator("[data-rows] li").filter(has_text=re.compile("Reply by|Was due")).first
    expect(oldest).to_contain_text(QUESTION)
    picks(nadia, QUESTION)
    nadia.keyboard.press("r")
    nadia.keyboard.type("Yes, to Thursday, if it is here before eleven.")
    tabs_to(nadia, "^Send$")
    nadia.keyboard.press("Enter")
    expect(nadia.get_by_role("log")).to_contain_text("Yes, to Thursday, if it is here before eleven.")


def sees_what_goes_tomorrow(nadia: Page) -> None:
    """From today's page to all that will be sent; the next day has its own heading."""
    tabs_to(nadia, "^All$")
    nadia.keyboard.press("Enter")
    expect(nadia.get_by_role("heading", level=1)).to_have_text("Reminders")
    soon = nadia.locator("section").filter(has_text="Due soon: This month's quality review")
    said = soon.get_by_role("heading").inner_text().rsplit(maxsplit=1)[0]
    today = datetime.now()
    assert said != f"{today:%A} {today.day} {today:%B}"
    expect(soon).to_contain_text("Hollis Grey")


def test_a_morning_by_keyboard(sits_down):
    nadia = sits_down(viewport=DESK)
    signs_in(nadia, NADIA)
    fits(nadia)
    accepts(nadia, "Peak staffing plan")
    comes_back(nadia)
    sends_back(nadia, "Evening rota agreed", "Sundays have one name only.")
    comes_back(nadia)
    agrees_to_another_date(nadia, "Returns surge and stock count")
    comes_back(nadia)
    answers_the_oldest_question(nadia)
    comes_back(nadia)
    waits = nadia.get_by_role("region", name="Needs you now")
    for done in ("Peak staffing plan", "Evening rota agreed", "Returns surge and stock count", QUESTION):
        expect(waits).not_to_contain_text(done)
    sees_what_goes_tomorrow(nadia)
