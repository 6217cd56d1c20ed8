"""The SQL of a search: which listings are hits, under all filters or under all but one, each up to a cap.

Public listings and the merchant's own are read apart, each by its index, so that no other merchant's are ever touched;
an own one stands in place of the public one. A set with no condition at all is not read but summed from tallies.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from outsourcing.accounts.models import Membership
from vendors.directory.search.query import OWN, Query
from vendors.directory.search.values import Values
from vendors.directory.search.words import lone_word, names, tsquery

CAP = 10_000
#: So many of the hits are ranked by their text: up to the cap those with the words in their name and then those with
#: the most evidence, beyond it those with the most evidence. The others follow by evidence.
RANKED = 1_000
TEXT = "l.document @@ to_tsquery('simple', immutable_unaccent(%(text)s))"
KNOWN = "l.vendor_id IN (SELECT vendor_id FROM directory_relationship WHERE merchant_id = %(merchant)s{})"
CONDITIONS = {
    "words": TEXT,
    "status": KNOWN.format(" AND status = ANY(%(status)s)"),
    "tag": "l.vendor_id IN (SELECT g.vendor_id FROM directory_tagging g JOIN directory_tag t ON t.id = g.tag_id"
    " WHERE t.merchant_id = %(merchant)s AND t.id = ANY(%(tag)s))",
    "known": KNOWN.format(""),
    "unblocked": "NOT " + KNOWN.format(" AND status = 'blocked'"),
}
OWN_ROWS = "own AS MATERIALIZED (SELECT vendor_id FROM directory_listing WHERE merchant_id = %(merchant)s)"
PUBLIC = "l.merchant_id IS NULL AND l.vendor_id NOT IN (SELECT vendor_id FROM own)"
MINE = "l.merchant_id = %(merchant)s"
#: How fast a vendor replies to this merchant, by which the merchant sorts: few vendors have such a figure.
REPLIED, UNKNOWN = "(%(replies)s::jsonb ->> l.vendor_id::text)::bigint", "NULL::bigint"
BY_NAME = "l.sort_name, l.vendor_id"
#: By what a sort walks an index, and by what it orders what it found, both ways round. Last comes what no refresh of a
#: listing changes, or its order would tell of those who caused one.
WALKS = {
    UNKNOWN: {"name": BY_NAME, "reply": BY_NAME, "evidence": f"l.score DESC, {BY_NAME}"},
    REPLIED: {"reply": f"reply_seconds, {BY_NAME}"},
}
ORDERS = {
    "name": ("sort_name, vendor_id", "sort_name DESC, vendor_id DESC"),
    "reply": (
        "reply_seconds NULLS LAST, sort_name, vendor_id",
        "reply_seconds DESC NULLS FIRST, sort_name DESC, vendor_id DESC",
    ),
    "evidence": ("score DESC, sort_name, vendor_id", "score, sort_name DESC, vendor_id DESC"),
}
COLUMNS = "l.id, l.vendor_id, l.facets, l.strength, l.score, l.sort_name, {reply} AS reply_seconds"


@dataclass(frozen=True)
class Search:
    """A query as conditions by the names of its filters, with their parameters; `word` is all that it asks for, where
    that is a single one."""

    conditions: Mapping[str, str]
    params: Mapping[str, Any]
    sort: str
    is_replied: bool = False
    word: str = ""

    @property
    def is_ranked(self) -> bool:
        return self.sort == "relevance" and "words" in self.conditions

    @property
    def order(self) -> tuple[str, str]:
        return ORDERS[self.order_name]

    @property
    def order_name(self) -> str:
        return "evidence" if self.sort == "relevance" else self.sort

    def where(self, leave_out: str = "") -> str:
        """All conditions but one, to be put after another."""
        return "".join(f" AND {said}" for name, said in self.conditions.items() if name != leave_out)

    def is_free(self, leave_out: str = "") -> bool:
        return not set(self.conditions) - {leave_out}

    def hits(
        self, leave_out: str = "", columns: str = COLUMNS, most: int | None = None, percent: float | None = None
    ) -> str:
        """Hits among public and own listings in no order, so many of each: at most one beyond the cap if not said.

        Where `percent` is given, public ones are looked for only in so many of the table's pages, picked at random but
        the same ones each time.
        """
        some = "" if percent is None else f" TABLESAMPLE SYSTEM ({percent:.4f}) REPEATABLE (1)"
        parts = (
            f"(SELECT {columns.format(reply=reply)} FROM directory_listing l{some if PUBLIC in whose else ''}"
            f" WHERE {whose}{self.where(leave_out)} LIMIT {most or CAP + 1})"
            for whose, reply in self.parts()
        )
        return " UNION ALL ".join(parts)

    def first_hits(self, columns: str, limit: str = str(CAP + 1), where: str = "true") -> str:
        """The first hits by what is sorted by, so many of each part; none where `where` is not true."""
        parts = (
            f"(SELECT {columns.format(reply=reply)} FROM directory_listing l WHERE {where} AND {whose}{self.where()}"
            f" ORDER BY {WALKS[reply][self.order_name]} LIMIT {limit})"
            for whose, reply in self.parts()
        )
        return " UNION ALL ".join(parts)

    def parts(self) -> Iterator[tuple[str, str]]:
        """What is read apart: public listings and the merchant's own; by replies, those with a figure before others,
        so that no list is cut off before it has come to them."""
        for whose in (PUBLIC, MINE):
            if self.is_replied:
                yield f"{whose} AND l.vendor_id = ANY(%(replied)s::bigint[])", REPLIED
                yield f"{whose} AND l.vendor_id <> ALL(%(replied)s::bigint[])", UNKNOWN
            else:
                yield whose, UNKNOWN


def search_of(query: Query, acting: Membership, known: Values, replied: Mapping[int, int] | None = None) -> Search:
    """What a merchant asks for, in SQL; `replied` are seconds by the keys of vendors, to sort by."""
    text = tsquery(query.words, known.alike)
    conditions = {"words": TEXT} if text else {}
    params: dict[str, Any] = {"merchant": acting.organisation_id, "text": text, "names": names(query.words)}
    for facet, chosen in query.chosen.items():
        conditions[facet] = f"l.facets && %({facet})s::int[]"
        params[facet] = sorted({stored for one in chosen for stored in known.accepted.get(one, (one,))})
    for name in OWN:
        if said := query.own.get(name):
            conditions[name] = CONDITIONS[name]
            params[name] = [int(one) for one in said] if name == "tag" else list(said)
    is_replied = query.sort == "reply" and bool(replied)
    if is_replied and replied:
        params |= {"replied": list(replied), "replies": json.dumps(replied)}
    word = lone_word(query.words) if set(conditions) == {"words"} else ""
    return Search(conditions, params, query.sort, is_replied, word)
