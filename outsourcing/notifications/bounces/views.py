"""Where a mail server hands in what came back."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from outsourcing.notifications.bounces import taking
from outsourcing.shared import clock


@csrf_exempt
@login_not_required
@require_POST
def hand_in(request: HttpRequest) -> JsonResponse:
    """One report as it came, by whoever knows the secret of the setting; without one the address does not exist."""
    if not settings.BOUNCE_SECRET:
        raise Http404
    said = request.headers.get("Authorization", "")
    if not constant_time_compare(said.encode(), f"Bearer {settings.BOUNCE_SECRET}".encode()):
        return JsonResponse({"error": "The secret is not this one."}, status=403)
    return JsonResponse({"taken": taking.take(request.body, at=clock.now())})
