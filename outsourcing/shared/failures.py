"""An error that nobody caught is reported once: to the log by whoever ran it, and to what a deployer plugs in here.

`ERROR_REPORT` names a function by its dotted path; it is called with a `hooks.Failure` and must return at once. What
goes wrong in it is a line in the log, and changes nothing for whoever waits for the page or the task.
"""

import logging

from django.conf import settings
from django.utils.module_loading import import_string

from outsourcing.shared import hooks, logs
from outsourcing.shared.errors import Stop

logger = logging.getLogger(__name__)


def plug_in() -> None:
    """Add what `ERROR_REPORT` names. Raises Stop where there is no such function."""
    if not settings.ERROR_REPORT:
        return
    try:
        function = import_string(settings.ERROR_REPORT)
    except ImportError:
        function = None
    if not callable(function):
        raise Stop(f"ERROR_REPORT is {settings.ERROR_REPORT!r}: set it to the dotted path of a function.")
    hooks.unhandled.add(function)


def report(error: BaseException, *, where: str, what: str) -> None:
    """Tell everybody who wants to know of an error in `where` ("web" or "task"), in `what` (a route, a task's name)."""
    about = logs.now_about()
    failure = hooks.Failure(
        where=where,
        what=what,
        kind=logs.kind(error),
        stack=tuple(logs.stack(error)),
        request=str(about.get("request", "")),
        task=str(about.get("task", "")),
    )
    for function in hooks.unhandled:
        try:
            function(failure)
        except Exception:
            logger.exception("An error could not be reported")
