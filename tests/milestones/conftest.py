"""A shop and a vendor with a contract, and what each of them does with it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from milestones.contracts import drafting, offering
from milestones.models import Contract, Milestone, Submission
from milestones.work import handing_in, planning
from milestones.work.handing_in import Handed
from outsourcing.accounts.models import Role
from tests.factories import MembershipFactory
from tests.notifications.conftest import mail_server, send, sink  # noqa: F401  (fixtures)

#: A Monday, ten o'clock in London.
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
DUE = date(2026, 12, 4)


@pytest.fixture
def operations(shop):
    return MembershipFactory(organisation=shop, user__name="Rosa Imberg", roles=[Role.OPERATIONS])


@pytest.fixture
def draft(shop, vendor, owner, manager) -> Contract:
    """A draft with two milestones: a count with a criterion, which packing waits for."""
    contract = drafting.draft(
        vendor,
        {"title": "Peak overflow", "starts_on": date(2026, 11, 2), "ends_on": date(2027, 1, 29), "value": 18_400},
        by=owner,
        at=MONDAY - 3 * WEEK,
    )
    count = planning.add(
        contract,
        {"title": "Cycle count", "current_due": DUE, "starts_on": date(2026, 11, 9), "amount": 2_000},
        criteria=["98.5 % or better"],
        by=owner,
        at=MONDAY - 3 * WEEK,
    )
    planning.add(
        contract,
        {"title": "Gift packing", "current_due": DUE + WEEK},
        after=[count],
        by=owner,
        at=MONDAY - 3 * WEEK,
    )
    return contract


@pytest.fixture
def offered(draft, owner) -> Contract:
    offering.offer(draft, by=owner, at=MONDAY - 2 * WEEK)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def contract(offered, manager) -> Contract:
    """It runs."""
    made = offered.offers.get()
    offering.accept(made, read=made.digest, by=manager, at=MONDAY - 2 * WEEK + DAY)
    offered.refresh_from_db()
    return offered


@pytest.fixture
def count(contract) -> Milestone:
    return contract.milestones.get(title="Cycle count")


@pytest.fixture
def packing(contract) -> Milestone:
    return contract.milestones.get(title="Gift packing")


def submit(milestone: Milestone, by, at=MONDAY, **more) -> Submission:
    """Hand it in with words on each criterion."""
    answers = {one.pk: "99.1 %, see the sheet." for one in milestone.criteria.all()}
    return handing_in.submit(milestone, Handed(text="Done.", answers=answers), by=by, at=at, **more)
