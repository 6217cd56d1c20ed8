"""What is kept how long, said by each room in one list: `manage.py forget` shows it, the beat does it once a day.

What no room names here is kept until somebody deletes it, erases a person or closes an organisation: what people wrote
and agreed, who was asked and what they said, and the history.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

logger = logging.getLogger(__name__)
BATCH = 1_000


@dataclass(frozen=True)
class Kept:
    """Something that is kept for `days` and then forgotten: `forget(before)` says how many there were."""

    what: str
    days: int
    forget: Callable[[datetime], int]


_kept: dict[str, Kept] = {}


def keep(what: str, *, days: int, forget: Callable[[datetime], int]) -> None:
    """Name something that is not kept for good; said in `ready()` of its room."""
    _kept[what] = Kept(what, days, forget)


def all_kept() -> list[Kept]:
    """In the order of their names."""
    return [_kept[what] for what in sorted(_kept)]


def forget_all(at: datetime) -> dict[str, int]:
    """Forget what is older than it is kept; how many of each. One that fails does not keep the others."""
    done = {}
    for one in all_kept():
        try:
            done[one.what] = one.forget(at - timedelta(days=one.days))
        except Exception:
            logger.exception("Not forgotten: %s", one.what)
        else:
            logger.info("Forgotten: %s", one.what, extra={"count": done[one.what]})
    return done
