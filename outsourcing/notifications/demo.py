"""The demo's reminders: the last two weeks as if the sweep had run, so that there is a log; the last mails of
each reader go when the demo starts."""

from datetime import datetime, timedelta

from outsourcing.notifications.ladders import drawing
from outsourcing.notifications.ladders.posting import DIGEST, REMINDER
from outsourcing.notifications.ladders.sweeping import sweep
from outsourcing.notifications.models import Mail
from outsourcing.shared import hooks

#: So many of each reader go when the demo starts.
LAST = 2
BACK, EVERY = timedelta(days=14), timedelta(hours=2)


def reminders(at: datetime) -> None:
    """Sweep every two hours of the last two weeks, and write down as sent what went before the last ones."""
    moment = at - BACK
    while moment < at:
        sweep(moment)
        moment += EVERY
    sweep(at)
    ours = Mail.objects.filter(template__in=[DIGEST, REMINDER], state=Mail.State.PENDING, not_before__lte=at)
    theirs: dict[str, list[int]] = {}
    for address, pk in ours.order_by("not_before", "pk").values_list("address", "pk"):
        theirs.setdefault(address, []).append(pk)
    for mail in ours.order_by("not_before", "pk"):
        if mail.pk not in theirs[mail.address][-LAST:]:
            sent = not drawing.draw([mail], at=mail.not_before)
            mail.state = Mail.State.SENT if sent else Mail.State.CANCELLED
            mail.sent_at = mail.not_before if sent else None
            mail.answer = "250 2.0.0 kept" if sent else ""
            mail.save(update_fields=["state", "sent_at", "answer"])


hooks.demo.add(reminders, order=90)
