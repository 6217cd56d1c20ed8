"""An overdue milestone is reminded of: the mail in the mailbox, its link on a phone, a code, the result handed in, and
the reminders stop with the reason in the log. In the running demo: real worker, beat, mail and browsers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import PHONE, opens_letter, signs_in, signs_in_by_code

pytestmark = pytest.mark.xdist_group("demo")
IMOGEN = "imogen@palletandpost.example"
TITLE = "Cycle count, 98.5% or better"


def comes_by_the_link(imogen: Page) -> None:
    """From the mail to the milestone, by a code."""
    opens_letter(imogen, "Overdue: Cycle count", IMOGEN)
    link = imogen.frame_locator("iframe").get_by_role("link", name="Hand it in").get_attribute("href")
    fewer = imogen.frame_locator("iframe").get_by_role("link", name="Fewer emails").get_attribute("href")
    imogen.goto(fewer)
    expect(imogen.get_by_role("heading", level=1)).to_have_text("Fewer emails?")
    imogen.goto(link)
    signs_in_by_code(imogen, IMOGEN)
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
