"""What anybody does at a device in the running demo."""

import re

from playwright.sync_api import Page, expect

from outsourcing.accounts.demo import PASSWORD

PHONE = {"width": 390, "height": 844}


def signs_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("email", exact=False).fill(email)
    page.get_by_label("Password", exact=False).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/$"))


def acts_for(page: Page, organisation: str) -> None:
    page.locator("summary.org").click()
    page.get_by_role("button", name=organisation).first.click()
    expect(page.locator("summary.org")).to_contain_text(organisation)
