"""Work about profiles that no page waits for. A lost or doubled wake does no harm: what is left stands in the rows."""

import time

from celery import shared_task

from vendors.directory.models import Relisting
from vendors.directory.profiles import staff

#: For how long one wake keeps a worker from other work.
WAKE_SECONDS = 60


@shared_task
def refresh_listings_of(value: int) -> None:
    """After staff changed a value: the vendors that say it are found by its new words; the next wake takes the rest."""
    until = time.monotonic() + WAKE_SECONDS
    while is_more := staff.refresh_some(value):
        if time.monotonic() > until:
            break
    if is_more:
        refresh_listings_of.delay(value)


@shared_task
def resume_listings() -> None:
    """Go on with values whose worker was killed, or whose wake was lost."""
    for value in Relisting.objects.order_by("pk").values_list("value", flat=True):
        refresh_listings_of.delay(value)
