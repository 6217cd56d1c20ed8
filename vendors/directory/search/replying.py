"""How fast vendors reply to one merchant, "with you": out of its own turns with them, for the list and its order.

Worked out when it is asked for, and kept nowhere: an open question makes the figure another from one hour to the next,
and no row of one merchant's can be read by another.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations import responding
from outsourcing.conversations.figures import Median, Taken, median
from outsourcing.conversations.models import Turn

#: "Over nine hours" sorts after every known time; no time is as long as this.
OVER = 10**9


def medians(acting: Membership, at: datetime, among: Collection[int] | None = None) -> dict[int, Median]:
    """The medians of vendors that have enough turns with this merchant, by the vendors' keys.

    Only `among` some, where they are named. One query, and three more where something is open.
    """
    rows = Turn.objects.owed_to(acting.organisation_id).filter(responding.in_view(at)).defer("reckoned")
    rows = rows.filter(answerer__vendor__isnull=False) if among is None else rows.filter(answerer__vendor__in=among)
    turns = list(rows.annotate(vendor=F("answerer__vendor"))) if among is None or among else []
    open_ones = {turn.answerer_id for turn in turns if turn.response_seconds is None}
    places = Organisation.objects.filter(pk__in=open_ones).prefetch_related("openings", "closed_days")
    calendar_of = responding.calendars(places if open_ones else (), at)
    taken: dict[int, list[Taken]] = {}
    for turn, seconds in responding.timed_of(turns, calendar_of, at):
        one = Taken(turn.opened_at, seconds, turn.target_seconds, turn.ending, turn.is_blocking)
        taken.setdefault(turn.vendor, []).append(one)  # type: ignore[attr-defined]  # annotated
    found = {vendor: median(some, at) for vendor, some in taken.items()}
    return {vendor: one for vendor, one in found.items() if one.is_enough and one.seconds is not None}


def order_of(found: Mapping[int, Median]) -> dict[int, int]:
    """By what they sort: known times before "over"."""
    return {vendor: (one.seconds or 0) + OVER * one.is_over for vendor, one in found.items()}


def in_words(one: Median | None) -> str:
    """ "3.1 h", "over 9 h"; nothing where it is not known."""
    if one is None or one.seconds is None:
        return ""
    said = responding.hours(one.seconds)
    return _("over %(time)s") % {"time": said} if one.is_over else said
