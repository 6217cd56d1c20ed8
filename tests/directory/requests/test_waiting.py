"""What of requests stands on the today page and in the portal."""

from datetime import timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from outsourcing.accounts.waiting import Urgency
from tests.directory.requests.conftest import ALL, DUE, JUDGED, NOW, at
from tests.factories import MembershipFactory, VendorFactory
from vendors.directory.models import RequestedItem
from vendors.directory.requests import asking
from vendors.directory.requests.waiting import waiting_requests

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(days=17)  # Friday 11 December


def waiting_for(member, moment) -> list:
    """Of requests alone: other topics have things waiting too."""
    return list(waiting_requests(member, moment))


def things(member, moment=NOW) -> list[tuple]:
    return [(one.title, one.due, one.urgency) for one in waiting_for(member, moment)]


def test_the_vendor_finds_it_with_whom_to_ask(asked, owner, manager, contact, signed_in):
    owner.phone = "+44 117 496 0100"
    owner.save()
    [one] = waiting_for(contact, NOW)
    assert one.title == (
        "Juniper & Pine asks for referees, samples of work, a physical sample, testimonials and partner list"
    )
    assert (one.meta, one.ask, one.phone) == ("Asked on 24 Nov", "Questions: Theo Marchetti", "+44 117 496 0100")
    owner.phone = ""
    owner.save()
    [one] = waiting_for(contact, NOW)
    assert (one.ask, one.phone) == (f"Questions: Theo Marchetti, {owner.email}", "")
    assert (one.due, one.due_about, one.urgency) == ("14 days left", "Wanted by 8 Dec", Urgency.INFO)
    assertContains(signed_in(manager).get("/"), at("answer", asked))


def test_overdue_is_said_to_both_sides(asked, item, received, owner, manager):
    received("referees")
    [late, judge] = waiting_for(owner, LATE)
    assert late.title == (
        "Pallet & Post has not sent samples of work, a physical sample, testimonials and partner list"
    )
    assert (late.due, late.urgency) == ("3 working days late", Urgency.LATE)
    assert judge.title == "Judge what Pallet & Post sent: referees"
    [theirs] = waiting_for(manager, LATE)
    assert (theirs.due, theirs.due_about, theirs.urgency) == ("Overdue", "Was wanted by 8 Dec", Urgency.LATE)


def test_what_came_is_seen_on_the_page_itself(received, owner, rival, signed_in):
    received("samples")
    assertContains(signed_in(owner).get("/"), "Judge what Pallet &amp; Post sent: samples of work")
    assertNotContains(signed_in(rival).get("/"), "Judge what")


@pytest.mark.parametrize(("hour", "count"), [(23, 0), (24, 1)])
def test_overdue_begins_with_the_merchants_next_day(hour, count, asked, owner):
    moment = NOW.replace(month=12, day=8, hour=0, minute=0) + timedelta(hours=hour)
    assert len(waiting_for(owner, moment)) == count


def test_a_parcel_on_its_way_is_nobodys_to_do(item, manager, owner, signed_in):
    body = {"sent_on": "2026-11-24", "sent_by": "DPD"}
    signed_in(manager).post(at("answer_add", item("physical")), body)
    for member in (manager, owner):
        assert not any("physical" in title for title, _due, _urgency in things(member, LATE))


def test_what_is_judged_or_refused_waits_no_longer(received, asked, owner, manager, signed_in):
    one = received("referees")
    signed_in(owner).post(at("judge", one), JUDGED)
    for other in asked.items.exclude(pk=one.pk):
        signed_in(manager).post(at("answer_refuse", other), {"reason": "No"})
    assert waiting_for(owner, LATE) == waiting_for(manager, LATE) == []


def test_who_cannot_act_is_not_bothered(asked, viewer, rival):
    assert waiting_for(viewer, LATE) == waiting_for(rival, LATE) == []


@pytest.mark.parametrize("count", [1, 6])
def test_one_query_for_all_requests(count, owner, django_assert_num_queries):
    for _ in range(count):
        vendor = VendorFactory()
        MembershipFactory(organisation=vendor.organisation, roles=["manager"])
        asking.ask_vendor(vendor, ALL, message="", due_on=DUE, by=owner, at=NOW)
    RequestedItem.objects.filter(kind="samples").update(state="received", received_at=NOW)
    with django_assert_num_queries(3):  # the items; openings and closed days, since some are late
        assert len(waiting_for(owner, LATE)) == 2 * count


@pytest.mark.parametrize("count", [1, 6])
def test_one_query_for_a_vendor(count, supplier, manager, django_assert_num_queries):
    for _ in range(count):
        asking.ask_vendor(supplier, ALL, message="", due_on=DUE, by=MembershipFactory(), at=NOW)
    with django_assert_num_queries(1):
        assert len(waiting_for(manager, NOW)) == count


def test_the_vendors_page_says_how_it_stands(asked, received, supplier, owner, viewer, rival, manager, signed_in):
    received("referees")
    page = signed_in(owner).get(at("vendor", supplier))
    assertContains(page, at("request", asked))
    assertContains(page, "1 to judge")
    assertContains(page, at("ask", supplier))
    assertNotContains(signed_in(viewer).get(at("vendor", supplier)), at("ask", supplier))
    for member in (rival, manager):
        assertNotContains(signed_in(member).get(at("vendor", supplier)), at("request", asked))
