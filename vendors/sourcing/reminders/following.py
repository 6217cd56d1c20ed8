"""Brings the ladders of a brief to where things stand; what is over by itself the sweep finds out."""

from datetime import datetime

from outsourcing.notifications.ladders import planning
from vendors.sourcing.models import Brief

INVITED, SCORES = "brief_invited", "brief_scores"


def follow(brief: Brief, *, at: datetime) -> None:
    """Plan what is owed of a brief that the caller holds: answers by those invited, scores by those named."""
    asked = brief.candidates.filter(invited_at__isnull=False).values_list("pk", flat=True)
    planning.follow(INVITED, asked, at=at)
    planning.follow(SCORES, brief.evaluators.values_list("pk", flat=True), at=at)
