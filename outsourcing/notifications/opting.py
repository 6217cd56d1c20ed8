"""Fewer mails: a link in each reminder and its header, which switches off one kind for one reader, and on again.

The link is signed, says what it is for, and needs no login. Looking at it changes nothing, since software looks at
links by itself; a POST acts, of the page or of a mail program (RFC 8058).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.urls import reverse

from outsourcing.accounts.models import Membership
from outsourcing.notifications.models import Mail, OptOut

SALT = "notifications.opting"


@dataclass(frozen=True)
class Reader:
    """Whom a link is about: a place in an organisation, or an address without one; and which kind of mails."""

    membership: int | None
    address: str
    category: str

    @property
    def choices(self) -> dict[str, Any]:
        return {"membership_id": self.membership, "address": self.address, "category": self.category}

    @property
    def is_off(self) -> bool:
        return OptOut.objects.filter(**self.choices).exists()


def address(mail: Mail, category: str) -> str:
    """The path of the link for a mail's reader."""
    who = [mail.membership_id, "" if mail.membership_id else mail.address, category]
    return reverse("mails:unsubscribe", args=[signing.dumps(who, salt=SALT)])


def read(token: str) -> Reader | None:
    """Whom a link is about; None for one that we did not write, and for who has left."""
    try:
        member, written_to, category = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if member is not None and not Membership.objects.current().filter(pk=member).exists():
        return None
    return Reader(member, str(written_to), str(category))


def off(reader: Reader, *, at: datetime) -> None:
    """Send them no more of these."""
    OptOut.objects.get_or_create(**reader.choices, defaults={"at": at})


def on(reader: Reader, *, at: datetime) -> None:
    """Send them these again."""
    OptOut.objects.filter(**reader.choices).delete()
