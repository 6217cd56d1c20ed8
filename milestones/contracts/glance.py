"""A merchant's contracts at a glance, for its home page: the worst ones, what they come to, and this week's milestones.

One statement, which is read along with what waits for a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from milestones.contracts.rows import Row, row_of, rows_sql
from milestones.contracts.shown import Mark, step_mark
from milestones.contracts.text import money
from milestones.models import WITH_VENDOR
from outsourcing.accounts.models import Membership
from outsourcing.shared.statements import Read, Values

#: So many contracts are shown, and so many milestones of a day.
WORST, A_DAY = 6, 4
DAY = timedelta(days=1)
SATURDAY, WORKING = 5, 5
#: The sums read nothing but an index; the worst, and what is due in the week, each come by one.
GLANCE = """
WITH sums AS MATERIALIZED (
    SELECT currency, count(*) AS n, sum(value) FILTER (WHERE pricing = 'fixed' AND value > 0) AS total
    FROM milestones_contract
    WHERE merchant_id = %(own)s AND state IN ('active', 'suspended', 'close_out') GROUP BY currency
), picked AS (
    SELECT id, row_number() OVER (ORDER BY health_rank DESC, health_since, id) AS place FROM (
        SELECT id, health_rank, health_since FROM milestones_contract
        WHERE merchant_id = %(own)s AND state IN ('active', 'suspended', 'close_out')
        ORDER BY health_rank DESC, health_since, id LIMIT {worst}) worst
)
SELECT (SELECT coalesce(sum(n), 0)::int FROM sums) AS count,
    (SELECT json_object_agg(currency, total::text ORDER BY currency) FROM sums WHERE total IS NOT NULL) AS sums,
    (SELECT json_agg(r) FROM ({rows}) r) AS rows,
    (SELECT json_agg(w) FROM (SELECT due.*, o.name AS vendor FROM (
        SELECT m.id, m.title, m.current_due, m.state, m.blocked_since IS NOT NULL AS is_blocked, c.vendor_id,
            row_number() OVER same_day AS place, count(*) OVER (PARTITION BY m.current_due) AS total
        FROM milestones_milestone m JOIN milestones_contract c ON c.id = m.contract_id
        WHERE m.merchant_id = %(own)s AND m.current_due BETWEEN %(first)s AND %(last)s
            AND m.state IN ('planned', 'in_progress', 'changes_requested', 'submitted')
            AND c.state IN ('active', 'suspended', 'close_out')
        WINDOW same_day AS (PARTITION BY m.current_due ORDER BY m.position, m.id)
    ) due JOIN accounts_organisation o ON o.id = due.vendor_id
    WHERE place <= {a_day} ORDER BY current_due, place) w) AS due
"""


@dataclass(frozen=True)
class Due:
    """A milestone in the week."""

    pk: int
    title: str
    vendor: str
    mark: Mark


@dataclass(frozen=True)
class Day:
    """What is due on one day; `more` are not shown."""

    on: date
    is_today: bool
    milestones: tuple[Due, ...]
    more: int


@dataclass(frozen=True)
class Glance:
    """`committed` are the sums of fixed prices, one for each currency."""

    count: int
    rows: Sequence[Row]
    committed: Sequence[str]
    week: Sequence[Day]


def glance(acting: Membership, at: datetime) -> Read[Glance]:
    """What the merchant's home page shows of its contracts; the week is the coming one from Saturday on."""
    today = at.astimezone(acting.zone).date()
    monday = today - today.weekday() * DAY + (7 * DAY if today.weekday() >= SATURDAY else 0 * DAY)
    given = {"at": at, "own": acting.organisation_id, "first": monday, "last": monday + 6 * DAY}
    statement = GLANCE.format(rows=rows_sql(acting.organisation), worst=WORST, a_day=A_DAY)
    return Read(statement, given, partial(_said, acting, at, monday, today))


def _said(acting: Membership, at: datetime, monday: date, today: date, rows: Sequence[Values]) -> Glance:
    [found] = rows
    return Glance(
        found["count"],
        [row_of(one, acting, at) for one in found["rows"] or ()],
        [money(Decimal(total), currency) for currency, total in (found["sums"] or {}).items()],
        _week(monday, today, found["due"] or ()),
    )


def _week(monday: date, today: date, due: Sequence[Values]) -> list[Day]:
    """Monday to Friday, and a day of the weekend on which something is due."""
    totals: dict[date, int] = {}
    found: dict[date, list[Due]] = {monday + number * DAY: [] for number in range(7)}
    for one in due:
        on = date.fromisoformat(one["current_due"])
        is_late = on < today and one["state"] in WITH_VENDOR and not one["is_blocked"]
        mark = step_mark(one["state"], is_late=is_late, is_blocked=one["is_blocked"])
        found[on].append(Due(one["id"], one["title"], one["vendor"], mark))
        totals[on] = one["total"]
    days = [Day(on, on == today, tuple(them), totals.get(on, 0) - len(them)) for on, them in found.items()]
    return [day for number, day in enumerate(days) if number < WORKING or day.milestones]
