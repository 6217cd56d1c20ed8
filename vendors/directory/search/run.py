"""Runs a search: one statement for the page, the total and the counts of all facets, another for what rows show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from outsourcing.accounts.models import Membership
from vendors.directory.models import Facet, Relationship
from vendors.directory.search.query import Query
from vendors.directory.search.rows import Row, rows_of
from vendors.directory.search.sets import (
    CAP,
    COLUMNS,
    MINE,
    ORDERS,
    OWN_ROWS,
    PUBLIC,
    RANKED,
    REPLIED,
    Search,
    search_of,
)
from vendors.directory.search.values import Values, values
from vendors.directory.search.words import Known, known_of, suggestion

__all__ = ["CAP", "Found", "Row", "all_found", "run"]

PER_PAGE = 25
#: Of a word that more listings have than the cap, up to so many hits are all read and sorted, which takes less than to
#: walk to the best of them by an index. Where even more have it, and no day between two counts brings them below the
#: cap, a sample of about so many is read for the counts of facets, past the index where one in `DENSE` listings has it.
COMMON, SAMPLE, DENSE = 30_000, 2_500, 20
NOTHING_KNOWN = Known()
TOTAL, PAGE, ROW, STATUS, TAG, HITS, FIRST_SET = range(7)
STATUSES = list(Relationship.Status.values)
TALLIED = f"""
    SELECT value, sum(n)::bigint AS n FROM (
        SELECT value_id AS value, count AS n FROM directory_facettally
        UNION ALL SELECT unnest(l.facets), 1 FROM directory_listing l WHERE {MINE}
        UNION ALL SELECT unnest(l.facets), -1 FROM directory_listing l
            WHERE l.merchant_id IS NULL AND l.vendor_id IN (SELECT vendor_id FROM own)
    ) tallied GROUP BY value HAVING sum(n) > 0"""


@dataclass(frozen=True)
class Found:
    """A page of a search.

    `counts` are hits by facet value, `statuses` and `tags` by what the merchant keeps, each under the filters of the
    others. Those of the facets in `at_least` are counted among some of the hits, of which there are more than `CAP`
    ("" stands for all facets that are not filtered by). `meant` are the words that were searched for instead.
    `without` says of a search that found nothing how many it would find without one filter, most first.
    """

    rows: list[Row]
    total: int
    is_capped: bool
    page: int
    pages: int
    counts: Mapping[int, int]
    statuses: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[int, int] = field(default_factory=dict)
    at_least: frozenset[str] = frozenset()
    meant: str = ""
    without: Mapping[str, int] = field(default_factory=dict)


def run(
    query: Query,
    acting: Membership,
    *,
    known: Values | None = None,
    per_page: int = PER_PAGE,
    replied: Mapping[int, int] | None = None,
) -> Found:
    """What this merchant finds; a vendor finds nothing. Without a hit it tries once more with words alike.

    `replied` is by what "fastest reply first" sorts, see replying.py.
    """
    if not acting.organisation.is_merchant:
        return Found([], 0, False, 1, 1, {})
    known = known or values()
    search = search_of(query, acting, known, replied)
    found = _run(query, search, acting, known, per_page)
    if found.total or not search.conditions:
        return found
    if query.words and (meant := suggestion(query.words, acting)):
        other = replace(query, words=meant)
        again = _run(other, search_of(other, acting, known, replied), acting, known, per_page)
        if again.total:
            return replace(again, meant=meant)
    return replace(found, without=_without(search))


def all_found(
    query: Query,
    acting: Membership,
    *,
    most: int | None = None,
    batch: int = 2_000,
    replied: Mapping[int, int] | None = None,
) -> Iterator[int]:
    """The keys of the vendors that a merchant finds, in the order of the list, so many at a time from a cursor of the
    server's; relevance goes by evidence. A vendor finds none."""
    if not acting.organisation.is_merchant:
        return
    search = search_of(query, acting, values(), replied)
    parts = (
        f"SELECT l.vendor_id, l.id, l.score, l.sort_name, {reply} AS reply_seconds FROM directory_listing l"
        f" WHERE {whose}{search.where()}"
        for whose, reply in search.parts()
    )
    limit = f" LIMIT {most:d}" if most is not None else ""
    sql = f"WITH {OWN_ROWS} SELECT vendor_id FROM ({' UNION ALL '.join(parts)}) found ORDER BY {search.order[0]}{limit}"
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, search.params)
        while some := cursor.fetchmany(batch):
            yield from (vendor for (vendor,) in some)


