"""How contracts are doing, worked out again whenever something happens to one, and by time for those that are due.

Each look is a few queries about one contract, in the caller's transaction; nobody looks at what cannot have changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from milestones.health.rules import Before, Facts, MilestoneFacts, Owed, Reason, assess
from milestones.models import (
    DONE,
    WITH_VENDOR,
    Cause,
    CheckIn,
    Contract,
    ContractThread,
    DateChange,
    Health,
    Milestone,
    State,
)
from milestones.reminders import following
from outsourcing.accounts.calendars import WorkingCalendar
from outsourcing.accounts.models import Invitation, Membership, Organisation
from outsourcing.accounts.working_time import calendar_of
from outsourcing.conversations import responding
from outsourcing.conversations.models import Turn
from outsourcing.notifications.bounces.taking import reachable

RANKS = {level: rank for rank, level in enumerate(Health)}
#: So many contracts are looked at in one run of the beat.
MOST = 1_000
GOING = (State.ACTIVE, State.CLOSE_OUT)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def look(contracts: Sequence[int], *, at: datetime, active: bool = False) -> None:
    """Something happened to these contracts: work out their health as of `at`, and let their reminders follow;
    `active`: the vendor has just done something of substance."""
    if active:
        Contract.objects.filter(pk__in=contracts).update(last_vendor_act_at=at)
    assess_all(contracts, at=at)
    following.follow(contracts, at=at)


def assess_all(contracts: Sequence[int], *, at: datetime) -> None:
    """Work out the health of these contracts as of `at`."""
    rows = Contract.objects.filter(pk__in=contracts).select_related("merchant", "vendor").defer("scope")
    for contract in rows.prefetch_related(
        "merchant__openings", "merchant__closed_days", "vendor__openings", "vendor__closed_days"
    ):
        _write(contract, at)


def look_around(at: datetime, most: int = MOST) -> int:
    """For the beat: look at those whose health time may have changed, each held for a moment; how many there were."""
    due = Contract.objects.to_look_at(at).order_by("next_look_at").values_list("pk", flat=True)[:most]
    looked = 0
    for pk in list(due):
        with transaction.atomic():
            still = Contract.objects.select_for_update(skip_locked=True).to_look_at(at).filter(pk=pk)
            if found := still.values_list("next_look_at").first():
                assess_all([pk], at=at)
                if found[0] == LONG_AGO:  # with another calendar its reminders come at other times too
                    following.follow([pk], at=at)
                looked += 1
    return looked


def turn_changed(turn: Turn, at: datetime) -> None:
    """For conversations: an answer, an acknowledgement or a question of the vendor's is an act of substance."""
    about = ContractThread.objects.filter(thread=turn.thread_id).select_related("contract").first()
    if about is None:
        return
    vendor = about.contract.vendor_id
    answered = not turn.is_open and turn.answerer_id == vendor and turn.answer_id is not None
    acknowledged = not turn.is_open and turn.answerer_id == vendor and turn.ending == "acknowledged"
    asked = turn.is_open and turn.asker_id == vendor
    if answered or acknowledged or asked:
        Contract.objects.filter(pk=about.contract_id).update(last_vendor_act_at=at)
    assess_all([about.contract_id], at=at)


def calendar_changed(organisation: Organisation) -> None:
    """For accounts: what was reckoned with another calendar is looked at by the next beat."""
    mine = Q(merchant=organisation) | Q(vendor=organisation)
    Contract.objects.filter(mine, state__in=GOING).update(next_look_at=LONG_AGO)


def reach_changed(address: str, at: datetime) -> None:
    """For mails: contracts of whoever has this address are looked at by the next beat."""
    vendors = Membership.objects.current().filter(email=address).values("organisation")
    Contract.objects.filter(vendor__in=vendors, state__in=GOING).update(next_look_at=LONG_AGO)


# ---- Reading -------------------------------------------------------------------------------------------------------
def _write(contract: Contract, at: datetime) -> None:
    found = assess(facts_of(contract, at), at)
    is_same = found.level == contract.health
    Contract.objects.filter(pk=contract.pk).update(
        health=found.level,
        health_rank=RANKS[found.level],
        health_since=contract.health_since if is_same and contract.health_since else at,
        health_reasons=_plain(found.reasons),
        waiting_reasons=_plain(found.waiting),
        clean_looks=found.clean,
        looked_on=contract.today(at),
        next_look_at=found.next_look_at,
    )


