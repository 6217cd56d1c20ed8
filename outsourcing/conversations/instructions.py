"""Instructions: which hold between a merchant and a vendor, and taking one back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations import hooks, lines, mails, posting, turns
from outsourcing.conversations.errors import MayNotWrite, NotInForce
from outsourcing.conversations.hooks import Topic
from outsourcing.conversations.lines import Remark
from outsourcing.conversations.models import Acknowledgement, Entry, Kind, Thread, Withdrawal
from outsourcing.conversations.names import plain

PER_PAGE = 25


@transaction.atomic
def take_back(entry: Entry, *, reason: str = "", by: Membership, at: datetime) -> None:
    """Say that an instruction holds no more; the other side is told, and owes nothing for it.

    It stays to be read. Anybody of the side that gave it may. Raises MayNotWrite, NotInForce.
    """
    thread = turns.locked(entry.thread)
    entry = thread.entries.select_related("author", "turn__answerer").get(pk=entry.pk)
    if not by.has_role(*posting.WRITERS) or entry.side != thread.side_of(by.organisation_id):
        raise MayNotWrite(_("Only who gave an instruction can take it back."))
    if not may_be_taken_back(entry):
        raise NotInForce(_("This does not hold any more."))
    Withdrawal.objects.create(entry=entry, by=by, at=at, reason=reason)
    words = _("%(person)s took an instruction back.") % {"person": plain(by.label)}
    posting.tell(thread, words, at=at, about=entry)
    turns.taken_back(entry, by=by, at=at)
    mails.tell_that_it_holds_no_more(entry, thread, by=by, reason=reason)


def may_be_taken_back(entry: Entry) -> bool:
    """Whether it is an instruction that holds."""
    return entry.kind == Kind.INSTRUCTION and not turns.is_taken_back(entry)


@dataclass(frozen=True)
class Held:
    """One instruction in force, and whether its latest text was acknowledged, or only an earlier one."""

    entry: Entry
    other: Organisation
    remarks: Sequence[Remark]
    topics: Sequence[Topic]


def with_whom(acting: Membership, other: int | None) -> Organisation | None:
    """The organisation of this key, where one's own has a thread with it."""
    theirs = "vendor" if acting.organisation.is_merchant else "merchant"
    rows = Thread.objects.visible_to(acting).filter(**{theirs: other}) if other is not None else Thread.objects.none()
    thread = rows.first()
    return thread.other_than(acting.organisation_id) if thread else None


def in_force(acting: Membership, other: int | None, number: Any) -> tuple[Page[Any], list[Held]]:
    """One page of the instructions that hold, the newest first; with one organisation, or with all where none is named.

    Queries: the count, the entries with their threads and people, what was acknowledged, and what topics need.
    """
    rows = Entry.objects.visible_to(acting).instructions().in_force().defer("search").order_by("-created_at", "-pk")
    if other is not None:
        rows = rows.filter(Q(thread__vendor=other) | Q(thread__merchant=other))
    people = ("author", "thread__merchant", "thread__vendor")
    page: Page[Any] = Paginator(rows.select_related(*people), PER_PAGE).get_page(number)
    entries = list(page.object_list)
    seen: dict[int, list[Acknowledgement]] = {}
    standing = Acknowledgement.objects.standing().filter(entry__in=entries).select_related("by", "recorded_by")
    for one in standing.order_by("version"):
        seen.setdefault(one.entry_id, []).append(one)
    topics: dict[int, tuple[Topic, ...]] = {}
    for room in hooks.topic(list({one.thread_id for one in entries}), acting):
        for key, more in room.items():
            topics[key] = (*topics.get(key, ()), *more)
    return page, [_held(one, acting, seen.get(one.pk, []), topics.get(one.thread_id, ())) for one in entries]


def _held(entry: Entry, acting: Membership, seen: Sequence[Acknowledgement], topics: Sequence[Topic]) -> Held:
    remarks = [lines.edited(entry)] if entry.edited_at else []
    if seen and seen[-1].version == entry.version:
        remarks.append(lines.acknowledged(seen[-1]))
    else:
        remarks.append(lines.not_acknowledged(seen[-1].version if seen else None))
    return Held(entry, entry.thread.other_than(acting.organisation_id), remarks, topics)
