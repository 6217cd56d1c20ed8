"""Three evaluators score in three browsers, and the page tells who leads, how surely and what would change it."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from outsourcing.accounts.models import Role
from tests.conftest import signed_in_client
from tests.factories import CriterionFactory, MembershipFactory
from tests.sourcing.shortlists import priced, shortlist, steps
from tests.test_pages import look
from vendors.sourcing.models import CriterionStep, Decision, GateAnswer, Score, Told

pytestmark = pytest.mark.django_db(transaction=True)

CRITERIA = (("Accuracy and damage", 50), ("Peak capacity", 30), ("Reporting and contact", 20))


def shoot(page: Page, name: str) -> None:
    """A picture for whoever wants to look, where SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.fixture
def opens(browser, live_server):
    """`opens(owner, path)` is a browser of its own, signed in, at a page."""
    contexts = []

    def open_for(by, path: str, width: int = 1360) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, base_url=live_server.url)
        contexts.append(context)
        cookie = signed_in_client(by).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_for
    for context in contexts:
        context.close()


@pytest.fixture
def people(shop, owner, buyer, operations):
    """Theo, Nadia and Rosa."""
    return owner, buyer, operations


@pytest.fixture
def listed(shop, buyer, people):
    listed = shortlist(
        shop, buyer, title="UK pick and pack, from February 2027", criteria=CRITERIA, gates=["Live Shopify link"],
        vendors=("Harrow & Quay", "Pallet & Post", "Fellgate Logistics"),
    )  # fmt: skip
    for criterion in listed.criteria:
        texts = ["Nothing shown", "Said", "Said, with figures", "Shown once", "Shown often", "Proven at our volume"]
        CriterionStep.objects.bulk_create(
            CriterionStep(criterion=criterion, step=step, text=text) for step, text in enumerate(texts)
        )
    for person in people:
        listed.evaluator(person, stated_at=None)
    priced(listed, "3.42", "3.18", "2.96", target="2.80", walk_away="4.00")
    for candidate in listed.candidates:
        GateAnswer.objects.create(answer=candidate.answers.get(), gate=listed.gates[0], says_yes=True)
    return listed


def begin(page: Page) -> None:
    """Say that there is no conflict."""
    page.get_by_text("Nothing: no job, family, shares or favours").click()
    page.get_by_role("button", name="Say so, and begin").click()


def type_scores(page: Page, *rows: str) -> None:
    """Row by row, with the keyboard alone."""
    page.locator("[data-cell]").first.focus()
    for number, row in enumerate(rows):
        for place, digit in enumerate(row):
            page.keyboard.press(digit)
            if place < len(row) - 1:
                page.keyboard.press("ArrowRight")
        if number < len(rows) - 1:
            page.keyboard.press("ArrowDown")
            for _back in row[1:]:
                page.keyboard.press("ArrowLeft")
    expect(page.locator("#score-state")).to_have_text("Saved")
    expect(page.locator('[data-state="saving"]')).to_have_count(0)


def test_three_people_score_and_the_page_says_what_came_of_it(opens, listed, people):
    scores, comparison = f"/briefs/{listed.brief.pk}/scores/", f"/briefs/{listed.brief.pk}/"
    given = {0: ("543", "433", "542"), 1: ("443", "534", "453"), 2: ("552", "424", "455")}
    pages = [opens(person, scores) for person in people]
    for page in pages:
        begin(page)
    for number, page in enumerate(pages):
        type_scores(page, *given[number])
        shoot(page, f"grid-{number}")
    assert Score.objects.count() == 27
    for number, page in enumerate(pages):
        if number:
            page.goto(comparison)
            expect(page.get_by_text("Ranks, totals and what the others gave show when you have")).to_be_visible()
            expect(page.get_by_text("yours: 5").first).to_be_visible()
            expect(page.locator("#verdict")).to_have_count(0)
            expect(page.locator("tfoot b")).to_have_count(0)
            shoot(page, f"blind-{number}")
            page.goto(scores)
        page.get_by_role("button", name="Submit my scores").click()
    last = pages[-1]
    expect(last).to_have_url(re.compile(f"{comparison}$"))
    # Fellgate's column is the first: means of 14/3, 13/3 and 13/3, and 5 x (4.00 - 2.96) / 1.20 = 4.33 for the price:
    # (50 x 14/3 + 30 x 13/3 + 20 x 13/3 + 20 x 4.33) / 120 = 4.47.
    expect(last.locator("#verdict")).to_contain_text("Fellgate Logistics is certainly ahead with 4.47")
    shoot(last, "compared")
    last.get_by_text("What would change who comes first").click()
    expect(last.get_by_role("img", name="Share of random weightings won")).to_be_visible()
    expect(last.get_by_text("Without Theo Marchetti it would still be Fellgate Logistics.")).to_be_visible()
    shoot(last, "folded-out")


