"""What a rival does changes no byte of another vendor's pages, mails, lists or searches."""

import re

import pytest

from outsourcing.notifications.models import Mail
from tests.sourcing.conftest import DAY, answer, of
from vendors.sourcing.answering import asking, submitting
from vendors.sourcing.candidates import moving

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


def everything_read_by(client, candidate, now):
    """Every page of a vendor's that a brief shows on, as bytes, without the token that is another each time."""
    pages = (
        f"/portal/briefs/{candidate.pk}/",
        f"/portal/briefs/{candidate.pk}/decline/",
        "/portal/briefs/",
        "/",
        "/search/?q=pick",
    )
    return [TOKEN.sub(b"", client.get(page).content) for page in pages]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["brief", "sealed"])
def test_a_rivals_answer_changes_no_byte_of_anothers_pages(kind, request, owner, manager, second, signed_in, settings):
    brief = request.getfixturevalue(kind)
    at = brief.published_at
    answer(brief, manager)
    client, mine, other = signed_in(manager), of(brief, manager.organisation), of(brief, second.organisation)
    client.get("/")
    before = everything_read_by(client, mine, at)
    mails = Mail.objects.filter(address=manager.email).count()
    acts = [
        lambda: submitting.save_draft(other, submitting.Said(message="Cheaper"), by=second, at=at + DAY),
        lambda: answer(brief, second, price="1.00"),
        lambda: answer(brief, second, price="2.00", at=at + 2 * DAY),
        lambda: asking.ask(other, "May we see the stock?", by=second, at=at + 2 * DAY),
        lambda: moving.rule(other, brief.gates.first(), "fail", reason="No", by=owner, at=at + 2 * DAY),
        lambda: submitting.take_back(other, by=second, at=at + 3 * DAY),
        lambda: submitting.decline(other, kind="fit", text="No", by=second, at=at + 3 * DAY),
        lambda: submitting.undo_decline(other, by=second, at=at + 3 * DAY),
        lambda: moving.withdraw(other, reason="Booked", by=second, at=at + 4 * DAY),
    ]
    for number, act in enumerate(acts):
        act()
        assert everything_read_by(client, mine, at) == before, f"act {number} shows"
    assert Mail.objects.filter(address=manager.email).count() == mails
