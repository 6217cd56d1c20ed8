"""Runs a search: one statement for the page, the total and the counts of all facets."""

import json
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import connection

from outsourcing.accounts.models import Membership
from vendors.directory.models import Facet, FacetValue
from vendors.directory.search.query import Query

CAP = 10_000
ORDERS = {
    "relevance": "rank DESC, h.strength DESC, h.bound DESC NULLS LAST, h.name, h.id",
    "evidence": "h.strength DESC, h.bound DESC NULLS LAST, h.name, h.id",
    "reply": "h.reply_seconds NULLS LAST, h.name, h.id",
    "name": "lower(h.name), h.id",
}


@dataclass(frozen=True)
class Row:
    """A vendor in the list, with the figures that this merchant may see."""

    vendor_id: int
    name: str
    tagline: str
    place: str
    services: list[str]
    strength: int
    asked: int
    answered: int
    verified: int
    hire_again: int
    samples: int
    certificates: int
    testimonials: int
    partners: int
    reply_seconds: int | None
    is_private: bool
    price_from: Decimal | None
    price_to: Decimal | None
    currency: str


@dataclass(frozen=True)
class Found:
    """A page of a search; `counts` are hits by facet value, under the other facets' filters."""

    rows: list[Row]
    total: int
    is_capped: bool
    page: int
    pages: int
    counts: dict[int, int]
    suggestions: list[str]


def run(query: Query, acting: Membership, *, per_page: int = 25) -> Found:
    """What this merchant finds; a vendor finds nothing. Without a hit it tries once more with words alike."""
    if not acting.organisation.is_merchant:
        return Found([], 0, False, 1, 1, {}, [])
    found = _run(query, acting, per_page)
    if found.total or not query.words:
        return found
    suggestions = _alike(query.words)
    if not suggestions:
        return found
    return replace(_run(replace(query, words=suggestions[0]), acting, per_page), suggestions=suggestions)


