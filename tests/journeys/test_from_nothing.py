"""A merchant who starts from nothing: from an address to a contract that is offered, with a colleague, two people who
know the shop, a list of three vendors and what a client says of one. Real worker, beat, mail and browsers."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.links import agrees, asks_a_peer, asks_a_referee, gives_a_reference, sees_it_otherwise
from tests.journeys.people import (
    DESK,
    PHONE,
    code_in,
    fits,
    follows,
    just_now,
    link_in,
    opens_letter,
    presses,
    working_day,
)

pytestmark = pytest.mark.xdist_group("demo")
SHOP = "Lark & Thimble"
MARA, ILSE = "mara@larkandthimble.example", "ilse@larkandthimble.example"
PEERS = {"Otto": "otto@quillpost.example", "Fern": "fern@haberdash.example"}
KEEPERS = ("Ledger Lane", "Penny & Sum", "Tally House")
CONTACT = "june@ledgerlane.example"
WORDS = "Closed on the third of each month, for four years."


@pytest.fixture
def keepers(tmp_path) -> Path:
    """Three bookkeepers, as Mara has them in a spreadsheet."""
    path = tmp_path / "bookkeepers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["Company", "Web site", "Country", "Services", "Contact name", "Contact email"])
        table.writerow([KEEPERS[0], "https://ledgerlane.example", "GB", "Bookkeeping", "June Lane", CONTACT])
        table.writerow([KEEPERS[1], "https://pennyandsum.example", "GB", "Bookkeeping", "", ""])
        table.writerow([KEEPERS[2], "https://tallyhouse.example", "GB", "Bookkeeping", "", ""])
    return path


# ---- An account, a shop, and the first steps ------------------------------------------------------------------------
def signs_up(mara: Page) -> None:
    since = just_now()
    mara.goto("/accounts/signup/")
    mara.get_by_label("Work email").fill(MARA)
    mara.get_by_label("Password", exact=False).fill("eleven-silver-thimbles")
    mara.get_by_role("button", name="Start", exact=True).click()
    mara.get_by_label("Code", exact=False).wait_for()
    where = mara.url
    opens_letter(mara, "code|Confirm", MARA, since)
    code = code_in(mara)
    mara.goto(where)
    mara.get_by_label("Code", exact=False).fill(code)
    mara.keyboard.press("Enter")
    expect(mara.get_by_role("heading", name="You belong to no organisation yet")).to_be_visible()


def starts_the_shop(mara: Page) -> None:
    mara.get_by_role("link", name="Start your own").click()
    form = mara.locator("main")
    form.get_by_label("A shop that hands work over").check()
    form.get_by_label("Name").fill(SHOP)
    form.get_by_label("Country").select_option(label="United Kingdom")
    form.get_by_label("Time zone").select_option(label="Europe/London")
    form.get_by_label("Currency").select_option(label="GBP, British Pound")
    form.get_by_role("button", name="Begin").click()
    expect(mara.get_by_role("heading", level=1)).to_have_text("Welcome. Six steps to get going")


def next_step(mara: Page, title: str) -> None:
    """The list on the first page says what comes next, and leads there."""
    mara.goto("/")
    step = mara.locator("ol.steps li[aria-current=step]")
    expect(step.get_by_role("heading")).to_have_text(title)
    step.get_by_role("link").click()


def follows_the_first_steps(mara: Page, keepers: Path) -> None:
    next_step(mara, "Say who you are")
    mara.get_by_label("Name").fill("Mara Lindqvist")
    presses(mara, "Save")
    next_step(mara, "Say when you work")
    presses(mara, re.compile("^Save"))
    next_step(mara, "Bring a colleague in")
    invites(mara, ILSE, "Ilse Brandt")
    next_step(mara, "Say what you do well, and what badly")
    rates(mara, "Bookkeeping", skill=4, liking=2, hours="9")
    rates(mara, "Marketing materials", skill=5, liking=5, hours="6")
    next_step(mara, "Bring in your vendors")
    brings_in(mara, keepers)
    mara.goto("/")
    expect(mara.get_by_role("heading", name="Nothing needs you right now")).to_be_visible()


def invites(mara: Page, email: str, name: str) -> None:
    form = mara.locator("main")
    form.get_by_label("Email").fill(email)
    form.get_by_label("Name").fill(name)
    form.get_by_label("Buyer").check()
    form.get_by_role("button", name="Send invitation").click()
    expect(form.get_by_text(email)).to_be_visible()


def joins(ilse: Page) -> None:
    opens_letter(ilse, "you are invited by", ILSE)
    ilse.goto(link_in(ilse, "join"))
    ilse.get_by_role("button", name=f"Join {SHOP}").click()
    expect(ilse.get_by_text(SHOP).first).to_be_visible()


def rates(mara: Page, job: str, *, skill: int, liking: int, hours: str) -> None:
    form = mara.get_by_role("form", name=job)
    form.get_by_role("group", name="How good are you at it?").get_by_text(str(skill), exact=True).click()
    form.get_by_role("group", name="How much do you like it?").get_by_text(str(liking), exact=True).click()
    form.get_by_label("Hours a week").fill(hours)
    expect(form.get_by_text("Saved")).to_be_visible()


def brings_in(mara: Page, keepers: Path) -> None:
    mara.get_by_role("link", name="Import a list").first.click()
    mara.locator("input[type=file]").set_input_files(keepers)
    mara.get_by_role("button", name="Upload").click()
    mara.get_by_role("button", name="See what would happen").click()
    expect(mara.get_by_text("3 rows in the file")).to_be_visible()
    mara.get_by_role("button", name="Bring them in").click()
    expect(mara.get_by_role("heading", name="Brought in", exact=True)).to_be_visible(timeout=60_000)


# ---- What to hand over ----------------------------------------------------------------------------------------------
def is_told_otherwise(phone: Page, email: str) -> None:
    opens_letter(phone, "what are we good at", email)
    phone.goto(link_in(phone, "p"))
    fits(phone)
    sees_it_otherwise(phone, "Bookkeeping", 2, "Receipts are found in coats.")
    agrees(phone, "Marketing materials")
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")


def sees_what_to_hand_over(mara: Page) -> None:
    mara.goto("/needs/")
    row = mara.get_by_role("row", name=re.compile("^Bookkeeping"))
    expect(row).to_contain_text("Blind spot")
    expect(row).to_contain_text("Outsource")
    expect(mara.get_by_role("row", name=re.compile("^Marketing materials"))).to_contain_text("Keep")
    row.get_by_role("link", name="Bookkeeping").click()


# ---- To whom --------------------------------------------------------------------------------------------------------
def opens_the_vendor(mara: Page, name: str) -> None:
    mara.goto("/vendors/")
    mara.get_by_role("link", name=name).first.click()
    expect(mara.get_by_role("heading", level=1)).to_have_text(name)


def writes_the_brief(mara: Page) -> str:
    """From the job to a brief that no vendor is asked about, with all three on its list; where it is."""
    mara.get_by_role("button", name="Begin a brief").click()
    expect(mara.get_by_role("heading", level=1)).to_have_text("Bookkeeping")
    brief = re.search(r"/briefs/\d+/", mara.url)[0]
    mara.goto(f"{brief}edit/")
    mara.get_by_label("for us alone", exact=False).check()
    presses(mara, "Save")
    mara.goto(f"{brief}candidates/add/")
    for name in KEEPERS:
        mara.get_by_label(name).check()
    presses(mara, "Put on the list")
    mara.goto(f"{brief}evaluators/")
    for box in mara.locator("main").get_by_role("checkbox").all():
        box.check()
    presses(mara, "Save")
    says_what_prices_are_worth(mara, brief)
    mara.goto(f"{brief}brief/")
    presses(mara, "Begin to compare")
    return brief


def says_what_prices_are_worth(mara: Page, brief: str) -> None:
    """The brief says that it cannot begin without; and before anybody's price is known."""
    mara.goto(f"{brief}brief/")
    expect(mara.locator("main")).to_contain_text("say which price gets 5 points and which gets 0")
    mara.get_by_role("link", name="Change Cost in all").click()
    mara.get_by_label("5 points at").fill("350")
    mara.get_by_label("0 points from").fill("700")
    presses(mara, "Save")


