"""Django's way to send mail, led into the outbox: what allauth and Django itself send becomes rows like any other."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from outsourcing.notifications import outbox


class OutboxBackend(BaseEmailBackend):
    """Writes one row for each recipient: subject, text, HTML and Reply-To; no other header, and no attachment."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Post each message in the caller's transaction; returns their number."""
        for message in email_messages:
            for address in message.recipients():
                outbox.enqueue(
                    template="django",
                    address=address,
                    subject=str(message.subject),
                    text=str(message.body),
                    html=_html_of(message),
                    reply_to=(message.reply_to or [""])[0],
                    is_secret=True,  # allauth's codes and links
                )
        return len(email_messages)


def _html_of(message: EmailMessage) -> str:
    if isinstance(message, EmailMultiAlternatives):
        for content, kind in message.alternatives:
            if kind == "text/html":
                return str(content)
    return str(message.body) if message.content_subtype == "html" else ""
