"""Wakes for order lists. A lost or doubled wake does no harm: what is to be done stands in the rows."""

from celery import shared_task

from outsourcing.shared import clock
from vendors.needs.models import OrderImport


@shared_task
def read_orders(pk: int) -> None:
    """Read one file."""
    from vendors.needs.orders import actions  # which wakes us

    actions.read(pk, now=clock.now)


@shared_task
def resume() -> None:
    """Read files whose worker was killed, or whose wake was lost."""
    for pk in OrderImport.objects.abandoned(clock.now()).values_list("pk", flat=True):
        read_orders.delay(pk)