def _plain(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [asdict(one) for one in reasons]


def facts_of(contract: Contract, at: datetime) -> Facts:
    """What the rules ask about. Six queries, one more where there are turns; none for what does not run."""
    years = range(at.year - 1, at.year + 3)
    vendor, merchant = calendar_of(contract.vendor, years), calendar_of(contract.merchant, years)
    before = Before(Health(contract.health), contract.health_since, contract.clean_looks, contract.looked_on)
    facts: dict[str, Any] = {
        "state": contract.state,
        "vendor": vendor,
        "merchant": merchant,
        "zone": contract.zone,
        "silence_days": contract.silence_days,
        "activated_at": contract.activated_at,
        "last_act_at": contract.last_vendor_act_at,
        "before": before,
    }
    if contract.state not in GOING:
        return Facts(**facts)
    owed = _turns(contract)
    dates = DateChange.objects.open().filter(milestone__contract=contract, decides="merchant")
    check_ins = list(CheckIn.objects.filter(contract=contract).values_list("due_on", "signed_at", "skipped_at"))
    return Facts(
        **facts,
        milestones=_milestones(contract, at),
        by_vendor=[one for answerer, one in owed if answerer == contract.vendor_id],
        by_merchant=[one for answerer, one in owed if answerer == contract.merchant_id],
        dates_to_decide=[
            (key, title, by)
            for key, title, by in dates.values_list("milestone", "milestone__title", "decide_by")
            if by is not None
        ],
        check_ins=[due for due, signed, skipped in check_ins if signed is None and skipped is None],
        has_check_ins=bool(check_ins),
        is_reachable=_is_reachable(contract),
        score=_score(contract, vendor, at),
    )


def _milestones(contract: Contract, at: datetime) -> list[MilestoneFacts]:
    rows = list(contract.milestones.exclude(state="cancelled").defer("description"))
    changes: dict[int, list[DateChange]] = {}
    decided = DateChange.objects.decided().filter(milestone__contract=contract).order_by("decided_at", "pk")
    for one in decided.select_related(None):
        changes.setdefault(one.milestone_id, []).append(one)
    started = contract.today(contract.activated_at or at)
    return [_milestone(one, changes.get(one.pk, []), started, contract) for one in rows]


def _milestone(one: Milestone, changes: Sequence[DateChange], started: date, contract: Contract) -> MilestoneFacts:
    asked = [change for change in changes if change.origin == DateChange.Origin.ASKED]
    slip = sum(change.days for change in changes if change.cause == Cause.VENDOR)
    return MilestoneFacts(
        key=one.pk,
        title=one.title,
        state=one.state,
        begins_on=min(one.starts_on or started, one.current_due),
        due=one.current_due,
        baseline=one.baseline_due or one.current_due,
        forecast=one.forecast_due,
        progress=one.progress,
        is_blocked=one.is_blocked,
        moves=len(asked) if one.state not in DONE else 0,
        slip=max(0, slip) if one.state in WITH_VENDOR else 0,
        rework=one.rework_round,
        review_due=one.review_due,
        replanned_on=contract.today(changes[-1].decided_at) if changes and changes[-1].decided_at else None,
    )


def _turns(contract: Contract) -> list[tuple[int, Owed]]:
    """Open turns in the conversations about the contract, with who owes the answer."""
    about = ContractThread.objects.filter(contract=contract).values("thread")
    rows = Turn.objects.open().filter(thread__in=about).values_list("answerer", "thread__subject", "due_at")
    return [(answerer, Owed(subject, due_at)) for answerer, subject, due_at in rows]


def _is_reachable(contract: Contract) -> bool:
    """Whether somebody of the vendor has joined, or was asked in, and mails reach them. One query."""
    people = reachable(Membership.objects.current().filter(organisation=contract.vendor_id))
    asked = Invitation.objects.filter(revoked_at=None).values("membership")
    return people.filter(Q(user__isnull=False) | Q(pk__in=asked)).exists()


def _score(contract: Contract, vendor: WorkingCalendar, at: datetime) -> Decimal | None:
    """How well the vendor answers this merchant, where there are enough turns. One query."""
    turns = list(
        Turn.objects.filter(responding.in_view(at), asker=contract.merchant_id, answerer=contract.vendor_id).defer(
            "reckoned"
        )
    )
    if not turns:
        return None
    return responding.responding(turns, lambda _pk: vendor, at).score.points
