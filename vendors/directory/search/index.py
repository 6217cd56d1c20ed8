"""Keeps `Listing`, `FacetTally` and `Word` in step with what vendors say and what is known of them."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction

from outsourcing.shared import clock
from vendors.directory.evidence.strength import strength, wilson_lower_bound
from vendors.directory.models import Listing, Vendor
from vendors.directory.search import writing

BATCH = 2_000


@transaction.atomic
def refresh(vendors: Iterable[int]) -> None:
    """Write the listings of these vendors (their keys) anew, for every audience, in the caller's transaction.

    It locks the vendors, in order, until the transaction ends: whoever refreshes others waits for nobody. Somebody
    who refreshes twice in one transaction does it in the order of keys, or two such may lock each other out.
    """
    keys = sorted(set(vendors))
    today = clock.now().date()
    for start in range(0, len(keys), BATCH):
        _write(keys[start : start + BATCH], today)


def rebuild() -> None:
    """Write all listings anew, so many vendors at a time."""
    keys = list(Vendor.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        refresh(keys[start : start + BATCH])


def stale(today: date, most: int = 1_000) -> list[int]:
    """The keys of vendors of whom a certificate has started or is over since they were listed."""
    rows = Listing.objects.filter(stale_on__lte=today).order_by("vendor_id").distinct("vendor_id")
    return list(rows.values_list("vendor_id", flat=True)[:most])


def fold() -> None:
    """One tally for each value out of those that were added since; safe beside writers, readers and itself."""
    with connection.cursor() as cursor:
        cursor.execute(writing.FOLD)


@transaction.atomic
def recount() -> None:
    """Count the words anew, and forget those that are in no listing any more."""
    with connection.cursor() as cursor:
        for statement in writing.RECOUNT:
            cursor.execute(statement)


def _write(keys: list[int], today: date) -> None:
    params: dict[str, Any] = {"keys": keys, "today": today}
    tally: Counter[int] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(writing.LOCK, params)
        cursor.execute(writing.DELETE, params)
        for merchant, facets in cursor.fetchall():
            tally.subtract(facets if merchant is None else ())
        cursor.execute(writing.FIGURES, params)
        weighed = [(v, h, seen, said, *_weigh(v, h, seen, said)) for v, h, seen, said in cursor.fetchall()]
        names = ("verified", "hire_again", "seen", "said", "strength", "bound", "score")
        cursor.execute(writing.INSERT, params | {name: [row[at] for row in weighed] for at, name in enumerate(names)})
        for merchant, facets in cursor.fetchall():
            tally.update(facets if merchant is None else ())
        moved = sorted((value, count) for value, count in tally.items() if count)
        cursor.execute(
            writing.TALLY, {"values": [value for value, _ in moved], "counts": [count for _, count in moved]}
        )
        cursor.execute(writing.WORDS, params)


def _weigh(verified: int, hire_again: int, seen: bool, said: bool) -> tuple[int, Any, int]:
    """Strength, bound, and the score that orders by both."""
    how = strength(verified=verified, hire_again=hire_again, samples=int(seen), certificates=0, testimonials=int(said))
    bound = wilson_lower_bound(hire_again, verified)
    return how, bound, how * 10_002 + (0 if bound is None else int(bound * 10_000) + 1)
