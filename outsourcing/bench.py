"""The roof's benchmarks: the bare page that is everybody's limit, both home pages, and the memory of the web."""

from milestones.models import Contract, Milestone
from outsourcing.accounts.models import Membership, Opening, Organisation, Role, User
from outsourcing.shared import clock
from outsourcing.shared.bench import BARE, Bench, needs, point
from outsourcing.shared.budgets import Result, at_most, p95_over, queries_within
from vendors.needs import keeping
from vendors.needs.models import Task

needs(organisations=1_000, memberships=20_000)
EXPECTED = 'id="contracts"'


@point(BARE, order=0)
def bare_page(bench: Bench) -> Result:
    """What Django takes for a page of nothing; it has no limit but the machine."""
    (times,) = bench.in_turns(bench.bare_page(by=_owner()))
    return Result(bench.rows(Organisation, User), times, queries=2)


@point("today.page", p95_over(BARE, times=5), queries_within(12), order=10)
def today_page(bench: Bench) -> Result:
    """The owner of the shop with the most contracts, of which one in ten is late."""
    owner = _owner()
    shops = Membership.objects.current().filter(user=owner).values("organisation")
    own = Contract.objects.filter(merchant__in=shops)
    milestones = Milestone.objects.filter(contract__in=own).count()
    rows = {"contracts": own.count(), "milestones": milestones, **bench.rows(Organisation, Membership)}
    return bench.page("/", by=owner, expects=EXPECTED, rows=rows)


@point("web.rss", at_most(220, "MB"), order=90)
def web_rss(bench: Bench) -> Result:
    """Two web processes and their parent once they have served; the last point, so that whatever grows has grown."""
    owner = _owner()
    for _ in range(max(20, bench.repetitions)):  # connections of their own, so that both processes get their share
        bench.get("/", by=owner, expects=EXPECTED).once()
    return Result(bench.rows(Organisation, Membership), value=bench.web.memory(), unit="MB")


def _owner() -> User:
    """The owner of the first shop, whose first steps are done."""
    places = Membership.objects.current().filter(organisation__kind="merchant", roles__contains=[Role.OWNER])
    owner = places.exclude(user=None).select_related("user", "organisation").earliest("pk")
    assert owner.user is not None
    for weekday in range(5):
        hours = {"opens": 540, "closes": 1020}
        Opening.objects.get_or_create(organisation=owner.organisation, weekday=weekday, defaults=hours)
    keeping.rate(Task.objects.earliest("position"), {"skill": 3}, by=owner, at=clock.now())
    return owner.user
