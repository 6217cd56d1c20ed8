"""Opens, joins and closes turns, under the lock of their thread. Source: reference/milestones.md 4.2."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from outsourcing.accounts.calendars import Pause, WorkingCalendar
from outsourcing.accounts.models import Membership, Organisation
from outsourcing.accounts.working_time import calendar_of
from outsourcing.conversations import clock, hooks
from outsourcing.conversations.clock import Expected
from outsourcing.conversations.figures import ANSWERS, Ending
from outsourcing.conversations.models import Acknowledgement, Asks, Entry, Thread, Turn
from outsourcing.conversations.models.entries import EntryQuerySet
from outsourcing.shared.clock import now


def locked(thread: Thread) -> Thread:
    """The thread as it stands now; whoever else writes in it waits until the transaction ends."""
    rows = Thread.objects.select_for_update(of=("self",)).select_related("merchant", "vendor").filter(pk=thread.pk)
    # Where its vendor became one with another while we waited, the join finds nothing at the first look.
    return rows.first() or rows.get()


def calendar_around(organisation: Organisation, since: datetime, until: datetime) -> WorkingCalendar:
    """An organisation's calendar with the holidays of these years and the next. Two queries."""
    return calendar_of(organisation, range(since.year, until.year + 2))


# ---- Asking --------------------------------------------------------------------------------------------------------
def ask(entry: Entry, thread: Thread, *, heard_at: datetime, at: datetime, owed: dict[int, Turn]) -> Turn:
    """Open a turn for what `entry` asks, or join the one that is open; `heard_at` is when the other side had it.

    `owed` are the thread's open turns by who answers. The entry names the turn and is not saved; the caller tells
    upper rooms, once the entry is there.
    """
    asker, answerer = sides(entry, thread)
    turn = owed.get(answerer.pk)
    is_new = turn is None
    if turn is None:
        turn = Turn(thread=thread, asker=asker, answerer=answerer, opened_at=heard_at, needs_answer=False)
    turn.needs_answer = turn.needs_answer or entry.asks == Asks.ANSWER
    turn.is_blocking = turn.is_blocking or entry.is_blocking
    calendar, pauses = calendar_around(answerer, turn.opened_at, at), known_pauses(turn)
    asked_at = max(heard_at, turn.opened_at)
    due = expected(entry, asked_at, calendar, pauses)
    if not is_new:
        passed = clock.response_seconds(turn.opened_at, asked_at, calendar, pauses)
        due = clock.joined(Expected(turn.due_at, turn.target_seconds), due, passed)
    turn.due_at, turn.target_seconds = due.due_at, due.target
    turn.save()
    entry.turn = turn
    return turn


def ask_again(entry: Entry, thread: Thread, *, at: datetime) -> None:
    """Have an entry that stands there already ask for what it asks, as of now."""
    owed = {turn.answerer_id: turn for turn in thread.turns.open()}
    turn = ask(entry, thread, heard_at=at, at=at, owed=owed)
    entry.save(update_fields=["turn"])
    hooks.turn_changed(turn, at)


def sides(entry: Entry, thread: Thread) -> tuple[Organisation, Organisation]:
    """Whose words an entry are, and the other organisation."""
    own = thread.merchant if entry.side == "merchant" else thread.vendor
    return own, thread.other_than(own.pk)


def expected(entry: Entry, asked_at: datetime, calendar: WorkingCalendar, pauses: list[Pause]) -> Expected:
    """What is expected of an answer to this entry alone."""
    target = clock.default_target(is_blocking=entry.is_blocking, only_acknowledge=entry.asks == Asks.ACKNOWLEDGEMENT)
    return clock.expected(asked_at, calendar, pauses=pauses, target=target, wanted_by=entry.wanted_by)


def reckon(turn: Turn, asked: Iterable[Entry], calendar: WorkingCalendar) -> Expected:
    """What is expected of a turn with these entries, on the answerer's calendar as it is."""
    pauses = known_pauses(turn)
    found: Expected | None = None
    for entry in sorted(asked, key=lambda one: (one.heard_at, one.number)):
        asked_at = max(entry.heard_at, turn.opened_at)
        own = expected(entry, asked_at, calendar, pauses)
        passed = clock.response_seconds(turn.opened_at, asked_at, calendar, pauses)
        found = clock.joined(found, own, passed) if found else own
    assert found is not None, "a turn has what opened it"
    return found


