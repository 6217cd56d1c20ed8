"""What anybody does at a device in the running demo."""

import io
import re
import time
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urljoin

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from outsourcing.accounts.demo import PASSWORD

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1360, "height": 900}
EVER = datetime.min.replace(tzinfo=UTC)
SECONDS = 150  # in which a letter has to arrive: a sweep goes every minute
DAY = timedelta(days=1)


def working_day(days: int) -> date:
    """The weekday on or after so many days from today."""
    found = date.today() + days * DAY
    return found + (7 - found.weekday()) * DAY if found.weekday() > 4 else found


# ---- Coming in -----------------------------------------------------------------------------------------------------
def signs_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("email", exact=False).fill(email)
    page.get_by_label("Password", exact=False).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/$"))


def signs_in_by_code(page: Page, email: str) -> None:
    """From a page that says that a code can be sent, by the code of the mail that comes."""
    asked = just_now()
    page.get_by_role("button", name=re.compile("code")).click()
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    where = page.url
    opens_letter(page, "code", email, asked)
    code = code_in(page)
    page.goto(where)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()


def acts_for(page: Page, organisation: str) -> None:
    page.locator("summary.org").click()
    page.get_by_role("button", name=organisation).first.click()
    expect(page.locator("summary.org")).to_contain_text(organisation)


# ---- The mailbox ---------------------------------------------------------------------------------------------------
def just_now() -> datetime:
    """The second that it is: a letter's date has no more."""
    return datetime.now(UTC).replace(microsecond=0)


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


def arrived(letter: Locator) -> datetime:
    return datetime.fromisoformat(letter.locator("time").get_attribute("datetime"))


def letter_text(page: Page) -> str:
    return page.locator(".letter-text").text_content() or ""


def code_in(page: Page) -> str:
    """What the open letter says to type."""
    found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", letter_text(page), re.MULTILINE)
    assert found, letter_text(page)
    return found[1]


def link_in(page: Page, path: str) -> str:
    """The address in the open letter that leads below `path`, such as "r" for referees."""
    found = re.search(rf"http://localhost:\d+/{path}/\S+", letter_text(page))
    assert found, letter_text(page)
    return found[0]


def follows(page: Page, words: str) -> None:
    """A link of the open letter, as it looks in a mail program."""
    address = page.frame_locator("iframe").get_by_role("link", name=words).first.get_attribute("href")
    assert address
    page.goto(address)


# ---- Looking and typing ---------------------------------------------------------------------------------------------
def fits(page: Page) -> None:
    """Nothing to be pushed sideways."""
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def presses(page: Page, button: str | re.Pattern[str], within: str = "main") -> None:
    """And waits until the next page is there."""
    with page.expect_navigation():
        page.locator(within).get_by_role("button", name=button, exact=True).first.click()


def tabs_to(page: Page, words: str) -> None:
    """Press Tab until what has this name, as a screen reader would say it, has the focus."""
    for _press in range(120):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and re.search(words, name_of(focused)):
            return
    raise AssertionError(f"Tab never comes to {words} on {page.url}")


def name_of(element: Locator) -> str:
    """What it is called: its label, or what it says."""
    said = element.evaluate(
        "e => (e.labels && e.labels.length ? e.labels[0].innerText : e.getAttribute('aria-label') || e.textContent)"
    )
    return " ".join(said.split())


def photo() -> dict:
    """A picture as a phone takes one: of boxes, with the place in it."""
    picture = Image.new("RGB", (1600, 1200), "#cbb998")
    ImageDraw.Draw(picture).rectangle((300, 400, 1300, 1100), fill="#7a4b57", outline="#4a3b28", width=12)
    place = Image.Exif()
    place[0x8825] = {1: "N", 2: (52.0, 14.0, 12.0), 3: "W", 4: (0.0, 53.0, 51.0)}
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=place)
    return {"name": "large-vase.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
