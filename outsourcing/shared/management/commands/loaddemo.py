"""Load the demo world."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from outsourcing.shared import clock, hooks


class Command(BaseCommand):
    """Has every room add its part, in one transaction; leaves a database alone in which there is anybody.

    `progress` is told of each part.
    """

    help = "Fill an empty database with the demo world."

    def __init__(self, *args: Any, progress: hooks.Progress | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.progress = progress

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo world is not for production.")
        at = clock.now()
        with transaction.atomic():
            for part in parts():
                part(at)
                if self.progress:
                    self.progress()


def parts() -> list[Callable[[datetime], None]]:
    """What is to be added, in order; nothing where there is anybody."""
    return [] if get_user_model().objects.exists() else list(hooks.demo)
