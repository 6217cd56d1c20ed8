"""A vendor's track record with one merchant: what was on time, of how many, and whose the slipped days are."""

from decimal import Decimal

import pytest
import time_machine

from milestones.models import Cause
from milestones.record import Record, on_time_of, record_of
from milestones.work import judging, moving
from milestones.work.judging import Verdict
from milestones.work.moving import Wanted
from tests.factories import VendorFactory
from tests.milestones.conftest import DAY, DUE, MONDAY, WEEK, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile(vendor):
    return VendorFactory(organisation=vendor)


def test_counts_the_accepted_round_against_the_date_in_force(shop, vendor, contract, count, packing, owner, manager):
    submit_late = MONDAY + 2 * WEEK + DAY
    judging.accept(submit(count, manager, at=submit_late), Verdict(), by=owner, at=submit_late)
    wanted = Wanted(DUE + 2 * WEEK, "Snow", Cause.EXTERNAL)
    moving.agree(moving.propose(packing, wanted, by=manager, at=MONDAY), by=owner, at=MONDAY)
    on_the_new_date = MONDAY + 3 * WEEK
    judging.accept(submit(packing, manager, at=on_the_new_date), Verdict(), by=owner, at=on_the_new_date)
    found = record_of(shop, vendor.pk)
    assert (found.accepted, found.on_time, found.worst) == (2, 1, 2)
    assert found.slip == {"vendor": 2, "merchant": 0, "agreed": 0, "external": 5}
    assert found.share is None


def test_another_merchants_contracts_do_not_count(rival, vendor, contract, count, owner, manager):
    judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
    assert on_time_of(rival.organisation, [vendor.pk]) == {}


@pytest.mark.parametrize(("accepted", "on_time", "percent"), [(4, 4, None), (5, 4, 80), (8, 7, 88), (6, 0, 0)])
def test_says_nothing_below_five(accepted, on_time, percent):
    assert Record(accepted, on_time).percent == percent


def test_share_is_exact():
    assert Record(6, 2).share == Decimal(1) / 3


def test_stands_on_the_vendors_page_with_its_contracts(client, profile, contract, count, owner, manager):
    judging.accept(submit(count, manager), Verdict(), by=owner, at=MONDAY)
    client.force_login(owner.user)
    with time_machine.travel(MONDAY):
        text = " ".join(client.get(f"/vendors/{profile.pk}/").text.split())
    assert "Milestones on time, with you" in text
    assert "not enough data, 1 of 5" in text
    assert f"/contracts/{contract.pk}/" in text


def test_its_own_people_and_rivals_read_nothing_of_it(client, profile, contract, manager, rival):
    for person in (manager, rival):
        client.force_login(person.user)
        text = client.get(f"/vendors/{profile.pk}/").text
        assert "with you" not in text or person is rival
        assert contract.title not in text
