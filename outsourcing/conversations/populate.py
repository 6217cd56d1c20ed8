"""Invented conversations in bulk: questions and their answers, with a few that are still open."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

from django.db import connection

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations.models import Entry, Participant, Thread, Turn
from outsourcing.shared.errors import Stop
from outsourcing.shared.hooks import Progress, populates
from outsourcing.shared.keys import LARGEST
from outsourcing.shared.populate import copy_in

BATCH = 2_000
Rows = list[list[object]]
#: The first merchant has one thread in five, its first thread so many entries.
SHARE, LONG = 5, 2_000
OPEN = 0.1
LAST_DAY = datetime(2026, 11, 20, 15, tzinfo=UTC)
WORDS = (
    "pallet gate van count glass tape label order carton return stock scanner aisle dock week sample invoice carrier "
    "Friday Saturday morning kitting batch glaze customs paper shelf lorry damage weight parcel courier delay candle"
)
RARE = "lavender mahogany zeppelin quince obsidian thimble walrus"
ENTRY = ["id", "thread", "number", "kind", "side", "author", "text", "created_at", "key", "asks", "turn", "search"]
TURN = [
    *("id", "thread", "asker", "answerer", "needs_answer", "opened_at", "target_seconds", "due_at", "closed_at"),
    *("ending", "answer", "response_seconds", "reckoned"),
]


@populates("threads", order=40)
def threads(count: int, rng: Random, progress: Progress) -> None:
    """Threads between heads of merchants and of vendors. Raises Stop where one of the two is missing."""
    heads = dict(
        Membership.objects.joined().order_by("-pk").values_list("organisation", "pk")  # the first is its head
    )
    sides: dict[str, list[int]] = {"merchant": [], "vendor": []}
    for pk, kind in Organisation.objects.order_by("pk").values_list("pk", "kind"):
        if pk in heads:
            sides[kind].append(pk)
    if count and not (sides["merchant"] and sides["vendor"]):
        raise Stop("Conversations need people of both sides: ask for memberships too, for example memberships=20000.")

    def rows() -> Iterator[list[object]]:
        for number in range(count):
            merchant = sides["merchant"][0] if number % SHARE == 0 else rng.choice(sides["merchant"])
            at = LAST_DAY - timedelta(minutes=rng.randrange(400 * 24 * 60))
            subject = " and ".join(rng.choices(WORDS.split(), k=2)).capitalize()
            yield [_key(rng), merchant, rng.choice(sides["vendor"]), subject, heads[merchant], at, at]

    fields = ["id", "merchant", "vendor", "subject", "opened_by", "opened_at", "last_entry_at"]
    copy_in(Thread, fields, rows(), progress)


@populates("entries", order=41)
def entries(count: int, rng: Random, progress: Progress) -> None:
    """Entries for all threads, as many for each but for one long one, with their turns. Raises Stop without threads."""
    heads = dict(Membership.objects.joined().order_by("-pk").values_list("organisation", "pk"))
    found = Thread.objects.order_by("opened_at", "pk").values_list(
        "pk", "merchant", "vendor", "entry_count", "opened_at"
    )
    rows = list(found)
    if count and not rows:
        raise Stop("Entries stand in threads: ask for threads too, for example threads=1000.")
    wanted = _shares(count, rows)
    talks = (_talk(rng, *row, heads, wanted[number]) for number, row in enumerate(rows) if wanted[number])
    with _index_put_off():
        _copy(talks, progress)
    people = [(pk, heads[side], at) for pk, merchant, vendor, _count, at in rows for side in (merchant, vendor)]
    known = set(Participant.objects.values_list("thread", "membership"))
    copy_in(Participant, ["thread", "membership", "added_at"], (row for row in people if row[:2] not in known))
    _remember_the_newest()


@contextmanager
def _index_put_off() -> Iterator[None]:
    """Make the search index once all rows are there: four times as quick as row by row."""
    index = next(one for one in Entry._meta.indexes if one.name == "entry_search")
    with connection.schema_editor(atomic=False) as editor:
        editor.remove_index(Entry, index)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no index is made while a check is pending
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    with connection.schema_editor(atomic=False) as editor:
        editor.add_index(Entry, index)


def _copy(talks: Iterator[tuple[Rows, Rows]], progress: Progress) -> None:
    while batch := list(islice(talks, BATCH)):
        copy_in(Turn, TURN, (turn for talk in batch for turn in talk[1]))
        copy_in(Entry, ENTRY, (entry for talk in batch for entry in talk[0]), progress)


def _remember_the_newest() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_thread t "
            "SET entry_count = e.number, last_entry_id = e.id, last_entry_at = e.created_at "
            "FROM (SELECT DISTINCT ON (thread_id) thread_id, number, id, created_at FROM conversations_entry "
            "ORDER BY thread_id, number DESC) e WHERE e.thread_id = t.id"
        )


def _shares(count: int, rows: list[tuple[int, int, int, int, datetime]]) -> list[int]:
    """How many entries each thread gets; the first one of the first merchant is long."""
    if not rows:
        return []
    long = min(LONG, count // 4)
    most = min(row[1] for row in rows)
    place = next(number for number, row in enumerate(rows) if row[1] == most)
    each, over = divmod(count - long, len(rows))
    wanted = [each + (number < over) for number in range(len(rows))]
    for number in range(0, len(rows) - 2, 3) if each > 2 else ():
        wanted[number], wanted[number + 2] = wanted[number] - 1, wanted[number + 2] + 1
    wanted[place] += long
    return wanted


def _talk(
    rng: Random, thread: int, merchant: int, vendor: int, start: int, at: datetime, heads: dict[int, int], count: int
) -> tuple[Rows, Rows]:
    """Entries by turns, a question and its answer; the last one may be left open."""
    said: Rows = []
    turns: Rows = []
    for number in range(count):
        asks = number % 4 in (0, 2)
        side, own, other = ("merchant", merchant, vendor) if number % 4 in (0, 3) else ("vendor", vendor, merchant)
        at += timedelta(minutes=rng.randrange(10, 24 * 60) if asks else rng.randrange(5, 180))
        is_open = asks and number == count - 1
        if is_open and rng.random() >= OPEN:
            asks = is_open = False
        text = _sentence(rng, is_question=asks)
        key, turn = _key(rng), None
        if asks:
            turn = _key(rng)
            turns.append(
                [turn, thread, own, other, True, at, 28_800, at + timedelta(days=1), None, "", None, None, None]
            )
        elif turns and turns[-1][8] is None and turns[-1][3] == own:
            opened = turns[-1][5]
            assert isinstance(opened, datetime)
            seconds = int((at - opened).total_seconds())
            turns[-1][8:] = [at, "answered", key, seconds, {"zone": "Europe/London", "week": [], "closed": []}]
        author, kind = heads[own], "question" if asks else "message"
        asking = "answer" if asks else ""
        vector = _vector(text, merchant, vendor)
        row = [key, thread, start + number + 1, kind, side, author, text, at, uuid.UUID(int=rng.getrandbits(128))]
        said.append([*row, asking, turn, vector])
    return said, turns


def _sentence(rng: Random, *, is_question: bool) -> str:
    words = rng.choices(WORDS.split(), k=rng.randrange(8, 20))
    if rng.random() < 0.01:
        words.append(rng.choice(RARE.split()))
    return " ".join(words).capitalize() + ("?" if is_question else ".")


def _vector(text: str, merchant: int, vendor: int) -> str:
    """What posting.searchable makes of such plain words."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(text.lower().strip("?.").split(), start=1):
        places.setdefault(word, []).append(place)
    words = [f"'{word}':{','.join(map(str, found))}" for word, found in places.items()]
    return " ".join([*words, f"'@{merchant}'", f"'@{vendor}'"])


def _key(rng: Random) -> int:
    return rng.randrange(1, LARGEST)
