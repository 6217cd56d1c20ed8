"""What conversations are about, as contracts and milestones; and contracts of vendors that became one with others."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones.health import looking
from milestones.models import Contract, ContractThread, Document, Milestone, State
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.search import MOST as ACROSS
from outsourcing.accounts.search import Found, Result
from outsourcing.accounts.walls import LARGEST_ID
from outsourcing.conversations.hooks import Matter, Topic
from outsourcing.conversations.models import Thread
from vendors.directory.models import Vendor

#: So many other sides are offered to choose from.
MOST = 100


def topics_of(threads: Sequence[int], acting: Membership) -> Mapping[int, Sequence[Topic]]:
    """For conversations: what these threads are about, where the reader may see it. One query."""
    seen = Contract.objects.visible_to(acting).values("pk")
    rows = ContractThread.objects.filter(thread__in=threads, contract__in=seen)
    named = rows.values_list("thread", "contract", "contract__title", "milestone", "milestone__title")
    return {
        thread: [
            Topic(what, reverse("milestones:milestone", args=[milestone]))
            if milestone
            else Topic(title, reverse("milestones:contract", args=[contract]))
        ]
        for thread, contract, title, milestone, what in named
    }


def matter_of(acting: Membership, word: str) -> Matter | None:
    """For conversations: the contract or milestone that "contract-17" or "milestone-4" names, where one sees it."""
    kind, _dash, number = word.partition("-")
    if not number.isdecimal() or len(number) > 19 or int(number) > LARGEST_ID:
        return None
    if kind == "contract":
        contract = Contract.objects.visible_to(acting).exclude(state=State.DRAFT).filter(pk=number).first()
        return _matter(contract, None, acting) if contract else None
    if kind == "milestone":
        rows = Milestone.objects.visible_to(acting).exclude(contract__state=State.DRAFT)
        milestone = rows.filter(pk=number).first()
        return _matter(milestone.contract, milestone, acting) if milestone else None
    return None


def _matter(contract: Contract, milestone: Milestone | None, acting: Membership) -> Matter:
    def remember(thread: Thread) -> None:
        ContractThread.objects.get_or_create(thread=thread, defaults={"contract": contract, "milestone": milestone})

    return Matter((milestone or contract).title, contract.other_than(acting.organisation_id), remember)


def counterparts(acting: Membership) -> Iterable[Organisation]:
    """For conversations: the other sides of contracts that do not only lie as a draft. One query."""
    side, other = ("merchant", "vendor") if acting.organisation.is_merchant else ("vendor", "merchant")
    agreed = Contract.objects.filter(**{side: acting.organisation_id}).exclude(state=State.DRAFT)
    return Organisation.objects.filter(pk__in=agreed.values(other)).order_by("name", "pk")[:MOST]


def may_write_to(acting: Membership, other: Organisation) -> bool:
    """For conversations: whoever has a contract with somebody, more than a draft, may write to them. One query."""
    sides = ("merchant", "vendor") if acting.organisation.is_merchant else ("vendor", "merchant")
    between = dict(zip(sides, (acting.organisation_id, other.pk), strict=True))
    return Contract.objects.filter(**between).exclude(state=State.DRAFT).exists()


def in_contracts(acting: Membership, words: str) -> Found:
    """For the search across rooms: contracts by title, reference or the other side, milestones by title, documents by
    title or name; the latest first. Three queries."""
    side = "vendor" if acting.organisation.is_merchant else "merchant"
    said = Q(title__icontains=words) | Q(reference__icontains=words) | Q(**{f"{side}__name__icontains": words})
    contracts = Contract.objects.visible_to(acting).filter(said).order_by("-created_at", "pk")[:ACROSS]
    rows = [
        Result(
            one.title, f"{one.other_than(acting.organisation_id)} · {one.get_state_display()}",
            reverse("milestones:contract", args=[one.pk]), "contract",
        )
        for one in contracts
    ]  # fmt: skip
    milestones = Milestone.objects.visible_to(acting).filter(title__icontains=words).order_by("-created_at", "pk")
    rows += [
        Result(
            one.title, f"{one.contract.title} · {one.get_state_display()}",
            reverse("milestones:milestone", args=[one.pk]), "calendar",
        )
        for one in milestones[: ACROSS - len(rows)]
    ]  # fmt: skip
    if left := ACROSS - len(rows):
        named = Q(title__icontains=words) | Q(file__name__icontains=words)
        documents = Document.objects.visible_to(acting).filter(named, removed_at=None).order_by("-added_at", "pk")
        rows += [
            Result(str(one), one.contract.title, reverse("milestones:contract", args=[one.contract_id]), "attach")
            for one in documents.select_related("file", "contract")[:left]
        ]
    return Found(_("Contracts"), rows)


def follow(loser: Vendor, winner: Vendor, by: Membership, at: datetime) -> None:
    """For the directory: contracts with a vendor that became one with another are with that one, and so are their
    reminders; its calendar and its people count for how they do."""
    moved = list(Contract.objects.filter(vendor=loser.organisation_id).order_by("pk").values_list("pk", flat=True))
    Contract.objects.filter(pk__in=moved).update(vendor=winner.organisation_id)
    if moved:
        looking.look(moved, at=at)
