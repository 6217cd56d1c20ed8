"""Both sides at once, on two real connections: one wins, the other is told, and nothing is half done."""

from datetime import timedelta

import pytest

from tests.directory.requests.conftest import JUDGED, NOW, REFEREE, at
from vendors.directory.models import Judgement, Reference, RequestedItem
from vendors.directory.requests import answering

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]
ABOUT = {name: value for name, value in REFEREE.items() if name != "agreed"}


def held(item):
    return RequestedItem.objects.filter(pk=item.pk)


def test_the_vendor_hands_over_while_the_merchant_withdraws(item, owner, manager, signed_in, at_once):
    one = item("referees")
    answering.name_referee(one, by=manager, at=NOW, **ABOUT)
    for other in one.request.items.exclude(pk=one.pk):
        answering.refuse(other, "No", at=NOW)
    vendor, merchant = signed_in(manager), signed_in(owner)
    answers = at_once(
        held(one),
        lambda: vendor.post(at("answer_done", one)).status_code,
        lambda: merchant.post(at("withdraw_request", one.request)).status_code,
    )
    now = item("referees")
    assert sorted(answers) == [302, 409]
    won = "received" if answers[0] == 302 else "withdrawn"
    assert now.state == won
    assert (now.request.withdrawn_at is None) is (won == "received")


def test_two_colleagues_judge(received, owner, buyer, signed_in, at_once):
    one = received("referees")
    first, second = signed_in(owner), signed_in(buyer)
    answers = at_once(
        held(one),
        lambda: first.post(at("judge", one), JUDGED).status_code,
        lambda: second.post(at("judge", one), {"verdict": "poor", "text": "No"}).status_code,
    )
    assert sorted(answers) == [302, 409]
    one.refresh_from_db()
    given = Judgement.objects.get()
    assert (one.verdict, one.judged_by) == (given.verdict, given.by)
    assert one.verdict == ("good" if answers[0] == 302 else "poor")


def test_a_referee_is_added_while_it_is_judged(received, owner, manager, signed_in, at_once):
    one = received("referees")
    vendor, merchant = signed_in(manager), signed_in(owner)
    late = REFEREE | {"email": "late@fenwick.example"}
    added, judged = at_once(
        held(one),
        lambda: vendor.post(at("answer_add", one), late).status_code,
        lambda: merchant.post(at("judge", one), JUDGED).status_code,
    )
    assert judged == 302
    assert added in (302, 409)
    assert Reference.objects.count() == (2 if added == 302 else 1)


def test_two_changes_of_one_verdict(received, owner, buyer, signed_in, at_once, it_is_tuesday):
    one = received("referees")
    signed_in(owner).post(at("judge", one), JUDGED)
    one.refresh_from_db()
    it_is_tuesday.at = NOW + timedelta(days=1)
    change = {"verdict": "poor", "text": "No", "seen": one.judged_at.isoformat()}
    first, second = signed_in(owner), signed_in(buyer)
    answers = at_once(
        held(one),
        lambda: first.post(at("judge", one), change).status_code,
        lambda: second.post(at("judge", one), change | {"verdict": "fair"}).status_code,
    )
    assert sorted(answers) == [302, 409]
    assert Judgement.objects.count() == 2
