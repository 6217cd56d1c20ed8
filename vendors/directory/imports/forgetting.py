"""Uploaded lists are kept no longer than they are needed (shared/retention.py): they hold names and addresses."""

from datetime import datetime

from django.db import transaction

from outsourcing.files.storage import discard
from vendors.directory.models import Import


def forget_imports(before: datetime) -> int:
    """Those that were begun before and that no worker is at, with their files; what they brought in stays."""
    rows = Import.objects.filter(created_at__lt=before).exclude(state=Import.State.RUNNING)
    done = 0
    for one in rows.select_related("file"):
        with transaction.atomic():
            one.delete()
            discard(one.file)
        done += 1
    return done
