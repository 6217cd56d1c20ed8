"""What of contracts waits for a person: verdicts, dates, offers, notices, and what is late; for both home pages.

One statement finds it, since those pages may ask few.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.models import Step, Wish
from outsourcing.accounts.models import Membership, Role
from outsourcing.accounts.waiting import Matter, Things, Unsaid, Urgency, Waiting
from outsourcing.shared.addresses import address
from outsourcing.shared.dates import day_words
from outsourcing.shared.statements import Read, Values

#: So many of each kind are listed on a home page, the earliest due; the contracts hold all of them.
MOST = 25
#: A vendor is told of what is due within so many days.
SOON = timedelta(days=7)
#: Before the last day on which notice can be given: what is said from so many days on.
NOTICES = {30: Urgency.RISK, 60: Urgency.INFO, 90: Urgency.IDLE}
RUN, WORK = (Role.OWNER, Role.OPERATIONS), (Role.MANAGER, Role.CONTACT)
MILESTONE = """m.id, m.title, m.current_due, c.title AS contract, c.time_zone, c.looked_on, c.health_reasons,
    o.name AS other"""
#: What is late, and what is to be judged: each by an index of the merchant's own.
CHASE = f"""(SELECT json_agg(m) FROM (
    SELECT {MILESTONE} FROM milestones_milestone m JOIN milestones_contract c ON c.id = m.contract_id
    JOIN accounts_organisation o ON o.id = c.vendor_id
    WHERE m.merchant_id = %(own)s AND m.state IN ('planned', 'in_progress', 'changes_requested')
        AND m.current_due < %(today)s AND m.blocked_since IS NULL AND c.state IN ('active', 'close_out')
    ORDER BY m.current_due, m.id LIMIT {MOST}) m)"""
JUDGE = f"""(SELECT json_agg(m) FROM (
    SELECT m.id, m.title, m.review_due, o.name AS other
    FROM milestones_milestone m JOIN milestones_contract c ON c.id = m.contract_id
    JOIN accounts_organisation o ON o.id = c.vendor_id
    WHERE m.merchant_id = %(own)s AND m.state = 'submitted' AND c.state IN ('active', 'close_out')
    ORDER BY m.review_due, m.current_due, m.id LIMIT {MOST}) m)"""
#: What is late or due soon, the earliest first, and what was sent back, each by an index.
HAND_IN = f"""(SELECT json_agg(m) FROM (
    SELECT {MILESTONE}, m.state FROM (
        (SELECT m.id FROM milestones_contract c JOIN milestones_milestone m ON m.contract_id = c.id
            WHERE c.vendor_id = %(own)s AND c.state IN ('active', 'close_out') AND m.blocked_since IS NULL
                AND m.state IN ('planned', 'in_progress', 'changes_requested') AND m.current_due <= %(soon)s
            ORDER BY m.current_due, m.id LIMIT {MOST})
        UNION (SELECT m.id FROM milestones_contract c JOIN milestones_milestone m ON m.contract_id = c.id
            WHERE c.vendor_id = %(own)s AND c.state IN ('active', 'close_out') AND m.blocked_since IS NULL
                AND m.state = 'changes_requested' ORDER BY m.current_due, m.id LIMIT {MOST})
    ) found JOIN milestones_milestone m USING (id) JOIN milestones_contract c ON c.id = m.contract_id
    JOIN accounts_organisation o ON o.id = c.merchant_id ORDER BY m.current_due, m.id) m)"""
#: New dates that one's own side decides on.
DATES = """(SELECT json_agg(d) FROM (
    SELECT m.id, m.title, m.current_due, d.new_due AS asked_for, o.name AS other
    FROM milestones_datechange d JOIN milestones_milestone m ON m.id = d.milestone_id
    JOIN milestones_contract c ON c.id = m.contract_id JOIN accounts_organisation o ON o.id = c.{other}_id
    WHERE d.state = 'proposed' AND d.decides = '{own}' AND {whose} = %(own)s
        AND m.state IN ('planned', 'in_progress', 'submitted', 'changes_requested')
        AND c.state IN ('active', 'close_out')
    ORDER BY m.current_due, m.id LIMIT {most}) d)"""
WISHES = f"""(SELECT json_agg(w) FROM (
    SELECT c.id, c.title, o.name AS other, w.kind, w.asked_at FROM milestones_wish w
    JOIN milestones_contract c ON c.id = w.contract_id JOIN accounts_organisation o ON o.id = c.vendor_id
    WHERE c.merchant_id = %(own)s AND w.state = 'open' ORDER BY w.asked_at LIMIT {MOST}) w)"""
CHECK_INS = f"""(SELECT json_agg(k) FROM (
    SELECT k.id, c.title, o.name AS other, k.due_on FROM milestones_checkin k
    JOIN milestones_contract c ON c.id = k.contract_id JOIN accounts_organisation o ON o.id = c.vendor_id
    WHERE c.merchant_id = %(own)s AND c.state IN ('active', 'close_out') AND k.signed_at IS NULL
        AND k.skipped_at IS NULL AND k.due_on <= %(today)s ORDER BY k.due_on, k.id LIMIT {MOST}) k)"""
#: Its innermost part reads nothing but an index; OFFSET keeps it apart from the contracts that are joined to it.
ENDING = f"""(SELECT json_agg(e) FROM (
    SELECT c.id, c.title, o.name AS other, e.renews_on, e.ends_on, e.notice_days, e.by FROM (
        SELECT id, renews_on, ends_on, notice_days, coalesce(renews_on, ends_on) - coalesce(notice_days, 0) AS by
        FROM milestones_contract
        WHERE merchant_id = %(own)s AND state IN ('active', 'suspended', 'close_out') AND state = 'active'
            AND (renews_on IS NOT NULL OR ends_on IS NOT NULL AND notice_days IS NOT NULL) OFFSET 0
    ) e JOIN milestones_contract c USING (id) JOIN accounts_organisation o ON o.id = c.vendor_id
    WHERE e.by BETWEEN %(today)s AND %(horizon)s ORDER BY e.by, c.id LIMIT {MOST}) e)"""
OFFERS = f"""(SELECT json_agg(f) FROM (
    SELECT f.id, c.title, o.name AS other, f.number > 1 AND f.changes <> '{{}}'::jsonb AS is_amendment, f.expires_on,
        f.offered_at FROM milestones_offer f
    JOIN milestones_contract c ON c.id = f.contract_id JOIN accounts_organisation o ON o.id = c.merchant_id
    WHERE c.vendor_id = %(own)s AND f.state = 'open' ORDER BY f.offered_at LIMIT {MOST}) f)"""
MERCHANTS_DATES = DATES.format(own="merchant", whose="m.merchant_id", other="vendor", most=MOST)
VENDORS_DATES = DATES.format(own="vendor", whose="c.vendor_id", other="merchant", most=MOST)
MERCHANTS = f"""SELECT {CHASE} AS to_chase, {JUDGE} AS to_judge, {MERCHANTS_DATES} AS dates, {WISHES} AS wishes,
    {CHECK_INS} AS check_ins, {ENDING} AS ending"""
VENDORS = f"SELECT {HAND_IN} AS to_hand_in, {VENDORS_DATES} AS dates, {OFFERS} AS offers"


def waiting(acting: Membership, at: datetime) -> Read[Things] | Things:
    """What one's side is to do, or should know is late."""
    today = at.astimezone(acting.zone).date()
    given = {"own": acting.organisation_id, "today": today}
    if acting.organisation.is_merchant:
        given["horizon"] = today + timedelta(days=max(NOTICES))
        return Read(MERCHANTS, given, partial(_for_merchant, acting, at)) if acting.has_role(*RUN) else ()
    given["soon"] = today + SOON
    return Read(VENDORS, given, partial(_for_vendor, acting, at)) if acting.has_role(*WORK) else ()


