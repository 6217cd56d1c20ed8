"""What of requests waits for a person: on a merchant's today page, and in a vendor's portal."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.calendars import MIDNIGHT, first_instant
from outsourcing.accounts.models import Membership, Organisation, Role
from outsourcing.accounts.waiting import Urgency, Waiting
from outsourcing.accounts.working_time import calendar_of
from outsourcing.shared.dates import day_words
from vendors.directory.models import RequestedItem
from vendors.directory.requests.asking import kinds_in_words
from vendors.directory.requests.shown import ORDER, Kind, State

#: From so many days on before the day it is wanted, an open request is marked.
SOON = timedelta(days=2)


def waiting_requests(acting: Membership, at: datetime) -> Iterable[Waiting]:
    """One query; for a merchant with something late two more, for its calendar."""
    if not acting.organisation.is_merchant:
        return for_vendor(acting, at)
    return for_merchant(acting, at) if acting.has_role(Role.OWNER, Role.BUYER) else []


def for_merchant(acting: Membership, at: datetime) -> Iterator[Waiting]:
    """Overdue items, and those that came and are not judged."""
    today = at.astimezone(ZoneInfo(str(acting.organisation.time_zone))).date()
    late = Q(state=State.ASKED, sent_on=None, request__due_on__lt=today)
    rows = RequestedItem.objects.visible_to(acting).filter(late | Q(state=State.RECEIVED))
    found = list(rows.select_related("request__vendor__organisation", "request__asked_by"))
    dues = [one.request.due_on for one in found if one.state == State.ASKED and one.request.due_on]
    calendar = calendar_of(acting.organisation, range(min(dues).year, today.year + 1)) if dues else None
    for items in by_request(found):
        owed = [one for one in items if one.state == State.ASKED]
        came = [one for one in items if one.state == State.RECEIVED]
        if owed and calendar and (due := owed[0].request.due_on):
            yield overdue(owed, calendar.business_days_between(due, today), acting.organisation)
        if came:
            yield to_judge(came)


def overdue(items: list[RequestedItem], days: int, merchant: Organisation) -> Waiting:
    """Pallet & Post has not sent referees, 3 working days late."""
    asked = items[0].request
    says = _("%(vendor)s has not sent %(what)s") % {"vendor": asked.vendor, "what": kinds_in_words(items)}
    late = ngettext("%(days)s working day late", "%(days)s working days late", days) % {"days": days}
    return Waiting(
        title=says,
        meta=_("Asked by %(person)s on %(day)s") % {"person": asked.asked_by.label, "day": short(asked.asked_at)},
        url=reverse("directory:request", args=[asked.pk]),
        action=_("Look"),
        icon="late",
        urgency=Urgency.LATE,
        when=by_the_end_of(asked.due_on, merchant),
        due=late if days else _("Late"),
        due_about=_("Wanted by %(day)s") % {"day": short(asked.due_on)},
    )


def to_judge(items: list[RequestedItem]) -> Waiting:
    """What came and waits for a verdict."""
    asked = items[0].request
    first = min(one.received_at for one in items if one.received_at)
    says = _("Judge what %(vendor)s sent: %(what)s")
    return Waiting(
        title=says % {"vendor": asked.vendor, "what": kinds_in_words(items)},
        meta=_("Asked by %(person)s on %(day)s") % {"person": asked.asked_by.label, "day": short(asked.asked_at)},
        url=reverse("directory:request", args=[asked.pk]),
        action=_("Judge"),
        icon="vendors",
        urgency=Urgency.INFO,
        when=first,
        due=_("%(count)s to judge") % {"count": len(items)},
        due_about=_("Came %(day)s") % {"day": short(first)},
    )


def for_vendor(acting: Membership, at: datetime) -> Iterator[Waiting]:
    """What merchants wait for, with whom to ask about it."""
    rows = RequestedItem.objects.visible_to(acting).filter(state=State.ASKED, sent_on=None)
    for items in by_request(rows.select_related("request__merchant", "request__asked_by")):
        yield asked_of_vendor(items, at)


def asked_of_vendor(items: list[RequestedItem], at: datetime) -> Waiting:
    """Juniper & Pine asks for referees and samples of work."""
    asked = items[0].request
    zone = ZoneInfo(str(asked.merchant.time_zone))
    today, due = at.astimezone(zone).date(), asked.due_on
    left = (due - today).days if due else 99
    words = ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left} if left else _("Due today")
    is_late = left < 0
    return Waiting(
        title=_("%(merchant)s asks for %(what)s") % {"merchant": asked.merchant, "what": kinds_in_words(items)},
        meta=_("Asked on %(day)s") % {"day": short(asked.asked_at)},
        url=reverse("directory:answer", args=[asked.pk]),
        action=_("Answer"),
        icon="late" if is_late else "question",
        urgency=Urgency.LATE if is_late else Urgency.RISK if left <= SOON.days else Urgency.INFO,
        when=by_the_end_of(due, asked.merchant),
        due=_("Overdue") if is_late else words,
        due_about=(_("Was wanted by %(day)s") if is_late else _("Wanted by %(day)s")) % {"day": short(due)},
        ask=_("Questions: %(who)s") % {"who": ask_whom(asked.asked_by)},
        phone=asked.asked_by.phone,
    )


def ask_whom(member: Membership) -> str:
    """The name; with the address of whoever has no telephone."""
    return member.label if member.phone else f"{member.label}, {member.email}"


def by_request(rows: Iterable[RequestedItem]) -> Iterator[list[RequestedItem]]:
    """The items of each request together, the earliest wanted first."""
    items = sorted(rows, key=lambda one: (one.request_id, ORDER.index(Kind(one.kind))))
    for _request, group in groupby(items, key=lambda one: one.request_id):
        yield list(group)


def short(day: date | None) -> str:
    """As in 18 Nov; an instant in the reader's zone."""
    if isinstance(day, datetime):
        day = localtime(day).date()
    return day_words(day) if day else ""


def by_the_end_of(day: date | None, organisation: Organisation) -> datetime:
    """The instant at which a day is over where the organisation is; without a day, after all others."""
    zone = ZoneInfo(str(organisation.time_zone))
    return first_instant((day or date(9000, 1, 1)) + timedelta(days=1), MIDNIGHT, zone)
