"""The demo's jobs: what Theo and Rosa say of them, what four people who know them think, and the figures of a year."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from outsourcing.accounts.models import Membership
from outsourcing.shared import hooks
from vendors.needs import keeping
from vendors.needs.figures import actions as figures
from vendors.needs.models import Need, Stance, Task
from vendors.needs.peers import answering, asking


class Job(NamedTuple):
    """Hours a week, skill and liking; what the four say of the skill (0 cannot say, None has not seen it)."""

    hours: str
    skill: int
    liking: int
    others: tuple[int | None, ...]
    more: dict[str, Any] = {}
    market: tuple[int, int] | None = None


JOBS = {
    "picking-packing": Job(
        *("38", 2, 1, (2, 2, 3, None)),
        {"people": 2, "hour_value": "16", "direct_cost": "640", "space_cost": "900", "rework_cost": "210"},
        (2900, 3600),
    ),
    "customer-support": Job("22", 3, 2, (3, 3, 3, 2), {"hour_value": "19", "brand": 5}),
    "bookkeeping": Job("9", 2, 2, (2, 1, None, None), {"hour_value": "45", "direct_cost": "60"}, (420, 650)),
    "data-entry": Job("11", 4, 1, (2, 2, 4, None), {"hour_value": "18"}, (900, 1100)),
    "technical-support": Job("4", 2, 3, (2, 2, 0, None)),
    "website": Job("6", 3, 4, (1, 2, 3, 1)),
    "paying": Job("5", 4, 2, (4, None, 4, 0)),
    "social-media": Job("7", 3, 4, (3, 3, 2, 5), {"hour_value": "22"}, (700, 900)),
    "newsletters": Job("5", 4, 4, (4, 4, 5, None)),
    "marketing-materials": Job("6", 5, 5, (5, 5, 5, 4)),
    "ordering-stock": Job("8", 5, 4, (5, None, 5, 4)),
}
WORDS = {
    ("website", 0): "The product pages have been broken since May.",
    ("website", 3): "Lovely pictures, but I gave up at the checkout twice.",
    ("data-entry", 1): "Good at it, but always a week behind.",
    ("picking-packing", 2): "Slow, but what arrives is packed with love.",
    ("bookkeeping", 1): "Every quarter I get a shoebox.",
    ("social-media", 3): "I order because of your pictures.",
}
PEERS = [
    ("Maud Ellery", "maud@ellerybooks.example", "Our accountant"),
    ("Jonas Pike", "jonas@pikeandsons.example", "Has supplied us for six years"),
    ("Hana Ito", "hana@northlight.example", "Worked here until last spring"),
    ("Bea Calloway", "bea@callowayhome.example", "A customer since the first year"),
]
#: Orders of the months before this one, the latest first.
ORDERS = [4200, 3980, 3610, 3440, 3520, 3390, 3260, 3310, 3120, 2980, 4890, 5620]


def needs(at: datetime) -> None:
    """What Juniper & Pine says of its jobs, and what others think."""
    theo, rosa = (
        Membership.objects.select_related("organisation").get(
            email=f"{name}@juniperandpine.example", organisation__name="Juniper & Pine"
        )
        for name in ("theo", "rosa")
    )
    asked_at = at - timedelta(days=19)
    tasks = {task.slug: task for task in Task.objects.filter(slug__in=JOBS)}
    for slug, job in JOBS.items():
        rate(tasks[slug], job, theo, asked_at - timedelta(days=1))
    for number, (name, email, relation) in enumerate(PEERS):
        words = "You have seen us at our best and at our worst: tell me which is which."
        about = {"name": name, "relation": relation, "message": words}
        ask = asking.ask(email, by=theo, at=asked_at, **about)
        answering.answer(ask, said(ask, number), at=asked_at + timedelta(days=1 + number, hours=3))
    asking.ask(
        "farid@haddadfreight.example", by=rosa, at=at - timedelta(days=2), name="Farid Haddad", relation="Drives for us"
    )
    keeping.rate(tasks["picking-packing"], {"skill": 2, "liking": 1, "hours": Decimal(38)}, by=rosa, at=at)
    packing = Need.objects.get(task=tasks["picking-packing"], merchant=theo.organisation)
    figures.set_marks(packing, {"orders": Decimal(4000), "backlog": Decimal(2)}, by=theo, at=asked_at)
    months(at, theo)


def rate(task: Task, job: Job, by: Membership, at: datetime) -> None:
    money = {name: value if isinstance(value, int) else Decimal(value) for name, value in job.more.items()}
    rating = {"hours": Decimal(job.hours), "skill": job.skill, "liking": job.liking}
    keeping.rate(task, {**money, **rating}, by=by, at=at)
    if job.market:
        low, high = map(Decimal, job.market)
        keeping.set_need(task, by=by, at=at, market_from=low, market_to=high, managing_hours=Decimal(2))


def said(ask: Any, number: int) -> dict[int, dict[str, Any]]:
    """What one of the four says of each job."""
    given = {}
    for opinion in ask.opinions.select_related("need__task"):
        slug = opinion.need.task.slug
        score = JOBS[slug].others[number]
        if score is None:
            continue
        stance = Stance.UNSURE if score == 0 else Stance.AGREE if score == JOBS[slug].skill else Stance.DISPUTE
        given[opinion.pk] = {"stance": stance, "score": score or None, "comment": WORDS.get((slug, number), "")}
    return given


def months(at: datetime, by: Membership) -> None:
    """A year of orders, with the peak of last winter in it."""
    month = at.astimezone(by.zone).date().replace(day=1)
    for orders in ORDERS:
        month = (month - timedelta(days=1)).replace(day=1)
        hours = Decimal(orders) / 160
        busiest = {"peak_orders": orders // 19, "peak_day": date(month.year, month.month, 12), "units": orders * 2}
        waits = {"hours_to_ship": round(hours, 1), "slow_hours": round(hours * 3, 1)}
        figures.save_month(month, {"orders": orders, **waits, **busiest}, by=by, at=at)


hooks.demo.add(needs, order=35)
