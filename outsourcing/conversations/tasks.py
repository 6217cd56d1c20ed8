"""Work about conversations that no page waits for."""

from celery import shared_task

from outsourcing.conversations import agreeing
from outsourcing.shared import clock


@shared_task
def reckon_reply_times() -> None:
    """What merchants read of vendors that agreed; running it twice changes nothing."""
    agreeing.reckon_again(clock.now())
