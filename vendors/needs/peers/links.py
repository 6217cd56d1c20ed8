"""The signed link that a peer answers by: bound to its ask, and told from a forged one however old it is."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from outsourcing.shared import links
from vendors.needs.models import Ask

SALT = "needs.ask"


def token_of(ask: Ask) -> str:
    """What stands in the link."""
    return links.written(ask.pk, ask.secret, salt=SALT)


def address_of(ask: Ask) -> str:
    """The whole link, as it stands in the mail."""
    return settings.BASE_URL + reverse("needs:ask", args=[token_of(ask)])


def ask_of(token: str) -> Ask | None:
    """What a link's token stands for, open or not; None for a forged one. One query."""
    named = links.read(token, salt=SALT)
    if named is None:
        return None
    asks = Ask.objects.select_related("peer__merchant", "asked_by__organisation", "asked_by__user")
    return asks.filter(pk=named[0], secret=named[1]).first()


def standing(ask: Ask, at: datetime) -> str:
    """open, answered, withdrawn, declined, revoked or expired."""
    if ask.withdrawn_at:
        return "withdrawn"
    if ask.answered_at:
        return "answered"
    if ask.declined_at:
        return "declined"
    if ask.revoked_at:
        return "revoked"
    return "open" if ask.expires_at > at else "expired"
