"""What conversations are about, as contracts and milestones; and contracts of vendors that became one with others."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from milestones.models import Contract, ContractThread, Milestone
from outsourcing.accounts.models import Membership
from outsourcing.conversations.hooks import Topic
from vendors.directory.models import Vendor


def topics_of(threads: Sequence[int], acting: Membership) -> Mapping[int, Sequence[Topic]]:
    """For conversations: what these threads are about, where the reader may see it. One query."""
    rows = ContractThread.objects.filter(
        thread__in=threads, contract__in=Contract.objects.visible_to(acting).values("pk")
    )
    return {row.thread_id: [_topic(row)] for row in rows.select_related("contract", "milestone")}


def _topic(row: ContractThread) -> Topic:
    about: Contract | Milestone = row.milestone or row.contract
    name = "milestone" if row.milestone else "contract"
    return Topic(about.title, reverse(f"milestones:{name}", args=[about.pk]))


def follow(loser: Vendor, winner: Vendor, by: Membership, at: datetime) -> None:
    """For the directory: contracts with a vendor that became one with another are with that one."""
    Contract.objects.filter(vendor=loser.organisation_id).update(vendor=winner.organisation_id)
