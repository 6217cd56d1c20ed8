"""What a reader sees of the evidence about a vendor."""

from datetime import UTC, date, datetime

import pytest
from django.template.loader import render_to_string

from tests.factories import VendorFactory
from vendors.directory.evidence.shown import evidence_of
from vendors.directory.models.evidence import Certificate, Partner, WorkSample

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def test_what_one_merchant_wrote_down_is_not_shown_to_a_rival(owner, rival):
    vendor = VendorFactory()
    Partner.objects.create(vendor=vendor, merchant=owner.organisation, name="Ours", kind="client", created_at=AT)
    assert [p.name for p in evidence_of(vendor, acting=owner, today=TODAY).partners] == ["Ours"]
    assert evidence_of(vendor, acting=rival, today=TODAY).partners == []


def test_what_was_taken_back_is_not_shown(owner):
    vendor = VendorFactory()
    vendor.testimonials.create(quote="Good", company="Acme", created_at=AT, removed_at=AT)
    assert evidence_of(vendor, acting=owner, today=TODAY).testimonials == []


def test_a_certificate_is_valid_through_its_last_day_and_then_struck_through(owner):
    vendor = VendorFactory()
    Certificate.objects.create(vendor=vendor, name="ISO 9001", expires_on=date(2026, 11, 23), created_at=AT)
    Certificate.objects.create(vendor=vendor, name="ISO 14001", expires_on=TODAY, created_at=AT)
    page = render_to_string(
        "directory/_evidence.html", {"evidence": evidence_of(vendor, acting=owner, today=TODAY), "vendor": vendor}
    )
    assert "<s>ISO 9001</s>" in page
    assert page.count("Expired</span>") == 1
    assert "<s>ISO 14001</s>" not in page


def test_each_piece_says_how_we_know(owner):
    vendor = VendorFactory()
    WorkSample.objects.create(vendor=vendor, title="A box", form="physical", level=1, created_at=AT)
    page = render_to_string("directory/_evidence.html", {"evidence": evidence_of(vendor, acting=owner, today=TODAY)})
    assert "Document seen" in page
