"""What of mails and reminders waits for a person, on both home pages: what a reminder has come to that only they can
decide, a storm that is held back, and people whom no mail reaches. One statement, since those pages may ask few."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outsourcing.accounts.models import Membership
from outsourcing.accounts.waiting import Matter, Things, Urgency, Waiting
from outsourcing.accounts.walls import HEADS
from outsourcing.notifications.ladders.rules import RUN
from outsourcing.shared.addresses import address
from outsourcing.shared.dates import day_words
from outsourcing.shared.statements import Read, Values

MOST = 25
WAITING = f"""
SELECT (SELECT json_agg(d) FROM (
    SELECT id, title, created_at, owes FROM (
    SELECT DISTINCT ON (l.id) n.id, n.title, n.created_at, n.read_at, CASE WHEN o.id <> %(us)s THEN o.name END AS owes
    FROM notifications_notice n JOIN notifications_rung r ON r.id = n.rung_id
    JOIN notifications_ladder l ON l.id = r.ladder_id AND l.epoch = r.epoch AND l.ended_at IS NULL
    LEFT JOIN accounts_organisation o ON o.id = l.owed_by_id
    WHERE n.membership_id = %(me)s AND n.kind = 'decide'
    ORDER BY l.id, n.created_at DESC, n.id DESC) newest
    WHERE read_at IS NULL ORDER BY created_at, id LIMIT {MOST}) d) AS found,
CASE WHEN %(runs)s THEN (SELECT min(tick) FROM notifications_tally
    WHERE organisation_id = %(us)s AND held_at IS NOT NULL AND decided_at IS NULL) END AS storm,
CASE WHEN %(heads)s THEN (SELECT count(*) FROM notifications_recipient r WHERE unreachable_since IS NOT NULL
    AND EXISTS (SELECT FROM notifications_mail m
        WHERE m.address = r.address AND m.organisation_id = %(us)s)) END AS gone
"""


def waiting(acting: Membership, at: datetime) -> Read[Things]:
    """For one person."""
    given = {
        "me": acting.pk, "us": acting.organisation_id, "heads": acting.has_role(*HEADS),
        "runs": acting.organisation.is_merchant and acting.has_role(*RUN),
    }  # fmt: skip
    return Read(WAITING, given, partial(_said, acting, at))


def _said(acting: Membership, at: datetime, rows: Sequence[Values]) -> Iterator[Waiting]:
    [found] = rows
    for one in found["found"] or ():
        yield _to_decide(one, acting)
    if found["storm"]:
        yield _storm(datetime.fromisoformat(found["storm"]))
    if found["gone"]:
        yield _not_reached(found["gone"], at)


def _storm(since: datetime) -> Waiting:
    return Waiting(
        _("Unusually many reminders are held back"), _("Let them go, or drop them"), address("reminders:upcoming"),
        _("Look"), "pause", Urgency.RISK, since, _("Held"), _("until somebody decides"), matter=Matter.DECISION,
    )  # fmt: skip


def _to_decide(one: Values, acting: Membership) -> Waiting:
    since = datetime.fromisoformat(one["created_at"])
    day = day_words(since.astimezone(acting.zone).date())
    return Waiting(
        one["title"], one["owes"] or _("Reminders have not helped"), address("reminders:notice", one["id"]),
        _("Decide"), "bell", Urgency.LATE, since, _("Decide"), _("since %(day)s") % {"day": day},
        matter=Matter.DECISION,
    )  # fmt: skip


def _not_reached(number: int, at: datetime) -> Waiting:
    title = ngettext("Mails do not reach one person", "Mails do not reach %(number)s people", number)
    return Waiting(
        title % {"number": number}, _("Find another way to them, or another person"), address("mails:undelivered"),
        _("See whom"), "mail", Urgency.RISK, at, _("Not reached"), _("by mail"), matter=Matter.DECISION,
    )  # fmt: skip
