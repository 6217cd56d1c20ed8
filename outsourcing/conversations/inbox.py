"""The inbox of one side: waiting for us, waiting for them, all; most urgent first, or newest first.

It is narrowed by whom a thread is with, by what was said in it or is waited for, and to what is one's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations import clock, hooks
from outsourcing.conversations.hooks import Topic
from outsourcing.conversations.models import Entry, Kind, Participant, ReadMark, Side, Thread, Turn

PER_PAGE = 25
US, THEM, ALL = "us", "them", "all"
#: What people say, by which the list is narrowed.
KINDS = (Kind.MESSAGE, Kind.QUESTION, Kind.INSTRUCTION, Kind.CALL_NOTE, Kind.SUBMISSION)


@dataclass(frozen=True)
class Row:
    """One thread in the list: with whom, its newest entry, and what is owed the soonest."""

    thread: Thread
    other: Organisation
    preview: str
    by: str
    is_unread: bool
    turn: Turn | None
    is_ours: bool
    due: str
    is_late: bool
    topics: tuple[Topic, ...]


def counts(acting: Membership) -> dict[str, int]:
    """How many threads wait for us and for them. One query by both partial indexes."""
    us, them = Q(answerer=acting.organisation_id), Q(asker=acting.organisation_id)
    found = Turn.objects.open().filter(us | them).aggregate(us=Count("pk", filter=us), them=Count("pk", filter=them))
    return {US: found["us"], THEM: found["them"]}


@dataclass(frozen=True)
class Wanted:
    """What the list shows: US, THEM or ALL, with one other organisation by its key, of one of KINDS.

    `is_mine`: only threads that one takes part in, but for what a colleague has been handed to answer.
    """

    show: str
    other: int | None = None
    kind: str = ""
    is_mine: bool = False

    @property
    def is_narrowed(self) -> bool:
        return bool(self.other or self.kind or self.is_mine)


def page_of(
    acting: Membership, wanted: Wanted, number: Any, at: datetime, counts: Mapping[str, int]
) -> tuple[Page[Any], list[Row]]:
    """One page of the list and its rows; `counts` are known, and need not be counted again."""
    found = _threads(acting, wanted) if wanted.show == ALL else _turns(acting, wanted)
    pages = Paginator(found, PER_PAGE)
    if wanted.show in counts and not wanted.is_narrowed:
        pages.count = counts[wanted.show]
    page: Page[Any] = pages.get_page(number)
    return page, rows_of(list(page.object_list), acting, wanted.show, at)


def _threads(acting: Membership, wanted: Wanted) -> QuerySet[Any, Any]:
    """Threads, newest first; of a kind where any entry of theirs is of it."""
    threads = Thread.objects.visible_to(acting)
    if wanted.other:
        threads = threads.filter(Q(merchant=wanted.other) | Q(vendor=wanted.other))
    if wanted.kind:
        threads = threads.filter(Exists(Entry.objects.filter(thread=OuterRef("pk"), kind=wanted.kind)))
    if wanted.is_mine:
        threads = threads.filter(_takes_part(acting, "pk"))
    return threads.order_by("-last_entry_at", "pk").values_list("pk", flat=True)


def _turns(acting: Membership, wanted: Wanted) -> QuerySet[Any, Any]:
    """Threads of open turns, most urgent first; of a kind where something of it is waited for."""
    us, turns = acting.organisation_id, Turn.objects.open()
    turns = turns.owed_by(us) if wanted.show == US else turns.owed_to(us)
    if wanted.other:
        turns = turns.filter(Q(asker=wanted.other) | Q(answerer=wanted.other))
    if wanted.kind:
        turns = turns.filter(Exists(Entry.objects.filter(turn=OuterRef("pk"), kind=wanted.kind)))
    if wanted.is_mine:
        turns = turns.filter(_takes_part(acting, "thread"))
        turns = turns.filter(Q(assignee=None) | Q(assignee=acting) | ~Q(answerer=us))
    return turns.order_by("due_at", "pk").values_list("thread", flat=True)


def _takes_part(acting: Membership, thread: str) -> Exists:
    return Exists(Participant.objects.filter(thread=OuterRef(thread), membership=acting))


def others(acting: Membership) -> list[tuple[int, str]]:
    """With whom one has threads, by name. One query."""
    ours, theirs = Side.MERCHANT, Side.VENDOR
    if not acting.organisation.is_merchant:
        ours, theirs = theirs, ours
    # Not distinct, and looked up one by one: an index answers whether there is any, of thousands with each.
    there = Thread.objects.filter(**{ours.value: acting.organisation_id}).order_by().values(theirs.value)
    return list(Organisation.objects.filter(pk__in=there).order_by("name", "pk").values_list("pk", "name"))


def rows_of(keys: list[int], acting: Membership, show: str, at: datetime) -> list[Row]:
    """The threads of these keys, in their order. Queries: threads, turns, marks, and what topics need."""
    threads = Thread.objects.visible_to(acting).select_related("last_entry__author")
    found = threads.in_bulk(keys)
    marks = dict(ReadMark.objects.filter(membership=acting, thread__in=keys).values_list("thread", "number"))
    topics: dict[int, tuple[Topic, ...]] = {}
    for room in hooks.topic(keys, acting):
        for key, more in room.items():
            topics[key] = (*topics.get(key, ()), *more)
    owed: dict[int, list[Turn]] = {}
    for turn in Turn.objects.open().filter(thread__in=keys).select_related("assignee"):
        owed.setdefault(turn.thread_id, []).append(turn)
    return [
        _row(found[key], acting, owed.get(key, []), show, marks.get(key, 0), topics.get(key, ()), at)
        for key in keys
        if key in found
    ]


def _row(
    thread: Thread,
    acting: Membership,
    turns: list[Turn],
    show: str,
    read: int,
    topics: tuple[Topic, ...],
    at: datetime,
) -> Row:
    """What we owe goes before what is owed to us, unless one looks at the latter."""
    us = acting.organisation_id
    turn = min(turns, key=lambda one: (one.answerer_id == us) is (show == THEM), default=None)
    last = thread.last_entry
    return Row(
        thread,
        thread.other_than(us),
        last.text[:200] if last else "",
        last.author.label if last and last.author else "",
        thread.entry_count > read and not (last and last.author_id == acting.pk),
        turn,
        turn is not None and turn.answerer_id == us,
        clock.short(turn.due_at, ZoneInfo(timezone.get_current_timezone_name()), at) if turn else "",
        turn is not None and turn.due_at < at,
        topics,
    )
