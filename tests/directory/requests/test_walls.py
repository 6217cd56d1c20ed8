"""Canaries: what one merchant asks, gets and thinks is read there alone; a verdict never by the vendor."""

import pytest
from django.urls import reverse

from outsourcing.notifications.models import Mail
from tests.directory.requests.conftest import ALL, DUE, JUDGED, NOW, REFEREE, at
from tests.factories import MembershipFactory, VendorFactory
from tests.files.conftest import picture, upload
from vendors.directory.requests import asking

pytestmark = pytest.mark.django_db
VERDICT = ("Canary-verdict", "Canary-earlier", "Canary-parcel", "Judged")
ASKED = ("Canary-message", "Canary-referee", "Canary-refusal", "canary@referee.example")


@pytest.fixture
def told(supplier, owner, manager, signed_in):
    """A request in which everything has been said."""
    request = asking.ask_vendor(supplier, ALL, message="Canary-message", due_on=DUE, by=owner, at=NOW)
    items = {one.kind: one for one in request.items.all()}
    theirs, ours = signed_in(manager), signed_in(owner)
    theirs.post(
        at("answer_add", items["referees"]), REFEREE | {"name": "Canary-referee", "email": "canary@referee.example"}
    )
    theirs.post(at("answer_done", items["referees"]))
    theirs.post(at("answer_refuse", items["partners"]), {"reason": "Canary-refusal"})
    ours.post(at("judge", items["referees"]), JUDGED | {"text": "Canary-earlier"})
    items["referees"].refresh_from_db()
    seen = items["referees"].judged_at.isoformat()
    ours.post(at("judge", items["referees"]), {"verdict": "poor", "text": "Canary-verdict", "seen": seen})
    arrival = {"arrived_on": "2026-11-24", "title": "Canary-parcel", "photos": [upload(picture())]}
    ours.post(at("arrived", items["physical"]), arrival)
    return request


def pages_of(member, vendor, told) -> list[str]:
    """Every page on which it could stand, whatever its status."""
    paths = ["/", reverse("directory:list"), reverse("directory:list") + "?q=canary", "/search/?q=canary"]
    paths += [reverse("directory:export_csv"), at("vendor", vendor), at("ask", vendor), at("request", told)]
    paths += [f"{at('ask', vendor)}?again={told.pk}", at("answer", told), "/settings/history/"]
    for item in told.items.all():
        paths += [at(name, item) for name in ("judge", "record", "record_piece", "arrived")]
    return paths


def read(client, paths) -> str:
    return "".join(client.get(path).content.decode() for path in paths)


def test_the_merchant_reads_it_all(told, supplier, viewer, signed_in):
    """The control of those below."""
    page = signed_in(viewer).get(at("request", told)).content.decode()
    for word in (*VERDICT, *ASKED):
        assert word in page


def test_the_vendor_reads_what_it_was_asked_and_never_a_verdict(told, supplier, manager, contact, signed_in):
    for member in (manager, contact):
        text = read(signed_in(member), pages_of(member, supplier, told))
        for word in ASKED:
            assert word in text
        for word in VERDICT:
            assert word not in text
    assert not [mail for mail in Mail.objects.all() if "Canary-verdict" in mail.text + mail.html]


def test_a_rival_and_another_vendor_read_nothing(told, supplier, rival, signed_in):
    other = MembershipFactory(organisation=VendorFactory().organisation, roles=["manager"])
    for member in (rival, other):
        text = read(signed_in(member), pages_of(member, supplier, told))
        for word in (*VERDICT[:3], *ASKED, str(told.pk), "Juniper"):
            assert word not in text.replace(f"again={told.pk}", "")


def test_a_second_merchants_request_is_not_seen_on_the_firsts_page(told, supplier, rival, manager, signed_in):
    second = asking.ask_vendor(supplier, ALL, message="Theirs", due_on=DUE, by=rival, at=NOW)
    page = signed_in(manager).get(at("answer", second)).content.decode()
    for word in (*VERDICT, "Canary-message", "Canary-refusal", "Juniper"):  # whom it named before, it may name again
        assert word not in page
    assert "Copper" not in signed_in(manager).get(at("answer", told)).content.decode()


def test_only_the_people_asked_got_mail(told, manager):
    assert {mail.address for mail in Mail.objects.all()} == {manager.email}
