"""A merchant and a vendor who talk, and what each of them says."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from outsourcing.conversations import posting
from outsourcing.conversations.models import Asks, Entry, Kind, Thread
from outsourcing.conversations.posting import Said
from tests.factories import ThreadFactory
from tests.notifications.conftest import mail_server, send, sink  # noqa: F401  (fixtures)

#: A Monday, ten o'clock in London.
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def said(text: str = "When does the van come?", kind: Kind = Kind.MESSAGE, **more) -> Said:
    """What somebody sends; questions ask for an answer, instructions to be acknowledged."""
    asks = {Kind.QUESTION: Asks.ANSWER, Kind.INSTRUCTION: Asks.ACKNOWLEDGEMENT}.get(kind, "")
    return Said(**{"key": uuid.uuid4(), "text": text, "kind": kind, "asks": asks, **more})


@pytest.fixture
def thread(shop, vendor, owner, manager) -> Thread:
    return ThreadFactory(merchant=shop, vendor=vendor, opened_by=owner)


@pytest.fixture
def say(thread):
    """`say(owner, "When?", Kind.QUESTION, at=MONDAY)` posts in the thread."""

    def post(by, text="When does the van come?", kind=Kind.MESSAGE, *, at=MONDAY, **more) -> Entry:
        return posting.post(thread, said(text, kind, **more), by=by, at=at)

    return post
