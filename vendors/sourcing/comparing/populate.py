"""The largest comparison in bulk: briefs with 12 vendors, 40 criteria and 8 people who have scored everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared import clock
from outsourcing.shared.errors import Stop
from outsourcing.shared.hooks import Progress, populates
from outsourcing.shared.keys import LARGEST
from vendors.sourcing.models import Assignment, Brief, BriefState, Candidate, Criterion, Evaluator, Score, Stage

DAY = timedelta(days=1)
VENDORS, CRITERIA, PEOPLE = 12, 40, 8
WORK = "Returns Gift Spring Bulk Kitting Export Overflow Storage Photo Customs Label Pallet Support"


@dataclass(frozen=True)
class People:
    """Who there is: a merchant's, its head first, and vendors."""

    merchant: int
    members: Sequence[int]
    vendors: Sequence[int]


@populates("comparisons", order=71)
def comparisons(count: int, rng: Random, progress: Progress) -> None:
    """Briefs of the first merchant that are being compared. Raises Stop where people or vendors are missing."""
    people = people_of(count)
    for _number in range(count):
        _make(people, rng, clock.now())
        progress(1)


def people_of(count: int) -> People:
    """The first merchant with people, and vendors to compare. Raises Stop."""
    heads = Membership.objects.joined().filter(organisation__kind=Organisation.Kind.MERCHANT, roles__contains=["owner"])
    head = heads.order_by("pk").first()
    vendors = Organisation.objects.filter(kind=Organisation.Kind.VENDOR).order_by("pk")[:VENDORS]
    keys = list(vendors.values_list("pk", flat=True))
    if head is None:
        if count:
            raise Stop("Comparisons need people: ask for memberships too, for example memberships=20000.")
        return People(0, [], keys)
    others = Membership.objects.joined().filter(organisation=head.organisation_id).exclude(pk=head.pk).order_by("pk")
    members = [head.pk, *others.values_list("pk", flat=True)[: PEOPLE - 1]]
    if count and len(keys) < VENDORS:
        raise Stop("Comparisons need 12 vendors: ask for organisations=1000 too.")
    return People(head.organisation_id, members, keys)


def _make(people: People, rng: Random, now: datetime) -> None:
    begun = now - 30 * DAY
    by = people.members[0]
    brief = Brief.objects.create(
        id=_key(rng), merchant_id=people.merchant, created_by_id=by, created_at=begun, state=BriefState.EVALUATING,
        title=f"{rng.choice(WORK.split())} compared", published_at=begun, deadline_at=begun + 14 * DAY,
        opened_at=begun + 14 * DAY, number=1,
    )  # fmt: skip
    candidates = [
        Candidate(
            id=_key(rng), brief=brief, vendor_id=vendor, stage=Stage.ANSWERED, added_by_id=by, added_at=begun,
            invited_by_id=by, invited_at=begun,
        )
        for vendor in people.vendors
    ]  # fmt: skip
    criteria = [
        Criterion(
            id=_key(rng), brief=brief, position=number, name=f"{rng.choice(WORK.split())} {number + 1}",
            weight=rng.randint(1, 20),
        )
        for number in range(CRITERIA)
    ]  # fmt: skip
    evaluators = [
        Evaluator(id=_key(rng), brief=brief, member_id=one, named_by_id=by, named_at=begun, stated_at=begun)
        for one in people.members
    ]
    Candidate.objects.bulk_create(candidates)
    Criterion.objects.bulk_create(criteria)
    Evaluator.objects.bulk_create(evaluators)
    Assignment.objects.bulk_create(Assignment(evaluator=who, criterion=what) for who in evaluators for what in criteria)
    Score.objects.bulk_create(
        Score(id=_key(rng), evaluator=who, candidate=one, criterion=what, value=rng.randint(1, 5), scored_at=now)
        for who in evaluators
        for what in criteria
        for one in candidates
    )
    Evaluator.objects.filter(brief=brief).update(submitted_at=now)


def _key(rng: Random) -> int:
    return rng.randrange(LARGEST) + 1
