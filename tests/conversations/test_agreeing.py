"""How fast a vendor replies, shown to all merchants: only where it agreed, and never what would tell of one of them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains
from time_machine import travel

from outsourcing.conversations import agreeing, tasks
from outsourcing.conversations.models import ReplyTime
from tests.conversations.test_responding import FRIDAY, exchange
from tests.factories import MembershipFactory, OrganisationFactory, ThreadFactory, VendorFactory
from vendors.directory.models import Listing, Vendor
from vendors.directory.search import index

pytestmark = pytest.mark.django_db
SHOW = reverse("conversations:show_reply_time")


@pytest.fixture
def listed(vendor) -> Vendor:
    return VendorFactory(organisation=vendor)


@pytest.fixture
def asked(vendor, manager):
    """`asked(2)`: so many merchants asked twice, and were answered within two hours."""

    def ask(merchants: int) -> None:
        for _ in range(merchants):
            theirs = MembershipFactory(organisation=OrganisationFactory(kind="merchant"), roles=["owner"])
            thread = ThreadFactory(merchant=theirs.organisation, vendor=vendor, opened_by=theirs)
            exchange(thread, theirs, manager, 120, 120)

    return ask


def shown(profile: Vendor) -> set[int | None]:
    return set(Listing.objects.filter(vendor=profile).values_list("reply_seconds", flat=True))


def test_nothing_is_shown_until_it_agrees(asked, listed, manager, vendor):
    asked(3)
    tasks.reckon_reply_times()
    assert shown(listed) == {None}
    agreeing.agree(vendor, by=manager, at=FRIDAY)
    assert shown(listed) == {2 * 3600}


def test_two_merchants_are_too_few_and_five_turns_the_least(asked, listed, manager, vendor):
    agreeing.agree(vendor, by=manager, at=FRIDAY)
    asked(2)
    agreeing.reckon_again(FRIDAY)
    assert shown(listed) == {None}
    asked(1)
    agreeing.reckon_again(FRIDAY)
    assert shown(listed) == {2 * 3600}


def test_one_merchant_that_asked_often_is_not_three(thread, owner, manager, vendor):
    exchange(thread, owner, manager, 60, 60, 60, 60, 60)
    assert agreeing.across(vendor, FRIDAY) is None


def test_what_is_only_known_to_be_over_something_is_not_shown(vendor, manager):
    for _ in range(5):
        theirs = MembershipFactory(organisation=OrganisationFactory(kind="merchant"), roles=["owner"])
        exchange(ThreadFactory(merchant=theirs.organisation, vendor=vendor, opened_by=theirs), theirs, manager, None)
    assert agreeing.across(vendor, FRIDAY) is None


def test_old_turns_leave_it(asked, listed, manager, vendor):
    asked(3)
    agreeing.agree(vendor, by=manager, at=FRIDAY)
    agreeing.reckon_again(FRIDAY + timedelta(days=100))
    assert shown(listed) == {None}


def test_a_listing_that_is_written_anew_keeps_it_and_taking_back_counts_at_once(asked, listed, manager, vendor):
    asked(3)
    agreeing.agree(vendor, by=manager, at=FRIDAY)
    index.refresh([listed.pk])
    assert shown(listed) == {2 * 3600}
    agreeing.take_back(vendor)
    assert shown(listed) == {None}
    index.refresh([listed.pk])
    assert shown(listed) == {None}


@travel(FRIDAY, tick=False)
def test_a_manager_says_so_and_takes_it_back(asked, listed, manager, signed_in):
    asked(3)
    client = signed_in(manager)
    page = client.get(reverse("conversations:responding"))
    assertContains(page, "Show it to merchants")
    for _ in range(2):
        page = client.post(SHOW, {"show": "1"}, follow=True)
    assertContains(page, "Show it no more")
    assert ReplyTime.objects.get().agreed_by == manager
    assert shown(listed) == {2 * 3600}
    client.post(SHOW, {"show": "0"})
    assert not ReplyTime.objects.exists()
    assert shown(listed) == {None}
