"""A vendor who never uses the portal: what reached the shop by phone and mail is written down, and clocks, reminders
and how the contract is doing tell the truth all the same. In the running demo: real worker, beat and browsers."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import DESK, fits, photo, signs_in, working_day

pytestmark = pytest.mark.xdist_group("demo")
LONDON = ZoneInfo("Europe/London")
CONTRACT, RESULT, LATER = "Returns grading and restock", "Grade-B resale report", "Repairs of chipped glaze"
QUESTION = "Why did grade-B resale drop to 61%?"


def came(page: Page, how: str, when: datetime) -> None:
    """By which way, and when: on the shop's clock."""
    page.get_by_label("How it came").select_option(label=how)
    page.get_by_label("When it came").fill(f"{when.astimezone(LONDON):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Record it").click()


def now() -> datetime:
    return datetime.now(LONDON)


# ---- The clock of an answer -----------------------------------------------------------------------------------------
def opens_what_is_unanswered(theo: Page) -> str:
    """From today's page; where the conversation is."""
    theo.goto("/")
    row = theo.locator("[data-rows] li").filter(has_text=QUESTION)
    expect(row).to_contain_text("No answer")
    row.get_by_role("link").first.click()
    expect(theo.get_by_role("heading", level=1)).to_have_text("Returns and repairs")
    return re.sub("[?#].*", "", theo.url)


def records_the_answer(theo: Page) -> None:
    """They rang back ninety minutes after the question; it is written down only now."""
    entry = theo.get_by_role("log").get_by_role("listitem").filter(has_text=QUESTION).last
    asked = datetime.fromisoformat(entry.locator("time").get_attribute("datetime"))
    theo.get_by_role("link", name="They answered elsewhere").click()
    theo.get_by_label("What they said").fill("A pallet of bowls with hairlines: nobody wants those.")
    came(theo, "Phone", asked + timedelta(minutes=90))
    expect(theo.get_by_role("log")).to_contain_text("Recorded by Theo Marchetti: came by phone")
    expect(theo.locator("#still-open")).to_contain_text("Nobody owes an answer here.")


def sees_how_long_it_took(theo: Page, thread: str) -> None:
    theo.goto(f"{thread}replies/")
    row = theo.get_by_role("row").filter(has_text=QUESTION)
    expect(row).to_contain_text("Answered")
    expect(row).to_contain_text("1.5 h")
    expect(row.locator(".late")).to_have_count(0)


def sees_that_nobody_is_reminded(theo: Page, title: str, why: str) -> None:
    theo.goto("/reminders/log/")
    theo.get_by_role("link", name=re.compile(title)).first.click()
    expect(theo.locator(".page-head")).to_contain_text(why)
    expect(theo.locator("aside")).to_contain_text("Nothing more is planned.")


def has_an_instruction_acknowledged(theo: Page, thread: str) -> None:
    theo.goto(thread)
    theo.locator("#reply").get_by_text("Instruction", exact=True).click()
    theo.locator("#reply textarea").fill("Count hairlines as grade C from today.")
    theo.get_by_role("button", name="Send", exact=True).click()
    expect(theo.locator("#still-open")).to_contain_text("Count hairlines as grade C from today.")
    theo.get_by_role("link", name="They acknowledged it elsewhere").click()
    came(theo, "Phone", now())
    expect(theo.get_by_role("log")).to_contain_text(re.compile("Acknowledged by phone, .*recorded by Theo Marchetti"))
    expect(theo.locator("#still-open")).to_contain_text("Nobody owes an answer here.")


# ---- A result and a date --------------------------------------------------------------------------------------------
def opens_the_milestone(theo: Page, title: str, more: str) -> None:
    theo.goto("/contracts/")
    theo.get_by_role("link", name=CONTRACT).first.click()
    theo.get_by_role("link", name=title, exact=True).first.click()
    expect(theo.get_by_role("heading", level=1)).to_have_text(title)
    theo.locator("main").get_by_text("More", exact=True).click()
    theo.get_by_role("link", name=more).click()


def records_the_result(theo: Page) -> None:
    """It came by mail, with a picture; whoever wrote it down may judge it."""
    opens_the_milestone(theo, RESULT, "Record what they handed in elsewhere")
    theo.get_by_label("Why less of grade B is sold than last month.").fill("Hairlines: see the picture.")
    theo.get_by_label("Files and photos").set_input_files(photo())
    came(theo, "Email", now())
    expect(theo.locator(".page-head")).to_contain_text("Submitted")
    expect(theo.locator("main")).to_contain_text("Recorded by Theo Marchetti: it came by email on")
    theo.get_by_role("checkbox", name="Met").check()
    theo.get_by_role("button", name=re.compile("^Accept")).click()
    expect(theo.locator(".page-head")).to_contain_text("Accepted")
    expect(theo.locator("main")).not_to_contain_text("working day late")


def records_that_they_need_longer(theo: Page) -> None:
    """Two weeks, and the days are theirs."""
    opens_the_milestone(theo, LATER, "Record another date that they asked for")
    theo.get_by_label("New date", exact=False).fill(f"{working_day(40)}")
    theo.get_by_label("Because of").select_option(label="them")
    theo.get_by_label("Why", exact=False).fill("Their kiln is out for a fortnight.")
    came(theo, "Phone", now())
    theo.get_by_role("button", name=re.compile("^Agree to")).click()
    expect(theo.locator("aside")).to_contain_text("Agreed")


def sees_how_it_is_doing(theo: Page, *reasons: str) -> None:
    theo.goto("/contracts/")
    theo.get_by_role("link", name=CONTRACT).first.click()
    expect(theo.locator(".page-head")).to_contain_text("At risk")
    why = theo.get_by_role("region", name="Why it stands like this")
    for reason in reasons:
        expect(why).to_contain_text(re.compile(reason))
    fits(theo)


def test_by_phone_and_mail_alone(sits_down):
    theo = sits_down(viewport=DESK)
    signs_in(theo, "theo@juniperandpine.example")
    sees_how_it_is_doing(theo, "An answer is overdue in “Returns and repairs”.")
    thread = opens_what_is_unanswered(theo)
    records_the_answer(theo)
    sees_how_long_it_took(theo, thread)
    sees_that_nobody_is_reminded(theo, "Returns and repairs", "It was answered.")
    has_an_instruction_acknowledged(theo, thread)
    records_the_result(theo)
    records_that_they_need_longer(theo)
    sees_how_it_is_doing(theo, r"“Repairs of chipped glaze” slipped by \d+ working days through the vendor.")
    expect(theo.get_by_role("region", name="Why it stands like this")).not_to_contain_text("An answer is overdue")
    expect(theo.locator("main")).to_contain_text("6 of 9 milestones")
