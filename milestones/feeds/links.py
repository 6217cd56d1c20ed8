"""Making and ending the secret links of calendars."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from milestones.models import Contract, Feed
from outsourcing.accounts.models import Membership
from outsourcing.shared import links

SALT = "milestones.feed"


@transaction.atomic
def make(by: Membership, contract: Contract | None, *, at: datetime, replaces: bool = False) -> Feed:
    """The link there is, or a new one; where it `replaces` that one, the old one leads nowhere from now on."""
    Membership.objects.select_for_update().get(pk=by.pk)
    there = Feed.objects.filter(membership=by, contract=contract, revoked_at=None)
    if not replaces and (feed := there.first()):
        return feed
    there.update(revoked_at=at)
    return Feed.objects.create(membership=by, contract=contract, secret=secrets.token_urlsafe(24), created_at=at)


def revoke(feed: Feed, *, at: datetime) -> None:
    """Switch a link off; once is enough."""
    Feed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=at)


def end_all(leaver: Membership, successor: Membership, at: datetime) -> None:
    """For accounts: who leaves takes no calendar along, and finds none on coming back."""
    Feed.objects.filter(membership=leaver, revoked_at=None).update(revoked_at=at)


def token_of(feed: Feed) -> str:
    """What stands in the link: the row and its secret, signed."""
    return links.written(feed.pk, feed.secret, salt=SALT)


def address_of(feed: Feed) -> str:
    """The whole link."""
    return settings.BASE_URL + reverse("milestones:calendar", args=[token_of(feed)])


def for_devices(address: str) -> str:
    """The same address with the scheme that opens a device's own calendar."""
    return f"webcal://{address.partition('://')[2]}"


def feed_of(token: str) -> Feed | None:
    """The live feed that a token stands for, with its person; None for any other, and for a contract that the person
    does not see any more. One query, one more for a contract's."""
    named = links.read(token, salt=SALT)
    if named is None:
        return None
    rows = Feed.objects.live().select_related("membership__organisation", "contract")
    found = rows.filter(pk=named[0], secret=named[1]).first()
    if found and found.contract_id and not Feed.objects.visible_to(found.membership).filter(pk=found.pk).exists():
        return None
    return found