def test_a_reason_by_keyboard_and_a_six(opens, listed, people):
    page = opens(people[0], f"/briefs/{listed.brief.pk}/scores/")
    begin(page)
    page.locator("[data-cell]").first.focus()
    page.keyboard.press("6")
    expect(page.locator("#score-state")).to_have_text("A score is 0, 1, 2, 3, 4 or 5.")
    page.keyboard.press("4")
    expect(page.locator("#score-state")).to_have_text("Saved")
    page.keyboard.press("Enter")
    page.get_by_label("Why", exact=True).fill("Mugs arrived whole.")
    shoot(page, "reason")
    page.locator("#my-score").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-cell]").first).to_have_value("4")
    assert Score.objects.get().reason == "Mugs arrived whole."


def test_the_reason_asked_for_last_is_the_one_shown(opens, listed, people):
    """Two cells are clicked at once: the first is no longer waited for, so it cannot come last and stand there."""
    page = opens(people[0], f"/briefs/{listed.brief.pk}/scores/")
    begin(page)
    expect(page.locator("[data-cell]").first).to_be_visible()
    page.wait_for_load_state()  # htmx comes last
    row, (first, second) = listed.candidates[0].pk, listed.criteria[:2]
    page.route(f"**/candidates/{row}/criteria/{first.pk}/", lambda held: None)
    with page.expect_event("requestfailed", lambda request: request.url.endswith(f"/{first.pk}/")):
        page.evaluate(
            "links => links.forEach(link => document.querySelector(`[href$='${link}']`).click())",
            [f"/candidates/{row}/criteria/{one.pk}/" for one in (first, second)],
        )
    expect(page.locator("#score-panel")).to_contain_text(second.name)


def test_without_a_connection_it_is_kept_and_sent_again(opens, listed, people):
    page = opens(people[0], f"/briefs/{listed.brief.pk}/scores/")
    begin(page)
    page.context.set_offline(True)
    page.locator("[data-cell]").first.focus()
    page.keyboard.press("5")
    expect(page.locator("#score-state")).to_have_text("No connection: it is kept here and sent again")
    page.context.set_offline(False)
    expect(page.locator("#score-state")).to_have_text("Saved", timeout=6000)
    assert Score.objects.get().value == 5


def test_without_a_script_the_table_is_a_form(browser, live_server, listed, people):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    cookie = signed_in_client(people[0]).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/briefs/{listed.brief.pk}/scores/")
    begin(page)
    page.locator("[data-cell]").first.fill("3")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-cell]").first).to_have_value("3")
    assert Score.objects.get().value == 3
    context.close()


def test_one_vendor_at_a_time_on_a_phone(opens, listed, people):
    page = opens(people[1], f"/briefs/{listed.brief.pk}/", width=390)
    expect(page.locator("thead .c1")).to_be_visible()
    expect(page.locator("thead .c2")).to_be_hidden()
    page.locator("label[for=show-2]").click()
    expect(page.locator("thead .c2")).to_be_visible()
    expect(page.locator("thead .c1")).to_be_hidden()
    shoot(page, "phone")


