"""A reminder that something is wrong with is tried each hour, eight times; then it is parked, and a person has it to
decide. Source: reference/reliability.md 3, row 12.
"""

import logging
import re
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.notifications.ladders.people import Calendars, Roster
from outsourcing.notifications.ladders.planning import ENDS
from outsourcing.notifications.ladders.rules import RUN, Kind, rule_of
from outsourcing.notifications.models.ladders import Notice, Rung

logger = logging.getLogger(__name__)
AGAIN, TRIES = timedelta(hours=1), 8
#: How often one was tried stands at the head of its reason, in every language.
TRIED = re.compile(r"(\d+)/\d+ ")


def put_off(key: int, error: Exception, *, at: datetime) -> None:
    """Try a rung that the caller holds again later, or park it. Of the error only its kind is said: the words of a
    database quote rows, and one rung may be for people of several organisations."""
    rung = Rung.objects.select_related("ladder").get(pk=key)
    tried = TRIED.match(rung.why)
    tries = int(tried[1]) + 1 if tried else 1
    said = {"error": type(error).__name__, "tries": tries}
    if tries < TRIES:
        words = f"{tries}/{TRIES} " + _("Something is wrong with it: %(error)s") % said
        Rung.objects.filter(pk=key).update(due_at=at + AGAIN, why=words[:300])
        return
    words = _("Given up after %(tries)s tries. Something is wrong with it: %(error)s") % said
    Rung.objects.filter(pk=key).update(state=Rung.State.SKIPPED, done_at=at, why=words[:300])
    try:
        with transaction.atomic():
            _hand_over(rung, at)
    except ENDS:
        raise
    except Exception:  # the log says it all the same
        logger.exception("Nobody could be told that reminder %s was given up", key)


def _hand_over(rung: Rung, at: datetime) -> None:
    """It stands on somebody's home page until it is over."""
    ladder, rule = rung.ladder, rule_of(rung.ladder.rule)
    roster = Roster.of_organisations([ladder.organisation_id], Calendars(at))
    roles = [role for role in RUN if rule is None or role in rule.readers]
    person = roster.first(ladder.organisation_id, [], roles=roles)
    if person is None:
        return
    is_merchant = roster.places[ladder.organisation_id].is_merchant
    title = _("Remind them yourself, it cannot be sent: %(title)s") % {"title": ladder.title}
    Notice.objects.create(
        rung=rung, organisation_id=ladder.organisation_id, membership_id=person.pk, kind=Kind.DECIDE, title=title[:300],
        url=reverse("reminders:ladder", args=[ladder.pk]) if is_merchant else ladder.url, created_at=at,
        state=Notice.State.SHOWN,
    )  # fmt: skip
