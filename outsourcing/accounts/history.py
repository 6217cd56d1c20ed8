"""Who changed what: the rows that triggers wrote, told as sentences. Rooms above tell of their own rows likewise."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.erasing import BY_FORMER
from outsourcing.accounts.models import Invitation, Organisation, Role, User
from outsourcing.shared.holdings import FORMER

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


@dataclass(frozen=True)
class Source:
    """Events of one kind: the model ("accounts.OrganisationEvent"), which of them are wanted, what each is about, and
    its sentences. An event that is told has `before`, the earlier one about the same row or None, and its `related`."""

    model: str
    wanted: Q
    about: Callable[[Any], str]
    lines: Callable[[Any], Iterable[str]]
    related: tuple[str, ...] = field(default=())

    def keys(self) -> QuerySet[Any, Any]:
        """Time, number and kind of the events."""
        rows: QuerySet[Any, Any] = apps.get_model(self.model)._default_manager.filter(self.wanted)
        keys: QuerySet[Any, Any] = (
            rows.annotate(event=Value(self.model)).values_list("pgh_created_at", "pgh_id", "event").order_by()
        )
        return keys

    def events(self, numbers: list[int]) -> dict[tuple[str, int], Any]:
        """These events by kind and number. Two queries."""
        manager: Any = apps.get_model(self.model)._default_manager
        earlier = manager.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
        rows = (
            manager.filter(pgh_id__in=numbers)
            .annotate(before_id=Subquery(earlier.order_by("-pgh_id").values("pgh_id")[:1]))
            .select_related("pgh_context", *self.related)
        )
        before = manager.in_bulk([row.before_id for row in rows if row.before_id])
        for row in rows:
            row.before = before.get(row.before_id)
        return {(self.model, row.pgh_id): row for row in rows}


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
    sources = [
        Source("accounts.OrganisationEvent", about, _named, lines_of_organisation),
        Source("accounts.MembershipEvent", places, _named, lines_of_member),
    ]
    return page_of_sources(sources, number)


def page_of_sources(
    sources: list[Source], number: str, *, people: QuerySet[User] | None = None, stranger: str = ""
) -> Page[Change]:
    """One page of changes of several kinds, newest first: three queries, and two for each kind.

    Who is not among `people` (all, where none are given) is called `stranger`, and their requests are not told.
    """
    first, *others = [source.keys() for source in sources]
    keys = first.union(*others, all=True)
    page = Paginator(keys.order_by("-pgh_created_at", "-pgh_id"), PER_PAGE).get_page(number)
    chosen = list(page.object_list)
    known = User.objects.all() if people is None else people
    page.object_list = list(_told(sources, chosen, known, stranger or _("the system")))
    return page


def _told(
    sources: list[Source], keys: list[tuple[datetime, int, str]], known: QuerySet[User], stranger: str
) -> Iterator[Change]:
    kinds = {source.model: source for source in sources}
    events: dict[tuple[str, int], Any] = {}
    for source in sources:
        events |= source.events([number for _at, number, kind in keys if kind == source.model])
    who = {event.pgh_context.metadata.get("user") for event in events.values() if event.pgh_context} - {None}
    people = {user.pk: str(user) for user in known.filter(pk__in=who)}
    for at, number, kind in keys:
        event = events[kind, number]
        context = event.pgh_context.metadata if event.pgh_context else {}
        user = context.get("user")
        yield Change(
            at=at,
            by=_by(context, people, stranger),
            about=kinds[kind].about(event),
            lines=list(kinds[kind].lines(event)),
            url="" if user and user not in people else context.get("url", ""),
        )


def _by(context: Mapping[str, Any], people: Mapping[int, str], stranger: str) -> str:
    """Who made a change."""
    if context.get(BY_FORMER):
        return str(FORMER)
    user = context.get("user")
    return people.get(user, stranger) if user else _("the system")


def _named(event: Any) -> str:
    return str(event.name or getattr(event, "email", ""))


def lines_of_organisation(event: Any) -> Iterator[str]:
    """What an event changed about an organisation, as sentences."""
    if event.before is None:
        yield _("began")
    else:
        yield from told(event, TOLD, _shown)


def lines_of_member(event: Any) -> Iterator[str]:
    """What an event changed about a member, as sentences."""
    before = event.before
    if before is None:
        began = _("joined as %(roles)s") if event.user_id else _("invited as %(roles)s")
        yield began % {"roles": _roles(event)}
        return
    if before.user_id != event.user_id and event.user_id:
        yield _("joined")
    if before.left_at != event.left_at:
        yield _("left") if event.left_at else _("was asked back")
    yield from told(event, TOLD, _shown)


def told(event: Any, fields: Mapping[str, Any], shown: Callable[[Any, str], str]) -> Iterator[str]:
    """A sentence for each of these fields that differs from the event before."""
    for name, words in fields.items():
        if hasattr(event, name) and getattr(event.before, name) != getattr(event, name):
            yield _("%(what)s: %(before)s → %(after)s") % {
                "what": words,
                "before": shown(event.before, name),
                "after": shown(event, name),
            }


def _shown(event: Any, field: str) -> str:
    if field == "roles":
        return _roles(event)
    if field == "is_backup":
        return _("yes") if event.is_backup else _("no")
    return str(getattr(event, field)) or _("nothing")


def _roles(event: Any) -> str:
    return ", ".join(str(Role(role).label) for role in event.roles)
