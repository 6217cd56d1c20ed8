"""The link in a real browser: on a phone, with and without JavaScript, and with nothing but the keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.directory.enquiries.conftest import filled, link_in, path_of
from tests.test_pages import faults
from vendors.directory.models import Enquiry, ReferenceAnswer

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def values(db):
    """Values to choose from, which tests with a browser find gone."""
    filled()


def answer_all(page: Page) -> None:
    page.get_by_label("Returns", exact=True).check()
    page.get_by_label("No, we did").check()
    page.get_by_label("Why did you leave?").fill("We opened our own floor.")
    page.get_by_label("1,000 to 5,000").check()
    page.get_by_label("Mostly").check()
    page.get_by_role("group", name="Delivery").get_by_text("4").click()
    page.get_by_role("textbox", name="What went wrong").fill("A pallet went missing.")
    page.get_by_role("group", name="Would you hire them again?").get_by_label("Yes", exact=True).check()
    page.get_by_role("group", name="Have you worked for them").get_by_label("No", exact=True).check()
    page.get_by_label("My answers, with my name and company").check()


@pytest.mark.parametrize("script", [True, False])
def test_a_referee_answers_on_a_phone(live_server, browser, asked, script):
    with browser.new_context(
        java_script_enabled=script, base_url=live_server.url, viewport=PHONE, has_touch=True, is_mobile=True
    ) as context:
        page = context.new_page()
        page.goto(link_in(asked.mail))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390 if script else True
        answer_all(page)
        page.get_by_role("button", name="Send reference").click()
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        expect(page.get_by_text("4 of 5")).to_be_visible()
        answer = ReferenceAnswer.objects.get()
        assert (answer.delivery, answer.hire_again, answer.sharing) == (4, "yes", "named")
        page.get_by_label("Nothing: only the shop that asked").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("Nothing: only the shop that asked")).to_be_checked()
        page.get_by_label("Delete my name").check()
        page.get_by_role("button", name="Take my answers back").click()
        expect(page.get_by_role("heading", name="You took it back")).to_be_visible()


def test_what_is_typed_saves_itself(live_server, page, asked):
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.set_viewport_size(PHONE)
    page.goto(live_server.url + path_of(asked))
    expect(page.locator("#progress")).to_contain_text("0 of 6")
    page.get_by_role("textbox", name="What went wrong").type("A pallet")
    expect(page.locator("#progress")).to_contain_text(re.compile("1 of 6.*Saved", re.DOTALL))
    expect(page.get_by_role("textbox", name="What went wrong")).to_be_focused()
    page.get_by_role("group", name="Accuracy").get_by_text("5").click()
    expect(page.locator("#progress")).to_contain_text("2 of 6")
    page.reload()
    expect(page.get_by_role("textbox", name="What went wrong")).to_have_value("A pallet")
    expect(page.get_by_role("group", name="Accuracy").get_by_label("5")).to_be_checked()
    assert Enquiry.objects.get().saved_at
    assert errors == []


def test_save_and_finish_later_without_script(live_server, browser, asked):
    with browser.new_context(java_script_enabled=False, base_url=live_server.url, viewport=PHONE) as context:
        page = context.new_page()
        page.goto(path_of(asked))
        page.get_by_role("textbox", name="What went wrong").fill("Half a")
        page.get_by_role("button", name="Save and finish later").click()
        expect(page.get_by_text("What you wrote is kept")).to_be_visible()
    with browser.new_context(java_script_enabled=False, base_url=live_server.url, viewport=PHONE) as context:
        page = context.new_page()
        page.goto(path_of(asked))
        expect(page.get_by_role("textbox", name="What went wrong")).to_have_value("Half a")
        page.get_by_role("button", name="Send reference").click()
        expect(page.get_by_text("Not sent yet")).to_be_visible()
        expect(page.get_by_role("textbox", name="What went wrong")).to_have_value("Half a")
        expect(page.get_by_text("Choose one.")).to_have_count(3)
        assert {cookie["name"] for cookie in context.cookies()} == {"csrftoken"}


def test_a_double_click_is_one_answer(live_server, page, asked):
    page.goto(live_server.url + path_of(asked))
    answer_all(page)
    page.get_by_role("button", name="Send reference").dblclick()
    expect(page.locator("h1")).to_have_text(re.compile("Thank you|You have answered already"))
    assert ReferenceAnswer.objects.count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1360, 390])
def test_every_page_of_a_link_is_whole(live_server, page, asked, ask, quoted, carrier, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    words, partner = ask(quoted, email="ann@ember.example"), ask(carrier, email="bo@swift.example")

    def look(path: str) -> None:
        page.goto(live_server.url + path)
        whole(page, width)

    for path in (path_of(asked), path_of(asked, "decline"), path_of(words), path_of(partner)):
        look(path)
    page.goto(live_server.url + path_of(asked))
    page.get_by_role("button", name="Send reference").click()
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    whole(page, width)
    answer_all(page)
    page.get_by_role("button", name="Send reference").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    whole(page, width)
    page.get_by_role("button", name="Take my answers back").click()
    expect(page.get_by_role("heading", name="You took it back")).to_be_visible()
    whole(page, width)


def whole(page: Page, width: int) -> None:
    expect(page.locator("h1")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert faults(page) == [], page.url


def test_the_keyboard_alone_suffices(live_server, page, asked):
    page.goto(live_server.url + path_of(asked))
    page.get_by_role("group", name="Would you hire them again?").get_by_label("Yes", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")  # how
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send reference")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
