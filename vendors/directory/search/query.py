"""What somebody searches for, as the address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from vendors.directory.models import Facet, FacetValue

SORTS = ("relevance", "evidence", "reply", "name")
LONGEST, LAST_PAGE = 200, 1_000_000


@dataclass(frozen=True)
class Query:
    """A search; `chosen` has the ids of facet values and `slugs` their names in the address."""

    words: str = ""
    chosen: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1
    slugs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def address(self, **changes: Any) -> str:
        """The query string of this search with `words`, `sort`, `page`, or a facet's slugs in another way."""
        own = {name: changes.pop(name) for name in ("words", "sort", "page") if name in changes}
        new = replace(self, **{"page": 1, **own} if own or changes else {})
        pairs: list[tuple[str, str]] = [("q", new.words)] if new.words else []
        slugs = {**self.slugs, **changes}
        pairs += [(facet, slug) for facet in Facet.values for slug in slugs.get(facet, ())]
        pairs += [("sort", new.sort)] if new.sort != "relevance" else []
        pairs += [("page", str(new.page))] if new.page != 1 else []
        return urlencode(pairs)

    def toggled(self, facet: str, slug: str) -> str:
        """The query string with this value chosen, or no longer."""
        now = self.slugs.get(facet, ())
        return self.address(**{facet: tuple(s for s in now if s != slug) if slug in now else (*now, slug)})


def read(params: QueryDict) -> Query:
    """Never an error: what is unknown is left out."""
    words = " ".join(params.get("q", "").replace("\0", " ").split())[:LONGEST]
    sort = params.get("sort", "")
    wanted = {(facet, slug) for facet in Facet.values for slug in params.getlist(facet)[:50] if "\0" not in slug}
    chosen: dict[str, tuple[int, ...]] = {}
    slugs: dict[str, tuple[str, ...]] = {}
    if wanted:
        values = FacetValue.objects.of(*Facet).filter(slug__in={slug for _, slug in wanted})
        for facet, slug, pk in values.values_list("facet", "slug", "pk"):
            if (facet, slug) in wanted:
                chosen[facet] = (*chosen.get(facet, ()), pk)
                slugs[facet] = (*slugs.get(facet, ()), slug)
    return Query(words, chosen, sort if sort in SORTS else "relevance", _page(params.get("page", "1")), slugs)


def _page(text: str) -> int:
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdecimal() and len(text) < 12 else 1
