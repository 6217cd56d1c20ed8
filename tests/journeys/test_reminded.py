"""An overdue milestone is reminded of: the mail in the mailbox, its link on a phone, a code, the result handed in, and
the reminders stop with the reason in the log. In the running demo: real worker, beat, mail and browsers."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import PHONE, signs_in

pytestmark = pytest.mark.xdist_group("demo")
TITLE = "Cycle count, 98.5% or better"
SECONDS = 150


def finds_letter(page: Page, words: str) -> None:
    """Look into the mailbox until a letter of this subject is there, and open the newest."""
    deadline = time.monotonic() + SECONDS
    letter = page.get_by_role("link", name=re.compile(words)).first
    page.goto("/mailbox/")
    while not letter.is_visible():
        assert time.monotonic() < deadline, f"no letter about {words}"
        page.wait_for_timeout(1_000)
        page.reload()
    letter.click()


def letter_text(page: Page) -> str:
    return page.locator(".letter-text").text_content() or ""


def comes_by_the_link(imogen: Page) -> None:
    """From the mail to the milestone, by a code."""
    finds_letter(imogen, "Overdue: Cycle count")
    link = imogen.frame_locator("iframe").get_by_role("link", name="Hand it in").get_attribute("href")
    fewer = imogen.frame_locator("iframe").get_by_role("link", name="Fewer emails").get_attribute("href")
    imogen.goto(fewer)
    expect(imogen.get_by_role("heading", level=1)).to_have_text("Fewer emails?")
    imogen.goto(link)
    imogen.get_by_role("button", name="Send the code").click()
    expect(imogen.get_by_role("heading", name="Enter your code")).to_be_visible()
    where = imogen.url
    finds_letter(imogen, "code")
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", letter_text(imogen), re.MULTILINE)
    assert code is not None
    imogen.goto(where)
    imogen.get_by_label("Code").fill(code[1])
    imogen.get_by_role("button", name="Sign in", exact=True).click()
    expect(imogen.get_by_role("heading", level=1)).to_have_text(TITLE)


def hands_it_in(imogen: Page) -> None:
    imogen.get_by_role("link", name=re.compile("^Submit")).first.click()
    imogen.get_by_label("98.5 per cent of the lines are right.").fill("99.1 per cent, counted twice.")
    imogen.get_by_role("button", name="Submit", exact=True).click()
    expect(imogen.locator("main")).to_contain_text("Submitted")


def test_from_the_reminder_to_the_end_of_its_ladder(sits_down):
    theo, imogen = sits_down(), sits_down(viewport=PHONE)
    signs_in(theo, "theo@juniperandpine.example")
    theo.goto("/reminders/")
    theo.get_by_role("link", name=re.compile(f"Overdue: {TITLE}")).first.click()
    expect(theo.locator("main")).to_contain_text("Second reminder")
    ladder = theo.url
    comes_by_the_link(imogen)
    hands_it_in(imogen)
    theo.goto(ladder)
    expect(theo.locator(".page-head")).to_contain_text("It was handed in.")
    expect(theo.locator("main")).to_contain_text("No longer needed")
    expect(theo.locator("aside")).to_contain_text("Nothing more is planned.")
