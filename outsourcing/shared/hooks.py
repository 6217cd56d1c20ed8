"""How a lower room reaches an upper one without importing it.

A lower room declares a hook and calls it; upper rooms add typed functions to it in `AppConfig.ready()`, or in a module
that is found by its name (`demo.py`, `populate.py`, `bench.py`). Functions run in the caller's transaction, in the
order of their number and then of their adding; an error in one is the caller's error.

    member_left: Hook[[Membership, Membership], None] = Hook("accounts.member_left")    # in accounts/hooks.py
    hooks.member_left.add(hand_over)                                                    # in milestones/apps.py, ready()
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

from django.http import HttpRequest
from django.utils.safestring import SafeString

P = ParamSpec("P")
R = TypeVar("R")


class Hook(Generic[P, R]):
    """An ordered list of functions of one signature; calling it calls them all."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._functions: list[tuple[int, Callable[P, R]]] = []

    def __repr__(self) -> str:
        return f"<Hook {self.name}: {len(self._functions)}>"

    def __iter__(self) -> Iterator[Callable[P, R]]:
        return (function for _, function in self._functions)

    def add(self, function: Callable[P, R], *, order: int = 50) -> Callable[P, R]:
        """Add a function, once however often it is said; a lower `order` runs earlier."""
        if function not in list(self):
            self._functions.append((order, function))
            self._functions.sort(key=lambda entry: entry[0])
        return function

    def remove(self, function: Callable[P, R]) -> None:
        """Take a function out again."""
        self._functions = [entry for entry in self._functions if entry[1] is not function]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """What each function returned, in order."""
        return [function(*args, **kwargs) for function in self]


Panel = Hook[[HttpRequest, Any], SafeString]
_panels: dict[str, Panel] = {}


def panel(name: str) -> Panel:
    """The place called `name` on a lower room's page, where upper rooms add rendered pieces about one object.

    A template says `{% panel "vendor" vendor %}`; a function gets the request and the object and returns safe HTML,
    empty where it has nothing to show this person.
    """
    return _panels.setdefault(name, Hook(f"panel {name}"))


class Progress(Protocol):
    """Told how many more rows are done."""

    def __call__(self, rows: int = 1) -> None: ...


Fill = Callable[[int, random.Random, Progress], None]


@dataclass(frozen=True)
class Population:
    """Bulk rows of one kind: `fill(count, rng, progress)` adds exactly `count` rows, the same for the same `rng`."""

    name: str
    fill: Fill
    order: int = 50


@dataclass(frozen=True)
class Failure:
    """An error that nobody caught, in `where` ("web" or "task") and there in `what` (a route, a task's name).

    It says what kind it was and where in the code, the innermost last; not its words, which may be somebody's. By the
    ids of request and task the lines of the log are found that belong to it; empty where there was none.
    """

    where: str
    what: str
    kind: str
    stack: tuple[str, ...]
    request: str
    task: str


#: Told of each error that nobody caught; see failures.py.
unhandled: Hook[[Failure], None] = Hook("unhandled")

#: What a backup takes besides the database: the key of each file that a row names, and where its bytes are.
kept_files: Hook[[], Iterable[tuple[str, Path]]] = Hook("kept_files")

#: Where a restore puts the bytes under a key; None for what is no key.
place_of_file: Hook[[str], Path | None] = Hook("place_of_file")

#: What a restore does in its own transaction, as SQL, about a backup that was taken at an instant.
restored: Hook[[datetime], str] = Hook("restored")

#: Functions that add a room's part of the demo world, with dates relative to the given instant; found in `demo.py`.
demo: Hook[[datetime], None] = Hook("demo")

#: What somebody who starts the demo is told, as lines.
demo_greeting: Hook[[], list[str]] = Hook("demo_greeting")

#: What `manage.py populate` can fill, by name; found in `populate.py`.
populations: dict[str, Population] = {}


def populates(name: str, *, order: int = 50) -> Callable[[Fill], Fill]:
    """Register the decorated function as the one that fills `name`; a lower `order` runs earlier."""

    def register(fill: Fill) -> Fill:
        populations[name] = Population(name, fill, order)
        return fill

    return register