def _run(query: Query, search: Search, acting: Membership, known: Values, per_page: int) -> Found:
    sets = ["", *(name for name in search.conditions if name in Facet.values)]
    is_deep = query.page * per_page > RANKED
    params = {**search.params, "page": query.page, "per_page": per_page, "statuses": STATUSES}
    before = NOTHING_KNOWN if is_deep else known_of(search.word)
    said = _said(statement(search, sets, is_deep=is_deep, known=before), params)
    if before.hits > CAP and (said[TOTAL][0] <= CAP or len(said.get(ROW, ())) < per_page):  # it is true no more
        said = _said(statement(search, sets), params)
    total = said[TOTAL][0]
    shown = min(total, CAP)
    by_set = {name: said.get(FIRST_SET + at, {}) for at, name in enumerate(sets)}
    return Found(
        rows=rows_of(sorted(said.get(ROW, {}), key=said.get(ROW, {}).__getitem__), acting),
        total=shown,
        is_capped=total > CAP,
        page=said[PAGE][0],
        pages=max(1, -(-shown // per_page)),
        counts=_counts(by_set, known),
        statuses={STATUSES[at - 1]: count for at, count in said.get(STATUS, {}).items()},
        tags=said.get(TAG, {}),
        at_least=frozenset(name for at, name in enumerate(sets) if said.get(HITS, {}).get(at, 0) > CAP),
    )


def _said(sql: str, params: Mapping[str, Any]) -> dict[int, dict[int, int]]:
    """Figures by value, by kind."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        answer = cursor.fetchall()
    said: dict[int, dict[int, int]] = {}
    for kind, value, count in answer:
        said.setdefault(kind, {})[value] = count
    return said


def _counts(by_set: Mapping[str, Mapping[int, int]], known: Values) -> dict[int, int]:
    """How many have each value or one that satisfies it, under the filters of the other facets; without those of which
    it is known that none has them."""
    counts = {}
    for pk, value in known.by_pk.items():
        stored = by_set.get(value.facet, by_set[""])
        if found := [stored[one] for one in known.accepted[pk] if one in stored]:
            counts[pk] = sum(found)
    return counts


def statement(search: Search, sets: list[str], *, is_deep: bool = False, known: Known = NOTHING_KNOWN) -> str:
    """Rows of a kind, a value and a figure: the total, the page, its listings in order, and the counts of each set.

    `is_deep`: the page lies beyond what is ranked. What is `known` changes what is read: of more than the cap it is
    believed that they are, and where that is not so, the answer is not true.
    """
    is_deep = is_deep and not search.is_free()
    is_sampled, is_wide = known.hits > COMMON and not is_deep, CAP < known.hits <= COMMON and not is_deep
    whole = COMMON if is_wide else CAP  # all hits are read if they are no more than this
    parts = [OWN_ROWS]
    if search.is_free():
        first = f"SELECT FROM directory_listing l WHERE {PUBLIC} LIMIT {CAP + 1}"
        both = f"(SELECT count(*) FROM ({first}) first_ones) + (SELECT count(*) FROM own)"
        parts.append(f"total AS MATERIALIZED (SELECT {both} AS n)")
    else:
        named = "l.document @@ to_tsquery('simple', immutable_unaccent(%(names)s))" if known.hits <= CAP else "false"
        columns = COLUMNS + (f", {named} AS is_named" if search.is_ranked else "")
        most = SAMPLE if is_sampled else whole + 1
        percent = 100 * SAMPLE / known.hits if is_sampled and known.hits * DENSE > known.among else None
        hits = search.first_hits(columns) if is_deep else search.hits("", columns, most, percent)
        parts.append(f"main AS MATERIALIZED ({hits})")
        parts.append(f"total AS (SELECT {CAP + 1} AS n)" if is_sampled else "total AS (SELECT count(*) AS n FROM main)")
    parts.append(
        f"place AS MATERIALIZED (SELECT n, least(n, {CAP}) AS most, least(%(page)s, greatest(1,"
        f" ceil(least(n, {CAP}) / %(per_page)s::numeric)))::int AS page FROM total)"
    )
    if is_deep:  # one walk that far gives both
        parts.append("first AS (SELECT * FROM main)")
    elif not search.is_free():
        # Of more hits than are read, the first ones are walked to by an index, as far as the page is deep.
        deep = f"(SELECT greatest({RANKED}, page * %(per_page)s) FROM place)"
        walked = search.first_hits(columns, deep, f"(SELECT n > {whole} FROM place)")
        best = f" ORDER BY {search.order[0]} LIMIT {deep}" if is_wide else ""
        parts.append(
            f"first AS MATERIALIZED ((SELECT * FROM main WHERE (SELECT n <= {whole} FROM place){best})"
            f" UNION ALL {walked})"
        )
    if search.is_ranked:
        parts.append(_ranks())
    parts.append(_page(search))
    counted = [
        f"SELECT {TOTAL} AS kind, 0::bigint AS value, n FROM place",
        f"SELECT {PAGE}, 0, page FROM place",
        f"SELECT {ROW}, id, place FROM page",
        *_own_counts(search, whole),
    ]
    for at, name in enumerate(sets):
        if search.is_free(name):
            counted.append(f"SELECT {FIRST_SET + at}, value, n FROM ({TALLIED}) free")
            continue
        if name:
            parts.append(f"hits{at} AS MATERIALIZED ({search.hits(name, 'l.facets')})")
        hits, n = (f"hits{at}", f"(SELECT count(*) FROM hits{at})") if name else ("main", "(SELECT n FROM place)")
        few = f" LIMIT {SAMPLE}" if is_wide and not name else ""
        # Of more hits than the cap only some are counted, and what none of these has is offered all the same.
        values_of = (
            f"SELECT unnest(facets) AS value, 1 AS n FROM (SELECT facets FROM {hits}{few}) counted_ones"
            f" UNION ALL SELECT value_id, 0 FROM directory_facettally WHERE {n} > {CAP}"
        )
        counted.append(f"SELECT {HITS}, {at}, {n}")
        counted.append(f"SELECT {FIRST_SET + at}, value, sum(n)::bigint FROM ({values_of}) valued GROUP BY value")
    return f"WITH {', '.join(parts)} {' UNION ALL '.join(counted)}"


def _ranks() -> str:
    """The best hits by their text; worked out once, or a join would sort them again for each hit."""
    order = f"(is_named AND (SELECT n <= {CAP} FROM place)) DESC, {ORDERS['evidence'][0]}"
    best = f"SELECT id, strength FROM first ORDER BY {order} LIMIT {RANKED}"
    rank = "ts_rank(l.document, to_tsquery('simple', immutable_unaccent(%(text)s))) * (1 + best.strength / 5.0)"
    ranked = f"SELECT l.id, {rank} AS rank FROM ({best}) best JOIN directory_listing l ON l.id = best.id"
    return f"ranks AS MATERIALIZED ({ranked})"


def _page(search: Search) -> str:
    """The ids of the page; from the end where that is nearer and all hits are there."""
    ahead, back = search.order
    start, end = "(page - 1) * %(per_page)s", "greatest(most - page * %(per_page)s, 0)"
    length = "least(%(per_page)s, most - (page - 1) * %(per_page)s)"
    source, columns = "first", "id"
    if search.is_ranked:
        source = "first LEFT JOIN ranks USING (id)"
        ahead, back = f"rank DESC NULLS LAST, {ahead}", f"rank NULLS FIRST, {back}"
    if search.is_free():
        # The index gives each part in order, and as much of it as the page is deep.
        deep = "(SELECT least((page - 1) * %(per_page)s, most) + %(per_page)s FROM place)"
        fields = "l.id, l.vendor_id, l.score, l.sort_name"
        source = " UNION ALL ".join(
            f"(SELECT {fields}, {reply} AS reply_seconds FROM directory_listing l WHERE {whose}"
            f" ORDER BY {ahead if reply == REPLIED or search.sort != 'reply' else ORDERS['name'][0]} LIMIT {deep})"
            for whose, reply in search.parts()
        )
        return (
            f"page AS (SELECT id, row_number() OVER (ORDER BY {ahead}) AS place FROM ({source}) found"
            f" ORDER BY {ahead} LIMIT %(per_page)s OFFSET (SELECT {start} FROM place))"
        )
    one_way = (
        f"SELECT {columns}, row_number() OVER () AS place FROM (SELECT id FROM {source}"
        " WHERE (SELECT {test} FROM place) ORDER BY {order} LIMIT (SELECT {length} FROM place)"
        " OFFSET (SELECT {offset} FROM place)) ordered"
    )
    is_far = f"n <= {CAP} AND page * %(per_page)s * 2 > most + %(per_page)s"
    near = one_way.format(test=f"NOT ({is_far})", order=ahead, length=length, offset=start)
    far = one_way.format(test=is_far, order=back, length=length, offset=end)
    return f"page AS ({near} UNION ALL SELECT id, -place FROM ({far}) far)"


def _own_counts(search: Search, whole: int) -> list[str]:
    """Of what the merchant keeps: its statuses and its tags, each without its own filter; `whole`: up to how many hits
    all have been read."""
    kept = {
        "status": (STATUS, "array_position(%(statuses)s::text[], k.status::text)", "directory_relationship k"),
        "tag": (TAG, "t.id", "directory_tagging k JOIN directory_tag t ON t.id = k.tag_id"),
    }
    counted = []
    for name, (kind, value, source) in kept.items():
        merchant = "k.merchant_id" if name == "status" else "t.merchant_id"
        mine = f"{merchant} = %(merchant)s"
        figures = f"SELECT {kind} AS kind, {value}::bigint AS value, count(*) AS n FROM {source}"
        is_as_main = name not in search.conditions and not search.is_free()
        if is_as_main:
            all_there = f"{mine} AND (SELECT n <= {whole} FROM place)"
            counted.append(f"{figures} JOIN main l ON l.vendor_id = k.vendor_id WHERE {all_there} GROUP BY 2")
            mine += f" AND (SELECT n > {whole} FROM place)"
        # From what is kept to its listing: what is kept is little, hits may be half of all. OFFSET keeps it so.
        listed = f"l.vendor_id = k.vendor_id AND ({MINE} OR {PUBLIC}){search.where(name)}"
        hits = f"SELECT FROM directory_listing l WHERE {listed} OFFSET 0"
        counted.append(f"{figures} JOIN LATERAL ({hits}) l ON true WHERE {mine} GROUP BY 2")
    both = " UNION ALL ".join(counted)
    return [f"SELECT kind, value, sum(n)::bigint FROM ({both}) kept GROUP BY kind, value"]


def _without(search: Search) -> dict[str, int]:
    """Hits without each filter, most first, up to the cap: one statement."""
    parts = [
        f"SELECT {at}, (SELECT count(*) FROM ({search.hits(name, 'l.id')}) hits)"
        for at, name in enumerate(search.conditions)
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {OWN_ROWS} {' UNION ALL '.join(parts)}", search.params)
        found = cursor.fetchall()
    named = list(search.conditions)
    return {named[at]: min(n, CAP) for at, n in sorted(found, key=lambda one: -one[1]) if n}
