"""People without an account: a referee and somebody who knows the shop get a mail, open its link on a phone, answer,
and come back by the same link; sent twice, it counts once. In the running demo: real worker, mail and browsers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.links import agrees, asks_a_peer, asks_a_referee, gives_a_reference, sees_it_otherwise
from tests.journeys.people import DESK, PHONE, fits, link_in, opens_letter, signs_in

pytestmark = pytest.mark.xdist_group("demo")
ROSA = "rosa@juniperandpine.example"
REFEREE, PEER = "ines@castleandco.example", "greta@marketstall.example"
PRAISE, COMPLAINT = "They rang before we knew.", "The parcel was lovely, and a week late."


@pytest.fixture
def phone(sits_down) -> Page:
    return sits_down(viewport=PHONE, is_mobile=True, has_touch=True)


def by_the_link(phone: Page, words: str, email: str, path: str) -> str:
    """From the mail to its page; where it leads."""
    opens_letter(phone, words, email)
    link = link_in(phone, path)
    phone.goto(link)
    fits(phone)
    return link


def comes_back(phone: Page, link: str, said: str) -> None:
    """The same link shows what was said, and takes nothing more."""
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(phone.locator("main")).to_contain_text(said)
    expect(phone.get_by_role("button", name=re.compile("^Send"))).to_have_count(0)
    fits(phone)


def sends_from_a_forgotten_tab(tab: Page, button: str) -> None:
    tab.get_by_role("button", name=button, exact=True).click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("You have answered already")
    tab.get_by_role("link", name="See what you said").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Thank you")


def test_a_referee(sits_down, phone):
    rosa = sits_down(viewport=DESK)
    signs_in(rosa, ROSA)
    rosa.goto("/vendors/?q=saltmarsh")
    rosa.get_by_role("link", name="Saltmarsh Storage").first.click()
    expect(rosa.get_by_role("heading", level=1)).to_have_text("Saltmarsh Storage")
    vendor = rosa.url
    asks_a_referee(rosa, "Ines Castle", REFEREE)

    link = by_the_link(phone, "would you tell us about Saltmarsh Storage", REFEREE, "r")
    tab = phone.context.new_page()
    tab.goto(link)
    gives_a_reference(phone, "Saltmarsh Storage", PRAISE)
    comes_back(phone, link, PRAISE)
    sends_from_a_forgotten_tab(tab, "Send reference")

    rosa.goto(vendor)
    expect(rosa.locator("main")).to_contain_text(PRAISE)


def test_somebody_who_knows_the_shop(sits_down, phone):
    rosa = sits_down(viewport=DESK)
    signs_in(rosa, ROSA)
    asks_a_peer(rosa, "Greta", PEER)

    link = by_the_link(phone, "what are we good at", PEER, "p")
    tab = phone.context.new_page()
    tab.goto(link)
    agrees(phone, "Bookkeeping")
    sees_it_otherwise(phone, "Picking and packing orders", 1, COMPLAINT)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    comes_back(phone, link, COMPLAINT)
    agrees(tab, "Bookkeeping")
    sends_from_a_forgotten_tab(tab, "Send")

    # From three answers on, nobody has a name.
    rosa.goto("/needs/")
    rosa.get_by_role("link", name="Picking and packing orders").first.click()
    expect(rosa.locator("main")).to_contain_text(COMPLAINT)
    expect(rosa.locator("main")).not_to_contain_text("Greta")
