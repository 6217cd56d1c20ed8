"""Asking people who have no account, and what they do behind the link that they get."""

from playwright.sync_api import Page, expect


def asks_a_referee(page: Page, name: str, email: str) -> None:
    """From the page of the vendor whom they are to speak of."""
    page.get_by_role("link", name="Add a reference").first.click()
    form = page.locator("main")
    form.get_by_role("textbox", name="Name", exact=False).first.fill(name)
    form.get_by_role("textbox", name="Company").fill(f"{name.split()[1]} Goods")
    form.get_by_role("textbox", name="Work email").fill(email)
    form.get_by_role("button", name="Add reference").click()
    form.get_by_role("button", name="Send the mail").click()
    expect(page.locator("main")).to_contain_text(email)


def gives_a_reference(page: Page, vendor: str, words: str) -> None:
    """The page of the link is open."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Your reference for {vendor}")
    page.get_by_label("Nearly always").check()
    page.get_by_role("group", name="Would you hire them again?").get_by_label("Yes", exact=True).check()
    page.get_by_role("group", name="Have you worked for them").get_by_label("No").check()
    page.get_by_role("group", name="What may other shops see?").get_by_role("radio").first.check()
    page.get_by_label("What should somebody know", exact=False).fill(words)
    page.get_by_role("button", name="Send reference").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")


def asks_a_peer(page: Page, name: str, email: str) -> None:
    page.goto("/needs/peers/")
    page.get_by_label("Their email address").fill(email)
    page.get_by_label("Their name").fill(name)
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_text(f"The question is on its way to {name}.")).to_be_visible()


def sees_it_otherwise(page: Page, job: str, score: int, words: str) -> None:
    """The page of the link is open."""
    asked = page.get_by_role("group", name=job, exact=True)
    asked.get_by_text("I see it otherwise").click()
    asked.get_by_role("group", name="How good are they at it?").get_by_text(str(score), exact=True).click()
    asked.get_by_text("Add a word").click()
    asked.get_by_role("textbox").fill(words)


def agrees(page: Page, job: str) -> None:
    """The page of the link is open."""
    page.get_by_role("group", name=job, exact=True).get_by_text("I agree").click()
