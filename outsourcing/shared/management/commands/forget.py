"""What is kept how long, and forgetting it now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from outsourcing.shared import clock, retention


class Command(BaseCommand):
    """Shows the list; with --now does what the beat does once a day."""

    help = "Show what is kept for how many days; with --now, forget what is older."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", action="store_true", help="forget it")

    def handle(self, *, now: bool, **options: Any) -> None:
        done = retention.forget_all(clock.now()) if now else {}
        for one in retention.all_kept():
            said = f"   {done.get(one.what, 'failed, see the log')}" if now else ""
            self.stdout.write(f"{one.days:>5} days   {one.what}{said}")
