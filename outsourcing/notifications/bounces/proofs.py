"""allauth's signals that tell of somebody who has read a mail."""

from typing import Any

from allauth.account.models import EmailAddress

from outsourcing.notifications.bounces import taking
from outsourcing.shared import clock


def signed_in(method: str, email: str = "", **_: Any) -> None:
    """By a code from a mail: it has arrived."""
    if method == "code" and email:
        taking.prove(email, at=clock.now())


def confirmed(email_address: EmailAddress, **_: Any) -> None:
    """An address was confirmed by a code."""
    taking.prove(email_address.email, at=clock.now())
