"""Jobs of the shop."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from outsourcing.accounts.models import Membership, Role
from tests.factories import MembershipFactory
from vendors.needs import keeping
from vendors.needs.models import Task

NOW = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
GIVEN = {"description": "", "unit": "", "asks": "", "services": ()}


@pytest.fixture
def buyer(shop) -> Membership:
    return MembershipFactory(organisation=shop, user__name="Ines Rahman", roles=[Role.BUYER])


@pytest.fixture
def books(db) -> Task:
    return Task.objects.get(slug="bookkeeping")


@pytest.fixture
def packing(db) -> Task:
    return Task.objects.get(slug="picking-packing")


def rated(task: Task, by: Membership, **said) -> Task:
    """What a person says of a job, numbers as they are written."""
    exact = {
        name: Decimal(value) if isinstance(value, str) and name != "done_by" else value for name, value in said.items()
    }
    keeping.rate(task, exact, by=by, at=NOW)
    return task
