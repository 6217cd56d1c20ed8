"""Calendars behind secret links, read back by a parser that is not the one that wrote them."""

import threading
from datetime import date, timedelta

import pytest
import time_machine
import vobject
from django.db import connection

from milestones.check_ins import planning as check_ins
from milestones.contracts import offering, running
from milestones.feeds import links
from milestones.models import Cause, Feed
from milestones.work import judging, moving
from milestones.work.moving import Wanted
from outsourcing.accounts.models import Role
from outsourcing.shared import links as tokens
from tests.factories import MembershipFactory
from tests.milestones.conftest import DAY, DUE, MONDAY, WEEK, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed(owner, contract) -> Feed:
    return links.make(owner, None, at=MONDAY)


def read(client, feed, at=MONDAY):
    """The events by their UID's first part, as another parser reads them."""
    with time_machine.travel(at):
        answer = client.get(links.address_of(feed).partition("8000")[2])
    assert answer.status_code == 200, answer
    assert answer["Content-Type"].startswith("text/calendar")
    found = vobject.readOne(answer.content.decode())
    return {event.uid.value.removesuffix("@outsourcing"): event for event in found.contents.get("vevent", [])}


@pytest.fixture(autouse=True)
def base(settings):
    settings.BASE_URL = "http://localhost:8000"


class TestEvents:
    def test_are_whole_days_in_their_own_right(self, client, feed, count):
        event = read(client, feed)[f"milestone-{count.pk}"]
        assert event.dtstart.value == DUE
        assert event.dtend.value == DUE + DAY
        assert event.summary.value == "Cycle count (Pallet & Post)"
        assert event.status.value == "CONFIRMED"

    def test_sequence_rises_whenever_something_happens(self, client, feed, count, owner, manager):
        seen = [int(read(client, feed)[f"milestone-{count.pk}"].sequence.value)]
        moving.propose(count, Wanted(DUE + WEEK, "Snow", Cause.EXTERNAL), by=owner, at=MONDAY)
        moved = read(client, feed)[f"milestone-{count.pk}"]
        seen.append(int(moved.sequence.value))
        judging.cancel(count, reason="Not needed", by=owner, at=MONDAY)
        cancelled = read(client, feed)[f"milestone-{count.pk}"]
        seen.append(int(cancelled.sequence.value))
        assert moved.dtstart.value == DUE + WEEK
        assert cancelled.status.value == "CANCELLED"
        assert seen == sorted(set(seen))

    def test_a_cancelled_one_stays_for_thirty_days(self, client, feed, count, owner):
        judging.cancel(count, reason="Not needed", by=owner, at=MONDAY)
        assert f"milestone-{count.pk}" in read(client, feed, MONDAY + 29 * DAY)
        assert f"milestone-{count.pk}" not in read(client, feed, MONDAY + 31 * DAY)

    def test_so_it_is_when_the_whole_contract_ends(self, client, feed, contract, count, owner):
        running.terminate(contract, reason="It did not work", by=owner, at=MONDAY)
        assert read(client, feed)[f"milestone-{count.pk}"].status.value == "CANCELLED"
        assert read(client, feed, MONDAY + 31 * DAY) == {}

    def test_a_verdict_is_due_for_the_merchant_alone(self, client, feed, count, manager):
        handed = submit(count, manager)
        theirs = links.make(manager, None, at=MONDAY)
        assert read(client, feed)[f"review-{count.pk}-0"].dtstart.value == handed.review_due
        assert f"review-{count.pk}-0" not in read(client, theirs)
        assert f"milestone-{count.pk}" in read(client, theirs)

    def test_check_ins_are_the_merchants(self, client, feed, contract, owner, manager):
        check_ins.plan(contract, date(2026, 11, 30), by=owner, at=MONDAY)
        theirs = links.make(manager, None, at=MONDAY)
        assert sum(key.startswith("check-in") for key in read(client, feed)) == 1
        assert not any(key.startswith("check-in") for key in read(client, theirs))

    def test_a_long_title_of_many_alphabets_comes_through(self, client, feed, count):
        title = "Zählung; Lager, Nord 冬 " * 6
        type(count).objects.filter(pk=count.pk).update(title=title.strip())
        assert read(client, feed)[f"milestone-{count.pk}"].summary.value.startswith(title.strip())

    def test_constant_queries(self, client, feed, contract, owner, django_assert_num_queries):
        path = links.address_of(feed).partition("8000")[2]
        with django_assert_num_queries(3):
            client.get(path)


