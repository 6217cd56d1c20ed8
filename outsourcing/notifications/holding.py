"""Hold mail and let it go: after a restore, and whenever whoever runs the place wants it.

What a restore brings back is the past. What was due then and since goes once mail is let go, by the rules that there
are: of each ladder only the highest rung, reminders in one digest. What was being sent, and secrets that waited, may
have arrived: nobody knows, and a person decides.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from outsourcing.notifications import outbox
from outsourcing.notifications.models import Mail, Rung
from outsourcing.shared.models import MailHold

State = Mail.State


@dataclass(frozen=True)
class Held:
    """What stands still: mails that wait by their template, those that a worker had in hand, reminders that are due.

    `before` of those that wait were posted before the backup was taken, and may have been sent since.
    """

    hold: MailHold | None
    waiting: dict[str, int] = field(default_factory=dict)
    before: int = 0
    sending: int = 0
    reminders: int = 0
    oldest: datetime | None = None


def after_restore(taken_at: datetime) -> str:
    """For a restore: mail is held in the database that comes back. SQL, as the transaction is not ours."""
    when = taken_at.astimezone(timezone.get_default_timezone()).isoformat()
    return f"INSERT INTO public.shared_mailhold (held_at, taken_at) VALUES (now(), '{when}');"


def hold(*, at: datetime) -> bool:
    """Hold mail from now on; False where it is held already."""
    with transaction.atomic():
        _alone()
        if MailHold.objects.is_held():
            return False
        MailHold.objects.create(held_at=at)
        return True


def held(*, at: datetime) -> Held:
    """What waits, and why. Four queries."""
    waits = Mail.objects.filter(state=State.PENDING, not_before__lte=at)
    due = Rung.objects.planned().filter(due_at__lte=at).aggregate(number=Count("pk"), oldest=Min("due_at"))
    taken = _taken_at()
    return Held(
        hold=MailHold.objects.filter(released_at=None).order_by("held_at").first(),
        waiting=dict(waits.values_list("template").annotate(Count("pk")).order_by("template")),
        before=waits.filter(created_at__lte=taken).count() if taken else 0,
        sending=Mail.objects.filter(state=State.SENDING).count(),
        reminders=due["number"],
        oldest=due["oldest"],
    )


@transaction.atomic
def release(*, at: datetime, set_aside: bool = False) -> int:
    """Let mail go; how many wait for a person, since they may have arrived.

    After a restore those are what a worker had in hand, and secrets that waited; `set_aside` adds whatever else was due
    when the backup was taken.
    """
    _alone()
    taken = _taken_at()
    MailHold.objects.filter(released_at=None).update(released_at=at)
    outbox.wake_after_commit()
    if taken is None:
        return 0
    waited = Q(state=State.PENDING, created_at__lte=taken, not_before__lte=taken)
    doubtful = Q(state=State.SENDING) | waited & (Q() if set_aside else Q(is_secret=True))
    words = _("The database was restored: it may have been sent before.")
    nobody = {"claim": None, "lease_until": None}
    return Mail.objects.filter(doubtful).update(state=State.UNCERTAIN, answer=words, **nobody)


def _taken_at() -> datetime | None:
    """When the latest backup was taken that a restore now holds mail for."""
    rows = MailHold.objects.filter(released_at=None, taken_at__isnull=False).order_by("-taken_at")
    return rows.values_list("taken_at", flat=True).first()


def _alone() -> None:
    """One holds or lets go at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE shared_mailhold IN SHARE ROW EXCLUSIVE MODE")
