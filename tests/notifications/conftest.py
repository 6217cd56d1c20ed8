"""A real mail server on a free port of this machine, and what the tests of mail share."""

from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from outsourcing.notifications import delivery
from outsourcing.notifications.models import Mail
from outsourcing.shared.serving import free_port

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
#: What the server answers when it hears for whom the mail is, by the part before the @.
ANSWERS = {"slow": "450 4.2.1 come back later", "gone": "550 5.1.1 no such person", "closed": "421 4.3.2 closing"}


class Sink:
    """Takes mail and keeps it. For `lost@...` it keeps the mail and hangs up without a word."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.calls = 0

    async def handle_EHLO(self, server, session: Session, envelope, hostname: str, responses: list[str]):  # noqa: N802
        self.calls += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope: Envelope, address: str, options):  # noqa: N802
        if address.startswith("refused@"):
            return "553 5.7.1 not from you"
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_RCPT(self, server, session, envelope: Envelope, address: str, options):  # noqa: N802
        if answer := ANSWERS.get(address.partition("@")[0]):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session, envelope: Envelope):  # noqa: N802
        self.taken.append(envelope)
        if envelope.rcpt_tos[0].startswith("lost@"):
            server.transport.abort()
        return f"250 2.0.0 kept as {len(self.taken)}"

    @property
    def readers(self) -> list[str]:
        """To whom each mail went, in order of arrival."""
        return [address for envelope in self.taken for address in envelope.rcpt_tos]

    @property
    def messages(self) -> list[EmailMessage]:
        return [BytesParser(policy=policy.default).parsebytes(envelope.content) for envelope in self.taken]

    def only(self) -> EmailMessage:
        """The only message."""
        (message,) = self.messages
        return message


@pytest.fixture(scope="session")
def mail_server():
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def sink(mail_server, settings) -> Sink:
    """The mail server that `delivery` talks to, empty."""
    settings.MAIL_SERVER = settings.MAIL_SERVER | {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": mail_server.port}
    mail_server.handler.__init__()
    return mail_server.handler


@pytest.fixture
def send(sink):
    """Send what is due at an instant; returns how many the server took."""

    def send_due(at: datetime = NOW) -> int:
        return delivery.send_due(now=lambda: at)

    return send_due


@pytest.fixture
def fresh():
    """A row as it stands in the database now."""
    return lambda mail: Mail.objects.get(pk=mail.pk)
