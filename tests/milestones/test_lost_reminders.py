"""The look for lost ladders costs what can be owed, not what exists."""

from datetime import date

import pytest

from milestones.models import Contract, Milestone
from outsourcing.notifications.ladders.people import Calendars
from outsourcing.notifications.ladders.planning import find_lost
from outsourcing.notifications.ladders.rules import Standing, known, rule_of, standings_of
from outsourcing.notifications.models import Ladder
from tests.milestones.conftest import DAY, MONDAY, submit

pytestmark = pytest.mark.django_db


def looked_at(key: str, at=MONDAY) -> list[int]:
    return list(rule_of(key).subjects(0, 100, at))


@pytest.mark.parametrize(
    ("fields", "is_looked_at"),
    [
        ({}, False),  # it ends, and nobody need give notice
        ({"notice_days": 30}, True),  # by 30 December
        ({"notice_days": 90}, False),  # by 31 October, which has passed
        ({"renews_on": date(2027, 1, 29)}, True),
        ({"renews_on": date(2027, 1, 29), "notice_days": 67}, True),  # by today
        ({"renews_on": date(2027, 1, 29), "notice_days": 90}, False),
        ({"renews_on": date(2027, 1, 29), "state": "suspended"}, False),
    ],
)
def test_a_contract_of_which_no_notice_can_be_given_is_left_out(contract, fields, is_looked_at):
    Contract.objects.filter(pk=contract.pk).update(**fields)
    assert looked_at("notice") == [contract.pk] * is_looked_at


def test_what_silence_does_not_accept_and_what_we_hold_up_is_left_out(contract, count, packing, manager):
    submit(count, manager)
    assert (looked_at("review"), looked_at("silence")) == ([count.pk], [])
    Contract.objects.update(silence_accepts=True)
    assert looked_at("silence") == [count.pk]
    assert looked_at("milestone") == [packing.pk]
    Milestone.objects.filter(pk=packing.pk).update(blocked_since=MONDAY)
    assert looked_at("milestone") == []
    Contract.objects.update(state="suspended")
    assert (looked_at("review"), looked_at("silence")) == ([], [])


def test_whatever_is_looked_at_has_a_ladder_afterwards(contract, count, packing, manager):
    """Or it would be looked at again each time."""
    submit(count, manager)
    Ladder.objects.all().delete()
    find_lost(MONDAY + DAY)
    for rule in known():
        keys = rule.subjects(0, 100, MONDAY + DAY)
        found = standings_of(rule, keys, Calendars(MONDAY + DAY))
        assert all(isinstance(one, Standing) for one in found.values())
        assert set(keys) == set(Ladder.objects.filter(rule=rule.key).values_list("subject", flat=True))
    assert Ladder.objects.exists()
