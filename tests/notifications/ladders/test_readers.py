"""Whose reminders one sees: those of one's organisation, of what one's roles may see (DESIGN 3)."""

import re
from datetime import UTC, date, datetime

import pytest
from pytest_django.asserts import assertRedirects

from outsourcing import today
from outsourcing.accounts.models import Role
from outsourcing.notifications.ladders import coming, rules
from outsourcing.notifications.models import Ladder, Rung
from outsourcing.shared.statements import read
from tests.notifications.ladders.conftest import Chores, registered

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 4, 12, tzinfo=UTC)


class Bids(Chores):
    """For who buys only."""

    key, readers = "bids", (Role.OWNER, Role.BUYER)


@pytest.fixture
def bids():
    yield from registered(Bids())


def test_operations_see_no_reminders_of_what_is_not_theirs(
    bids, chores, shop, manager, owner, operations, rival, signed_in
):
    for rule in (bids, chores):
        rule.owe(1, at=AT, merchant=shop, person=manager, due=date(2026, 12, 4))
    for rows in (Ladder.objects, Rung.objects):
        assert rows.visible_to(owner).count() == 2
        assert rows.visible_to(operations).count() == 1
    assert [one.ladder_id for one in read(coming.next_ones(operations, 5))] == [Ladder.objects.get(rule="chore").pk]
    for member in (owner, operations, manager, rival):
        ahead = list(Rung.objects.ahead_of(member).values_list("pk", flat=True))
        assert [one.rung_id for one in read(coming.next_ones(member, 99))] == ahead
    assert [one.ladder.rule for one in coming.coming(operations, AT) if one.rung] == ["chore"]
    rung = Rung.objects.get(ladder__rule="bids")
    assert signed_in(operations).post(f"/reminders/one/{rung.pk}/hold/").status_code == 404


def test_briefs_and_references_are_for_who_buys():
    found = {one.key for one in rules.known() if Role.OPERATIONS not in one.readers}
    assert found == {"brief_invited", "brief_scores", "enquiry", "certificate"}


def test_a_home_page_holds_a_reminder_and_lets_it_go(chores, shop, manager, operations, signed_in, monkeypatch):
    """One form for all of them: what is pressed says where it goes."""
    monkeypatch.setattr(today, "_first_steps", lambda request: [])
    chores.owe(1, at=AT, merchant=shop, person=manager, due=date(2026, 12, 4))
    client, rung = signed_in(operations), Rung.objects.get()
    for state in (Rung.State.HELD, Rung.State.PLANNED):
        (form,) = re.findall(r'<form method="post">(.*?formaction.*?)</form>', client.get("/").text, re.DOTALL)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
        (target,) = re.findall(r'formaction="([^"]*)"', form)
        assertRedirects(client.post(target, fields), "/", fetch_redirect_response=False)
        rung.refresh_from_db()
        assert rung.state == state
