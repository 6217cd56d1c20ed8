"""A vendor that was asked, and what its answers are made of."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from outsourcing.accounts.models import Role
from outsourcing.shared import clock
from tests.accounts.conftest import at_once  # noqa: F401 - two real connections
from tests.factories import MembershipFactory, VendorFactory
from tests.files.conftest import picture, upload
from vendors.directory.models import EvidenceRequest, RequestedItem, Vendor
from vendors.directory.requests import answering, asking
from vendors.directory.requests.asking import Wish

Kind, State = RequestedItem.Kind, RequestedItem.State
NOW = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
DUE = date(2026, 12, 8)
ALL = [Wish(kind=kind.value, send_to="1 Mill Lane" if kind == Kind.PHYSICAL else "") for kind in Kind]
REFEREE = {
    "name": "Maren Holt",
    "role": "Owner",
    "company": "Ember Ceramics",
    "email": "maren@ember-ceramics.example",
    "phone": "+44 117 496 0101",
    "relation": "former",
    "agreed": "on",
}
JUDGED = {"verdict": "good", "text": "Neat packing, quick answers"}


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture(autouse=True)
def it_is_tuesday(monkeypatch):
    """A clock that tests may set: `it_is_tuesday.at = ...`."""

    class Clock:
        at = NOW

    monkeypatch.setattr(clock, "now", lambda: Clock.at)
    return Clock


@pytest.fixture
def buyer(shop):
    return MembershipFactory(
        organisation=shop, user__name="Rosa Imberg", user__email="rosa@juniperandpine.example", roles=[Role.BUYER]
    )


@pytest.fixture
def supplier(manager) -> Vendor:
    """Pallet & Post, whose manager has joined."""
    return VendorFactory(organisation=manager.organisation)


@pytest.fixture
def asked(supplier, owner) -> EvidenceRequest:
    """Everything asked, for 8 December."""
    return asking.ask_vendor(supplier, ALL, message="Before we sign", due_on=DUE, by=owner, at=NOW)


@pytest.fixture
def item(asked):
    """`item("referees")`: that item of the request as it is now."""

    def of(kind: str) -> RequestedItem:
        return RequestedItem.objects.select_related("request__vendor", "request__merchant").get(
            request=asked, kind=kind
        )

    return of


@pytest.fixture
def received(item, manager):
    """`received("referees")`: that item, handed over by the vendor."""

    def of(kind: str = "referees") -> RequestedItem:
        about = {name: value for name, value in REFEREE.items() if name != "agreed"}
        if kind == "referees":
            answering.name_referee(item(kind), by=manager, at=NOW, **about)
        else:
            given = {"uploads": [upload(picture())], "links": [], "title": "Kitting bench", "description": ""}
            answering.add_samples(item(kind), by=manager, at=NOW, **given)
        answering.say_that_is_all(item(kind), at=NOW + timedelta(hours=1))
        return item(kind)

    return of


def at(name: str, *args) -> str:
    return reverse(f"directory:{name}", args=[one.pk for one in args])
