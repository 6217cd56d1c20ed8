"""Contracts as a list shows them, on the list's own page and on today: read as values, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from milestones.contracts.shown import Mark, health_mark
from milestones.contracts.text import price_of
from milestones.models import RUNNING, Contract, Health, State
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared import statements

#: What a list shows of the contracts in `picked` (id, place), which stands before it; `{other}` is the other side.
ROWS = """
SELECT c.id, c.title, c.state, c.health, c.health_reasons->0->>'sentence' AS reason,
    c.waiting_reasons <> '[]'::jsonb AS waits, o.name AS other, c.pricing, c.value::text, c.currency, c.rate_unit,
    c.time_zone, c.last_vendor_act_at AS heard_at, v.level AS override,
    n.id AS next_id, n.title AS next_title, n.current_due AS next_due,
    n.blocked_since IS NULL AND n.state <> 'submitted' AS may_be_late, k.accepted, k.total
FROM picked p JOIN milestones_contract c ON c.id = p.id JOIN accounts_organisation o ON o.id = c.{other}_id
LEFT JOIN milestones_override v ON v.contract_id = c.id AND v.ended_at IS NULL AND v.until > %(at)s
LEFT JOIN LATERAL (SELECT id, title, current_due, blocked_since, state FROM milestones_milestone m
    WHERE m.contract_id = c.id AND m.state IN ('planned', 'in_progress', 'submitted', 'changes_requested')
    ORDER BY current_due, position, id LIMIT 1) n ON TRUE
LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 'accepted') AS accepted, count(*) AS total
    FROM milestones_milestone m WHERE m.contract_id = c.id AND m.state <> 'cancelled') k ON TRUE
ORDER BY p.place
"""
#: In the order of the columns, as from_db wants them.
READ = [
    field.attname for field in Contract._meta.concrete_fields
    if field.attname in ("state", "health", "pricing", "value", "currency", "rate_unit")
]  # fmt: skip
THESE = """
WITH picked AS (SELECT * FROM unnest(%(keys)s::bigint[]) WITH ORDINALITY AS one (id, place))
SELECT json_agg(r) FROM ({rows}) r
"""


@dataclass(frozen=True)
class Next:
    """The open milestone that is due first; `days` until then, in the contract's zone, negative once it is over."""

    pk: int
    title: str
    due: date
    days: int
    is_late: bool


@dataclass(frozen=True)
class Row:
    """One contract: how it is doing and why, its next milestone, how many are accepted.

    `computed` is the mark that the rules give where somebody has overridden it; `heard_days` counts the days since the
    vendor last did something, None before it ever has; `is_ours` where the merchant looks.
    """

    pk: int
    title: str
    other: str
    mark: Mark
    computed: str
    reason: str
    waits_for_us: bool
    next: Next | None
    accepted: int
    total: int
    price: str
    heard_days: int | None
    is_ours: bool


def rows_of(keys: Sequence[int], acting: Membership, at: datetime) -> list[Row]:
    """The contracts of these keys, in their order. One query."""
    if not keys:
        return []
    (found,) = statements.row(THESE.format(rows=rows_sql(acting.organisation)), {"at": at, "keys": list(keys)})
    return [row_of(one, acting, at) for one in found or ()]


def rows_sql(reader: Organisation) -> str:
    """The statement after its `picked`; besides what that takes, it takes the instant `at`."""
    return ROWS.format(other="vendor" if reader.is_merchant else "merchant")


def row_of(found: Mapping[str, Any], acting: Membership, at: datetime) -> Row:
    """A row out of what the statement found; a vendor is told of no health."""
    is_ours = acting.organisation.is_merchant
    contract = _contract(found)
    today = at.astimezone(ZoneInfo(found["time_zone"])).date()
    heard = datetime.fromisoformat(found["heard_at"]) if found["heard_at"] else None
    is_overridden = is_ours and found["override"] not in (None, found["health"])
    return Row(
        pk=found["id"],
        title=found["title"],
        other=found["other"],
        mark=health_mark(contract, found["override"] or "") if is_ours else state_mark(contract),
        computed=str(Health(found["health"]).label) if is_overridden else "",
        reason=(found["reason"] or "") if is_ours else "",
        waits_for_us=is_ours and found["waits"],
        next=_next(found, today),
        accepted=found["accepted"],
        total=found["total"],
        price=price_of(contract),
        heard_days=(today - heard.astimezone(ZoneInfo(found["time_zone"])).date()).days if heard else None,
        is_ours=is_ours,
    )


def _contract(found: Mapping[str, Any]) -> Contract:
    """The contract with what marks and prices go by, and nothing else."""
    read = {**found, "value": None if found["value"] is None else Decimal(found["value"])}
    return Contract.from_db(None, READ, [read[name] for name in READ])


def _next(found: Mapping[str, Any], today: date) -> Next | None:
    if found["next_id"] is None:
        return None
    due = date.fromisoformat(found["next_due"])
    is_late = found["may_be_late"] and due < today and found["state"] in RUNNING
    return Next(found["next_id"], found["next_title"], due, (due - today).days, is_late)


def state_mark(contract: Contract) -> Mark:
    """Where it stands, for the vendor."""
    tone = {State.OFFERED: "info", State.ACTIVE: "ok", State.SUSPENDED: "risk", State.CLOSE_OUT: "risk"}
    icon = {State.OFFERED: "submitted", State.ACTIVE: "check-circle", State.SUSPENDED: "pause"}
    state = State(contract.state)
    return Mark(tone.get(state, "none"), icon.get(state, "contract"), str(contract.get_state_display()))
