"""Whom a request acts for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from outsourcing.accounts.models import Membership

SESSION_KEY = "acting"


class Acting:
    """Sets `request.memberships` (current ones) and `request.acting` (one of them, or None), afresh at each request.

    One query for whoever is signed in, none for others. Times are shown in the person's zone, else in the
    organisation's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        memberships = list(Membership.objects.of(user)) if user.is_authenticated else []
        for one in memberships:
            one.user = user  # type: ignore[assignment]  # known, so that nobody asks the database for it
        acting = self._chosen(request, memberships) if memberships else None
        request.memberships, request.acting = memberships, acting  # type: ignore[attr-defined]
        zone = (user.time_zone if user.is_authenticated else None) or (acting and acting.organisation.time_zone)
        with timezone.override(zone or timezone.get_default_timezone()):
            return self.get_response(request)

    def _chosen(self, request: HttpRequest, memberships: list[Membership]) -> Membership:
        """The one that the session names, else the oldest, named from now on: a new name or place changes nothing."""
        named = request.session.get(SESSION_KEY)
        chosen = next((one for one in memberships if one.pk == named), None)
        if chosen is None:
            chosen = min(memberships, key=lambda one: one.pk)
            request.session[SESSION_KEY] = chosen.pk
        return chosen
