"""The room's pages in a real browser, light and dark, at both widths, with long names; axe finds nothing serious."""

import pytest
from playwright.sync_api import Route, expect

from outsourcing.shared import clock
from tests.sourcing.conftest import DAY, answer, begin, of, send_out
from tests.test_pages import look
from vendors.sourcing.answering import asking
from vendors.sourcing.candidates import adding
from vendors.sourcing.models import AnswerDraft, Candidate, Criterion, Gate

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Donaudampfschifffahrtsgesellschaft " * 4


@pytest.fixture
def going(owner, profile, second_profile, manager):
    now = clock.now()
    made = begin(owner, at=now - DAY, deadline_at=now + 10 * DAY, title=LONG.strip(), summary=LONG, scope=LONG * 3)
    Gate.objects.filter(brief=made).update(text=LONG.strip())
    Criterion.objects.filter(brief=made).update(name=LONG[:120])
    adding.add(made, [profile, second_profile], by=owner, at=now - DAY)
    brief = send_out(made, owner, at=now - DAY)
    asking.ask(of(brief, manager.organisation), LONG, by=manager, at=now)
    answer(brief, manager, at=now, message=LONG * 3)
    return brief


def test_every_page_of_a_brief(live_server, page, sign_in, going, owner, manager):
    one = Candidate.objects.get(brief=going, vendor=manager.organisation)
    sign_in(owner)
    below = ("brief", "candidates", "candidates/?as=board", "questions", "history", "weights", "evaluators", "edit")
    paths = ["/briefs/", "/briefs/new/", f"/candidates/{one.pk}/", f"/criteria/{going.criteria.first().pk}/edit/"]
    for path in [*paths, *(f"/briefs/{going.pk}/{name.rstrip('/')}" for name in below)]:
        look(page, live_server.url + (path if path.endswith("/") or "?" in path else f"{path}/"))


def test_the_portals_pages(live_server, page, sign_in, going, manager):
    one = of(going, manager.organisation)
    sign_in(manager)
    for path in ("/portal/briefs/", f"/portal/briefs/{one.pk}/", f"/portal/briefs/{one.pk}/decline/"):
        look(page, live_server.url + path)


def test_what_is_typed_is_saved_by_itself(live_server, page, sign_in, going, second):
    """Autosave, and the next one is not taken for another person's."""
    one = of(going, second.organisation)
    sign_in(second)
    page.goto(f"{live_server.url}/portal/briefs/{one.pk}/")
    for number, words in enumerate(("Half a thought", "A whole one"), start=1):
        page.fill("[name=message]", words)
        page.press("[name=message]", "Tab")
        expect(page.locator("#answer-form [name=seen]")).to_have_value(str(number))
        expect(page.locator("#saved")).to_contain_text("Draft saved")
        assert AnswerDraft.objects.get().content["message"] == words


def test_what_is_typed_while_a_save_is_under_way_is_saved_after_it(live_server, page, sign_in, going, second):
    """On a slow network the second save goes by the version that the first one made."""
    one = of(going, second.organisation)
    sign_in(second)
    held: list[Route] = []
    page.route("**/draft/", lambda route: route.continue_() if held else held.append(route))
    page.goto(f"{live_server.url}/portal/briefs/{one.pk}/")
    page.evaluate("window.saves = 0; document.addEventListener('htmx:trigger', () => window.saves++)")
    for number, words in enumerate(("Half a thought", "A whole one"), start=1):
        page.fill("[name=message]", words)
        page.press("[name=message]", "Tab")
        page.wait_for_function("number => window.saves === number", arg=number)
    held[0].continue_()
    expect(page.locator("#answer-form [name=seen]")).to_have_value("2")
    expect(page.locator("#saved")).to_contain_text("Draft saved")
    assert AnswerDraft.objects.get().content["message"] == "A whole one"
