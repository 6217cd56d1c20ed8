"""Who may begin a conversation with whom, as the directory knows it."""

from datetime import UTC, datetime

import pytest

from outsourcing.accounts.models import Role
from outsourcing.conversations.models import Thread
from tests.factories import MembershipFactory, RelationshipFactory, VendorFactory
from vendors.directory.models import EvidenceRequest
from vendors.directory.writing_to import counterparts, may_write_to

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def listed(vendor):
    """Pallet & Post in the directory."""
    return VendorFactory(organisation=vendor)


def test_a_merchant_writes_to_every_vendor_that_it_sees(owner, listed, rival):
    private = VendorFactory(private_to=rival.organisation)
    assert may_write_to(owner, listed.organisation)
    assert not may_write_to(owner, private.organisation)
    assert may_write_to(rival, private.organisation)


def test_a_blocked_vendor_is_not_written_to(owner, listed, signed_in):
    RelationshipFactory(
        vendor=listed, merchant=owner.organisation, status="blocked", blocked_reason="Late", blocked_at=AT
    )
    assert not may_write_to(owner, listed.organisation)
    assert list(counterparts(owner)) == []
    assert b"Write to them" not in signed_in(owner).get(f"/vendors/{listed.pk}/").content


def test_a_merchant_is_offered_the_vendors_that_it_knows(owner, listed):
    assert list(counterparts(owner)) == []
    RelationshipFactory(vendor=listed, merchant=owner.organisation)
    assert list(counterparts(owner)) == [listed.organisation]


def test_a_vendor_writes_to_merchants_that_turned_to_it(owner, rival, manager, listed):
    EvidenceRequest.objects.create(vendor=listed, merchant=owner.organisation, asked_by=owner, asked_at=AT)
    assert list(counterparts(manager)) == [owner.organisation]
    assert may_write_to(manager, owner.organisation)
    assert not may_write_to(manager, rival.organisation)


def test_a_page_of_a_vendor_leads_to_a_first_message(owner, listed, signed_in):
    page = signed_in(owner).get(f"/vendors/{listed.pk}/")
    address = f"/messages/new/?to={listed.organisation_id}"
    assert f'href="{address}"' in page.content.decode()
    form = signed_in(owner).get(address).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {
        "to": listed.organisation_id,
        "subject": "Saturdays",
        "text": "Do you ship on Saturdays?",
        "kind": "question",
    }
    answer = signed_in(owner).post("/messages/new/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Thread.objects.get().vendor == listed.organisation


def test_who_only_looks_is_not_asked_to_write(viewer, listed, signed_in):
    viewer.roles = [Role.VIEWER]
    assert b"Write to them" not in signed_in(viewer).get(f"/vendors/{listed.pk}/").content


def test_a_member_of_another_vendor_meets_nobody(owner, listed):
    other = MembershipFactory(organisation=VendorFactory().organisation, roles=[Role.MANAGER])
    EvidenceRequest.objects.create(vendor=listed, merchant=owner.organisation, asked_by=owner, asked_at=AT)
    assert list(counterparts(other)) == []
