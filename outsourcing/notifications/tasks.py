"""Wakes for the outbox. A lost or doubled wake does no harm: what is due stands in the rows."""

from celery import shared_task

from outsourcing.notifications import delivery
from outsourcing.shared import clock


@shared_task
def deliver() -> None:
    """Send what is due."""
    delivery.send_due(now=clock.now)
