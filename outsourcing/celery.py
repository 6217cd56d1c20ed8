"""Celery only wakes the workers: what is due stands in PostgreSQL, and the broker may lose everything it holds.

A task carries the id of the request that woke it, so that the log tells what a click has led to.
"""

import gc
import os
from contextlib import AbstractContextManager
from logging.config import dictConfig
from typing import Any

from celery import Celery, Task, signals
from kombu.transport import TRANSPORT_ALIASES

from outsourcing.shared import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outsourcing.settings")

TRANSPORT_ALIASES["filesystem"] = "outsourcing.shared.folder_broker:Transport"
app = Celery("outsourcing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
#: The header that carries the request's id.
HEADER = "woken_by"
#: What beat wakes when it starts, besides its schedule.
AT_FIRST = (
    "outsourcing.shared.tasks.pulse",
    "outsourcing.notifications.tasks.sweep",
    "milestones.tasks.look_around",
)
_running: dict[str, AbstractContextManager[None]] = {}


@signals.beat_init.connect
def first_pulse(**kwargs: Any) -> None:
    """Beat at the start too: /readyz need not wait for the first interval, nor do people after an outage for what time
    has changed meanwhile."""
    for task in AT_FIRST:
        app.send_task(task)


@signals.worker_process_init.connect
def leave_alone_what_stays(**kwargs: Any) -> None:
    """As the web does (wsgi.py): the collector looks through all that is loaded no more, in the middle of some task.
    Nothing is collected first, which would write to the pages that a worker's processes share."""
    gc.freeze()


@signals.setup_logging.connect
def log_as_the_web_does(**kwargs: Any) -> None:
    """Otherwise Celery would put its own in place of ours."""
    from django.conf import settings

    dictConfig(settings.LOGGING)


# ---- What a task belongs to ----------------------------------------------------------------------------------------
@signals.before_task_publish.connect
def name_the_request(headers: dict[str, Any] | None = None, **kwargs: Any) -> None:
    """Have the task know which request woke it."""
    if headers is not None and (request := logs.now_about().get("request")):
        headers[HEADER] = request


@signals.task_prerun.connect
def begin(task_id: str, task: Task, **kwargs: Any) -> None:
    """Every line from here on names the task."""
    woken_by = (task.request.headers or {}).get(HEADER) or getattr(task.request, HEADER, None)
    facts = {"task": task_id, "task_name": task.name, **({"request": woken_by} if woken_by else {})}
    _running[task_id] = logs.about(**facts)
    _running[task_id].__enter__()


@signals.task_postrun.connect
def end(task_id: str, **kwargs: Any) -> None:
    if running := _running.pop(task_id, None):
        running.__exit__(None, None, None)


@signals.task_failure.connect
def report(sender: Task, exception: BaseException, **kwargs: Any) -> None:
    """An error that no task caught."""
    from outsourcing.shared import failures

    failures.report(exception, where="task", what=sender.name)
