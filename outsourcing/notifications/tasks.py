"""Wakes for the outbox. A lost or doubled wake does no harm: what is due stands in the rows."""

from celery import shared_task

from outsourcing.notifications import delivery
from outsourcing.notifications.ladders import effects, planning, posting, sweeping
from outsourcing.notifications.models import Policy
from outsourcing.shared import clock
from outsourcing.shared.models import MailHold, Pulse


@shared_task
def deliver() -> None:
    """Send what is due."""
    delivery.send_due(now=clock.now)


@shared_task
def sweep() -> None:
    """Do the reminders that are due, then send; none while mail is held, for then the highest of each ladder goes.
    Where there are many, another worker that is free shares them."""
    if not MailHold.objects.is_held() and sweeping.sweep(clock.now(), call_help=sweep.delay):
        deliver.delay()
    Pulse.objects.beat("sweep", at=clock.now())


@shared_task
def tidy_reminders() -> None:
    """Plan what has no ladder, and leave nothing waiting for a mail that has gone."""
    at = clock.now()
    posting.tidy()
    posting.post_leftovers(at)
    effects.find_left(at)
    planning.find_lost(at)


@shared_task
def replan(organisation: int, rule: str) -> None:
    """Bring what is open to where a new policy puts it."""
    for key in Policy.objects.filter(organisation=organisation, rule=rule).values_list("pk", flat=True):
        effects.go_on(key, clock.now())
