"""How fast a vendor replies, shown to all merchants: only where it agreed, and never what would tell of one of them."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains
from time_machine import travel

from outsourcing.conversations import agreeing, tasks
from outsourcing.conversations.models import ReplyTime
from tests.conversations.test_responding import FRIDAY, exchange
from tests.factories import MembershipFactory, OrganisationFactory, ThreadFactory, VendorFactory
from vendors.directory.models import Vendor

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


@pytest.fixture
def shown(listed, rival, signed_in):
    """What a merchant that has nothing to do with the vendor reads on its page, if anything."""

    def read() -> str:
        page = signed_in(rival).get(reverse("directory:vendor", args=[listed.pk])).content.decode()
        found = re.search(r"Over all merchants: median ([^,]+),", page)
        return found[1] if found else ""

    return read


def test_nothing_is_shown_until_it_agrees(asked, shown, manager, vendor):
    asked(3)
    tasks.reckon_reply_times()
    assert shown() == ""
    agreeing.agree(vendor, by=manager, at=FRIDAY)
    assert shown() == "2 h"


def test_two_merchants_are_too_few_and_five_turns_the_least(asked, shown, manager, vendor):
    agreeing.agree(vendor, by=manager, at=FRIDAY)
    asked(2)
    agreeing.reckon_again(FRIDAY)
    assert shown() == ""
    asked(1)
    agreeing.reckon_again(FRIDAY)
    assert shown() == "2 h"


def test_one_merchant_that_asked_often_is_not_three(thread, owner, manager, vendor):
    exchange(thread, owner, manager, 60, 60, 60, 60, 60)
    assert agreeing.across(vendor, FRIDAY) is None


def test_what_is_only_known_to_be_over_something_is_not_shown(vendor, manager):
    for _ in range(5):
        theirs = MembershipFactory(organisation=OrganisationFactory(kind="merchant"), roles=["owner"])
        exchange(ThreadFactory(merchant=theirs.organisation, vendor=vendor, opened_by=theirs), theirs, manager, None)
    assert agreeing.across(vendor, FRIDAY) is None


def test_old_turns_leave_it(asked, shown, manager, vendor):
    asked(3)
    agreeing.agree(vendor, by=manager, at=FRIDAY)
    agreeing.reckon_again(FRIDAY + timedelta(days=100))
    assert shown() == ""


def test_taking_it_back_counts_at_once(asked, shown, manager, vendor):
    asked(3)
    agreeing.agree(vendor, by=manager, at=FRIDAY)
    assert shown() == "2 h"
    agreeing.take_back(vendor)
    assert shown() == ""


@travel(FRIDAY, tick=False)
def test_a_manager_says_so_and_takes_it_back(asked, shown, manager, signed_in):
    asked(3)
    client = signed_in(manager)
    page = client.get(reverse("conversations:responding"))
    assertContains(page, "Show it to merchants")
    for _ in range(2):
        page = client.post(SHOW, {"show": "1"}, follow=True)
    assertContains(page, "Show it no more")
    assert ReplyTime.objects.get().agreed_by == manager
    assert shown() == "2 h"
    client.post(SHOW, {"show": "0"})
    assert not ReplyTime.objects.exists()
    assert shown() == ""
