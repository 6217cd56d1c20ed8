"""What of mails and reminders is kept no longer (shared/retention.py)."""

from datetime import datetime

from outsourcing.notifications.ladders.brake import WEEK
from outsourcing.notifications.models import Ladder, Mail, Notice, Rung, Tally
from outsourcing.shared.retention import BATCH

#: The brake looks back over a day and the week before it.
TALLIES = 2 * WEEK.days


def forget_texts(before: datetime) -> int:
    """Empty what old mails said; that they were sent stays."""
    return Mail.objects.forget_texts(before)


def forget_reminders(before: datetime) -> int:
    """Ladders that ended before, with their rungs and notices: a batch at a time, since there may be many."""
    done = 0
    while keys := list(Ladder.objects.filter(ended_at__lt=before).values_list("pk", flat=True)[:BATCH]):
        Notice.objects.filter(rung__ladder__in=keys).delete()
        Rung.objects.filter(ladder__in=keys).delete()
        Ladder.objects.filter(pk__in=keys).delete()
        done += len(keys)
    return done


def forget_tallies(before: datetime) -> int:
    """Counts of what went; a storm that waits for a person stays."""
    old = Tally.objects.filter(tick__lt=before).exclude(pk__in=Tally.objects.held().values("pk"))
    return old.delete()[0]
