"""What the page over all briefs takes for the merchant with the most."""

from django.db.models import Count

from outsourcing.accounts.models import Membership, Organisation, Role, User
from outsourcing.shared.bench import Bench, needs, point
from outsourcing.shared.budgets import Result, p95_within, queries_within
from vendors.sourcing.models import Answer, Brief, Candidate

needs(organisations=1_000, memberships=20_000, briefs=1_100)


@point("pipeline.page", p95_within(60), queries_within(12), order=75)
def pipeline_page(bench: Bench) -> Result:
    """The first page of a thousand briefs: what has to be decided first."""
    counted = Brief.objects.values("merchant").annotate(count=Count("pk")).order_by("-count")
    shop = Organisation.objects.get(pk=counted[0]["merchant"])
    rows = {"briefs of the merchant": counted[0]["count"], **bench.rows(Brief, Candidate, Answer)}
    return bench.page("/briefs/?show=all", by=_owner(shop), expects="data-row-link", rows=rows)


def _owner(shop: Organisation) -> User:
    """Whoever runs that shop."""
    heads = Membership.objects.joined().filter(organisation=shop, roles__contains=[Role.OWNER]).select_related("user")
    owner = heads.order_by("pk")[0].user
    assert owner is not None
    return owner
