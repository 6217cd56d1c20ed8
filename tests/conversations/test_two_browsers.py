"""A merchant at a desk and a vendor on a phone hold a conversation; and what a browser does to it in between."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from outsourcing.conversations import posting
from outsourcing.conversations.models import Attachment, Draft, Entry, Kind
from tests.access.directory_evidence import picture
from tests.conftest import signed_in_client
from tests.conversations.conftest import said
from tests.factories import ThreadFactory

pytestmark = pytest.mark.django_db(transaction=True)
#: A look comes every eight seconds.
SOON = 10_500


@pytest.fixture(autouse=True)
def bytes_here(settings, tmp_path):
    settings.FILES_DIR = tmp_path


@pytest.fixture
def talk(owner, manager):
    """A thread with a greeting, without any turn."""
    thread = ThreadFactory(
        merchant=owner.organisation, vendor=manager.organisation, opened_by=owner, opened_at=timezone.now()
    )
    posting.post(thread, said("Good morning."), by=owner, at=timezone.now() - timedelta(minutes=5))
    return thread


@pytest.fixture
def opens(browser, live_server):
    """`opens(owner, 1360, path)` is a browser of its own, signed in, at a page."""
    contexts = []

    def open_for(by, width: int, path: str) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 844}, base_url=live_server.url)
        contexts.append(context)
        cookie = signed_in_client(by).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_for
    for context in contexts:
        context.close()


def write(page: Page, text: str, kind: str = "Message") -> None:
    page.locator("#reply").get_by_text(kind, exact=True).click()
    page.get_by_label("Your words").fill(text)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send").click()


def clock(page: Page) -> str:
    """When what is open is due, as the page says it."""
    return page.locator("#still-open .meta").first.inner_text().rpartition(", ")[2]


def test_a_question_its_answer_and_a_file(opens, talk, owner, manager):
    desk, phone = (opens(by, width, f"/messages/{talk.pk}/") for by, width in ((owner, 1360), (manager, 390)))
    write(desk, "Which gate on Thursday?", "Question")
    send(desk)
    expect(desk.get_by_role("log").get_by_text("Which gate on Thursday?")).to_be_visible()
    asked = phone.get_by_role("log").get_by_text("Which gate on Thursday?")
    expect(asked).to_be_visible(timeout=SOON)
    expect(phone.locator("#asks")).to_contain_text("Which gate on Thursday?")
    assert clock(desk) == clock(phone)  # both are in London here
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    write(phone, "Gate four, see the picture.")
    phone.locator("input[type=file]").set_input_files(
        [
            {"name": "gate.png", "mimeType": "image/png", "buffer": picture()},
            {"name": "list.txt", "mimeType": "text/plain", "buffer": b"gate four"},
            {"name": "lie.png", "mimeType": "image/png", "buffer": b"<html><script>1</script></html>"},
        ]
    )
    expect(phone.get_by_text("lie.png: This file is not of a kind")).to_be_visible()
    expect(phone.locator(".uploads .file")).to_have_count(2)
    phone.get_by_role("button", name="Remove list.txt").click()
    expect(phone.locator(".uploads .file")).to_have_count(1)
    send(phone)
    expect(phone.get_by_role("log").get_by_text("Gate four")).to_be_visible()

    answer = desk.get_by_role("log").locator("li", has_text="Gate four")
    expect(answer).to_be_visible(timeout=SOON)
    expect(answer.locator("img")).to_have_js_property("complete", value=True)
    assert answer.locator("img").evaluate("image => image.naturalWidth") > 0
    for page in (desk, phone):
        expect(page.locator("#still-open")).to_contain_text("Nobody owes an answer here.", timeout=SOON)
    assert Entry.objects.count() == 3
    assert [one.file.name for one in Attachment.objects.all()] == ["gate.png"]


def test_an_instruction_that_changes_and_a_call(opens, talk, owner, manager):
    """The rest of a conversation: both sides read the same clocks all along, and all of it is printed in the end."""
    path = f"/messages/{talk.pk}/"
    desk, phone = opens(owner, 1360, path), opens(manager, 390, path)

    def both() -> None:
        for page in (desk, phone):
            page.goto(path)

    write(desk, "Use the kraft tape.", "Instruction")
    expect(desk.locator("#expectation")).to_contain_text("they should have acknowledged it by")
    send(desk)
    both()
    assert clock(desk) == clock(phone)
    phone.get_by_role("button", name="I have seen this and will do it").click()
    expect(phone.get_by_text("Acknowledged by Imogen Tully")).to_be_visible()

    desk.goto(path)
    desk.get_by_role("log").locator("li", has_text="Use the kraft tape.").get_by_role("link", name="Change").click()
    desk.get_by_label("text").first.fill("Use the plain kraft tape.")
    desk.get_by_role("button", name="Save").click()
    both()
    assert clock(desk) == clock(phone)
    expect(phone.locator("ins", has_text="plain")).to_be_visible()
    expect(phone.get_by_role("log").get_by_text("Edited")).to_be_visible()
    phone.get_by_role("button", name="I have seen this and will do it").click()
    expect(phone.get_by_text("Acknowledged by Imogen Tully")).to_be_visible()

    desk.goto(path)
    write(desk, "Two vans on Friday.", "Call note")
    desk.get_by_label("With whom").fill("Imogen")
    desk.get_by_label("When", exact=True).fill(timezone.localtime().strftime("%Y-%m-%dT%H:%M"))
    desk.get_by_label("Minutes").fill("12")
    desk.get_by_label("Ask them to confirm").check()
    send(desk)
    both()
    assert clock(desk) == clock(phone)
    phone.get_by_role("button", name="Yes, we agreed that").click()
    both()
    for page in (desk, phone):
        expect(page.locator("#still-open")).to_contain_text("Nobody owes an answer here.")
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        page.get_by_role("link", name="Print or save all of it").click()
        expect(page.get_by_text("Use the kraft tape.")).to_be_visible()
        expect(page.get_by_text("Version 2 acknowledged by Imogen Tully")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_what_comes_moves_nothing_under_the_hands_of_who_writes(opens, talk, owner, manager):
    phone = opens(manager, 390, f"/messages/{talk.pk}/")
    words = phone.get_by_label("Your words")
    words.fill("We are")
    words.scroll_into_view_if_needed()
    before = words.bounding_box()["y"]
    posting.post(talk, said("Take gate four. " * 30), by=owner, at=timezone.now())
    expect(phone.get_by_role("log").get_by_text("Take gate four.").first).to_be_attached(timeout=SOON)
    expect(words).to_be_focused()
    expect(words).to_have_value("We are")
    assert abs(words.bounding_box()["y"] - before) < 3


def test_nobody_is_asked_while_the_page_is_hidden(opens, talk, owner, manager):
    page = opens(manager, 390, f"/messages/{talk.pk}/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/news/" in request.url else None)
    hide = "Object.defineProperty(document, 'hidden', {configurable: true, get: () => %s})"
    page.evaluate(hide % "true")
    page.wait_for_timeout(9_000)
    assert asked == []
    page.evaluate(hide % "false")
    with page.expect_request("**/news/**"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_double_click_is_one_message(opens, talk, owner):
    page = opens(owner, 1360, f"/messages/{talk.pk}/")
    write(page, "Once.")
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_role("log").get_by_text("Once.")).to_have_count(1)
    assert Entry.objects.filter(text="Once.").count() == 1


def test_a_lost_answer_and_the_back_button_are_one_message(opens, talk, owner):
    page = opens(owner, 1360, f"/messages/{talk.pk}/")
    write(page, "Once.")

    def lose(route):
        route.fetch(max_redirects=0)  # it arrives, and the answer does not
        route.abort("connectionreset")

    page.route("**/post/", lose)
    send(page)
    page.wait_for_timeout(500)
    assert Entry.objects.filter(text="Once.").count() == 1
    page.unroute("**/post/")
    page.goto(f"/messages/{talk.pk}/")
    expect(page.get_by_label("Your words")).to_have_value("")  # it has arrived, so nothing is offered again
    write(page, "Twice?")
    send(page)
    expect(page.get_by_role("log").get_by_text("Twice?")).to_have_count(1)
    page.go_back()
    # Either the page as it was, whose form has its key still, or a new one, in which nothing is left to be sent.
    if page.get_by_label("Your words").input_value():
        send(page)
    expect(page.get_by_role("log").get_by_text("Twice?")).to_have_count(1)
    assert Entry.objects.filter(text="Twice?").count() == 1


def test_a_draft_survives_a_closed_tab_and_a_dead_connection(opens, talk, owner):
    page = opens(owner, 1360, f"/messages/{talk.pk}/")
    write(page, "Half a", "Question")
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    assert Draft.objects.get().text == "Half a"
    second = page.context.new_page()
    page.close()
    second.goto(f"/messages/{talk.pk}/")
    expect(second.get_by_label("Your words")).to_have_value("Half a")
    expect(second.get_by_label("Question", exact=True)).to_be_checked()
    second.context.set_offline(True)
    second.get_by_label("Your words").fill("Half a thought")
    second.wait_for_timeout(200)
    third = second.context.new_page()
    second.close()
    third.context.set_offline(False)
    third.goto(f"/messages/{talk.pk}/")
    expect(third.get_by_label("Your words")).to_have_value("Half a thought")
    expect(third.locator("[data-draft-state]")).to_contain_text("Draft saved")
    send(third)
    expect(third.get_by_role("log").get_by_text("Half a thought")).to_be_visible()
    expect(third.get_by_label("Your words")).to_have_value("")
    assert not Draft.objects.exists()


def test_a_thread_closed_meanwhile_keeps_what_was_typed(opens, talk, owner, manager):
    from outsourcing.conversations import answering

    page = opens(manager, 390, f"/messages/{talk.pk}/")
    write(page, "One thing more.")
    answering.close_thread(talk, by=owner, at=timezone.now())
    send(page)
    expect(page.get_by_role("log").get_by_text("One thing more.")).to_be_visible()
    expect(page.get_by_text("Written after the conversation was closed")).to_be_visible()


def test_files_are_dropped(opens, talk, owner):
    page = opens(owner, 1360, f"/messages/{talk.pk}/")
    drop = """() => {
        const files = new DataTransfer();
        ['one.txt', 'two.txt'].forEach(name => files.items.add(new File(['gate'], name, {type: 'text/plain'})));
        const form = document.getElementById('reply');
        ['dragover', 'drop'].forEach(name => form.querySelector('textarea').dispatchEvent(
            new DragEvent(name, {bubbles: true, cancelable: true, dataTransfer: files})));
    }"""
    expect(page.get_by_text("Up to 10 files of")).to_be_visible()
    held, goes_on = [], []
    page.route("**/attach/", lambda route: route.continue_() if goes_on else held.append(route))
    page.evaluate(drop)
    expect(page.locator(".uploads progress")).to_have_count(2)
    goes_on.append(True)
    for one in held:
        one.continue_()
    expect(page.locator(".uploads .file")).to_have_count(2)
    write(page, "Two lists.")
    send(page)
    expect(page.get_by_role("log").locator(".file")).to_have_count(2)


def test_enter_in_a_field_takes_out_no_file(opens, talk, owner):
    page = opens(owner, 1360, f"/messages/{talk.pk}/")
    page.locator("input[type=file]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"gate"})
    expect(page.locator(".uploads .file")).to_have_count(1)
    write(page, "A list.", "Call note")
    page.get_by_label("With whom").press("Enter")
    expect(page.get_by_role("log").locator(".file")).to_have_count(1)


def test_the_writers_notes_come_to_their_own_side_alone(opens, talk, owner, viewer, manager):
    ours, theirs = (opens(by, 1360, f"/messages/{talk.pk}/") for by in (viewer, manager))
    posting.note(talk, "Canary of the shop", key=uuid.uuid4(), by=owner, at=timezone.now())
    posting.post(talk, said("After the note.", Kind.QUESTION), by=owner, at=timezone.now())
    for page in (ours, theirs):
        expect(page.get_by_role("log").get_by_text("After the note.")).to_be_visible(timeout=SOON)
    expect(ours.get_by_text("Canary of the shop")).to_be_visible()
    expect(theirs.get_by_text("Canary of the shop")).to_have_count(0)
