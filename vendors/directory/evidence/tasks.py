"""What time does to evidence."""

from celery import shared_task

from outsourcing.shared import clock
from vendors.directory.evidence.notices import ended_lately
from vendors.directory.search import index

BATCH = 500


@shared_task
def expire() -> None:
    """Certificates that have ended count no more: not in facets, not in figures."""
    vendors = ended_lately(clock.now().date())
    for start in range(0, len(vendors), BATCH):
        index.refresh(vendors[start : start + BATCH])
