"""Invented jobs of the first shop in bulk, rated by three colleagues, and what others say of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.shared.errors import Stop
from outsourcing.shared.hooks import Progress, populates
from outsourcing.shared.keys import LARGEST
from vendors.needs.keeping import RATERS
from vendors.needs.models import Ask, Assessment, Need, Opinion, Peer, Stance, Task

FIRST_DAY = datetime(2026, 9, 1, 9, tzinfo=UTC)
WORDS = "They know it, and have no time for it. It is done late, and well when it is done. Better left to others."


@populates("needs", order=45)
def needs(count: int, rng: Random, progress: Progress) -> None:
    """The catalogue's jobs first, then own ones; each rated by three at most. Raises Stop without a shop."""
    if not count:
        return
    merchant, raters = _shop()
    known = Need.objects.filter(merchant=merchant).values("task")
    tasks = list(Task.objects.filter(merchant=None).exclude(pk__in=known).in_order()[:count])
    own = [
        Task(id=_key(rng), merchant=merchant, name=f"Job {_key(rng)}", created_by=raters[0], created_at=FIRST_DAY)
        for _ in range(count - len(tasks))
    ]
    tasks += Task.objects.bulk_create(own)
    made = Need.objects.bulk_create(
        Need(
            id=_key(rng),
            merchant=merchant,
            task=task,
            market_from=Decimal(rng.randrange(200, 900)),
            market_to=Decimal(rng.randrange(900, 2000)),
            managing_hours=Decimal(1),
            created_at=FIRST_DAY,
        )
        for task in tasks
    )
    Assessment.objects.bulk_create(
        Assessment(
            need=need,
            member=rater,
            skill=rng.randint(1, 5),
            liking=rng.randint(1, 5),
            hours=Decimal(rng.randint(1, 40)),
            hour_value=Decimal(rng.randint(12, 60)),
            saved_at=FIRST_DAY,
        )
        for need in made
        for rater in raters
    )
    progress(len(made))


@populates("opinions", order=46)
def opinions(count: int, rng: Random, progress: Progress) -> None:
    """Each peer says something of each job of the first shop, until there are so many. Raises Stop without jobs."""
    if not count:
        return
    merchant, raters = _shop()
    every = list(Need.objects.filter(merchant=merchant).order_by("created_at", "pk"))
    if not every:
        raise Stop("Opinions are about jobs: ask for needs too, for example needs=60.")
    rows: list[Opinion] = []
    while len(rows) < count:
        email = f"peer{_key(rng)}@people.example"
        peer = Peer.objects.create(id=_key(rng), merchant=merchant, email=email, name="Peer", created_at=FIRST_DAY)
        ask = Ask.objects.create(
            id=_key(rng),
            peer=peer,
            asked_by=raters[0],
            secret=f"{_key(rng)}",
            created_at=FIRST_DAY,
            expires_at=FIRST_DAY + Ask.LASTS,
            answered_at=FIRST_DAY + timedelta(days=1),
        )
        for need in every[: count - len(rows)]:
            score = rng.randint(1, 5)
            comment = WORDS if rng.random() < 0.3 else ""
            fields = {"ask": ask, "peer": peer, "need": need, "stated_skill": Decimal(3), "showing": ask.showing}
            stance = Stance.AGREE if score == 3 else Stance.DISPUTE
            rows.append(Opinion(id=_key(rng), stance=stance, score=score, comment=comment, is_current=True, **fields))
    Opinion.objects.bulk_create(rows, batch_size=1000)
    progress(len(rows))


def _shop() -> tuple[Organisation, list[Membership]]:
    """The first shop with somebody who rates, and three of those."""
    joined = Membership.objects.joined().filter(organisation__kind="merchant", roles__overlap=list(RATERS))
    first = joined.select_related("organisation").order_by("organisation", "pk").first()
    if first is None:
        raise Stop("Jobs are a shop's: ask for organisations and memberships too, for example organisations=1000.")
    raters = joined.filter(organisation=first.organisation_id).order_by("pk")[:3]
    return first.organisation, list(raters)


def _key(rng: Random) -> int:
    return rng.randrange(1, LARGEST + 1)
