"""Bring due mails to the mail server, one recipient each, over one kept-open connection.

The promise (reference/reliability.md 4): a mail is accepted at least once, or ends visibly failed, uncertain or
cancelled; there are never more than two copies. So: mails are claimed under a lease, looked at once more, and each is
marked in the database after the server has agreed to its recipient and before its text goes. What happens before the
mark may happen again freely; after it, silence means one more try with the same Message-ID, then a person decides.
PostgreSQL is the truth: a worker may die anywhere.
"""

import logging
import random
import smtplib
import ssl
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from urllib.parse import urlsplit

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.notifications import hooks, opting
from outsourcing.notifications.bounces import reports, taking
from outsourcing.notifications.ladders import drawing
from outsourcing.notifications.ladders.people import ALL
from outsourcing.notifications.models import BATCH, Mail
from outsourcing.shared.models import MailHold

logger = logging.getLogger(__name__)

#: What people of an organisation that closes are mailed all the same.
OF_CLOSING = ("organisation_closing", "organisation_open_again", "export_ready")
AT_ONCE, WAKE_SECONDS = 500, 60  # how many mails, and for how long, one wake claims; the next wake takes the rest
SMTP_SECONDS = 30
#: With a minute of claiming and what one mail takes at worst it stays below Celery's limits, and far below the lease.
BATCH_SECONDS = 45


class Whole(UnstructuredHeader):
    """A header of addresses for programs: folded, one word of more than 77 characters would go out encoded, and no
    program reads it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]  # the registry mixes it in


def _headers() -> HeaderRegistry:
    known = HeaderRegistry()
    for name in ("list-unsubscribe", "list-id", "in-reply-to", "references"):
        known.map_to_type(name, Whole)  # type: ignore[arg-type]  # as its documentation has it
    return known


#: Not every mail server takes eight bits.
WIRE = SMTP.clone(cte_type="7bit", header_factory=_headers())
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)


class ServerAway(Exception):
    """The mail server takes nothing from us now, whatever the mail; no mail is to blame for it."""


def send_due(*, now: Callable[[], datetime]) -> int:
    """Send what is due, at most 500 in about a minute; returns how many the server took.

    A server that is away, or refuses us rather than a mail, ends the wake: only the mail at hand waits for a retry.
    While mail is held nothing is touched (holding.py).
    """
    if MailHold.objects.is_held():
        logger.warning("Mail is held: see manage.py mail")
        return 0
    taken, left, until = 0, AT_ONCE, time.monotonic() + WAKE_SECONDS
    Mail.objects.park_abandoned()
    with Server() as server:
        while left > 0 and time.monotonic() < until and not MailHold.objects.is_held():
            batch = Mail.objects.claim(at=now(), most=min(left, BATCH))
            if not batch:
                break
            left -= len(batch)
            done, goes_on = _send_all(batch, server, now)
            taken += done
            if not goes_on:
                break
    return taken


def _send_all(batch: Sequence[Mail], server: "Server", now: Callable[[], datetime]) -> tuple[int, bool]:
    """Send some claimed mails; how many the server took, and whether it takes more. Whatever ends this early, what was
    not begun is given back."""
    taken, until = 0, time.monotonic() + BATCH_SECONDS
    mine = Mail.objects.filter(claim=batch[0].claim)
    try:
        reasons = unwanted(batch)
        reasons |= drawing.draw([one for one in batch if one.pk not in reasons], at=now())
        for mail in batch:
            if time.monotonic() > until:
                break
            if why := reasons.get(mail.pk):
                mail.cancelled(why)
                continue
            taken += _send(mail, server, now)
    except ServerAway as error:
        logger.warning("The mail server takes nothing: %s", error)
        mail.retry(at=now(), wait=wait_after(mail.attempts), answer=str(error))
        return taken, False
    finally:
        mine.give_back()
    return taken, True


def unwanted(batch: Sequence[Mail]) -> dict[int, str]:
    """Why some of these shall not go: their readers have left, their organisation closes, or a room says so. One query
    and the rooms'."""
    places = Membership.objects.filter(pk__in=[one.membership_id for one in batch if one.membership_id])
    gone = dict(places.exclude(left_at=None, organisation__closes_at=None).values_list("pk", "left_at"))
    found = {}
    for one in batch:
        if one.membership_id in gone and gone[one.membership_id] is not None:
            found[one.pk] = _("They have left the organisation.")
        elif one.membership_id in gone and one.template not in OF_CLOSING:
            found[one.pk] = _("Their organisation is closing.")
    for room in hooks.unwanted(batch):
        found |= room
    return found


