"""What anybody does at a device in the running demo."""

import re
import time
from datetime import UTC, datetime
from urllib.parse import urljoin

from playwright.sync_api import Page, expect

from outsourcing.accounts.demo import PASSWORD

PHONE = {"width": 390, "height": 844}
EVER = datetime.min.replace(tzinfo=UTC)
SECONDS = 150  # in which a letter has to arrive: a sweep goes every minute


def signs_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("email", exact=False).fill(email)
    page.get_by_label("Password", exact=False).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/$"))


def signs_in_by_code(page: Page, email: str) -> None:
    """From a page that says that a code can be sent, by the code of the mail that comes."""
    asked = datetime.now(UTC).replace(microsecond=0)  # a letter's date has no more
    page.get_by_role("button", name=re.compile("code")).click()
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    where = page.url
    opens_letter(page, "code", email, asked)
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", letter_text(page), re.MULTILINE)
    assert code is not None
    page.goto(where)
    page.get_by_label("Code").fill(code[1])
    page.get_by_role("button", name="Sign in", exact=True).click()


def acts_for(page: Page, organisation: str) -> None:
    page.locator("summary.org").click()
    page.get_by_role("button", name=organisation).first.click()
    expect(page.locator("summary.org")).to_contain_text(organisation)


def opens_letter(page: Page, words: str, to: str, since: datetime = EVER) -> None:
    """Look into the mailbox until a letter with this subject to this person is there, and open the newest."""
    deadline = time.monotonic() + SECONDS
    subject = page.get_by_role("link", name=re.compile(words))
    letter = page.locator("[data-rows] tr").filter(has=subject).filter(has_text=to).first
    page.goto(urljoin(page.url, "/mailbox/"))
    while not (letter.count() and arrived(letter) >= since):
        assert time.monotonic() < deadline, f"no letter about {words} to {to}"
        page.wait_for_timeout(500)
        page.reload()
    letter.get_by_role("link").click()


def arrived(letter) -> datetime:
    return datetime.fromisoformat(letter.locator("time").get_attribute("datetime"))


def letter_text(page: Page) -> str:
    return page.locator(".letter-text").text_content() or ""
