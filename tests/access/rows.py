"""What a row of the access table says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.access.world import CAST, MEMBERS, NOWHERE, RIVALS, SHOP, STRANGER, VENDOR, World

#: What somebody gets: a status, or the name of the route that they are sent on to.
Answer = int | str
Answers = Mapping[str, Answer]

LOGIN = "to the login, and back"
GROUPS = {"shop": SHOP, "vendor": VENDOR, "rivals": RIVALS, "members": MEMBERS, "nowhere": NOWHERE}


def who(rest: Answer = 404, *, stranger: Answer = LOGIN, **named: Answer) -> Answers:
    """An answer for each of the cast: `who(owner=200, shop=403)`. A person's own word goes before their group's.

    Groups are shop, vendor, rivals (of either), members (all of them) and nowhere; `rest` is for whoever is left.
    """
    unknown = set(named) - set(CAST) - set(GROUPS)
    assert not unknown, f"nobody of the cast: {unknown}"
    answers = dict.fromkeys(CAST, rest)
    for group in ("members", *(set(GROUPS) - {"members"})):
        if group in named:
            answers |= dict.fromkeys(GROUPS[group], named[group])
    return answers | {one: answer for one, answer in named.items() if one in CAST} | {STRANGER: stranger}


def nobody_may(answer: Answer = 405) -> Answers:
    """For a method that a page does not have; a stranger is sent to the login before that is looked at."""
    return who(answer)


def everybody(answer: Answer) -> Answers:
    """The same for all, strangers too."""
    return who(answer, stranger=answer)


def nothing(world: World) -> dict[str, Any]:
    return {}


def empty(world: World, person: str) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Row:
    """One route with live arguments, and what each of the cast gets there.

    - `args` are the path's arguments, of a live object of the organisation `of`; `note` tells rows of a route apart.
    - `get` is also HEAD's answer; `put`, `patch`, `delete` and `options` are 405 where nothing else is said.
    - The positive control: `shows` is a text on the page of whoever gets 200 by GET; `changes` is
      read before and after each POST, and differs for whoever is sent on (or gets one of `worked`), for nobody else.
      Where neither can be, `proven_by` names the test in tests/test_access.py that is the control.
    - `data` is a POST's body, valid for that person. `ids` names the fields of it that hold an object's id, each with
      a live one of somebody else's, which must be refused.
    - `query` is what a GET has after its path; `marks` are tables in which a look may leave a mark of its reader's.
    - `tells` are places that the page may name to everybody who gets it, as an invitation's does; `meets` says for
      each person which they may read of besides their own, as a shop of the vendor that it has asked; one, or several.
    """

    route: str
    get: Answers
    post: Answers = field(default_factory=nobody_may)
    args: Callable[[World], dict[str, Any]] = nothing
    of: str = ""
    note: str = ""
    shows: str | Callable[[World, str], str] = ""
    changes: Callable[[World, str], Any] | None = None
    worked: tuple[Answer, ...] = ()
    proven_by: str = ""
    data: Callable[[World, str], dict[str, Any]] = empty
    ids: Mapping[str, Callable[[World, str], int]] = field(default_factory=dict)
    query: str = ""
    marks: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    meets: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    put: Answers = field(default_factory=nobody_may)
    patch: Answers = field(default_factory=nobody_may)
    delete: Answers = field(default_factory=nobody_may)
    options: Answers = field(default_factory=nobody_may)

    def __str__(self) -> str:
        return " ".join(filter(None, [self.route, self.of, self.note]))

    def answers(self, method: str) -> Answers:
        return getattr(self, "get" if method == "head" else method)  # type: ignore[no-any-return]