def known_pauses(turn: Turn) -> list[Pause]:
    """Those that have an end: what is due beyond one that has none is reckoned again once it ends."""
    return [pause for pause in pauses_of(turn) if pause[1] is not None]


def reckon_again(organisation: Organisation, at: datetime) -> None:
    """Move what this organisation owes to where its calendar, as it is now, puts it; what is closed stays."""
    turns = Turn.objects.open().owed_by(organisation.pk).select_related("thread").prefetch_related("entries")
    oldest = min((turn.opened_at for turn in turns), default=at)
    calendar = calendar_around(organisation, oldest, at)
    for turn in turns:
        due = reckon(turn, turn.entries.all(), calendar)
        if (due.due_at, due.target) != (turn.due_at, turn.target_seconds):
            turn.due_at, turn.target_seconds = due.due_at, due.target
            turn.save(update_fields=["due_at", "target_seconds"])
            hooks.turn_changed(turn, at)


def calendar_changed(organisation: Organisation) -> None:
    """For accounts' hook, which names no instant: this one."""
    reckon_again(organisation, now())


def pauses_of(turn: Turn) -> list[Pause]:
    """When the answerer's clock stood still, as upper rooms say; for many turns, ask `remember_pauses` before."""
    if not hasattr(turn, "pauses"):
        remember_pauses([turn])
    found: list[Pause] = turn.pauses  # type: ignore[attr-defined]  # what was remembered
    return found


def remember_pauses(rows: Sequence[Turn]) -> None:
    """Have `pauses_of` answer for each of these turns without asking upper rooms again. A query for each room."""
    rooms = hooks.pauses(rows) if rows else []
    for turn in rows:
        turn.pauses = [pause for room in rooms for pause in room.get(turn.pk, ())]  # type: ignore[attr-defined]


# ---- Closing -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Close:
    """How a turn ends: when the asker had it, and by whom; `answer` is the entry that answers."""

    ending: Ending
    heard_at: datetime
    by: Membership | None
    answer: Entry | None = field(default=None)


def close(turn: Turn, how: Close, *, at: datetime) -> None:
    """End an open turn; an answer's response time is frozen with the calendar it was reckoned with."""
    turn.ending, turn.closed_at, turn.closed_by, turn.answer = how.ending, how.heard_at, how.by, how.answer
    if how.ending in ANSWERS:
        calendar, pauses = calendar_around(turn.answerer, turn.opened_at, how.heard_at), pauses_of(turn)
        turn.response_seconds = clock.response_seconds(turn.opened_at, how.heard_at, calendar, pauses)
        turn.reckoned = frozen(calendar, turn.opened_at, how.heard_at, pauses)
    turn.save()
    hooks.turn_changed(turn, at)