def test_every_page(live_server, page, sign_in, shop, buyer, operations):
    """At both widths, light and dark, with long names, nothing scrolls sideways and no rule is broken."""
    long = "Donaudampfschifffahrtsgesellschaft " * 3
    vendors = [f"{long}{number}" for number in range(7)]
    listed = shortlist(shop, buyer, title=long, vendors=vendors, criteria=[(long, 5), ("Peak", 3)], gates=[long])
    first, second = listed.evaluator(buyer), listed.evaluator(operations)
    listed.score(second, (5, 4, 3, 2, 1, 0, 2), (1, 2, 3, 4, 5, 0, 2))
    sign_in(buyer)
    base, cell = f"/briefs/{listed.brief.pk}/", f"/candidates/{listed.candidates[0].pk}/"
    paths = [base, f"{base}scores/", f"{cell}criteria/{listed.criteria[0].pk}/"]
    for path in paths:
        look(page, live_server.url + path)
    listed.score(first, (5, 4, 3, 2, 1, 0, 2), (1, 2, 3, 4, 5, 0, 2))
    for path in [*paths, f"{base}decide/", f"{base}?differences=1"]:
        look(page, live_server.url + path)
        shoot(page, path.strip("/").replace("/", "-").replace("?", "-"))


def test_every_page_of_a_decision(live_server, page, sign_in, shop, buyer, operations):
    """From the choice to what a vendor reads, and what is measured."""
    listed = shortlist(shop, buyer, title="UK pick and pack, from February 2027", criteria=CRITERIA)
    priced(listed, "3.42", "3.18", "2.96", target="2.80", walk_away="4.00")
    for person in (buyer, operations):
        listed.score(listed.evaluator(person), (5, 3, 2), (4, 3, 2), (4, 4, 3))
    replies = CriterionFactory(brief=listed.brief, name="Time to reply", source="replies", weight=5, position=9)
    steps(replies, "24", "16", "8", "4", "2")
    sign_in(buyer)
    base = live_server.url
    decide = f"/briefs/{listed.brief.pk}/decide/"
    first, cell = listed.candidates[0], f"/candidates/{listed.candidates[0].pk}/criteria/"
    paths = [
        decide,
        f"{decide}?to={listed.candidates[1].pk}",
        f"{cell}{replies.pk}/",
        f"{cell}{listed.criteria[-1].pk}/",
    ]
    for number, path in enumerate(paths):
        look(page, base + path)
        shoot(page, f"decide-{number}")
    page.set_viewport_size({"width": 1360, "height": 900})
    page.goto(base + decide)
    shoot(page, "decide-wide")
    page.get_by_label("Why, in a sentence or two").fill("Best damage record of the three.")
    if page.get_by_label("Why, although it is a close call").count():
        page.get_by_label("Why, although it is a close call").fill("We have seen them work.")
    page.get_by_role("button", name="Save the decision").click()
    expect(page.get_by_role("heading", name=f"Awarded to {first.vendor}")).to_be_visible()
    expect(page.get_by_role("link", name="UK pick and pack, from February 2027").last).to_be_visible()
    made = Decision.objects.get()
    assert [one.target for one in made.contract.measures.all()] == ["at most 3.42 GBP"]
    for name in ("", "correct/", "reopen/", "tell/"):
        look(page, f"{base}/decisions/{made.pk}/{name}")
        page.set_viewport_size({"width": 1360, "height": 900})
        shoot(page, f"decision-{name.strip('/') or 'page'}")
    page.goto(f"{base}/decisions/{made.pk}/tell/")
    page.get_by_role("button", name="Tell 3 vendors").click()
    expect(page.get_by_text("Told 3 vendors, each its own.")).to_be_visible()
    reader = MembershipFactory(organisation=first.vendor, roles=[Role.MANAGER])
    sign_in(reader)
    look(page, f"{base}/portal/results/{Told.objects.get(candidate=first).pk}/")
    shoot(page, "result")
