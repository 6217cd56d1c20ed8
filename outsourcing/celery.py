"""Celery only wakes the workers: what is due stands in PostgreSQL, and the broker may lose everything it holds."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outsourcing.settings")

app = Celery("outsourcing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def first_pulse(**kwargs: Any) -> None:
    """Beat at the start too, so that /readyz need not wait for the first interval."""
    app.send_task("outsourcing.shared.tasks.pulse")
    app.send_task("outsourcing.notifications.tasks.sweep")
