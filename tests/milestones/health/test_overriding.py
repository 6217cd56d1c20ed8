"""A person's own word on how a contract is doing: beside the rules' word, for five working days, never the vendor's."""

from datetime import UTC, datetime

import pytest
import time_machine

from milestones.errors import NotInThisState, Overtaken
from milestones.health import overriding
from milestones.models import Health, Override
from tests.milestones.conftest import DAY, MONDAY

pytestmark = pytest.mark.django_db


def override(contract, by, level=Health.LANGUISHING, at=MONDAY):
    return overriding.override(contract, level, reason="They told me on the phone", by=by, at=at)


def test_ends_after_the_fifth_of_our_working_days(contract, owner):
    made = override(contract, owner)
    assert made.until == datetime(2026, 12, 1, tzinfo=UTC)  # Monday to Monday, in London


def test_a_new_word_ends_the_earlier_one(contract, owner):
    override(contract, owner)
    override(contract, owner, Health.ON_TRACK, at=MONDAY + DAY)
    assert [one.ended_at is None for one in Override.objects.order_by("at")] == [False, True]


def test_only_of_what_runs(draft, owner):
    with pytest.raises(NotInThisState):
        override(draft, owner)


def test_lifted_once(contract, owner):
    override(contract, owner)
    overriding.lift(contract, by=owner, at=MONDAY + DAY)
    with pytest.raises(Overtaken):
        overriding.lift(contract, by=owner, at=MONDAY + DAY)


def test_one_that_is_over_by_itself_is_not_lifted(contract, owner):
    override(contract, owner)
    with pytest.raises(Overtaken):
        overriding.lift(contract, by=owner, at=MONDAY + 9 * DAY)


def test_both_words_stand_on_the_page_and_in_the_list(client, contract, owner):
    override(contract, owner)
    client.force_login(owner.user)
    with time_machine.travel(MONDAY + DAY):
        page = " ".join(client.get(f"/contracts/{contract.pk}/").text.split())
        row = " ".join(client.get("/contracts/").text.split())
    assert "Gone quiet" in page
    assert "worked out: On track" in page
    assert "They told me on the phone" in page
    assert "Gone quiet" in row


def test_the_vendor_never_reads_it(client, contract, owner, manager):
    override(contract, owner)
    client.force_login(manager.user)
    with time_machine.travel(MONDAY + DAY):
        for path in (f"/contracts/{contract.pk}/", f"/contracts/{contract.pk}/history/", "/contracts/", "/"):
            text = client.get(path).text
            assert "They told me on the phone" not in text
            assert "Gone quiet" not in text


def test_over_once_its_time_has_come(client, contract, owner):
    override(contract, owner)
    client.force_login(owner.user)
    with time_machine.travel(MONDAY + 8 * DAY):
        assert "worked out:" not in client.get(f"/contracts/{contract.pk}/").text