def enters_what_is_known(mara: Page, brief: str, prices: dict[str, str]) -> None:
    for name, price in prices.items():
        mara.goto(f"{brief}candidates/")
        mara.get_by_role("link", name=f"Enter what you know of {name}").click()
        expect(mara.get_by_label("Price a month")).to_be_visible()
        for yes in mara.get_by_role("radio", name="Yes").all():
            yes.check()
        mara.get_by_label("Price a month").fill(price)
        presses(mara, "Save")
    mara.goto(f"{brief}candidates/")
    for name in prices:
        presses(mara, re.compile(f"Closer choice.*{name}"))


def scores(who: Page, brief: str, *columns: str) -> None:
    """Alone, a column for each vendor, and handed over."""
    who.goto(f"{brief}scores/")
    who.get_by_text("Nothing: no job, family, shares or favours").click()
    presses(who, "Say so, and begin")
    for column, digits in enumerate(columns):
        for row, digit in enumerate(digits):
            who.locator(f'[data-row="{row}"][data-column="{column}"]').press(digit)
    expect(who.locator('[data-cell]:not([data-state="saved"])')).to_have_count(0)
    presses(who, "Submit my scores")
    expect(who.locator("main").get_by_role("alert")).to_contain_text("A reason is missing for Ledger Lane on “Fits us")
    for name in KEEPERS:
        who.get_by_role("link", name=re.compile(f"reason missing.*{name}")).click()
        who.get_by_label("Why", exact=True).fill(f"A call with {name}, half an hour.")
        presses(who, "Save", within="#my-score")
        who.goto(f"{brief}scores/")
    presses(who, "Submit my scores")
    expect(who).to_have_url(re.compile(f"{brief}$"))