def _for_merchant(acting: Membership, at: datetime, rows: Sequence[Values]) -> Iterator[Waiting | Unsaid]:
    today = at.astimezone(acting.zone).date()
    [found] = rows
    is_late = _lateness(at)
    for one in found["to_chase"] or ():
        if is_late(one):
            yield _late(one, _("Chase"), at)
    for one in found["to_judge"] or ():
        yield _to_judge(one, today, at)
    for one in found["dates"] or ():
        yield _date_asked(one, at)
    for wish in found["wishes"] or ():
        yield _wish(wish, acting)
    for check_in in found["check_ins"] or ():
        yield _check_in(check_in, today, at)
    for contract in found["ending"] or ():
        yield _ending(contract, today, at)


def _for_vendor(acting: Membership, at: datetime, rows: Sequence[Values]) -> Iterator[Waiting | Unsaid]:
    [found] = rows
    is_late = _lateness(at)
    for one in found["dates"] or ():
        yield _date_asked(one, at)
    for one in found["to_hand_in"] or ():
        is_back = one["state"] == Step.CHANGES_REQUESTED
        action = _("Submit again") if is_back else _("Submit")
        if is_late(one):
            yield _late(one, action, at)
        else:
            yield _to_do(one, action, is_back, at)
    for offer in found["offers"] or () if acting.has_role(Role.MANAGER) else ():
        yield _offer(offer, acting, at)


def _lateness(at: datetime) -> Callable[[Values], bool]:
    """Overdue begins with the day after it in the contract's zone; most contracts are in one."""
    today_in = cache(lambda zone: f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d}")
    return lambda one: one["current_due"] < today_in(one["time_zone"])


def _wish(wish: Values, acting: Membership) -> Waiting:
    what = _("They ask to end it") if wish["kind"] == Wish.Kind.END else _("They ask to suspend it")
    asked = datetime.fromisoformat(wish["asked_at"])
    return Waiting(
        wish["title"], f"{wish['other']} · {what}", _contract(wish), _("Decide"), "question", Urgency.RISK, asked,
        day_words(asked.astimezone(acting.zone).date()), _("asked"), matter=Matter.DECISION,
    )  # fmt: skip


