"""A shop that has asked somebody about a vendor, and what the link is opened by."""

import re

import pytest
from django.urls import reverse

from outsourcing.shared import clock
from tests.accounts.conftest import at_once, nothing_written, outbox
from tests.factories import ReferenceFactory, VendorFactory
from vendors.directory.enquiries import asking
from vendors.directory.enquiries.links import token_of
from vendors.directory.models import Enquiry, FacetValue, Partner, Testimonial

__all__ = ["at_once", "nothing_written", "outbox"]

_tokens: dict[str, str] = {}
BASE = "http://localhost:8000"


@pytest.fixture
def harrow(manager):
    """The vendor: its web site is at harrowquay.example."""
    return VendorFactory(
        organisation=manager.organisation,
        website="https://www.harrowquay.example",
        orders_from=500,
        orders_to=15_000,
        cut_off="15:00",
    )


@pytest.fixture
def maren(harrow, owner):
    """A referee whom the shop has named."""
    return ReferenceFactory(
        vendor=harrow,
        merchant=owner.organisation,
        created_by=owner,
        email="maren@ember-ceramics.example",
        website="https://ember-ceramics.example",
    )


@pytest.fixture
def quoted(harrow):
    """Words that the vendor quotes."""
    return Testimonial.objects.create(
        vendor=harrow,
        quote="Our peak went well.",
        company="Ember",
        url="https://ember.example/us",
        created_at=clock.now(),
    )


@pytest.fixture
def carrier(harrow):
    """A partner whom the vendor names."""
    return Partner.objects.create(
        vendor=harrow, name="Swift Post", kind="carrier", website="https://swift.example", created_at=clock.now()
    )


@pytest.fixture
def ask(owner):
    """`ask(maren)`: the enquiry."""

    def asked(about, by=owner, **more) -> Enquiry:
        return asking.ask(about, by=by, at=clock.now(), **more)

    return asked


@pytest.fixture
def asked(ask, maren) -> Enquiry:
    return ask(maren)


def path_of(enquiry: Enquiry, verb: str = "") -> str:
    """Where the link leads, without the host; the same for one enquiry in whichever second one asks."""
    token = _tokens.setdefault(enquiry.secret, token_of(enquiry))
    return reverse(f"directory:{verb}_enquiry" if verb else "directory:enquiry", args=[token])


def link_in(mail) -> str:
    """The path of the only link to an enquiry in a mail."""
    (path,) = set(re.findall(rf"{BASE}(/r/\S+)", mail.text))
    return path


def value_of(facet: str, slug: str) -> str:
    """A facet's value as a form sends it; tests that empty the database make it anew."""
    names = {"kitting": "Kitting", "returns": "Returns", "1k-5k": "1,000 to 5,000"}
    return str(FacetValue.objects.get_or_create(facet=facet, slug=slug, defaults={"name": names[slug]})[0].pk)


def filled(**changes) -> dict:
    """A referee's whole answer."""
    return {
        "services": [value_of("service", "kitting"), value_of("service", "returns")],
        "relation": "former",
        "worked_from": "2022-03",
        "worked_until": "2025-06",
        "why_left": "We opened our own floor.",
        "orders": value_of("volume", "1k-5k"),
        "on_time": "mostly",
        "delivery": "4",
        "accuracy": "5",
        "communication": "3",
        "problem_solving": "0",
        "value": "unknown",
        "went_wrong": "A pallet went missing for a week.",
        "text": "They write back the same day.",
        "hire_again": "yes",
        "has_conflict": "no",
        "sharing": "anonymous",
    } | changes
