"""What was changed from one text to another, word by word. Pure: two texts in, pieces of them out, in order."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

SAME, REMOVED, ADDED = "", "removed", "added"
#: Words, single signs, and the white space between them.
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
#: More tokens than this of both texts together are compared line by line: a comparison takes their product.
MOST = 4_000


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is the same in both, or was removed, or was added."""

    text: str
    change: str = SAME


def differences(old: str, new: str) -> list[Piece]:
    """The pieces that lead from `old` to `new`: without the added ones they are `old`, without the removed ones `new`.

    By words; by lines where that would take long, and as a whole where even the lines are too many.
    """
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    if len(before) + len(after) > MOST:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if len(before) + len(after) > MOST:
        before, after = [old], [new]
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    old_part, new_part = before[head : len(before) - tail], after[head : len(after) - tail]
    steps = SequenceMatcher(None, old_part, new_part).get_opcodes()
    alike = before[:head], before[len(before) - tail :]
    middle = [("" if tag == "equal" else tag, old_part[i:j], new_part[k:m]) for tag, i, j, k, m in steps]
    return list(_joined([(SAME, alike[0], alike[0]), *middle, (SAME, alike[1], alike[1])]))


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tokens both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _joined(steps: Iterable[tuple[str, Sequence[str], Sequence[str]]]) -> Iterator[Piece]:
    """Pieces of these steps; a blank between two changes is part of them, so that they read as one."""
    removed = added = ""
    blank = ""  # the same in both, and not said yet whether it stands between two changes
    for change, old, new in steps:
        before, after = "".join(old), "".join(new)
        if change == SAME and (removed or added) and before.isspace() and "\n" not in before:
            blank += before
        elif change == SAME:
            if before:
                yield from _change(removed, added)
                yield Piece(blank + before)
                removed = added = blank = ""
        else:
            removed, added, blank = removed + blank + before, added + blank + after, ""
    yield from _change(removed, added)
    if blank:
        yield Piece(blank)


def _change(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece(removed, REMOVED)
    if added:
        yield Piece(added, ADDED)
