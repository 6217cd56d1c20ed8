"""How fast vendors reply, with you: in the row, and as an order of the list; a rival's turns count for nobody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from outsourcing.conversations import posting
from outsourcing.conversations.models import Kind
from outsourcing.shared import clock
from tests.conversations.conftest import HOUR, MONDAY, said
from tests.factories import MembershipFactory, ThreadFactory, VendorFactory
from vendors.directory.search.replying import in_words, medians, order_of

NOW = MONDAY + timedelta(days=9)
LIST = reverse("directory:list")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def talk(owner, name: str, hours: int, *, answered: int = 5, asked: int = 5):
    """A vendor that answers each of the merchant's questions after so many working hours."""
    place = {"organisation__name": name, "organisation__country": "GB", "organisation__time_zone": "Europe/London"}
    vendor = VendorFactory(**place)
    manager = MembershipFactory(organisation=vendor.organisation, roles=["manager"])
    for number in range(asked):
        thread = ThreadFactory(merchant=owner.organisation, vendor=vendor.organisation, opened_by=owner)
        at = MONDAY + timedelta(days=number)
        posting.post(thread, said("When?", Kind.QUESTION), by=owner, at=at)
        if number < answered:
            posting.post(thread, said("At ten."), by=manager, at=at + hours * HOUR)
    return vendor


def names(client, query: str) -> list[str]:
    return [row.name for row in client.get(f"{LIST}?{query}").context["found"].rows]


@pytest.fixture
def three(owner):
    """A quick one, a slow one, one that leaves nearly all open; and one that nobody has asked."""
    VendorFactory(organisation__name="Aardvark")
    return talk(owner, "Slow", 5), talk(owner, "Quick", 1), talk(owner, "Silent", 1, answered=1)


def test_the_fastest_first_and_who_is_not_known_last(three, owner, signed_in):
    slow, quick, silent = three
    found = medians(owner, NOW)
    assert {pk: in_words(one) for pk, one in found.items()} == {
        slow.pk: "5 h",
        quick.pk: "1 h",
        silent.pk: found[silent.pk].is_over and in_words(found[silent.pk]),
    }
    assert in_words(found[silent.pk]).startswith("over ")
    assert names(signed_in(owner), "sort=reply") == ["Quick", "Slow", "Silent", "Aardvark"]
    assert names(signed_in(owner), "sort=reply&q=s") == ["Slow", "Silent"]


def test_the_row_says_it_in_every_order(three, owner, signed_in):
    page = signed_in(owner).get(f"{LIST}?sort=name").content.decode()
    assert "5 h" in page
    assert "over " in page


def test_a_rival_learns_nothing_of_it(three, owner, rival, signed_in):
    assert medians(rival, NOW) == {}
    assert names(signed_in(rival), "sort=reply") == ["Aardvark", "Quick", "Silent", "Slow"]


def test_fewer_than_five_say_nothing(owner):
    talk(owner, "New", 1, answered=4, asked=4)
    assert medians(owner, NOW) == {}


def test_only_some_are_looked_at(three, owner):
    slow, *_others = three
    assert set(medians(owner, NOW, among=[slow.pk])) == {slow.pk}
    with CaptureQueriesContext(connection) as captured:
        assert medians(owner, NOW, among=[]) == {}
    assert len(captured) == 0


def test_the_file_has_the_same_order(three, owner, signed_in):
    lines = b"".join(signed_in(owner).get(reverse("directory:export_csv") + "?sort=reply")).decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Quick", "Slow", "Silent", "Aardvark"]


def test_over_sorts_after_every_known_time(three, owner):
    slow, _quick, silent = three
    order = order_of(medians(owner, NOW))
    assert order[silent.pk] > order[slow.pk]
