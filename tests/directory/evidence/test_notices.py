"""Certificates that are about to end are told to those concerned, once for each step."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from outsourcing.accounts.models import Role
from outsourcing.accounts.waiting import Urgency
from outsourcing.shared import clock
from outsourcing.shared.statements import rows
from tests.factories import MembershipFactory, RelationshipFactory, VendorFactory
from vendors.directory.evidence.notices import due_notices, notices_for, step_of, waiting
from vendors.directory.evidence.tasks import expire
from vendors.directory.models import Certificate, FacetValue, Listing, Relationship
from vendors.directory.search import index
from vendors.directory.waiting import FEW, IS_ANY
from vendors.directory.waiting import waiting as waiting_things

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def known(manager, owner):
    """The manager's vendor, which the owner's shop looks at."""
    vendor = VendorFactory(organisation=manager.organisation)
    RelationshipFactory(vendor=vendor, merchant=owner.organisation)
    return vendor


def paper(vendor, days, **fields):
    return Certificate.objects.create(
        **{"vendor": vendor, "name": "ISO 9001", "expires_on": TODAY + timedelta(days=days), "created_at": NOON}
        | fields
    )


@pytest.mark.parametrize(
    ("days", "step"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0), (-400, 0)]
)
def test_each_step_begins_on_its_day(days, step):
    assert step_of(TODAY + timedelta(days=days), TODAY) == step


def test_a_notice_is_the_same_until_the_next_step(known):
    one = paper(known, 90)
    keys = {notice.key for day in range(150) for notice in due_notices(TODAY + timedelta(days=day))}
    assert keys == {f"certificate:{one.pk}:{step}" for step in (90, 30, 7, 0)}
    assert due_notices(TODAY - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("newer", "is_due"),
    [
        ({"days": 400}, False),
        ({"days": 0, "expires_on": None}, False),
        ({"days": 400, "name": "iso 9001"}, False),
        ({"days": 400, "name": "ISO 14001"}, True),
        ({"days": 10}, True),
        ({"days": 400, "removed_at": NOON}, True),
    ],
)
def test_one_that_a_later_paper_replaces_is_not_told(newer, is_due, known):
    old = paper(known, 20)
    paper(known, **newer)
    assert (old in [notice.certificate for notice in due_notices(TODAY)]) is is_due


def test_the_value_of_the_facet_says_what_replaces_what(known):
    value = FacetValue.objects.get(facet="certificate", slug="iso-9001")
    paper(known, 20, value=value)
    paper(known, 400, value=value, name="ISO 9001:2015")
    assert due_notices(TODAY) == []


def test_what_a_merchant_has_newer_itself_is_not_told_to_it(known, owner, manager):
    paper(known, 20)
    paper(known, 400, merchant=owner.organisation)
    assert notices_for(owner, TODAY) == []
    assert len(notices_for(manager, TODAY)) == 1


def test_who_is_told(known, owner, viewer, rival, manager, contact):
    paper(known, 20)
    paper(known, 5, merchant=owner.organisation, name="Canary")
    told = {member: len(notices_for(member, TODAY)) for member in (owner, viewer, rival, manager, contact)}
    assert told == {owner: 2, viewer: 0, rival: 0, manager: 1, contact: 0}


@pytest.mark.parametrize("status", ["former", "blocked"])
def test_of_a_vendor_that_one_has_done_with_nothing_is_told(status, known, owner):
    paper(known, 20)
    Relationship.objects.update(status=status, blocked_reason="Slow", blocked_at=NOON)
    assert notices_for(owner, TODAY) == []


def test_of_a_merged_vendor_nothing_is_told(known, owner, manager):
    paper(known, 20)
    type(known).objects.filter(pk=known.pk).update(merged_into=VendorFactory())
    assert notices_for(owner, TODAY) == notices_for(manager, TODAY) == due_notices(TODAY) == []


def test_it_stands_on_both_home_pages_with_its_urgency_in_one_query(known, owner, manager, django_assert_num_queries):
    for days in (60, 20, 5, -12, -31, 91):
        paper(known, days, name=f"Paper {days}")
    for member, url in ((owner, "show=certificates"), (manager, "certificates/add/")):
        with django_assert_num_queries(1):
            found = list(waiting(member, NOON))
        assert [(one.urgency, one.due) for one in found] == [
            (Urgency.LATE, "Ended 12 days ago"),
            (Urgency.LATE, "5 days left"),
            (Urgency.RISK, "20 days left"),
            (Urgency.INFO, "60 days left"),
        ]
        assert all(one.url.endswith(url) for one in found)


def test_it_is_seen_on_the_page_itself(known, owner, rival, manager, signed_in):
    ends = clock.now().date() + timedelta(days=20)
    paper(known, 0, name="BRCGS storage", expires_on=ends)
    for member in (owner, manager):
        assertContains(signed_in(member).get("/"), "BRCGS storage")
    assertNotContains(signed_in(rival).get("/"), "BRCGS storage")


@pytest.mark.parametrize("few", [FEW, 1], ids=["of each vendor that is known", "of those that end"])
@pytest.mark.parametrize(
    ("days", "fields", "is_there"),
    [
        (90, {}, True), (-30, {}, True), (200, {}, False), (-60, {}, False), (20, {"removed_at": NOON}, False),
    ],
)  # fmt: skip
def test_whether_any_ends_is_found_from_either_side(few, days, fields, is_there, known, owner, rival):
    paper(known, days, **fields)
    paper(VendorFactory(), 20)  # which neither knows
    statement = IS_ANY.replace(f"LIMIT {FEW}", f"LIMIT {few}").replace(f"< {FEW}", f"< {few}")
    for member, found in ((owner, is_there), (rival, False)):
        given = waiting_things(member, NOON).given
        assert rows(statement, given) == [(False, False, found)]


def test_many_certificates_cost_one_query(known, owner, django_assert_num_queries):
    for _ in range(60):
        paper(VendorFactory(), 20)
    Relationship.objects.bulk_create(
        Relationship(vendor=vendor, merchant=owner.organisation, created_at=NOON)
        for vendor in type(known).objects.exclude(pk=known.pk)
    )
    with django_assert_num_queries(1):
        assert len(list(waiting(owner, NOON))) == 50


def test_one_that_has_ended_counts_no_more(known, settings):
    value = FacetValue.objects.get(facet="certificate", slug="iso-9001")
    ends = clock.now().date()
    paper(known, 0, value=value, expires_on=ends)
    index.refresh([known.pk])
    listed = Listing.objects.filter(vendor=known, merchant=None, facets__contains=[value.pk], certificates=1)
    assert listed.exists()
    settings.CLOCK_OFFSET += timedelta(days=1)
    expire()
    assert not listed.exists()
    assert Listing.objects.get(vendor=known, merchant=None).certificates == 0


def test_a_buyer_is_told_and_a_plain_colleague_is_not(known, owner):
    paper(known, 20)
    for role, count in ((Role.BUYER, 1), (Role.OPERATIONS, 0)):
        member = MembershipFactory(organisation=owner.organisation, roles=[role])
        assert len(notices_for(member, TODAY)) == count