def _check_in(one: Values, today: date, at: datetime) -> Waiting:
    due = _on(one["due_on"])
    is_late = due < today
    return Waiting(
        one["title"], f"{one['other']} · {_('a check-in to sign')}", address("milestones:check_in", one["id"]),
        _("Look and sign"), "check", Urgency.RISK if is_late else Urgency.INFO, _instant(due, at), day_words(due),
        _("was due") if is_late else _("due today"), matter=Matter.DECISION,
    )  # fmt: skip


def _ending(one: Values, today: date, at: datetime) -> Waiting:
    """Before it renews or ends: the last day for notice, said 90, 60 and 30 days before."""
    by = _on(one["by"])
    left = (by - today).days
    what = _("Renews by itself on %(day)s") if one["renews_on"] else _("Ends on %(day)s")
    about = what % {"day": day_words(_on(one["renews_on"] or one["ends_on"]))}
    words = ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left} if left else _("Today")
    return Waiting(
        one["title"], f"{one['other']} · {about}", _contract(one), _("Look"), "calendar",
        next(urgency for days, urgency in sorted(NOTICES.items()) if left <= days), _instant(by, at),
        words, _("to give notice, until %(day)s") % {"day": day_words(by)} if one["notice_days"] is not None else "",
    )  # fmt: skip


def _offer(offer: Values, acting: Membership, at: datetime) -> Waiting:
    words = _("A change of the contract") if offer["is_amendment"] else _("A contract is offered to you")
    offered = datetime.fromisoformat(offer["offered_at"])
    until = _on(offer["expires_on"]) if offer["expires_on"] else None
    return Waiting(
        offer["title"], f"{offer['other']} · {words}", address("milestones:offer", offer["id"]),
        _("Read and decide"), "contract", Urgency.INFO, _instant(until, at) if until else offered,
        day_words(until or offered.astimezone(acting.zone).date()), _("open until then") if until else _("offered"),
    )  # fmt: skip


def _to_do(one: Values, action: str, is_back: bool, at: datetime) -> Waiting:
    """What a vendor is to hand in soon, or once more."""
    due = _on(one["current_due"])
    return Waiting(
        one["title"], f"{one['other']} · {_('Sent back') if is_back else one['contract']}", _page(one), action,
        "sent-back" if is_back else "calendar", Urgency.RISK if is_back else Urgency.IDLE,
        _instant(due, at), day_words(due), _("due"),
    )  # fmt: skip


def _to_judge(one: Values, today: date, at: datetime) -> Unsaid:
    due = _on(one["review_due"])
    urgency = Urgency.LATE if due < today else Urgency.INFO
    when = _instant(due, at)
    return Unsaid(urgency, when, Matter.DECISION, partial(_judging, one, due, urgency, when))


def _judging(one: Values, due: date, urgency: Urgency, when: datetime) -> Waiting:
    meta = _("%(vendor)s · submitted, waits for your verdict") % {"vendor": one["other"]}
    return Waiting(
        one["title"], meta, f"{_page(one)}#review", _("Review"), "submitted", urgency, when,
        day_words(due), _("was due") if urgency == Urgency.LATE else _("due"), matter=Matter.DECISION,
    )  # fmt: skip


def _late(one: Values, action: str, at: datetime) -> Unsaid:
    due = _on(one["current_due"])
    when = _instant(due, at)
    return Unsaid(Urgency.LATE, when, Matter.OVERDUE, partial(_overdue, one, due, action, when, at))


def _overdue(one: Values, due: date, action: str, when: datetime, at: datetime) -> Waiting:
    """How many working days it is, the last look at the contract has said, where that was today."""
    is_fresh = one["looked_on"] == f"{at.astimezone(ZoneInfo(one['time_zone'])):%Y-%m-%d}"
    said = one["health_reasons"] if is_fresh else []
    days = next((reason["days"] for reason in said if reason["milestone"] == one["id"] and reason.get("days")), None)
    words = ngettext("%(days)s working day late", "%(days)s working days late", days or 0) % {"days": days}
    return Waiting(
        one["title"], f"{one['other']} · {one['contract']}", _page(one), action, "late", Urgency.LATE, when,
        words if days else _("Overdue"), _("Due %(day)s") % {"day": day_words(due)},
        matter=Matter.OVERDUE,
    )  # fmt: skip


def _date_asked(one: Values, at: datetime) -> Waiting:
    due = _on(one["current_due"])
    meta = _("%(other)s · asks for %(day)s") % {"other": one["other"], "day": day_words(_on(one["asked_for"]))}
    return Waiting(
        one["title"], meta, _page(one), _("Decide"), "calendar", Urgency.RISK, _instant(due, at), day_words(due),
        _("the date now"), matter=Matter.DECISION,
    )  # fmt: skip


def _page(one: Values) -> str:
    return address("milestones:milestone", one["id"])


def _contract(one: Values) -> str:
    return address("milestones:contract", one["id"])


def _on(day: str) -> date:
    return date.fromisoformat(day)


def _instant(on: date, at: datetime) -> datetime:
    """To sort by: that day at noon, in the zone that the reader is in."""
    return datetime.combine(on, time(12), at.tzinfo)
