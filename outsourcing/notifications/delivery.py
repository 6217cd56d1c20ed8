"""Bring due mails to the mail server, one recipient each, over one kept-open connection.

Simple on purpose: a claim with a lease, retries with growing waits, terminal states. The reminders issue puts the full
protocol in its place; callers of the outbox do not change.
"""

import logging
import random
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings

from outsourcing.notifications.models import Mail

logger = logging.getLogger(__name__)

AT_ONCE = 500  # mails of one wake; the next wake takes the rest
SMTP_SECONDS = 30
WIRE = SMTP.clone(cte_type="7bit")  # not every mail server takes eight bits
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)


def send_due(*, now: Callable[[], datetime]) -> int:
    """Send what is due, at most 500; returns how many the server took."""
    taken = 0
    with Server() as server:
        for _ in range(AT_ONCE):
            mail = Mail.objects.claim(at=now())
            if mail is None:
                break
            taken += _send(mail, server, now)
    return taken


def _send(mail: Mail, server: "Server", now: Callable[[], datetime]) -> bool:
    """Send one claimed mail and write down what came of it; one that cannot even be written fails alone."""
    try:
        answer = server.send(mail.address, compose(mail, at=now()))
    except smtplib.SMTPResponseException as error:
        words = f"{error.smtp_code} {error.smtp_error!r}"
        if 500 <= error.smtp_code < 600:
            mail.failed(words)
        else:
            mail.retry(at=now(), wait=wait_after(mail.attempts), answer=words)
    except (OSError, smtplib.SMTPException) as error:
        mail.retry(at=now(), wait=wait_after(mail.attempts), answer=f"{type(error).__name__}: {error}")
    except Exception as error:
        logger.exception("Mail %s could not be written", mail.pk)
        mail.failed(f"{type(error).__name__}: {error}")
    else:
        return mail.sent(at=now(), answer=answer)
    return False


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

    def send(self, address: str, message: EmailMessage) -> str:
        """Hand one message over; returns the server's word. Raises OSError and smtplib's errors."""
        try:
            smtp = self._connected()
            for code, answer in (smtp.mail(settings.SENDER_ADDRESS), smtp.rcpt(address)):
                if code >= 300:
                    raise smtplib.SMTPResponseException(code, answer)
            code, answer = smtp.data(message.as_bytes())
            if code != 250:
                raise smtplib.SMTPDataError(code, answer)
        except (OSError, smtplib.SMTPException):
            self._close()
            raise
        return f"{code} {answer.decode(errors='replace')}"

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            server = settings.MAIL_SERVER
            where = (server["EMAIL_HOST"], server["EMAIL_PORT"] or 0)
            smtp: smtplib.SMTP
            if server.get("EMAIL_USE_SSL"):
                smtp = smtplib.SMTP_SSL(*where, timeout=SMTP_SECONDS, context=ssl.create_default_context())
            else:
                smtp = smtplib.SMTP(*where, timeout=SMTP_SECONDS)
            if server.get("EMAIL_USE_TLS"):
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if server.get("EMAIL_HOST_USER"):
                smtp.login(server["EMAIL_HOST_USER"], server["EMAIL_HOST_PASSWORD"])
            self._smtp = smtp
        return self._smtp

    def _close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()
