"""A merchant rates the eleven jobs in a real browser, four people answer real mails, and the verdicts follow."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from outsourcing.notifications import delivery
from tests.needs.conftest import GIVEN, rated
from tests.notifications.conftest import mail_server, sink  # noqa: F401  (fixtures)
from tests.test_pages import faults, look
from vendors.directory.models import Capability, FacetValue
from vendors.directory.search import index
from vendors.needs import keeping
from vendors.needs.figures import actions as figures
from vendors.needs.models import Assessment, Opinion, Task
from vendors.needs.peers import answering, asking
from vendors.needs.peers.links import token_of

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
#: Skill, liking, hours of each of the eleven, by the catalogue's names.
RATINGS = {
    "Bookkeeping": (4, 2, "9"),
    "Website design and maintenance": (3, 4, "6"),
    "Social media postings": (3, 4, "7"),
    "Marketing materials": (5, 5, "6"),
    "E-mail newsletters": (4, 4, "5"),
    "Customer support": (3, 2, "22"),
    "Data entry and general administration": (4, 1, "11"),
    "Technical support": (2, 3, "4"),
    "Picking and packing orders": (2, 1, "38"),
    "Ordering stock from suppliers": (5, 4, "8"),
    "Paying suppliers and employees": (4, 2, "7,5"),
}
PEERS = ("Maud", "Jonas", "Hana", "Bea")


def shoot(page: Page, name: str) -> None:
    """A picture for whoever wants to look, where SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def choose(page: Page, group: str, name: str) -> None:
    """One of the numbers that look like a row of buttons."""
    page.get_by_role("group", name=group).get_by_text(name, exact=True).click()


# ---- The whole way -------------------------------------------------------------------------------------------------
def test_from_eleven_jobs_to_a_filtered_directory(live_server, page, browser, sign_in, owner, sink, settings):  # noqa: F811
    settings.BASE_URL = live_server.url
    keeper = a_vendor("Ledger Lane", "bookkeeping")
    other = a_vendor("Pallet & Post", "dtc-fulfilment")
    sign_in(owner)
    rate_all(live_server, page, owner)
    page.goto(f"{live_server.url}/needs/")
    row = page.get_by_role("row", name=re.compile("^Bookkeeping"))
    expect(row).to_contain_text("Consider")  # (.3 x .25 + .2 x .75 + .2 x .975) / .7 = 60
    expect(row).to_contain_text("60")
    for name in PEERS:
        ask_somebody(live_server, page, name)
    links = delivered(sink)
    assert len(links) == 4
    for name, score in zip(PEERS, (2, 2, 2, None), strict=True):
        answer_on_a_phone(browser, links[f"{name.lower()}@friend.example"], score)
    page.goto(f"{live_server.url}/needs/")
    expect(page.get_by_text("beside what 4 people who know you think")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("^Bookkeeping"))
    expect(row).to_contain_text("1 of 4 agree, mean 2.5")  # gap 1.5
    expect(row).to_contain_text("Blind spot")
    expect(row).to_contain_text("Outsource")  # skill' (4 + 5)/3 = 3: (.3 x .5 + .15 + .195) / .7 = 70.7
    expect(row).to_contain_text("70.7")
    circle = page.locator("svg.quadrant circle", has=page.locator("title", has_text="Bookkeeping: skill 3, liking 2"))
    expect(circle).to_have_class("q-out")
    shoot(page, "needs-journey")
    row.get_by_role("link", name="Bookkeeping").click()
    expect(page.get_by_text("You rate yourself 4, 3 of 4 others rate you 2. Theirs counts twice: 3.")).to_be_visible()
    expect(page.get_by_text("Receipts are found in coats.").first).to_be_visible()
    assert "Maud" not in page.locator("main").inner_text()  # nobody has a name from three on
    shoot(page, "need-journey")
    page.get_by_role("link", name="Find vendors for this").click()
    expect(page).to_have_url(re.compile(r"/vendors/\?service=bookkeeping$"))
    found = page.locator("main")
    expect(found.get_by_role("link", name=str(keeper))).to_be_visible()
    expect(found.get_by_role("link", name=str(other))).to_have_count(0)


def a_vendor(name: str, service: str):
    from tests.factories import VendorFactory

    vendor = VendorFactory(organisation__name=name)
    Capability.objects.create(vendor=vendor, value=FacetValue.objects.get(facet="service", slug=service))
    index.refresh([vendor.pk])
    return vendor


def rate_all(live_server, page: Page, owner) -> None:
    """By clicks and keys; each job saves itself, and says so."""
    page.goto(f"{live_server.url}/needs/rate/")
    for name, (skill, liking, hours) in RATINGS.items():
        form = page.get_by_role("form", name=name)
        form.get_by_role("group", name="How good are you at it?").get_by_text(str(skill), exact=True).click()
        form.get_by_role("group", name="How much do you like it?").get_by_text(str(liking), exact=True).click()
        form.get_by_label("Hours a week").fill(hours)
        expect(form.get_by_text("Saved")).to_be_visible()
    page.wait_for_timeout(1200)
    said = Assessment.objects.filter(member=owner).values_list("need__task__name", "skill", "liking", "hours")
    assert {name: (skill, liking, float(hours)) for name, skill, liking, hours in said} == {
        name: (skill, liking, float(hours.replace(",", "."))) for name, (skill, liking, hours) in RATINGS.items()
    }