class TestWhose:
    def test_only_what_the_person_is_on(self, client, shop, contract, count):
        colleague = MembershipFactory(organisation=shop, roles=[Role.OPERATIONS])
        feed = links.make(colleague, None, at=MONDAY)
        assert read(client, feed) == {}
        type(count).objects.filter(pk=count.pk).update(responsible=colleague)
        assert list(read(client, feed)) == [f"milestone-{count.pk}"]

    def test_a_contracts_own_for_whoever_sees_it(self, client, shop, contract):
        viewer = MembershipFactory(organisation=shop, roles=[Role.VIEWER])
        assert len(read(client, links.make(viewer, contract, at=MONDAY))) == 2

    def test_drafts_are_nobodys_appointments(self, client, draft, owner):
        assert read(client, links.make(owner, None, at=MONDAY)) == {}


class TestLinks:
    def path(self, feed):
        return links.address_of(feed).partition("8000")[2]

    def test_a_new_one_ends_the_one_before(self, client, feed, owner):
        again = links.make(owner, None, at=MONDAY, replaces=True)
        assert client.get(self.path(feed)).status_code == 404
        assert client.get(self.path(again)).status_code == 200

    def test_asked_for_again_it_is_the_same(self, client, feed, owner):
        client.force_login(owner.user)
        client.post("/contracts/feeds/make/")
        assert client.get(self.path(feed)).status_code == 200
        client.post("/contracts/feeds/make/", {"replace": "1"})
        assert client.get(self.path(feed)).status_code == 404

    def test_of_a_contract_that_became_a_draft_again_it_is_no_page(self, client, offered, owner, manager):
        feed = links.make(manager, offered, at=MONDAY)
        assert client.get(self.path(feed)).status_code == 200
        offering.withdraw(offered.offers.get(), by=owner, at=MONDAY)
        type(offered).objects.update(title="SECRET title of a draft")
        assert client.get(self.path(feed)).status_code == 404
        client.force_login(manager.user)
        for path in ("/contracts/feeds/", f"/offers/{offered.offers.get().pk}/", "/contracts/", "/"):
            assert "SECRET" not in client.get(path).text

    def test_switched_off_it_is_no_page(self, client, feed, owner):
        client.force_login(owner.user)
        assert client.post(f"/feeds/{feed.pk}/revoke/").status_code == 302
        assert client.get(self.path(feed)).status_code == 404

    def test_ends_when_its_person_leaves_for_good(self, client, feed, owner):
        links.end_all(owner, owner, MONDAY)
        assert client.get(self.path(feed)).status_code == 404

    def test_a_place_left_is_looked_at_at_each_look(self, client, feed, owner):
        type(owner).objects.filter(pk=owner.pk).update(left_at=MONDAY)
        assert client.get(self.path(feed)).status_code == 404

    @pytest.mark.parametrize("at", [15, 30, -6])
    def test_changed_by_one_letter_it_is_no_page(self, client, feed, at):
        path = self.path(feed)
        other = "a" if path[at] != "a" else "b"
        assert client.get(path[:at] + other + path[at + 1 :]).status_code == 404

    def test_a_token_for_something_else_is_no_link(self, client, feed):
        token = tokens.written(feed.pk, feed.secret, salt="directory.enquiry.reference")
        assert client.get(f"/calendar/{token}.ics").status_code == 404

    def test_asked_again_unchanged_it_says_so(self, client, feed):
        with time_machine.travel(MONDAY):
            first = client.get(self.path(feed))
            again = client.get(self.path(feed), headers={"if-none-match": first["ETag"]})
        assert again.status_code == 304

    def test_its_page_shows_and_makes_it(self, client, owner, contract):
        client.force_login(owner.user)
        assert client.post("/contracts/feeds/make/", {"contract": contract.pk}).status_code == 302
        assert client.post("/contracts/feeds/make/").status_code == 302
        text = client.get("/contracts/feeds/").text
        assert text.count("/calendar/") == 4
        assert "webcal://localhost" in text

    def test_not_of_a_contract_that_one_does_not_see(self, client, contract):
        rival = MembershipFactory(roles=[Role.OWNER])
        client.force_login(rival.user)
        for word in (contract.pk, "x", 10**25):
            assert client.post("/contracts/feeds/make/", {"contract": word}).status_code == 404
        assert not Feed.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_live_link(owner):
    def make():
        try:
            links.make(owner, None, at=MONDAY + timedelta(hours=1))
        finally:
            connection.close()

    both = [threading.Thread(target=make) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert Feed.objects.filter(revoked_at=None).count() == 1
