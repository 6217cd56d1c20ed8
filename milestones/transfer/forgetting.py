"""Uploaded tables are kept no longer than they are needed (shared/retention.py)."""

from datetime import datetime

from django.db import transaction

from milestones.models import ContractImport
from outsourcing.files.storage import discard


def forget_imports(before: datetime) -> int:
    """Those that were uploaded before, with their files; the contracts that they brought in stay."""
    done = 0
    for one in ContractImport.objects.filter(created_at__lt=before).select_related("file"):
        with transaction.atomic():
            one.delete()
            discard(one.file)
        done += 1
    return done
