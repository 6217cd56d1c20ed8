"""The roof's benchmarks: the bare page that is everybody's limit, both home pages, and the memory of the web."""

from outsourcing.accounts.models import Membership, Organisation, Role, User
from outsourcing.shared.bench import BARE, Bench, needs, point
from outsourcing.shared.budgets import Result, at_most, p95_over, queries_within

needs(organisations=1_000, memberships=20_000)
EXPECTED = "Say where your shop is"


@point(BARE, order=0)
def bare_page(bench: Bench) -> Result:
    """What Django takes for a page of nothing; it has no limit but the machine."""
    (times,) = bench.in_turns(bench.bare_page(by=_owner()))
    return Result(bench.rows(Organisation, User), times, queries=2)


@point("today.page", p95_over(BARE, times=5), queries_within(12), order=10)
def today_page(bench: Bench) -> Result:
    """The owner of a shop with first steps left to do; contracts and milestones are still to come."""
    rows = {**bench.rows(Organisation, Membership), "contracts": 0}
    return bench.page("/", by=_owner(), expects=EXPECTED, rows=rows)


@point("web.rss", at_most(220, "MB"), order=90)
def web_rss(bench: Bench) -> Result:
    """Two web processes and their parent once they have served; the last point, so that whatever grows has grown."""
    owner = _owner()
    for _ in range(max(20, bench.repetitions)):  # connections of their own, so that both processes get their share
        bench.get("/", by=owner, expects=EXPECTED).once()
    return Result(bench.rows(Organisation, Membership), value=bench.web.memory(), unit="MB")


def _owner() -> User:
    """The owner of the first shop, which has not said yet where it is."""
    places = Membership.objects.current().filter(organisation__kind="merchant", roles__contains=[Role.OWNER])
    owner = places.exclude(user=None).select_related("user").earliest("pk")
    Organisation.objects.filter(pk=owner.organisation_id).update(country="")
    assert owner.user is not None
    return owner.user
