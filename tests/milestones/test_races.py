"""Two people at the same instant, on two connections: one wins, the other is told what happened, nothing is doubled."""

import threading

import pytest
from django.db import connection, transaction

from milestones.contracts import offering
from milestones.errors import Overtaken
from milestones.holding import hold
from milestones.models import Cause, Contract, State, Step
from milestones.work import handing_in, judging, moving
from milestones.work.judging import Verdict
from milestones.work.moving import Wanted
from outsourcing.shared.errors import DomainError
from tests.locks import until_they_wait
from tests.milestones.conftest import DUE, MONDAY, WEEK, submit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]


def at_once(contract, *acts):
    """All of them wait for the contract's row, which is let go once they do; what each was refused with, or None."""
    outcomes: list[Exception | None] = [None] * len(acts)

    def run(place, act):
        try:
            act()
        except DomainError as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    with transaction.atomic():
        hold(contract.pk)
        for one in threads:
            one.start()
        until_they_wait(len(acts))
    for one in threads:
        one.join()
    return outcomes


def test_accepting_and_sending_back(contract, count, owner, operations, manager):
    handed = submit(count, manager)
    missing = {handed.points.get().pk: "Two lines"}
    outcomes = at_once(
        contract,
        lambda: judging.accept(handed, Verdict(), by=owner, at=MONDAY),
        lambda: judging.send_back(handed, Verdict(missing=missing), by=operations, at=MONDAY),
    )
    (refused,) = [one for one in outcomes if one]
    count.refresh_from_db()
    handed.refresh_from_db()
    assert isinstance(refused, Overtaken)
    if count.state == Step.ACCEPTED:
        assert (handed.decision, count.rework_round) == ("accepted", 0)
        assert "accepted it" in str(refused)
    else:
        assert (handed.decision, count.rework_round) == ("changes", 1)
        assert "sent it back" in str(refused)


def test_accepting_an_offer_and_taking_it_back(offered, owner, manager):
    offer = offered.offers.get()
    outcomes = at_once(
        offered,
        lambda: offering.accept(offer, read=offer.digest, by=manager, at=MONDAY),
        lambda: offering.withdraw(offer, by=owner, at=MONDAY),
    )
    offered.refresh_from_db()
    offer.refresh_from_db()
    assert len([one for one in outcomes if one]) == 1
    assert (offered.state, offer.state) in ((State.ACTIVE, "accepted"), (State.DRAFT, "withdrawn"))


def test_accepting_an_offer_twice(offered, manager):
    offer = offered.offers.get()

    def accept():
        offering.accept(offer, read=offer.digest, by=manager, at=MONDAY)

    outcomes = at_once(offered, accept, accept)
    assert len([one for one in outcomes if one]) == 1
    assert Contract.objects.get().history.filter(kind="accepted").count() == 1


def test_handing_in_twice(contract, count, manager):
    outcomes = at_once(contract, *[lambda: submit(count, manager)] * 2)
    assert len([one for one in outcomes if one]) == 1
    assert count.submissions.count() == 1


def test_taking_back_and_accepting(contract, count, owner, manager):
    handed = submit(count, manager)
    outcomes = at_once(
        contract,
        lambda: handing_in.withdraw(handed, by=manager, at=MONDAY),
        lambda: judging.accept(handed, Verdict(), by=owner, at=MONDAY),
    )
    count.refresh_from_db()
    assert len([one for one in outcomes if one]) == 1
    assert count.state in (Step.IN_PROGRESS, Step.ACCEPTED)


def test_both_sides_ask_for_another_date(contract, count, owner, manager):
    outcomes = at_once(
        contract,
        lambda: moving.propose(count, Wanted(DUE - WEEK, "Earlier", Cause.MERCHANT), by=owner, at=MONDAY),
        lambda: moving.propose(count, Wanted(DUE + WEEK, "Snow", Cause.EXTERNAL), by=manager, at=MONDAY),
    )
    assert len([one for one in outcomes if one]) == 1
    assert count.date_changes.open().count() == 1
