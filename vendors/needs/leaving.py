"""What needs have to say when an organisation closes."""

from datetime import datetime

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.notifications.ladders import planning
from vendors.needs.models import Ask
from vendors.needs.peers.asking import PEER


def closing(organisation: Organisation, by: Membership, at: datetime) -> None:
    """What people who know the shop were asked ends."""
    asks = list(Ask.objects.unanswered().filter(peer__merchant=organisation).values_list("pk", flat=True))
    Ask.objects.filter(pk__in=asks).update(revoked_at=at)
    planning.follow(PEER, asks, at=at)
