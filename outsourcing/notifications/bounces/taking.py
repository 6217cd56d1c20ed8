"""Take reports of mails that came back: write them down, and say of an address when mails no longer reach it.

A permanent failure says so at once, a passing one when it is the third within seven days. Nothing is answered by mail,
or two machines would write to each other for ever. Whoever signs in with a code that was mailed to the address proves
that it works again; a person of the organisation that writes may say so too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import MembershipQuerySet
from outsourcing.notifications import hooks
from outsourcing.notifications.bounces.reports import is_for_good, read
from outsourcing.notifications.models import Bounce, Mail, Recipient

SOFT, WITHIN = 3, timedelta(days=7)


def take(content: bytes, *, at: datetime) -> int:
    """Take one report as it came; how many mails of ours it is about. The same report twice changes nothing."""
    taken = 0
    for report in read(content):
        if mail := Mail.objects.filter(message_id=report.message_id).first():
            came_back(mail, report.status, report.said, at=at)
            taken += 1
    return taken


@transaction.atomic
def came_back(mail: Mail, status: str, said: str, *, at: datetime) -> None:
    """Write down that `mail` did not arrive. Two at once for one address wait for each other."""
    Recipient.objects.get_or_create(address=mail.address)
    recipient = Recipient.objects.select_for_update().get(address=mail.address)
    _bounce, is_new = Bounce.objects.get_or_create(mail=mail, status=status, defaults={"said": said, "at": at})
    if not is_new or recipient.unreachable_since:
        return
    if is_for_good(status) or _passing(recipient, at) >= SOFT:
        recipient.unreachable_since, recipient.said = at, said
        recipient.save(update_fields=["unreachable_since", "said"])
        hooks.reach_changed(mail.address, at)


def _passing(recipient: Recipient, at: datetime) -> int:
    """How many different mails came back of late, since somebody last proved that the address works."""
    since = max(filter(None, [at - WITHIN, recipient.proved_at]))
    rows = Bounce.objects.filter(mail__address=recipient.address, at__gt=since)
    return rows.values("mail").distinct().count()


@transaction.atomic
def prove(address: str, *, at: datetime) -> bool:
    """Mails reach this address again. False where nobody doubted it."""
    doubted = Recipient.objects.filter(address=address.lower())
    changed = doubted.exclude(unreachable_since=None).update(unreachable_since=None, said="", proved_at=at)
    doubted.update(proved_at=at)
    if changed:
        hooks.reach_changed(address.lower(), at)
    return bool(changed)


def reachable(people: MembershipQuerySet) -> MembershipQuerySet:
    """Those of them whom mails reach, as far as anybody knows."""
    return people.exclude(email__in=Recipient.objects.unreachable().values("address"))


def unwanted(batch: Sequence[Mail]) -> dict[int, str]:
    """Of mails about to go, those to where none arrives. Codes and links go all the same: somebody asked for them a
    moment ago. One query."""
    asked = {one.address for one in batch if not one.is_secret}
    gone = set(Recipient.objects.unreachable().filter(address__in=asked).values_list("address", flat=True))
    return {one.pk: _("Mails to this address come back.") for one in batch if one.address in gone and not one.is_secret}
