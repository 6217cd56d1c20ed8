"""For load balancers and monitors: is the process up, and can it do its work?"""

from collections.abc import Callable
from datetime import timedelta

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from outsourcing.shared import clock
from outsourcing.shared.models import Pulse

STALE = timedelta(minutes=2)
BROKER_SECONDS = 2


@require_safe
@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part with "ok" or what is wrong with it; 503 if one is. The reasons name no host and no secret."""
    parts = {name: _verdict(check) for name, check in CHECKS.items()}
    return JsonResponse(parts, status=200 if set(parts.values()) == {"ok"} else 503)


def _verdict(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # whatever is wrong, the answer is 503 with the part's name
        return f"failed: {type(error).__name__}"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _broker() -> str:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=BROKER_SECONDS)
        broker.default_channel  # noqa: B018  (file system: opens the folder)
    return "ok"


def _beat() -> str:
    return _ran("beat")


def _sweep() -> str:
    return _ran("sweep")


def _ran(name: str) -> str:
    last = Pulse.objects.filter(name=name).first()
    if last is None:
        return "failed: never ran"
    age = clock.now() - last.at
    return "ok" if age < STALE else f"failed: last ran {int(age.total_seconds())} seconds ago"


CHECKS: dict[str, Callable[[], str]] = {"database": _database, "broker": _broker, "beat": _beat, "sweep": _sweep}

#: By path: answered before anything else is asked of the request, its Host header included.
VIEWS: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz}