def _send(mail: Mail, server: "Server", now: Callable[[], datetime]) -> bool:
    """Send one claimed mail and write down what came of it; one that cannot even be written fails alone."""
    begun = False

    def mark() -> bool:
        nonlocal begun
        begun = mail.begin(at=now())
        return begun

    try:
        answer = server.send(mail.address, compose(mail, at=now()), mark)
    except (ServerAway, SoftTimeLimitExceeded):
        raise
    except smtplib.SMTPResponseException as error:
        _refused(mail, error, begun=begun, now=now)
    except ValueError as error:
        logger.exception("Mail %s could not be written", mail.pk)
        mail.failed(f"{type(error).__name__}: {error}")
    except Exception as error:
        if not isinstance(error, OSError | smtplib.SMTPException):
            logger.exception("Mail %s could not be sent", mail.pk)
        settle = mail.unsure if begun else mail.retry
        settle(at=now(), wait=wait_after(mail.attempts), answer=f"{type(error).__name__}: {error}")
    else:
        return answer is not None and mail.sent(at=now(), answer=answer)
    return False


def _refused(mail: Mail, error: smtplib.SMTPResponseException, *, begun: bool, now: Callable[[], datetime]) -> None:
    """Write down what the server said of one mail; that its address does not exist is kept for the next ones."""
    words = f"{error.smtp_code} {error.smtp_error!r}"
    if 400 <= error.smtp_code < 500 or (not begun and not 500 <= error.smtp_code < 600):
        mail.retry(at=now(), wait=wait_after(mail.attempts), answer=words)
    elif 500 <= error.smtp_code < 600 and isinstance(error.smtp_error, bytes):
        mail.failed(words)
        if not begun and reports.is_for_good(status := reports.status_in(words)):
            taking.came_back(mail, status, words[:500], at=now())
    else:  # no answer of the server's: a line that is none, or one that smtplib gave up on
        mail.unsure(at=now(), wait=wait_after(mail.attempts), answer=words)


def wait_after(attempts: int) -> timedelta:
    """1, 2, 4 ... minutes, four hours at most, each a quarter longer or shorter so that retries spread."""
    doubled: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT) * random.uniform(0.75, 1.25)


def compose(mail: Mail, *, at: datetime) -> EmailMessage:
    """The message as it goes over the wire. Raises ValueError for an address that cannot stand in a header."""
    host = urlsplit(settings.BASE_URL).hostname
    message = EmailMessage(policy=WIRE)
    message["From"] = Address(mail.sender_name, addr_spec=settings.SENDER_ADDRESS)
    message["To"] = Address(addr_spec=mail.address)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if mail.category:  # RFC 8058: a mail program may switch it off with a POST
        message["List-Id"] = f"<{mail.category.replace(ALL, 'reminders')}.{host}>"
        message["List-Unsubscribe"] = f"<{settings.BASE_URL}{opting.address(mail, mail.category)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    if mail.thread:  # a root that was never sent holds the thread together in every mail program
        message["In-Reply-To"] = message["References"] = f"<thread-{mail.thread}@{host}>"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


class Server:
    """The mail server, connected to when the first mail goes and again after a lost connection."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def send(self, address: str, message: EmailMessage, mark: Callable[[], bool]) -> str | None:
        """Hand one message over; returns the server's word, None where `mark`, called before the text goes, says no.

        Raises ServerAway before the recipient is named; from then on what the server says is about this mail, and is
        raised as smtplib's SMTPResponseException, a lost connection as OSError or SMTPException.
        """
        text = message.as_bytes()
        try:
            smtp = self._greeted()
            _agreed(*smtp.rcpt(address))
            if not mark():
                smtp.rset()
                return None
            code, answer = smtp.data(text)
            _agreed(code, answer)
        except BaseException:  # a time limit too: the conversation cannot be gone on with
            self._close()
            raise
        return f"{code} {answer.decode(errors='replace')}"

    def _greeted(self) -> smtplib.SMTP:
        """A connection that has agreed to take a mail from us. Raises ServerAway."""
        try:
            if self._smtp is None:
                self._connect()
            assert self._smtp is not None
            _agreed(*self._smtp.mail(settings.SENDER_ADDRESS))
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(f"{type(error).__name__}: {error}") from error
        return self._smtp

    def _connect(self) -> None:
        server = settings.MAIL_SERVER
        where = (server["EMAIL_HOST"], server["EMAIL_PORT"] or 0)
        if server.get("EMAIL_USE_SSL"):
            self._smtp = smtplib.SMTP_SSL(*where, timeout=SMTP_SECONDS, context=ssl.create_default_context())
        else:
            self._smtp = smtplib.SMTP(*where, timeout=SMTP_SECONDS)
        if server.get("EMAIL_USE_TLS"):
            self._smtp.starttls(context=ssl.create_default_context())
        self._smtp.ehlo_or_helo_if_needed()
        if server.get("EMAIL_HOST_USER"):
            self._smtp.login(server["EMAIL_HOST_USER"], server["EMAIL_HOST_PASSWORD"])

    def _close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()


def _agreed(code: int, answer: bytes) -> None:
    """Raises SMTPResponseException unless the server agreed."""
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, answer)
