"""A frozen record from which a person's name is taken: it is written anew without it, and the log says so.

The record is what a choice rested on, so it is not thrown away; the hash of the page as it was first is kept beside the
hash of the page as it is now, in the log, which nobody can change.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from outsourcing.conversations.models.entries import digest
from outsourcing.shared import clock
from vendors.sourcing.log import note
from vendors.sourcing.models import Decision, LogLine

REWRITTEN = "record-rewritten"


def sign_again(decisions: Sequence[Any]) -> None:
    """Give these records the hash of the page that they have now."""
    for one in Decision.objects.filter(pk__in=decisions).select_related("brief"):
        now = digest(one.page)
        if now == one.digest:
            continue
        Decision.objects.filter(pk=one.pk).update(digest=now)
        note(one.brief, REWRITTEN, by=None, at=clock.now(), number=one.number, before=one.digest, after=now)


def hashes_before(decision: Decision) -> list[tuple[datetime, str]]:
    """When a name was taken out of this record, and its hash until then, the first one first. One query."""
    lines = LogLine.objects.filter(brief=decision.brief_id, kind=REWRITTEN, details__number=decision.number)
    return [(line.at, str(line.details["before"])) for line in lines.order_by("at", "pk")]