def decides(mara: Page, brief: str, winner: str) -> None:
    mara.goto(brief)
    expect(mara.locator("#verdict")).to_contain_text(winner)
    mara.get_by_role("link", name="Record the decision").click()
    mara.get_by_label("Why, in a sentence or two").fill("The steadiest of the three, and a client says so.")
    mara.get_by_role("button", name="Save the decision").click()
    expect(mara.get_by_text(f"Awarded to {winner}").first).to_be_visible()


# ---- On what terms --------------------------------------------------------------------------------------------------
def offers_the_contract(mara: Page) -> None:
    mara.locator("aside").get_by_role("link", name="Bookkeeping").first.click()
    mara.get_by_role("link", name="Add a milestone").click()
    mara.get_by_role("textbox", name="Title", exact=False).fill("First month closed")
    mara.get_by_label("Due", exact=False).fill(f"{working_day(40)}")
    mara.get_by_label("Must be true to be accepted", exact=False).fill("The bank and the books agree to the penny.")
    mara.get_by_role("button", name="Save").click()
    mara.get_by_role("link", name="Offer it").click()
    mara.get_by_role("button", name=f"Offer it to {KEEPERS[0]}").click()
    expect(mara.locator(".page-head")).to_contain_text("Offered")


def finds_the_offer(june: Page) -> None:
    """She has not joined yet: the mail lets her in, and what waits for her is the contract."""
    opens_letter(june, "A contract for you to decide: Bookkeeping", CONTACT)
    follows(june, "Join, read and decide")
    presses(june, f"Join {KEEPERS[0]}")
    june.get_by_role("link", name="Bookkeeping").first.click()
    expect(june.locator("article.paper")).to_contain_text("The bank and the books agree to the penny.")
    expect(june.get_by_role("button", name=f"Accept for {KEEPERS[0]}")).to_be_visible()
    fits(june)


def test_from_an_address_to_an_offer(sits_down, keepers):
    mara, ilse = sits_down(viewport=DESK), sits_down(viewport=DESK)
    signs_up(mara)
    starts_the_shop(mara)
    follows_the_first_steps(mara, keepers)
    joins(ilse)

    for name, email in PEERS.items():
        asks_a_peer(mara, name, email)
    for email in PEERS.values():
        is_told_otherwise(sits_down(viewport=PHONE, is_mobile=True, has_touch=True), email)
    opens_the_vendor(mara, KEEPERS[0])
    asks_a_referee(mara, "Cleo Park", "cleo@parkprints.example")
    phone = sits_down(viewport=PHONE, is_mobile=True, has_touch=True)
    opens_letter(phone, f"would you tell us about {KEEPERS[0]}", "cleo@parkprints.example")
    phone.goto(link_in(phone, "r"))
    gives_a_reference(phone, KEEPERS[0], WORDS)
    opens_the_vendor(mara, KEEPERS[0])
    expect(mara.locator("main")).to_contain_text(WORDS)
    mara.get_by_role("link", name="Invite them").first.click()
    mara.get_by_label("Email").fill(CONTACT)
    presses(mara, "Send invitation")

    sees_what_to_hand_over(mara)
    brief = writes_the_brief(mara)
    enters_what_is_known(mara, brief, {KEEPERS[0]: "420", KEEPERS[1]: "390", KEEPERS[2]: "610"})
    scores(mara, brief, "555", "333", "222")
    scores(ilse, brief, "454", "443", "232")
    decides(mara, brief, KEEPERS[0])
    offers_the_contract(mara)
    finds_the_offer(sits_down(viewport=PHONE, is_mobile=True, has_touch=True))
