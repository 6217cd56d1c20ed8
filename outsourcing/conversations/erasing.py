"""What an erasure does here besides: what the system said is found by its new words."""

from collections.abc import Sequence
from typing import Any

from outsourcing.conversations.models import Entry
from outsourcing.conversations.posting import searchable


def index_again(entries: Sequence[Any]) -> None:
    """The search index of entries whose text is another now."""
    rows = (
        Entry.objects.filter(pk__in=entries).select_related("thread").only("text", "thread__merchant", "thread__vendor")
    )
    for one in rows:
        owners = [one.thread.merchant_id, one.thread.vendor_id]
        Entry.objects.filter(pk=one.pk).update(search=searchable(one.text, owners))
