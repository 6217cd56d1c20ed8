"""What waits to be sent; hold it, let it go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from outsourcing.notifications import holding
from outsourcing.notifications.holding import Held
from outsourcing.shared import clock
from outsourcing.shared.errors import Stop


class Command(BaseCommand):
    """Says what waits, and after a restore what has fallen due meanwhile, before anybody lets it go."""

    help = "Say what mail waits; hold it, or let it go after a restore."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        one = parser.add_mutually_exclusive_group()
        one.add_argument("--hold", action="store_true", help="send nothing from now on")
        one.add_argument("--release", action="store_true", help="let it go")
        parser.add_argument(
            "--set-aside",
            action="store_true",
            help="with --release, after a restore: what was due when the backup was taken waits for a person",
        )

    def handle(self, *, hold: bool, release: bool, set_aside: bool, **options: Any) -> None:
        at = clock.now()
        if set_aside and not release:
            raise Stop("--set-aside goes with --release.")
        if hold:
            holding.hold(at=at)
        self._say(holding.held(at=at))
        if release:
            doubtful = holding.release(at=at, set_aside=set_aside)
            self.stdout.write("Mail goes out.")
            if doubtful:
                self.stdout.write(f"{doubtful} may have been sent before: people decide under Settings, Mails.")

    def _say(self, found: Held) -> None:
        why = "Mail goes out."
        if found.hold is not None:
            why = f"Mail is held since {found.hold.held_at:%Y-%m-%d %H:%M} UTC"
            why += f", from a backup of {found.hold.taken_at:%Y-%m-%d %H:%M} UTC." if found.hold.taken_at else "."
        waiting = sum(found.waiting.values())
        oldest = f", the oldest since {found.oldest:%Y-%m-%d %H:%M} UTC" if found.oldest else ""
        lines = [
            why,
            f"{waiting} mails wait" + (f", {found.before} of them since before the backup." if found.before else "."),
            *(f"  {number} {template}" for template, number in found.waiting.items()),
            f"{found.sending} were being sent.",
            f"{found.reminders} reminders are due{oldest}; of each ladder only the highest goes.",
        ]
        self.stdout.write("\n".join(lines))
