"""Recurring work that belongs to no room."""

from celery import shared_task

from outsourcing.shared import clock
from outsourcing.shared.models import Pulse


@shared_task
def pulse() -> None:
    """Note that beat's message reached a worker; /readyz tells how long ago."""
    Pulse.objects.beat("beat", at=clock.now())
