"""What time does to evidence."""

from celery import shared_task

from outsourcing.shared import clock
from vendors.directory.search import index


@shared_task
def expire() -> None:
    """Certificates that have ended count no more, and those that have started do: in facets and in figures."""
    before: list[int] = []
    while (vendors := index.stale(clock.now().date())) and vendors != before:
        index.refresh(vendors)
        before = vendors
