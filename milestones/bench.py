"""Points of contracts: the list of a merchant with hundreds, one with 200 milestones, and the daily look at all."""

import time
import tracemalloc

from django.db import transaction
from django.db.models import Count

from milestones.contracts.listing import PER_PAGE
from milestones.health.looking import LONG_AGO, look_around
from milestones.models import Contract, Milestone, State
from milestones.reminders import bench as reminders
from outsourcing.accounts.models import Membership, Organisation, Role, User
from outsourcing.shared import clock
from outsourcing.shared.bench import BARE, Bench, Probe, needs, point
from outsourcing.shared.budgets import NotMeasured, Result, p95_within, queries_within

__all__ = ["reminders"]

needs(organisations=1_000, memberships=20_000, contracts=10_000, milestones=200_000)

CHANGED = 100


@point("contracts.list", p95_within(60), queries_within(11), order=60)
def contracts_list(bench: Bench) -> Result:
    """The running contracts of the merchant with the most, the worst first."""
    return bench.page("/contracts/", by=_user(_busiest()), expects="data-row-link", rows=_rows(bench))


@point("contracts.last", p95_within(60), queries_within(11), order=60)
def contracts_last(bench: Bench) -> Result:
    """The last page of all of them."""
    number = -(-Contract.objects.filter(merchant=_busiest()).count() // PER_PAGE)
    path = f"/contracts/?show=all&page={number}"
    return bench.page(path, by=_user(_busiest()), expects="data-row-link", rows=_rows(bench))


@point("contract.page", p95_within(80), queries_within(15), order=60)
def contract_page(bench: Bench) -> Result:
    """The contract with the most milestones, one of them late."""
    longest = Contract.objects.annotate(count=Count("milestones")).order_by("-count", "pk")[0]
    rows = {"milestones of the contract": longest.milestones.count(), **_rows(bench)}
    return bench.page(f"/contracts/{longest.pk}/", by=_user(longest.merchant), expects="data-row-link", rows=rows)


@point("health.daily", p95_within(5_000), order=65)
def health_daily(bench: Bench) -> Result:
    """All contracts looked at on a day on which a hundred may have changed, and taken back; the memory that it took
    stands among the rows, in MB."""

    def once() -> float:
        with transaction.atomic():
            going = Contract.objects.filter(state=State.ACTIVE).order_by("pk").values("pk")[:CHANGED]
            Contract.objects.filter(pk__in=going).update(next_look_at=LONG_AGO)
            started = time.perf_counter()
            looked = look_around(clock.now())
            seconds = time.perf_counter() - started
            transaction.set_rollback(True)
        if looked < min(CHANGED, going.count()):
            raise NotMeasured(f"{looked} contracts were looked at")
        return seconds

    tracemalloc.start()
    once()
    peak = round(tracemalloc.get_traced_memory()[1] / 1_000_000)
    tracemalloc.stop()
    times, bare = bench.in_turns(Probe("health.daily", once), bench.bare_page(by=_user(_busiest())), at_most=10)
    return Result({**_rows(bench), "MB at most": peak}, times, BARE, bare)


def _rows(bench: Bench) -> dict[str, int]:
    return bench.rows(Contract, Milestone)


def _busiest() -> Organisation:
    """The merchant with the most contracts."""
    counted = Contract.objects.values("merchant").annotate(count=Count("pk")).order_by("-count")
    return Organisation.objects.get(pk=counted[0]["merchant"])


def _user(organisation: Organisation) -> User:
    """Its head."""
    place = Membership.objects.joined().filter(organisation=organisation, roles__contains=[Role.OWNER]).first()
    assert place is not None
    assert place.user is not None
    return place.user
