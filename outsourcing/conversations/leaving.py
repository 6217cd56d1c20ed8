"""What conversations have to say when an organisation closes: nobody answers there any more."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations.figures import Ending
from outsourcing.conversations.gone import reads_no_more
from outsourcing.conversations.models import Turn
from outsourcing.conversations.reminders import TURN
from outsourcing.notifications.ladders import planning


def against(by: Membership, others: Sequence[int]) -> Mapping[int, str]:
    """For new conversations."""
    rows = Organisation.objects.filter(pk__in=others, closes_at__isnull=False)
    return {one.pk: reads_no_more(one) for one in rows}


def ending(organisation: Organisation, at: datetime) -> None:
    """Nobody waits for its answer, or owes it one, any more: such a turn is censored, as one that was waved away is."""
    rows = Turn.objects.open().filter(asker=organisation) | Turn.objects.open().filter(answerer=organisation)
    keys = list(rows.values_list("pk", flat=True))
    Turn.objects.filter(pk__in=keys).update(closed_at=at, ending=Ending.DISMISSED)
    planning.follow(TURN, keys, at=at)
