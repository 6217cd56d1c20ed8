"""Who changed what about an organisation and its members: the rows that triggers wrote, told as sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.models import Invitation, Organisation, Role, User

PER_PAGE = 50
TOLD = {
    "name": gettext_lazy("name"),
    "country": gettext_lazy("country"),
    "region": gettext_lazy("region"),
    "time_zone": gettext_lazy("time zone"),
    "currency": gettext_lazy("currency"),
    "phone": gettext_lazy("phone"),
    "roles": gettext_lazy("roles"),
    "is_backup": gettext_lazy("backup"),
}


@dataclass(frozen=True)
class Change:
    """One thing that happened: when, by whom, to what, and in which request."""

    at: datetime
    by: str
    about: str
    lines: list[str]
    url: str


def page_of(organisation: Organisation, number: str) -> Page[Change]:
    """One page of an organisation's changes, newest first. Seven queries, however many changes there are.

    A vendor's begin with the first of its people: what a merchant wrote down before, or of whom nobody asked in, is
    the merchant's own.
    """
    about, places = Q(pgh_obj=organisation), Q(organisation=organisation)
    if not organisation.is_merchant:
        events = apps.get_model("accounts", "MembershipEvent")._default_manager.filter(places)
        first = events.filter(user__isnull=False).order_by("pgh_created_at").values("pgh_created_at")[:1]
        asked = Exists(Invitation.objects.filter(membership=OuterRef("pgh_obj_id")))
        since = Q(pgh_created_at__gte=Subquery(first))
        about, places = about & since, places & since & (Q(user__isnull=False) | Q(asked))
    keys = _keys("OrganisationEvent", about).union(_keys("MembershipEvent", places), all=True)
    page = Paginator(keys.order_by("-pgh_created_at", "-pgh_id"), PER_PAGE).get_page(number)
    page.object_list = list(_told(list(page.object_list)))
    return page


def _keys(name: str, wanted: Q) -> QuerySet[Any, Any]:
    """Time, number and kind of the events to be told."""
    rows: QuerySet[Any, Any] = apps.get_model("accounts", name)._default_manager.filter(wanted)
    keys: QuerySet[Any, Any] = (
        rows.annotate(event=Value(name)).values_list("pgh_created_at", "pgh_id", "event").order_by()
    )
    return keys


def _told(keys: list[tuple[datetime, int, str]]) -> Iterator[Change]:
    events = {**_events("OrganisationEvent", keys), **_events("MembershipEvent", keys)}
    who = {event.pgh_context.metadata.get("user") for event in events.values() if event.pgh_context} - {None}
    people = {user.pk: str(user) for user in User.objects.filter(pk__in=who)}
    for at, number, kind in keys:
        event = events[kind, number]
        context = event.pgh_context.metadata if event.pgh_context else {}
        yield Change(
            at=at,
            by=people.get(context.get("user", 0), _("the system")),
            about=str(event.name or getattr(event, "email", "")),
            lines=list(_lines(event)),
            url=context.get("url", ""),
        )


def _events(name: str, keys: list[tuple[datetime, int, str]]) -> dict[tuple[str, int], Any]:
    """The events of one kind by their number, each with the one `before` it about the same row, or None."""
    model = apps.get_model("accounts", name)
    earlier = model._default_manager.filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id"))
    rows = (
        model._default_manager.filter(pgh_id__in=[number for _at, number, kind in keys if kind == name])
        .annotate(before_id=Subquery(earlier.order_by("-pgh_id").values("pgh_id")[:1]))
        .select_related("pgh_context")
    )
    before = model._default_manager.in_bulk([row.before_id for row in rows if row.before_id])
    for row in rows:
        row.before = before.get(row.before_id)
    return {(name, row.pgh_id): row for row in rows}


def _lines(event: Any) -> Iterator[str]:
    """What an event changed, as sentences."""
    is_member = hasattr(event, "roles")
    if event.before is None:
        if is_member:
            began = _("joined as %(roles)s") if event.user_id else _("invited as %(roles)s")
            yield began % {"roles": _roles(event)}
        else:
            yield _("began")
        return
    before = event.before
    if is_member and before.user_id != event.user_id and event.user_id:
        yield _("joined")
    if is_member and before.left_at != event.left_at:
        yield _("left") if event.left_at else _("was asked back")
    for field, words in TOLD.items():
        if hasattr(event, field) and getattr(before, field) != getattr(event, field):
            yield _("%(what)s: %(before)s → %(after)s") % {
                "what": words,
                "before": _shown(before, field),
                "after": _shown(event, field),
            }


def _shown(event: Any, field: str) -> str:
    if field == "roles":
        return _roles(event)
    if field == "is_backup":
        return _("yes") if event.is_backup else _("no")
    return str(getattr(event, field)) or _("nothing")


def _roles(event: Any) -> str:
    return ", ".join(str(Role(role).label) for role in event.roles)
