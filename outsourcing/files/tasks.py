"""The daily look for what a crash left."""

from celery import shared_task

from outsourcing.files import orphans
from outsourcing.shared import clock


@shared_task
def sweep() -> None:
    """Remove bytes that no row names."""
    orphans.sweep(clock.now())
