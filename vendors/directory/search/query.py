"""What somebody searches for, as the address says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from outsourcing.accounts.models import Membership
from outsourcing.accounts.walls import LARGEST_ID
from vendors.directory.models import Facet, Relationship, Tag
from vendors.directory.search.values import Values

SORTS = ("relevance", "evidence", "reply", "name")
LONGEST, LAST_PAGE, MOST_VALUES = 200, 1_000_000, 50
#: What a merchant keeps about vendors: filters of its own, beside the facets.
OWN = ("status", "tag", "known", "unblocked")
#: The end of the year 2999 in seconds: whoever looked later than that did not.
LATEST = 32_503_680_000


@dataclass(frozen=True)
class Query:
    """A search; `chosen` has the ids of facet values and `slugs` their names in the address.

    `own` are the merchant's own filters in the words of the address: statuses, ids of tags, and "1" for `known` and
    `unblocked`. `since` are seconds of the epoch: rows that were listed after it are marked as new, 0 marks none.
    """

    words: str = ""
    chosen: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1
    slugs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether everything is asked for."""
        return not (self.words or self.chosen or self.own)

    def address(self, **changes: Any) -> str:
        """The query string of this search with `words`, `sort`, `page`, `since`, a facet's slugs or an own filter
        changed."""
        plain = {name: changes.pop(name) for name in ("words", "sort", "page", "since") if name in changes}
        new = replace(self, **{"page": 1, **plain} if plain or changes else {})
        said = {**self.slugs, **self.own, **changes}
        pairs: list[tuple[str, str]] = [("q", new.words)] if new.words else []
        pairs += [(name, one) for name in (*Facet.values, *OWN) for one in said.get(name, ())]
        pairs += [("sort", new.sort)] if new.sort != "relevance" else []
        pairs += [("since", str(new.since))] if new.since else []
        pairs += [("page", str(new.page))] if new.page != 1 else []
        return urlencode(pairs)

    def without(self, name: str, one: str) -> str:
        """The query string with this value of a facet or of an own filter no longer chosen."""
        now = self.slugs.get(name) or self.own.get(name) or ()
        return self.address(**{name: tuple(other for other in now if other != one)})

    def dropped(self, name: str) -> "Query":
        """The search without its words, a facet or an own filter, from its first page."""
        if name == "words":
            return replace(self, words="", page=1)
        return replace(
            self,
            chosen={key: said for key, said in self.chosen.items() if key != name},
            slugs={key: said for key, said in self.slugs.items() if key != name},
            own={key: said for key, said in self.own.items() if key != name},
            page=1,
        )


def read(params: QueryDict, acting: Membership, known: Values, tags: Sequence[Tag] | None = None) -> Query:
    """Never an error: what is unknown is left out. A query where a tag is asked for and the merchant's `tags` are not
    given, in the order of their names."""
    words = " ".join(params.get("q", "").replace("\0", " ").split())[:LONGEST].strip()
    sort = params.get("sort", "")
    slugs: dict[str, tuple[str, ...]] = {}
    chosen: dict[str, tuple[int, ...]] = {}
    for facet in Facet.values:
        said = dict.fromkeys(params.getlist(facet)[:MOST_VALUES])
        if found := [known.by_slug[facet, one] for one in said if (facet, one) in known.by_slug]:
            slugs[facet] = tuple(one.slug for one in found)
            chosen[facet] = tuple(one.pk for one in found)
    return Query(
        words=words,
        chosen=chosen,
        sort=sort if sort in SORTS else "relevance",
        page=_page(params.get("page", "1")),
        slugs=slugs,
        own=_own(params, acting, tags),
        since=since if (since := _number(params.get("since", ""))) <= LATEST else 0,
    )


def _own(params: QueryDict, acting: Membership, tags: Sequence[Tag] | None) -> dict[str, tuple[str, ...]]:
    own: dict[str, tuple[str, ...]] = {}
    asked = dict.fromkeys(params.getlist("status")[:MOST_VALUES])
    if statuses := tuple(one for one in asked if one in Relationship.Status.values):
        own["status"] = statuses
    ids = {number for one in params.getlist("tag")[:MOST_VALUES] if (number := _number(one))}
    if ids:
        kept = Tag.objects.visible_to(acting).filter(pk__in=ids).order_by("name", "pk") if tags is None else tags
        if found := tuple(str(one.pk) for one in kept if one.pk in ids):
            own["tag"] = found
    own |= {name: ("1",) for name in ("known", "unblocked") if params.get(name) == "1"}
    return own


def _number(text: str) -> int:
    """A whole number that can be an id, or 0."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    return number if number <= LARGEST_ID else 0


def _page(text: str) -> int:
    return min(max(_number(text), 1), LAST_PAGE)
