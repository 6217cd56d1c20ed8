"""What a merchant and a vendor say to each other, for the vendor's page: its conversations, how quickly each side
replies "with you", and how well the vendor can be reached. Two queries; none for a vendor's own people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Membership
from outsourcing.accounts.working_time import Hours, Workplace
from outsourcing.conversations import contacts, responding
from outsourcing.conversations.figures import WINDOW
from outsourcing.conversations.responding import Responding
from outsourcing.shared import statements
from vendors.directory.keeping.kept import Kept
from vendors.directory.models import Vendor

MOST = 5
#: `heard` is when a person of the vendor's last wrote or acknowledged here; what was recorded for it is not theirs.
SAID = f"""
WITH t AS MATERIALIZED (
    SELECT id, subject, last_entry_at, closed_at, entry_count, last_entry_id FROM conversations_thread
    WHERE merchant_id = %(own)s AND vendor_id = %(vendor)s
), people AS (
    SELECT DISTINCT m.id, m.name, m.email, m.phone, m.is_backup FROM t
    JOIN conversations_participant p ON p.thread_id = t.id JOIN accounts_membership m ON m.id = p.membership_id
    WHERE m.organisation_id = %(vendor)s AND m.left_at IS NULL AND m.user_id IS NOT NULL
)
SELECT (SELECT count(*) FROM t),
    (SELECT json_agg(shown) FROM (
        SELECT t.id, t.subject, t.last_entry_at, t.closed_at, o.answerer_id, o.due_at,
            t.entry_count > coalesce(m.number, 0) AND e.author_id IS DISTINCT FROM %(me)s AS is_unread
        FROM t
        LEFT JOIN conversations_entry e ON e.id = t.last_entry_id
        LEFT JOIN conversations_readmark m ON m.thread_id = t.id AND m.membership_id = %(me)s
        LEFT JOIN LATERAL (SELECT answerer_id, due_at FROM conversations_turn o WHERE o.thread_id = t.id
            AND o.closed_at IS NULL ORDER BY o.answerer_id = %(own)s DESC LIMIT 1) o ON TRUE
        ORDER BY t.last_entry_at DESC, t.id LIMIT {MOST}) shown),
    (SELECT json_agg(people ORDER BY is_backup, name, id) FROM people),
    EXISTS (SELECT FROM accounts_membership m WHERE m.organisation_id = %(vendor)s AND m.left_at IS NULL
        AND m.user_id IS NOT NULL),
    (SELECT max(greatest(e.created_at, a.at)) FROM t
        LEFT JOIN LATERAL (SELECT created_at FROM conversations_entry e WHERE e.thread_id = t.id AND e.side = 'vendor'
            AND e.recorded_by_id IS NULL ORDER BY e.number DESC LIMIT 1) e ON TRUE
        LEFT JOIN LATERAL (SELECT max(a.at) AS at FROM conversations_entry i
            JOIN conversations_acknowledgement a ON a.entry_id = i.id
            WHERE i.thread_id = t.id AND i.side = 'merchant' AND a.recorded_by_id IS NULL) a ON TRUE),
    (SELECT json_agg(json_build_array(organisation_id, weekday, opens, closes)) FROM accounts_opening
        WHERE organisation_id IN (%(own)s, %(vendor)s)),
    (SELECT json_agg(json_build_array(organisation_id, day)) FROM accounts_closedday
        WHERE organisation_id IN (%(own)s, %(vendor)s)),
    (SELECT seconds FROM conversations_replytime WHERE organisation_id = %(vendor)s)
"""


@dataclass(frozen=True)
class Talk:
    """One conversation in a list: `standing` says who owes whom, and `is_late` that it is over."""

    pk: int
    subject: str
    at: datetime
    is_unread: bool
    is_closed: bool
    standing: str
    is_late: bool


@dataclass(frozen=True)
class Reach:
    """How well a vendor can be reached: who has proven an address, who stands in, a phone, hours, last heard from."""

    people: Sequence[str]
    backups: Sequence[str]
    phone: str
    hours: str
    is_assumed: bool
    heard_at: datetime | None


@dataclass(frozen=True)
class Talking:
    """All of it. `has_joined`: somebody of the vendor's can read here. `across`: its median over all merchants in
    words, where it agreed that they see it and enough of them contribute."""

    talks: Sequence[Talk]
    count: int
    has_joined: bool
    they: Responding
    we: Responding
    reach: Reach
    across: str = ""


def talking_with(vendor: Vendor, kept: Kept, acting: Membership, at: datetime) -> Talking | None:
    """For a merchant what it and this vendor have to do with each other; None for a vendor's own people."""
    if not acting.organisation.is_merchant:
        return None
    us, them = acting.organisation, vendor.organisation
    given = {"own": us.pk, "vendor": them.pk, "me": acting.pk}
    count, talks, people, has_joined, heard_at, openings, closed, across = statements.row(SAID, given)
    hours = Hours(map(Workplace.of, (us, them)), openings or (), closed or ())
    years = range((at - WINDOW - responding.BEFORE).year, at.year + 2)
    rows = list(responding.turns_between(us.pk, [them.pk], at)) if count else []
    they, we = responding.both_ways(us.pk, rows, hours.calendar_of(years), at)
    return Talking(
        talks=[_talk(one, us.pk, at) for one in talks or ()],
        count=count,
        has_joined=has_joined,
        they=they,
        we=we,
        reach=_reach(people or (), kept, hours.calendar(them.pk, years), not hours.openings[them.pk], heard_at, at),
        across="" if across is None else responding.hours(across),
    )


def _talk(row: Mapping[str, Any], us: int, at: datetime) -> Talk:
    due = datetime.fromisoformat(row["due_at"]) if row["due_at"] else None
    waits = _("Waiting for you") if row["answerer_id"] == us else _("Waiting for them")
    return Talk(
        row["id"],
        row["subject"],
        datetime.fromisoformat(row["last_entry_at"]),
        row["is_unread"],
        row["closed_at"] is not None,
        standing=waits if due else "",
        is_late=due is not None and due < at,
    )


def _reach(
    people: Iterable[Mapping[str, Any]],
    kept: Kept,
    calendar: WorkingCalendar,
    is_assumed: bool,
    heard_at: datetime | None,
    at: datetime,
) -> Reach:
    """Out of those whom this merchant knows: from its conversations, and from its own list of contacts."""
    known = [(one["name"] or one["email"], one["email"], one["phone"], one["is_backup"], True) for one in people]
    seen = {email for _name, email, *_more in known}
    known += [
        (one.name or one.email, one.email, one.phone, one.is_backup, one.has_joined)
        for one in kept.contacts
        if one.email not in seen
    ]
    return Reach(
        people=[name for name, _email, _phone, is_backup, has_joined in known if has_joined and not is_backup],
        backups=[name for name, _email, _phone, is_backup, _joined in known if is_backup],
        phone=next((phone for _name, _email, phone, *_more in known if phone), ""),
        hours=contacts.said_of(calendar, at),
        is_assumed=is_assumed,
        heard_at=heard_at,
    )
