"""A shop with a brief, two vendors on its list, and what each of them does with it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from outsourcing.accounts.models import Role
from tests.factories import MembershipFactory, OrganisationFactory, VendorFactory
from tests.sourcing.shortlists import shortlist
from vendors.sourcing.answering import submitting
from vendors.sourcing.answering.said import Said
from vendors.sourcing.briefs import publishing, writing
from vendors.sourcing.candidates import adding
from vendors.sourcing.models import Brief, Candidate

#: A Monday, ten o'clock in London.
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
DEADLINE = datetime(2026, 12, 7, 17, tzinfo=UTC)


@pytest.fixture
def buyer(shop):
    return MembershipFactory(organisation=shop, user__name="Rosa Imberg", roles=[Role.BUYER])


@pytest.fixture
def operations(shop):
    return MembershipFactory(organisation=shop, user__name="Nadia Okafor", roles=[Role.OPERATIONS])


@pytest.fixture
def profile(vendor, manager):
    return VendorFactory(organisation=vendor)


@pytest.fixture
def second(db):
    """Another vendor, with its manager."""
    organisation = OrganisationFactory(kind="vendor", name="Fellgate Logistics", country="GB")
    return MembershipFactory(organisation=organisation, user__name="Una Fell", roles=[Role.MANAGER])


@pytest.fixture
def second_profile(second):
    return VendorFactory(organisation=second.organisation)


def begin(by, at=MONDAY, **fields) -> Brief:
    values = {"title": "UK pick and pack", "deadline_at": DEADLINE, "orders_base": 4200, "time_zone": "Europe/London"}
    brief = writing.start("fulfilment", values | fields, by=by, at=at)
    brief.criteria.filter(source="price").update(target="3.00", walk_away="4.50")
    return brief


@pytest.fixture
def draft(owner, profile, second_profile) -> Brief:
    brief = begin(owner)
    adding.add(brief, [profile, second_profile], by=owner, at=MONDAY)
    return brief


@pytest.fixture
def sealed_draft(owner, profile, second_profile) -> Brief:
    brief = begin(owner, is_sealed=True)
    adding.add(brief, [profile, second_profile], by=owner, at=MONDAY)
    return brief


def send_out(brief, by, at=MONDAY) -> Brief:
    publishing.publish(brief, list(brief.candidates.all()), by=by, at=at)
    brief.refresh_from_db()
    return brief


@pytest.fixture
def brief(draft, owner) -> Brief:
    """Out, and not sealed."""
    return send_out(draft, owner)


@pytest.fixture
def sealed(sealed_draft, owner) -> Brief:
    return send_out(sealed_draft, owner)


def of(brief, organisation) -> Candidate:
    return Candidate.objects.select_related("brief__merchant", "vendor").get(brief=brief, vendor=organisation)


def said(brief, price="14364.00", **more) -> Said:
    """Yes to all must-haves, and a price."""
    gates = {one.pk: (True, "See the file.") for one in brief.gates.filter(removed_at=None)}
    questions = {one.pk: "About 60 per cent full." for one in brief.questions.filter(removed_at=None)[:1]}
    values = {"price_month": Decimal(price), "price_order": Decimal("3.42"), "gates": gates, "questions": questions}
    return Said(**values | more)


def answer(brief, member, at=MONDAY + DAY, **more):
    return submitting.submit(of(brief, member.organisation), said(brief, **more), by=member, at=at)


@pytest.fixture
def listed(shop, buyer):
    """A brief that is being compared: three vendors and two criteria; the buyer chairs it, and nobody scores yet."""
    return shortlist(shop, buyer)