def frozen(calendar: WorkingCalendar, since: datetime, until: datetime, pauses: Iterable[Pause]) -> dict[str, Any]:
    """The part of a calendar that mattered between two instants, as plain values."""
    first, last = since.astimezone(calendar.zone).date(), until.astimezone(calendar.zone).date()
    return {
        "zone": calendar.zone.key,
        "week": [[[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in day] for day in calendar.windows],
        "closed": [day.isoformat() for day in sorted(calendar.closed) if first <= day <= last],
        "pauses": [[start.isoformat(), end and end.isoformat()] for start, end in pauses],
    }


def answer(entry: Entry, thread: Thread, owed: dict[int, Turn], *, at: datetime) -> Turn | None:
    """Close what the entry's side owed: a person's public entry is an answer, if what was asked came before it."""
    own, _other = sides(entry, thread)
    turn = owed.get(own.pk)
    if turn is not None and turn.opened_at > entry.heard_at:
        return None
    if turn is not None:
        close(turn, Close(Ending.ANSWERED, entry.heard_at, entry.author or entry.recorded_by, entry), at=at)
    return turn


def acknowledged(entry: Entry, given: Acknowledgement, *, at: datetime) -> Turn | None:
    """Close the entry's turn if nothing in it waits for more than what is acknowledged now."""
    turn = entry.turn
    if turn is None or not turn.is_open or turn.needs_answer or given.heard_at < turn.opened_at:
        return None
    if waiting_in(turn).exists():
        return None
    close(turn, Close(Ending.ACKNOWLEDGED, given.heard_at, given.by or given.recorded_by), at=at)
    return turn


def waiting() -> EntryQuerySet:
    """What still waits in an open turn: all that was asked, but what was acknowledged alone and what was taken back."""
    seen = Acknowledgement.objects.standing().filter(entry=OuterRef("pk"), version=OuterRef("version"))
    return Entry.objects.in_force().exclude(Exists(seen), asks=Asks.ACKNOWLEDGEMENT)


def waiting_in(turn: Turn) -> EntryQuerySet:
    """The same of one turn."""
    return waiting().filter(turn=turn)


def is_acknowledged(entry: Entry) -> bool:
    """Whether the text as it is now was acknowledged."""
    return entry.acknowledgements.filter(version=entry.version, objected_at=None).exists()


def is_taken_back(entry: Entry) -> bool:
    """Whether it was an instruction and holds no more. One query."""
    return hasattr(entry, "withdrawal")


def taken_back(entry: Entry, *, by: Membership, at: datetime) -> None:
    """Nothing waits for an entry that holds no more: its turn ends with it, or goes on for what else it asks."""
    turn = entry.turn
    if turn is None or not turn.is_open:
        return
    waiting = list(waiting_in(turn))
    if not waiting:
        close(turn, Close(Ending.WITHDRAWN, at, by), at=at)
        return
    turn.needs_answer = any(one.asks == Asks.ANSWER for one in waiting)
    turn.save(update_fields=["needs_answer"])
    hooks.turn_changed(turn, at)


# ---- Opening again what a record closed ----------------------------------------------------------------------------
def undo(turn: Turn, *, at: datetime) -> None:
    """Take back that a turn was answered: it is as if that answer had never been.

    What the other side said itself since it was asked answers it now, or what it acknowledged; without that it is open
    again, since it was first asked; and where something else is open by now, that is one with it.
    """
    side = "vendor" if turn.asker.is_merchant else "merchant"
    said = Entry.objects.filter(thread=turn.thread_id, side=side, objected_at=None, created_at__gte=turn.opened_at)
    later = next((one for one in said.defer("search").order_by("number") if one.heard_at >= turn.opened_at), None)
    turn.answer, turn.response_seconds, turn.reckoned = None, None, None
    if later is not None:
        close(turn, Close(Ending.ANSWERED, later.heard_at, later.author or later.recorded_by, later), at=at)
        return
    if not waiting_in(turn).exists():
        _close_what_waits_for_nothing(turn, at=at)
        return
    newer = Turn.objects.open().filter(thread=turn.thread_id, answerer=turn.answerer_id).first()
    if newer is not None:
        _unite(turn, newer, at=at)
        return
    turn.ending, turn.closed_at, turn.closed_by = "", None, None
    turn.save()
    hooks.turn_changed(turn, at)


def _close_what_waits_for_nothing(turn: Turn, *, at: datetime) -> None:
    """All that it asked was acknowledged meanwhile, or taken back."""
    given = Acknowledgement.objects.standing().filter(entry__turn=turn).order_by("at").last()
    if given is None:
        close(turn, Close(Ending.WITHDRAWN, at, None), at=at)
    else:
        close(turn, Close(Ending.ACKNOWLEDGED, given.heard_at, given.by or given.recorded_by), at=at)


def _unite(older: Turn, newer: Turn, *, at: datetime) -> None:
    """Let what is open by now count from when the older one was asked; the older one ends in it."""
    calendar, pauses = calendar_around(older.answerer, older.opened_at, at), known_pauses(older)
    passed = clock.response_seconds(older.opened_at, max(newer.opened_at, older.opened_at), calendar, pauses)
    first, then = Expected(older.due_at, older.target_seconds), Expected(newer.due_at, newer.target_seconds)
    due = clock.joined(first, then, passed)
    close(older, Close(Ending.MERGED, at, None), at=at)
    older.entries.update(turn=newer)
    newer.opened_at, newer.due_at, newer.target_seconds = older.opened_at, due.due_at, due.target
    newer.needs_answer = newer.needs_answer or older.needs_answer
    newer.is_blocking = newer.is_blocking or older.is_blocking
    newer.save()
    hooks.turn_changed(newer, at)
