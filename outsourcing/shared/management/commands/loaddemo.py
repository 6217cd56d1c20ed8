"""Load the demo world."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from outsourcing.shared import clock, hooks


class Command(BaseCommand):
    """Has every room add its part, in one transaction; leaves a database alone in which there is anybody."""

    help = "Fill an empty database with the demo world."

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo world is not for production.")
        if get_user_model().objects.exists():
            return
        with transaction.atomic():
            hooks.demo(clock.now())
