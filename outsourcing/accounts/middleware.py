"""Whom a request acts for."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared import logs, pages
from outsourcing.shared.templatetags.house import ACTING_FIELD

SESSION_KEY = "acting"
#: Paths whose forms are about the person, or about whoever has the link, whatever they act for.
SAME_IN_ALL = ("/accounts/", "/settings/switch/", "/join/", "/r/", "/p/", "/unsubscribe/")

#: And those of an organisation that closes: what is about the person, and what its closing needs.
OPEN_WHILE_CLOSING = (
    *SAME_IN_ALL, "/start/", "/staff/", "/settings/profile/", "/settings/leave/", "/settings/export/",
    "/settings/close/",
)  # fmt: skip


def closing_words(organisation: Organisation) -> str:
    """Why nothing can be changed, and what to do."""
    day = date_format(localtime(organisation.closes_at), "j F Y") if organisation.closes_at else ""
    words = _(
        "%(name)s closes on %(day)s, and until then nothing of it changes. Nothing was saved. Whoever runs it can open "
        "it again in the settings."
    )
    return words % {"name": organisation.name, "day": day}


class Acting:
    """Sets `request.memberships` (current ones) and `request.acting` (one of them, or None), afresh at each request.

    No query: whoever is signed in comes with their places. Times are shown in the person's zone, else in the
    organisation's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        memberships = user.places if user.is_authenticated else []
        acting = self._chosen(request, memberships) if memberships else None
        request.memberships, request.acting = memberships, acting  # type: ignore[attr-defined]
        if acting is not None:
            logs.add(organisation=acting.organisation_id, membership=acting.pk)
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

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """409 for a form that was made while acting for another organisation, and for all but a few where it closes;
        one's own account is the same in all."""
        made_for = request.POST.get(ACTING_FIELD) if request.method == "POST" else None
        acting: Membership | None = request.acting  # type: ignore[attr-defined]
        is_form = request.method == "POST" and not request.path.startswith(OPEN_WHILE_CLOSING)
        if is_form and acting and acting.organisation.is_closing:
            return pages.conflict(request, closing_words(acting.organisation))
        if made_for is None or request.path.startswith(SAME_IN_ALL) or (acting and made_for == str(acting.pk)):
            return None
        words = _(
            "This form was made for another organisation, and you now act for %(name)s. "
            "Nothing was saved: switch back, then send it again."
        )
        return pages.conflict(request, words % {"name": acting.organisation.name if acting else _("nobody")})
