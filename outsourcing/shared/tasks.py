"""Recurring work that belongs to no room."""

from celery import shared_task

from outsourcing.shared import clock, retention
from outsourcing.shared.models import Pulse


@shared_task
def pulse() -> None:
    """Note that beat's message reached a worker; /readyz tells how long ago."""
    Pulse.objects.beat("beat", at=clock.now())


@shared_task
def forget() -> None:
    """Forget what is older than it is kept."""
    retention.forget_all(clock.now())
