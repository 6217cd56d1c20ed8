"""Pages about how fast each side replies, in a browser, with the longest names."""

import uuid
from datetime import timedelta

import pytest

from outsourcing.accounts.models import Organisation
from outsourcing.conversations import posting
from outsourcing.conversations.models import Asks, Kind
from outsourcing.shared import clock
from tests.factories import ThreadFactory, VendorFactory
from tests.test_pages import look

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_about_how_fast_each_side_replies(live_server, page, sign_in, owner, manager):
    vendor = VendorFactory(organisation=manager.organisation)
    Organisation.objects.filter(pk=vendor.organisation_id).update(name="Harrow " + "and Quay " * 12)
    thread = ThreadFactory(merchant=owner.organisation, vendor=vendor.organisation, subject="S" * 200, opened_by=owner)
    for number in range(6):
        asked_at = clock.now() - timedelta(days=20 - number)
        question = posting.Said(key=uuid.uuid4(), text="w" * 300, kind=Kind.QUESTION, asks=Asks.ANSWER)
        posting.post(thread, question, by=owner, at=asked_at)
        if number < 5:
            answer = posting.Said(key=uuid.uuid4(), text="Yes.")
            posting.post(thread, answer, by=manager, at=asked_at + timedelta(hours=number * 5))
    sign_in(owner)
    look(page, f"{live_server.url}/vendors/{vendor.pk}/")
    look(page, f"{live_server.url}/messages/replies/")
    sign_in(manager)
    look(page, f"{live_server.url}/messages/replies/")
    look(page, f"{live_server.url}/messages/{thread.pk}/replies/?side=we")
