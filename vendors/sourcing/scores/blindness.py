"""Whether somebody may have read others' scores before giving their own: whoever looked does not score any more (M16).

Others' scores stand open while nobody who counts is still to submit. So stepping out of the evaluators, looking, and
coming back is looking first; and somebody named to hide the scores again does not undo it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from outsourcing.accounts.models import Membership
from vendors.sourcing.models import Brief, Decision, Evaluator
from vendors.sourcing.roles import READERS


@dataclass(frozen=True)
class Part:
    """One evaluator's part: since when, until when they counted, and from when to when their scores were in."""

    named_at: datetime
    gone_at: datetime | None
    spans: tuple[tuple[datetime, datetime | None], ...]

    def is_in(self, at: datetime) -> bool:
        return any(begun <= at and (ended is None or at < ended) for begun, ended in self.spans)

    def is_outstanding(self, at: datetime) -> bool:
        return self.named_at <= at and (self.gone_at is None or at < self.gone_at) and not self.is_in(at)

    @property
    def instants(self) -> list[datetime]:
        """When something changed."""
        found = [self.named_at, self.gone_at, *(one for span in self.spans for one in span)]
        return [one for one in found if one is not None]


def could_read(brief: Brief, member: Membership, since: datetime | None) -> bool:
    """Whether others' scores stood open to somebody at any instant from `since` on (None: ever), during which they
    owed none themselves. Whoever sees a brief only to score it could not. Three queries at most."""
    if not member.has_role(*READERS):
        return False
    others = parts_of(Evaluator.objects.filter(brief=brief).exclude(member=member))
    decided = list(Decision.objects.filter(brief=brief).values_list("at", flat=True))
    changed = [one for part in others for one in part.instants] + ([since] if since else [])
    asked = [(one, False) for one in changed] + [(one, True) for one in decided]
    return any(
        any(part.is_in(at) for part in others) and (is_over or not any(part.is_outstanding(at) for part in others))
        for at, is_over in asked
        if since is None or at >= since
    )


def parts_of(evaluators: QuerySet[Evaluator]) -> list[Part]:
    """Two queries."""
    found = []
    for one in evaluators.prefetch_related("reopenings"):
        spans: list[tuple[datetime, datetime | None]] = [(each.submitted_at, each.at) for each in one.reopenings.all()]
        if one.submitted_at is not None:
            spans.append((one.submitted_at, None))
        gone = [each for each in (one.removed_at, one.recused_at) if each is not None]
        found.append(Part(one.named_at, min(gone, default=None), tuple(spans)))
    return found


def others_were_in(evaluator: Evaluator) -> bool:
    """Whether anybody else of the brief has ever submitted. One query."""
    others = Evaluator.objects.filter(brief=evaluator.brief_id).exclude(pk=evaluator.pk)
    return others.filter(Q(submitted_at__isnull=False) | Q(reopenings__isnull=False)).exists()
