"""Wakes for imports. A lost or doubled wake does no harm: what is to be done stands in the rows."""

import time

from celery import shared_task

from outsourcing.shared import clock
from vendors.directory.models import Import

#: For how long one wake keeps a worker from other work.
WAKE_SECONDS = 60


@shared_task
def bring_in(pk: int) -> None:
    """Go on with one import for about a minute; the next wake takes the rest."""
    from vendors.directory.imports import actions  # which wakes us

    until = time.monotonic() + WAKE_SECONDS
    if actions.bring_in(pk, now=clock.now, is_enough=lambda: time.monotonic() > until):
        bring_in.delay(pk)


@shared_task
def resume() -> None:
    """Go on with imports whose worker was killed, or whose wake was lost."""
    for pk in Import.objects.abandoned(clock.now()).values_list("pk", flat=True):
        bring_in.delay(pk)
