"""Invented reminders in bulk: each of something of its own, planned for the coming year."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

from outsourcing.accounts.models import Organisation
from outsourcing.notifications.models import Ladder, Rung
from outsourcing.shared import clock
from outsourcing.shared.errors import Stop
from outsourcing.shared.hooks import Progress, populates
from outsourcing.shared.keys import LARGEST
from outsourcing.shared.populate import copy_in

BATCH = 5_000
LADDER = ["id", "rule", "subject", "organisation", "epoch", "version", "title", "url", "started_at", "broken_promises"]
RUNG = ["id", "ladder", "organisation", "epoch", "step", "state", "due_at", "at_once"]


@populates("reminders", order=70)
def reminders(count: int, rng: Random, progress: Progress) -> None:
    """Ladders of milestones that are due within a year, with their next rungs. Raises Stop without merchants."""
    shops = list(Organisation.objects.filter(kind="merchant").order_by("pk").values_list("pk", flat=True))
    if count and not shops:
        raise Stop("Reminders are somebody's: ask for organisations too, for example organisations=1000.")
    now = clock.now().astimezone(UTC)
    numbers = iter(range(count))
    while batch := list(islice(numbers, BATCH)):
        ladders = [_ladder(rng, number, rng.choice(shops), now) for number in batch]
        copy_in(Ladder, LADDER, ladders)
        copy_in(Rung, RUNG, (_rung(rng, row[0], row[3], now) for row in ladders))
        progress(len(batch))


def _ladder(rng: Random, number: int, shop: int, now: datetime) -> list[object]:
    title = f"Overflow count {number + 1}"
    return [_key(rng), "milestone", _key(rng), shop, 1, "bulk", title, "/contracts/", now, 0]


def _rung(rng: Random, ladder: object, shop: object, now: datetime) -> list[object]:
    return [
        _key(rng),
        ladder,
        shop,
        1,
        rng.randrange(4),
        "planned",
        now + timedelta(minutes=rng.randrange(3 * 1440, 525_600)),
        False,
    ]


def _key(rng: Random) -> int:
    return rng.randrange(1, LARGEST)
