"""The demo's own mail server."""

import signal
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from outsourcing.shared.errors import Stop


class Command(BaseCommand):
    """Takes any mail on a port of this machine and keeps it in a folder, for the mailbox page."""

    help = "Take mail on a local port and keep it for the demo's mailbox page."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, required=True)

    def handle(self, *, port: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise Stop("This mail server keeps every mail to itself: it is for the demo only.")
        settings.MAILBOX_DIR.parent.mkdir(parents=True, exist_ok=True)
        ends = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # for the server's thread too, so that they wait for us below
        controller = Controller(Mailbox(settings.MAILBOX_DIR), hostname="localhost", port=port)
        controller.start()
        self.stdout.write(f"taking mail on port {port}")
        self.stdout.flush()
        signal.sigwait(ends)
        controller.stop()
