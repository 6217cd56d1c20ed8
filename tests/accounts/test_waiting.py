"""What waits for a person: every room's things, the most urgent first, on both home pages."""

from datetime import UTC, datetime, timedelta

import pytest

from outsourcing.accounts import hooks
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.waiting import Urgency, Waiting, in_words, waiting, waiting_for

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def thing(title: str, urgency: Urgency, days: int) -> Waiting:
    return Waiting(title, "About it", "/", "Do", "clock", urgency, NOW + timedelta(days=days), f"{days} days")


@pytest.fixture
def room():
    """A room that has three things waiting for whoever asks."""

    def three(membership: Membership, at: datetime) -> list[Waiting]:
        return [thing("Later", Urgency.INFO, 2), thing("Sooner", Urgency.INFO, 1), thing("Late", Urgency.LATE, 3)]

    waiting.add(three)
    yield three
    waiting.remove(three)


def test_the_most_urgent_stands_first_and_then_the_earliest(owner, room):
    lines = [in_words(one) for one in waiting_for(owner, NOW)[0]]
    found = [one.title for one in lines if one.meta == "About it"]
    assert found == ["Late", "Sooner", "Later"]


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_both_home_pages_show_it_with_its_action(who, room, request, signed_in):
    page = signed_in(request.getfixturevalue(who)).get("/").content.decode()
    assert page.index(">Late<") < page.index(">Sooner<") < page.index(">Later<")
    assert 'class="glyph glyph-late"' in page
    assert "Nothing is waiting" not in page
    assert "Nothing needs you" not in page


def test_upper_rooms_learn_of_a_new_organisation(signed_in, owner):
    told: list[tuple[Organisation, Membership, datetime]] = []

    def learn(organisation: Organisation, first: Membership, at: datetime) -> None:
        told.append((organisation, first, at))

    hooks.organisation_started.add(learn)
    try:
        form = {
            "kind": "vendor",
            "name": "Brightcrate",
            "country": "GB",
            "time_zone": "Europe/London",
            "currency": "GBP",
            "acting": owner.pk,
        }
        signed_in(owner).post("/start/", form)
    finally:
        hooks.organisation_started.remove(learn)
    [(organisation, first, _at)] = told
    assert (organisation.name, first.user) == ("Brightcrate", owner.user)
