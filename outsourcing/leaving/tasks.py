"""Wakes for what takes long, and for what is due. A lost or doubled wake does no harm: what is to be done stands in the
rows."""

from celery import shared_task

from outsourcing.leaving.models import Export
from outsourcing.shared import clock

#: Seconds that one export may take; it says how far it is all the while.
LONGEST = 3600


@shared_task(soft_time_limit=LONGEST, time_limit=LONGEST + 60)
def make(pk: int) -> None:
    """Make one export."""
    from outsourcing.leaving import exporting  # which wakes us

    exporting.make(pk, now=clock.now)


@shared_task
def resume() -> None:
    """Go on with exports whose worker was killed, or whose wake was lost."""
    for pk in Export.objects.abandoned(clock.now()).values_list("pk", flat=True):
        make.delay(pk)


@shared_task(soft_time_limit=LONGEST, time_limit=LONGEST + 60)
def close_due() -> None:
    """Close organisations whose grace is over."""
    from outsourcing.leaving import closing

    closing.end_due(clock.now())
