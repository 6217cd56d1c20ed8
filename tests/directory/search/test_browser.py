"""The list in a real browser: by mouse, by keyboard alone, and without JavaScript, each to the same result."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from tests.factories import VendorFactory
from vendors.directory.models import Capability, FacetValue, SavedSearch
from vendors.directory.search import index

pytestmark = pytest.mark.django_db(transaction=True)
LIST = reverse("directory:list")
NARROWED = "?q=nord&integration=shopify&handling=fragile"
FOUND = ["Nord Both", "Nord More"]


@pytest.fixture
def address(live_server, sign_in, owner):
    """The list with vendors of which two fit a word and two facets; the shop's owner is signed in."""
    values = {
        slug: FacetValue.objects.get_or_create(facet=facet, slug=slug, defaults={"name": slug.title()})[0]
        for facet, slug in (("integration", "shopify"), ("handling", "fragile"), ("handling", "food"))
    }
    says = {
        "Nord Both": "shopify fragile",
        "Nord More": "shopify fragile food",
        "Nord Shopify": "shopify",
        "Nord Fragile": "fragile food",
        "Sud Both": "shopify fragile",
    }
    for name, slugs in says.items():
        vendor = VendorFactory(organisation__name=name)
        Capability.objects.bulk_create(Capability(vendor=vendor, value=values[slug]) for slug in slugs.split())
        index.refresh([vendor.pk])
    sign_in(owner)
    return live_server.url + LIST


def box(page: Page, label: str) -> Locator:
    """The check box of a facet's value; its count stands behind its name."""
    return page.get_by_role("checkbox", name=re.compile(f"^{label}"))


def found(page: Page, *names: str) -> None:
    expect(page.locator("[data-row-link]")).to_have_text(list(names))


def test_by_mouse_the_address_follows_and_back_leads_back(page, address):
    page.goto(f"{address}?sort=name")
    page.evaluate("window.stayed = true")
    page.get_by_label("Search vendors by name").fill("nord")
    page.locator("main").get_by_role("button", name="Search", exact=True).click()
    found(page, "Nord Both", "Nord Fragile", "Nord More", "Nord Shopify")
    box(page, "Shopify").check()
    found(page, "Nord Both", "Nord More", "Nord Shopify")
    box(page, "Fragile").check()
    found(page, *FOUND)
    expect(page).to_have_url(f"{address}{NARROWED}&sort=name")
    assert page.evaluate("window.stayed")  # no page was loaded anew
    expect(page.locator("#found-said")).to_have_text("2 vendors")
    page.get_by_role("link", name="Remove filter: Shopify").click()
    found(page, "Nord Both", "Nord Fragile", "Nord More")
    for names, is_checked in ((FOUND, True), (["Nord Both", "Nord More", "Nord Shopify"], False)):
        page.go_back()
        found(page, *names)
        expect(box(page, "Fragile")).to_be_checked(checked=is_checked)
        expect(page.get_by_label("Search vendors by name")).to_have_value("nord")
    page.go_forward()
    found(page, *FOUND)
    page.reload()
    found(page, *FOUND)


def test_by_keyboard_alone(page, address):
    page.goto(address)
    page.get_by_label("Search vendors by name").focus()
    page.keyboard.type("nord")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vendors for “nord”")).to_be_visible()
    for label, url in (("Shopify", "?q=nord&integration=shopify"), ("Fragile", NARROWED)):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.labels?.[0]?.textContent ?? ''").startswith(label):
                break
        page.keyboard.press("Space")
        expect(page).to_have_url(address + url)
        expect(box(page, label)).to_be_focused()  # one goes on from there
    found(page, *FOUND)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=FOUND[0])).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=FOUND[1])).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=FOUND[1])).to_be_visible()
    page.go_back()
    found(page, *FOUND)


def test_the_list_listens_as_soon_as_it_is_there(page, address):
    """Whoever ticks the next box at the very moment the list has come is heard."""
    page.goto(address)
    page.evaluate(
        """() => new MutationObserver((_, observer) => {
            observer.disconnect();
            document.querySelector('[value=fragile]').click();
        }).observe(document.querySelector('main'), { childList: true, subtree: true })"""
    )
    box(page, "Shopify").check()
    expect(page).to_have_url(f"{address}?integration=shopify&handling=fragile")
    found(page, *FOUND, "Sud Both")
    expect(box(page, "Shopify")).to_be_checked()
    expect(box(page, "Fragile")).to_be_checked()


@pytest.mark.parametrize("second", ["[value=fragile]", "#chip-1"])
def test_what_is_chosen_while_the_list_is_on_its_way_counts(page, address, second):
    """The first answer is no longer waited for: it would take the second choice away with it."""
    page.goto(f"{address}?q=nord&integration=shopify")
    page.evaluate(
        """second => {
            document.querySelector('[value=food]').click();
            document.querySelector(second).click();
        }""",
        second,
    )
    if second == "#chip-1":  # it takes the first word away again, and was drawn before Food was chosen
        expect(page).to_have_url(f"{address}?q=nord")
        found(page, "Nord Both", "Nord Fragile", "Nord More", "Nord Shopify")
    else:
        expect(page).to_have_url(f"{address}?q=nord&integration=shopify&handling=fragile&handling=food")
        found(page, *FOUND)


def test_without_javascript_the_result_is_the_same(browser, page, address):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(address)
    plain.get_by_label("Search vendors by name").fill("nord")
    box(plain, "Shopify").check()
    box(plain, "Fragile").check()
    plain.get_by_role("button", name="Show results").click()
    found(plain, *FOUND)
    assert plain.url.startswith(f"{address}?")
    plain.locator("#save-search summary").click()
    plain.get_by_label("Name", exact=True).fill("Nord, fragile")
    plain.locator("#save-search").get_by_role("button", name="Save").click()
    expect(plain).to_have_url(address + NARROWED)
    expect(plain.get_by_role("link", name="Nord, fragile")).to_have_attribute("aria-current", "true")
    plain.get_by_role("link", name="Remove filter: Shopify").click()
    found(plain, "Nord Both", "Nord Fragile", "Nord More")
    context.close()
    assert SavedSearch.objects.get().query == NARROWED[1:]


def test_where_one_was_stays_in_view(page, address):
    """A facet far down: the list changes above, and neither the page nor the keyboard jumps."""
    page.set_viewport_size({"width": 1360, "height": 500})
    page.goto(address)
    box(page, "Food").scroll_into_view_if_needed()
    before = box(page, "Food").bounding_box()["y"]
    box(page, "Food").check()
    found(page, "Nord Fragile", "Nord More")
    expect(box(page, "Food")).to_be_focused()
    assert abs(box(page, "Food").bounding_box()["y"] - before) < 200
    assert page.evaluate("window.scrollY") > 0


def test_on_a_phone_filters_open_stay_open_and_two_are_compared(page, address):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    expect(box(page, "Fragile")).not_to_be_visible()
    page.get_by_text("Filters", exact=True).click()
    box(page, "Fragile").check()
    expect(page).to_have_url(f"{address}?handling=fragile")
    expect(box(page, "Fragile")).to_be_visible()
    page.get_by_text("Filters (1 on)").click()
    for name in FOUND:
        page.get_by_role("checkbox", name=f"Compare: {name}").check()
    page.get_by_role("button", name="Compare those ticked").click()
    expect(page.get_by_role("heading", level=1, name="Compare vendors")).to_be_visible()
    assert page.url.count("v=") == 2
