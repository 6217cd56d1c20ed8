"""The inbox and its search narrowed by whom one talks with and by what was said; and the keys of a list."""

import pytest
from django.urls import reverse

from outsourcing.conversations import answering, inbox, posting
from outsourcing.conversations.models import Kind, Thread
from tests.conversations.conftest import HOUR, MONDAY, said
from tests.factories import MembershipFactory, OrganisationFactory, ThreadFactory

INBOX = reverse("conversations:inbox")


@pytest.fixture
def tidewell(shop, owner) -> Thread:
    other = OrganisationFactory(kind="vendor", name="Tidewell")
    MembershipFactory(organisation=other, roles=["manager"])
    thread = ThreadFactory(merchant=shop, vendor=other, opened_by=owner, subject="Customs")
    posting.post(thread, said("Print the code.", Kind.INSTRUCTION), by=owner, at=MONDAY)
    return thread


@pytest.fixture
def peak(thread, say, owner, manager) -> Thread:
    say(owner, "When does the van come?", Kind.QUESTION)
    return thread


def subjects(client, query: str) -> set[str]:
    rows = client.get(f"{INBOX}?{query}").context["rows"]
    return {row.thread.subject for row in rows}


def test_by_whom_it_is_with(peak, tidewell, owner, signed_in):
    client = signed_in(owner)
    assert subjects(client, "show=all") == {"Peak overflow", "Customs"}
    for show in ("all", "them"):
        assert subjects(client, f"show={show}&with={tidewell.vendor_id}") == {"Customs"}
    assert subjects(client, f"show=us&with={tidewell.vendor_id}") == set()


def test_by_what_was_said_or_is_waited_for(peak, tidewell, owner, signed_in):
    client = signed_in(owner)
    for show in ("all", "them"):
        assert subjects(client, f"show={show}&kind=instruction") == {"Customs"}
        assert subjects(client, f"show={show}&kind=question") == {"Peak overflow"}
    assert subjects(client, "show=all&kind=call_note") == set()


def test_only_mine_is_what_i_take_part_in_and_no_colleague_was_handed(peak, tidewell, shop, owner, manager, signed_in):
    ada = MembershipFactory(organisation=shop, roles=["operations"])
    theirs = posting.post(peak, said("At ten?", Kind.QUESTION), by=manager, at=MONDAY + HOUR).turn
    assert [subjects(signed_in(ada), f"mine=1&show={show}") for show in ("us", "them", "all")] == [set()] * 3
    assert subjects(signed_in(owner), "mine=1&show=us") == {"Peak overflow"}
    answering.hand_over(theirs, ada, by=owner, at=MONDAY + HOUR)
    assert subjects(signed_in(ada), "mine=1&show=us") == {"Peak overflow"}
    assert subjects(signed_in(ada), "mine=1&show=all") == {"Peak overflow"}
    assert subjects(signed_in(owner), "mine=1&show=us") == set()
    assert subjects(signed_in(owner), "mine=1&show=them") == {"Customs"}


def test_what_makes_no_sense_narrows_nothing(peak, tidewell, owner, signed_in):
    for query in ("with=x", "kind=shout", "with=-1", "with=²", "kind=%00", "with=" + "9" * 30):
        assert subjects(signed_in(owner), f"show=all&{query}") == {"Peak overflow", "Customs"}


def test_a_vendor_narrows_by_merchant_and_sees_no_other_vendor(peak, tidewell, manager, signed_in):
    page = signed_in(manager).get(f"{INBOX}?show=all")
    assert inbox.others(manager) == [(peak.merchant_id, "Juniper & Pine")]
    assert page.context["others"] == ""
    assert "Tidewell" not in page.content.decode()
    assert subjects(signed_in(manager), f"show=all&with={tidewell.vendor_id}") == set()


def test_tabs_and_pages_keep_what_narrows(peak, tidewell, owner, signed_in):
    page = signed_in(owner).get(f"{INBOX}?show=all&with={peak.vendor_id}&kind=question").content.decode()
    assert f'href="?show=them&amp;with={peak.vendor_id}&amp;kind=question"' in page


def test_a_search_is_narrowed_too(peak, tidewell, say, owner, signed_in):
    say(owner, "Print the van's number.", at=MONDAY + HOUR)
    client = signed_in(owner)
    hits = client.get(f"{INBOX}?q=print").context["hits"]
    assert {hit.thread for hit in hits} == {peak, tidewell}
    hits = client.get(f"{INBOX}?q=print&with={tidewell.vendor_id}").context["hits"]
    assert [hit.thread for hit in hits] == [tidewell]
    hits = client.get(f"{INBOX}?q=print&kind=message").context["hits"]
    assert [hit.thread for hit in hits] == [peak]


def test_a_name_with_markup_is_a_name(peak, tidewell, vendor, owner, signed_in):
    tidewell.vendor.name = "<b>Tide</b>"
    tidewell.vendor.save()
    page = signed_in(owner).get(f"{INBOX}?show=all").content.decode()
    assert "&lt;b&gt;Tide" in page
    assert "<b>Tide" not in page


def test_an_empty_narrow_list_says_so(peak, tidewell, owner, signed_in):
    page = signed_in(owner).get(f"{INBOX}?show=us&kind=call_note").content.decode()
    assert "Nothing fits" in page
    assert "Clear" in page


def test_keys_open_and_answer(peak, say, manager, owner, live_server, context, signed_in):
    """o opens what j has come to; r goes to the field for the answer, from the list and in the thread."""
    posting.post(peak, said("At ten?", Kind.QUESTION), by=manager, at=MONDAY + HOUR)
    cookie = signed_in(owner).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}{INBOX}?show=all")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/messages/{peak.pk}/")
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "text"
    page.keyboard.type("ro")
    assert page.input_value("#reply textarea") == "ro"
    page.goto(f"{live_server.url}{INBOX}?show=all")
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.wait_for_url(f"**/messages/{peak.pk}/#reply")
