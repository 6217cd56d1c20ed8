"""What the tests of accounts share."""

import pytest


@pytest.fixture(autouse=True)
def outbox(settings):
    """Django's test runner puts a mailbox in memory in place of ours; here mail goes where it goes for everybody."""
    settings.EMAIL_BACKEND = "outsourcing.notifications.backend.OutboxBackend"
