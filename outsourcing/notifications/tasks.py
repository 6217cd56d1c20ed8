"""Wakes for the outbox. A lost or doubled wake does no harm: what is due stands in the rows."""

from celery import shared_task
from django.conf import settings

from outsourcing.notifications import delivery
from outsourcing.notifications.models import Mail
from outsourcing.shared import clock


@shared_task
def deliver() -> None:
    """Send what is due."""
    delivery.send_due(now=clock.now)


@shared_task
def forget_texts() -> None:
    """Empty what old mails said."""
    Mail.objects.forget_texts(clock.now() - settings.MAIL_TEXTS_KEPT)
