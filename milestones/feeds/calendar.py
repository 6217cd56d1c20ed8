"""A calendar by RFC 5545 of what a person has to do with: milestones, verdicts that are due, and check-ins.

All are whole days, as contracts count them. A milestone keeps its UID; its SEQUENCE is how many things have happened to
it, which only ever grows. What was cancelled stays for thirty days, so that calendars hear of it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from milestones.models import DONE, RUNNING, CheckIn, Feed, Milestone, Step

#: Cancelled ones, and accepted ones, are kept for so long.
CANCELLED_FOR, ACCEPTED_FOR = timedelta(days=30), timedelta(days=90)
#: One calendar holds so many milestones at most, the latest to be due.
MOST = 2_000
DAY = timedelta(days=1)
ON_IT = ("contract__owner", "contract__backup", "contract__vendor_owner", "contract__vendor_backup")


def calendar_of(feed: Feed, at: datetime) -> bytes:
    """The calendar as bytes. Two queries, one for a vendor."""
    calendar = Calendar()
    calendar.add("prodid", "-//Outsourcing//Milestones//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    name = feed.contract.title if feed.contract else _("Milestones of %(who)s") % {"who": feed.membership.organisation}
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in _events(feed, at):
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(feed: Feed, at: datetime) -> Iterator[Event]:
    for milestone in milestones_of(feed, at):
        yield _milestone(milestone, feed)
        if milestone.state == Step.SUBMITTED and feed.membership.organisation.is_merchant:
            yield _review(milestone)
    if feed.membership.organisation.is_merchant:
        for check_in in _check_ins(feed):
            yield _check_in(check_in)


def milestones_of(feed: Feed, at: datetime) -> QuerySet[Milestone]:
    """Those that the calendar holds, each with `sequence` and `changed_at`."""
    acting = feed.membership
    recent = Q(accepted_at__gt=at - ACCEPTED_FOR) | Q(cancelled_at__gt=at - CANCELLED_FOR)
    rows = Milestone.objects.visible_to(acting).filter(
        recent | Q(contract__state__in=RUNNING) & ~Q(state__in=DONE)
    )  # fmt: skip
    if feed.contract_id:
        rows = rows.filter(contract=feed.contract_id)
    else:
        mine = Q(responsible=acting) | Q(vendor_responsible=acting)
        for name in ON_IT:
            mine |= Q(**{name: acting})
        rows = rows.filter(mine)
    happened = {"sequence": Count("history"), "changed_at": Coalesce(Max("history__at"), F("created_at"))}
    return rows.annotate(**happened).defer("description", "contract__scope").order_by("-current_due", "pk")[:MOST]


def _milestone(one: Milestone, feed: Feed) -> Event:
    other = one.contract.other_than(feed.membership.organisation_id)
    event = _event(f"milestone-{one.pk}", f"{one.title} ({other})", one.current_due, one.changed_at)  # type: ignore[attr-defined]
    event.add("sequence", one.sequence)  # type: ignore[attr-defined]
    event.add("status", "CANCELLED" if one.state == Step.CANCELLED else "CONFIRMED")
    event.add("description", f"{one.contract.title}\n{one.get_state_display()}")
    event.add("url", settings.BASE_URL + reverse("milestones:milestone", args=[one.pk]))
    return event


def _review(one: Milestone) -> Event:
    assert one.review_due is not None
    title = _("Verdict due: %(milestone)s (%(vendor)s)") % {"milestone": one.title, "vendor": one.contract.vendor}
    event = _event(f"review-{one.pk}-{one.rework_round}", title, one.review_due, one.changed_at)  # type: ignore[attr-defined]
    event.add("sequence", one.sequence)  # type: ignore[attr-defined]
    event.add("url", settings.BASE_URL + reverse("milestones:milestone", args=[one.pk]) + "#review")
    return event


def _check_ins(feed: Feed) -> QuerySet[CheckIn]:
    rows = CheckIn.objects.visible_to(feed.membership).open().filter(contract__state__in=RUNNING)
    if feed.contract_id:
        return rows.filter(contract=feed.contract_id)
    return rows.filter(Q(contract__owner=feed.membership) | Q(contract__backup=feed.membership))


def _check_in(one: CheckIn) -> Event:
    title = _("Check-in: %(contract)s (%(vendor)s)") % {"contract": one.contract.title, "vendor": one.contract.vendor}
    event = _event(f"check-in-{one.pk}", title, one.due_on, one.contract.created_at)
    event.add("sequence", 0)
    event.add("url", settings.BASE_URL + reverse("milestones:check_in", args=[one.pk]))
    return event


def _event(key: str, title: str, on: date, changed_at: datetime) -> Event:
    """A whole day; DTEND is the day after it, by the RFC. Nobody is busy all that day."""
    event = Event()
    event.add("uid", f"{key}@outsourcing")
    event.add("summary", title)
    event.add("dtstart", on)
    event.add("dtend", on + DAY)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("transp", "TRANSPARENT")
    return event