def ask_somebody(live_server, page: Page, name: str) -> None:
    page.goto(f"{live_server.url}/needs/peers/")
    page.get_by_label("Their email address").fill(f"{name.lower()}@friend.example")
    page.get_by_label("Their name").fill(name)
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_text(f"The question is on its way to {name}.")).to_be_visible()


def delivered(sink) -> dict[str, str]:  # noqa: F811
    """The link in each mail that reached the mail server, by its reader."""
    delivery.send_due(now=timezone.now)
    found = {}
    for message in sink.messages:
        text = message.get_body(("plain",)).get_content()
        if link := re.search(r"\S+/p/\S+/", text):
            found[str(message["To"])] = link.group()
    return found


def answer_on_a_phone(browser: Browser, link: str, score: int | None) -> None:
    """Somebody without an account; `None` agrees."""
    with browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        page.goto(link)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        books = page.get_by_role("group", name="Bookkeeping", exact=True)
        if score is None:
            books.get_by_text("I agree").click()
        else:
            books.get_by_text("I see it otherwise").click()
            books.get_by_role("group", name="How good are they at it?").get_by_text(str(score), exact=True).click()
            books.get_by_text("Add a word").click()
            books.get_by_role("textbox").fill("Receipts are found in coats.")
        expect(page.get_by_text("Saved")).to_be_visible()
        shoot(page, f"peer-{score}")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


# ---- The pages, at both widths, light and dark ----------------------------------------------------------------------
@pytest.fixture
def full(owner, books, packing, viewer):
    """Jobs with long names, disputes, a question that is open again, months, and a list of orders."""
    now = timezone.now()
    rated(books, owner, skill=4, liking=2, hours="9", hour_value="45", done_by="d" * 120)
    rated(packing, owner, skill=2, liking=1, hours="38")
    long = keeping.add({**GIVEN, "name": "W" * 80, "description": "long " * 199}, by=owner, at=now)
    rated(long, owner, skill=3, liking=3, hours="2")
    keeping.hide(Task.objects.get(slug="paying"), by=owner, at=now)
    asks = [asking.ask(f"{'p' * 50}{n}@friend.example", by=owner, at=now, name="N" * 120) for n in range(3)]
    for ask in asks[:2]:
        said = {one.pk: {"stance": "dispute", "score": 1, "comment": "c" * 1000} for one in ask.opinions.all()}
        answering.answer(ask, said, at=now)
    need = keeping.need_of(packing, owner.organisation, at=now)
    figures.set_marks(need, {"orders": 10}, by=owner, at=now)
    figures.save_month(now.date().replace(day=1), {"orders": 4_200, "peak_orders": 300}, by=owner, at=now)
    return {"books": books.pk, "packing": packing.pk, "long": long.pk, "open": asks[2], "said": asks[0]}


@pytest.mark.parametrize(
    "path",
    [
        "/needs/",
        "/needs/{books}/",
        "/needs/{packing}/",
        "/needs/{long}/",
        "/needs/{long}/edit/",
        "/needs/rate/",
        "/needs/judging/",
        "/needs/peers/",
        "/needs/months/",
        "/needs/orders/",
    ],
)
def test_pages_of_a_merchant(live_server, page, sign_in, owner, full, path):
    sign_in(owner)
    look(page, live_server.url + path.format(**full))


@pytest.mark.parametrize("path", ["/needs/", "/needs/{books}/"])
def test_pages_of_a_viewer(live_server, page, sign_in, viewer, full, path):
    sign_in(viewer)
    look(page, live_server.url + path.format(**full))


@pytest.mark.parametrize(("name", "end"), [("ask", "open"), ("decline_ask", "open"), ("ask", "said")])
def test_pages_behind_the_link(live_server, page, full, name, end):
    look(page, live_server.url + reverse(f"needs:{name}", args=[token_of(full[end])]))


def test_a_wrong_figure_is_said_beside_its_field(live_server, page, sign_in, owner, books):
    sign_in(owner)
    page.goto(f"{live_server.url}/needs/rate/")
    form = page.get_by_role("form", name="Bookkeeping")
    form.get_by_label("Hours a week").fill("300")
    expect(form.get_by_role("alert")).to_contain_text("A week has 168 hours.")
    form.get_by_role("group", name="How good are you at it?").get_by_text("4", exact=True).click()
    expect(form.get_by_role("alert")).to_be_visible()
    page.wait_for_timeout(1000)
    assert Assessment.objects.get().skill == 4
    assert faults(page) == []


def test_all_of_it_without_script(live_server, browser, owner, books, full):
    """A peer, on a phone that runs none."""
    with browser.new_context(java_script_enabled=False, base_url=live_server.url, viewport=PHONE) as context:
        page = context.new_page()
        page.goto(urlsplit(reverse("needs:ask", args=[token_of(full["open"])])).path)
        group = page.get_by_role("group", name="Bookkeeping", exact=True)
        group.get_by_text("I cannot say").click()
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert Opinion.objects.current().filter(stance="unsure").count() == 1