def _run(query: Query, acting: Membership, per_page: int) -> Found:
    accepted = _accepted()
    merchant = acting.organisation_id
    where = ["(l.merchant_id = %s OR l.merchant_id IS NULL AND NOT EXISTS (SELECT 1 FROM directory_listing o"
             " WHERE o.merchant_id = %s AND o.vendor_id = l.vendor_id))"]  # fmt: skip
    rank, args = "0", []
    text = _tsquery(query.words)
    if text:
        rank = "ts_rank(l.document, to_tsquery('simple', immutable_unaccent(%s)))"
        where.append("l.document @@ to_tsquery('simple', immutable_unaccent(%s))")
        args = [text]
    filters = {facet: sorted({s for v in ids for s in accepted.get(v, {v})}) for facet, ids in query.chosen.items()}
    failing = ["CASE WHEN l.facets && %s::int[] THEN NULL ELSE %s END"] * len(filters)
    failed = f"array_remove(ARRAY[{', '.join(failing)}]::text[], NULL)" if failing else "'{}'::text[]"
    pairs = [(value, stored) for value, all_stored in accepted.items() for stored in all_stored]
    facets = dict(FacetValue.objects.values_list("pk", "facet"))
    sql = f"""
        WITH hits AS MATERIALIZED (
            SELECT l.*, {rank} AS rank, {failed} AS failed FROM directory_listing l WHERE {" AND ".join(where)}
        ), total AS (SELECT count(*) AS n FROM hits WHERE failed = '{{}}'),
        place AS (SELECT n, least(%s, greatest(1, ceil(least(n, {CAP}) / %s::numeric)))::int AS page FROM total),
        page AS (
            SELECT h.*, row_number() OVER (ORDER BY {ORDERS[query.sort]}) AS place FROM hits h WHERE failed = '{{}}'
            ORDER BY {ORDERS[query.sort]} LIMIT %s OFFSET (SELECT (page - 1) * %s FROM place)
        ), counts AS (
            SELECT e.value, count(DISTINCT h.id) AS n FROM hits h CROSS JOIN unnest(h.facets) AS s(stored)
            JOIN unnest(%s::int[], %s::int[], %s::text[]) AS e(value, stored, facet) ON e.stored = s.stored
            WHERE h.failed <@ ARRAY[e.facet] GROUP BY e.value
        )
        SELECT (SELECT n FROM place), (SELECT page FROM place),
            (SELECT array_agg(ARRAY[value, n]) FROM counts),
            (SELECT jsonb_agg(to_jsonb(p) - 'document' - 'facets' ORDER BY p.place) FROM page p)
    """
    values: list[Any] = [*args]
    for facet, ids in filters.items():
        values += [ids, facet]
    values += [merchant, merchant, *args, query.page, per_page, per_page, per_page]
    values += [[v for v, _ in pairs], [s for _, s in pairs], [facets[v] for v, _ in pairs]]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        total, page, counts, listings = cursor.fetchone()
    shown = min(total, CAP)
    return Found(
        _rows(_json(listings)), shown, total > CAP, page, max(1, -(-shown // per_page)), dict(counts or []), []
    )


def _json(value: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(value) if isinstance(value, str) else value or []
    return rows


def _rows(listings: list[dict[str, Any]]) -> list[Row]:
    """With what the page shows of each vendor beside its listing: one more statement for all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.id, v.tagline, concat_ws(', ', nullif((SELECT s.city FROM directory_site s"
            " WHERE s.vendor_id = v.id ORDER BY s.position, s.id LIMIT 1), ''), nullif(o.country, '')),"
            " ARRAY(SELECT f.name FROM directory_capability c JOIN directory_facetvalue f ON f.id = c.value_id"
            " WHERE c.vendor_id = v.id AND f.facet = 'service' ORDER BY f.position, f.name),"
            " v.published_at IS NULL OR v.withheld_at IS NOT NULL, v.price_from, v.price_to, o.currency"
            " FROM directory_vendor v JOIN accounts_organisation o ON o.id = v.organisation_id WHERE v.id = ANY(%s)",
            [[listing["vendor_id"] for listing in listings]],
        )
        about = {row[0]: row[1:] for row in cursor.fetchall()}
    figures = "strength asked answered verified hire_again samples certificates testimonials partners reply_seconds"
    return [
        Row(
            listing["vendor_id"],
            listing["name"],
            *about[listing["vendor_id"]][:3],
            *[listing[name] for name in figures.split()],
            *about[listing["vendor_id"]][3:],
        )
        for listing in listings
    ]


def _accepted() -> dict[int, set[int]]:
    """For each value, the stored values that satisfy it: a shorter notice, a parent's region, more references."""
    rows = list(FacetValue.objects.filter(is_active=True))
    by_pk = {row.pk: row for row in rows}
    accepted: dict[int, set[int]] = {}
    for row in rows:
        same = {row.pk}
        alike = [other for other in rows if other.facet == row.facet]
        if row.facet in (Facet.CONTRACT, Facet.NOTICE) and row.high is not None:
            same |= {o.pk for o in alike if o.high is not None and o.high <= row.high}
        elif row.facet == Facet.REFERENCES and row.low is not None:
            same |= {o.pk for o in alike if o.low is not None and o.low >= row.low}
        elif row.facet == Facet.SHIPS_TO:
            above = by_pk.get(row.parent_id or 0)
            while above is not None and above.pk not in same:
                same.add(above.pk)
                above = by_pk.get(above.parent_id or 0)
        accepted[row.pk] = same
    return accepted


def _tsquery(words: str) -> str:
    """Prefixes, "phrases" and -exclusions as the text of a tsquery; letters and digits only."""
    parts = []
    for minus, phrase, word in re.findall(r'(?:(?<=\s)|^)(-?)(?:"([^"]*)"|([^\s"]+))|$', words):
        tokens = re.findall(r"[^\W_]+", phrase or word)
        if tokens:
            text = " <-> ".join(f"'{t}'" for t in tokens) if phrase else " & ".join(f"'{t}':*" for t in tokens)
            parts.append(f"{'!' if minus else ''}({text})")
    return " & ".join(parts)


def _alike(words: str) -> list[str]:
    """The words with each unknown one replaced by the likeliest known one."""
    tokens = re.findall(r"[^\W_]+", words.lower())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.text FROM unnest(%s::text[]) WITH ORDINALITY AS t(token, place) CROSS JOIN LATERAL ("
            " SELECT text FROM directory_word WHERE count > 0 AND text %% immutable_unaccent(token)"
            " ORDER BY similarity(text, immutable_unaccent(token)) DESC, count DESC, text LIMIT 1) w ORDER BY place",
            [tokens],
        )
        best = [text for (text,) in cursor.fetchall()]
    return [" ".join(best)] if best and len(best) == len(tokens) and best != tokens else []
