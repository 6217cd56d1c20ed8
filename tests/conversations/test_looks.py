"""The room's pages in a real browser, as every other page is looked at."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from outsourcing.conversations import answering, posting
from outsourcing.conversations.models import Channel, Kind
from outsourcing.conversations.posting import Receipt
from tests.conversations.conftest import said
from tests.factories import ThreadFactory
from tests.test_pages import look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("path", ["/messages/", "/messages/?show=us", "/messages/?show=them", "/messages/new/"])
def test_empty_pages(live_server, page, sign_in, owner, path):
    sign_in(owner)
    look(page, live_server.url + path)


@pytest.mark.parametrize("side", ["owner", "manager"])
def test_a_conversation_of_either_side(live_server, page, sign_in, owner, manager, side):
    thread = ThreadFactory(merchant=owner.organisation, vendor=manager.organisation, opened_by=owner)
    spoken = [(owner, Kind.QUESTION), (manager, Kind.MESSAGE), (owner, Kind.INSTRUCTION)]
    for number, (by, kind) in enumerate(spoken):
        posting.post(thread, said("Gate " * 40, kind), by=by, at=timezone.now() + timedelta(seconds=number))
    rule = thread.entries.get(kind=Kind.INSTRUCTION)
    answering.edit(rule, "Gate " * 20 + "Dock " * 20, by=owner, at=timezone.now() + timedelta(seconds=4))
    posting.note(thread, "W" * 300, key=uuid.uuid4(), by=manager, at=timezone.now())
    sign_in({"owner": owner, "manager": manager}[side])
    for path in ("/messages/?show=all", f"/messages/{thread.pk}/", "/messages/new/"):
        look(page, live_server.url + path)
    paths = ["/messages/instructions/", f"/messages/{thread.pk}/people/", f"/messages/entries/{rule.pk}/versions/"]
    if side == "manager":
        receipt = Receipt(Channel.PHONE, timezone.now())
        told = posting.post(thread, said("Gate " * 40, receipt=receipt), by=owner, at=timezone.now())
        paths += [f"/messages/entries/{told.pk}/object/"]
    if side == "owner":
        paths += [f"/messages/{thread.pk}/record/", f"/messages/entries/{rule.pk}/record/"]
        paths += [f"/messages/entries/{rule.pk}/take-back/"]
    for path in paths:
        look(page, live_server.url + path)


def test_the_line_follows_the_kind_in_a_browser(live_server, page, sign_in, owner, manager):
    thread = ThreadFactory(merchant=owner.organisation, vendor=manager.organisation, opened_by=owner)
    sign_in(owner)
    page.goto(f"{live_server.url}/messages/{thread.pk}/")
    line = page.locator("#expectation")
    expect(line).not_to_contain_text("is due")
    page.get_by_label("Your words").fill("Which gate?")
    page.get_by_text("Question", exact=True).click()
    expect(line).to_contain_text("an answer is due")
    expect(page.get_by_label("Needs an answer", exact=True)).not_to_be_visible()
    page.get_by_text("Instruction", exact=True).click()
    expect(line).to_contain_text("acknowledged it by")
    sunday = date.today() + timedelta(days=13 - date.today().weekday())
    page.get_by_label("By", exact=True).fill(sunday.isoformat())
    page.get_by_label("By", exact=True).dispatch_event("change")
    expect(line).to_contain_text("They are closed on Sunday")
    expect(page.get_by_label("Your words")).to_have_value("Which gate?")
    expect(page.get_by_role("button", name="Check when an answer is due")).not_to_be_visible()


def test_without_javascript_the_line_is_asked_for(live_server, browser, sign_in, owner, manager, context):
    thread = ThreadFactory(merchant=owner.organisation, vendor=manager.organisation, opened_by=owner)
    sign_in(owner)
    with browser.new_context(java_script_enabled=False, storage_state=context.storage_state()) as bare:
        page = bare.new_page()
        page.goto(f"{live_server.url}/messages/{thread.pk}/")
        page.get_by_label("Your words").fill("Which gate?")
        page.get_by_text("Question", exact=True).click()
        page.get_by_role("button", name="Check when an answer is due").click()
        expect(page.locator("#expectation")).to_contain_text("an answer is due")
        expect(page.get_by_label("Your words")).to_have_value("Which gate?")
