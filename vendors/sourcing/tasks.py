"""What happens to briefs by themselves."""

from celery import shared_task

from outsourcing.shared import clock
from vendors.sourcing.briefs import publishing
from vendors.sourcing.measured import keeping


@shared_task
def close_briefs() -> None:
    """Close what is past its deadline; pages and actions do not wait for it."""
    publishing.close_due(clock.now())


@shared_task
def measure() -> None:
    """Read the log again for what is measured of briefs that are not decided."""
    keeping.measure_all(clock.now())
