"""The room's pages in a real browser, as every other page is looked at."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from outsourcing.conversations import posting
from outsourcing.conversations.models import Kind
from tests.conversations.conftest import said
from tests.factories import ThreadFactory
from tests.test_pages import look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("path", ["/messages/", "/messages/?show=us", "/messages/?show=them", "/messages/new/"])
def test_empty_pages(live_server, page, sign_in, owner, path):
    sign_in(owner)
    look(page, live_server.url + path)


@pytest.mark.parametrize("side", ["owner", "manager"])
def test_a_conversation_of_either_side(live_server, page, sign_in, owner, manager, side):
    thread = ThreadFactory(merchant=owner.organisation, vendor=manager.organisation, opened_by=owner)
    spoken = [(owner, Kind.QUESTION), (manager, Kind.MESSAGE), (owner, Kind.INSTRUCTION)]
    for number, (by, kind) in enumerate(spoken):
        posting.post(thread, said("Gate " * 40, kind), by=by, at=timezone.now() + timedelta(seconds=number))
    posting.note(thread, "W" * 300, key=uuid.uuid4(), by=manager, at=timezone.now())
    sign_in({"owner": owner, "manager": manager}[side])
    for path in ("/messages/?show=all", f"/messages/{thread.pk}/", "/messages/new/"):
        look(page, live_server.url + path)
