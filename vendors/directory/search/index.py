"""Keeps `Listing`, `FacetTally` and `Word` in step with what vendors say and what is known of them."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from outsourcing.shared import clock
from vendors.directory.evidence.strength import strength, wilson_lower_bound
from vendors.directory.models import Vendor

LOCK = 4_201  # one writer at a time: no two can wait for each other's tallies
EVIDENCE = ("reference", "testimonial", "partner", "worksample", "certificate")
SEES = "e.vendor_id = a.vendor AND e.removed_at IS NULL AND (e.merchant_id IS NULL OR e.merchant_id = a.merchant OR e.is_shared AND a.is_open)"  # noqa: E501
OWN = " UNION ".join(
    f"SELECT vendor_id, merchant_id FROM directory_{kind} WHERE vendor_id = ANY(%(keys)s)"
    " AND merchant_id IS NOT NULL AND removed_at IS NULL"
    for kind in EVIDENCE
)
WRITE = f"""
WITH v AS (
    SELECT *, published_at IS NOT NULL AND withheld_at IS NULL AS is_open FROM directory_vendor
    WHERE id = ANY(%(keys)s) AND merged_into_id IS NULL
), audience AS (
    SELECT id AS vendor, NULL::bigint AS merchant, is_open FROM v WHERE is_open
    UNION ALL
    SELECT v.id, r.merchant_id, FALSE FROM v JOIN directory_relationship r ON r.vendor_id = v.id WHERE NOT is_open
    UNION ALL
    SELECT v.id, own.merchant_id, TRUE FROM v JOIN ({OWN}) own ON own.vendor_id = v.id WHERE is_open
), refs AS (
    SELECT a.vendor, a.merchant, count(*) FILTER (WHERE e.state <> 'named') AS asked, count(w.id) AS answered,
        count(w.id) FILTER (WHERE e.level >= 3) AS verified,
        count(w.id) FILTER (WHERE e.level >= 3 AND w.hire_again = 'yes') AS hire_again
    FROM audience a JOIN directory_reference e ON {SEES}
    LEFT JOIN directory_referenceanswer w ON w.reference_id = e.id AND w.withdrawn_at IS NULL
    GROUP BY 1, 2
)
INSERT INTO directory_listing (vendor_id, merchant_id, name, document, facets, strength, bound, asked, answered,
    verified, hire_again, testimonials, samples, partners, certificates, reply_seconds, listed_at)
SELECT a.vendor, a.merchant, o.name,
    setweight(to_tsvector('simple', regexp_replace(immutable_unaccent(o.name), '[^[:alnum:]]+', ' ', 'g')), 'A')
    || setweight(to_tsvector('simple', regexp_replace(immutable_unaccent(
        concat_ws(' ', v.tagline, said.words, sites.cities)), '[^[:alnum:]]+', ' ', 'g')), 'B')
    || setweight(to_tsvector('simple', regexp_replace(immutable_unaccent(
        concat_ws(' ', v.description, known.names)), '[^[:alnum:]]+', ' ', 'g')), 'C'),
    ARRAY(
        SELECT c.value_id FROM directory_capability c WHERE c.vendor_id = v.id
        UNION SELECT f.id FROM directory_facetvalue f JOIN directory_site s ON s.vendor_id = v.id
            AND f.slug IN (lower(s.country), lower(s.country || '-' || s.region)) WHERE f.facet = 'warehouse'
        UNION SELECT f.id FROM directory_facetvalue f WHERE f.facet = 'volume'
            AND (v.orders_from IS NOT NULL OR v.orders_to IS NOT NULL)
            AND coalesce(f.low, 0) <= coalesce(v.orders_to, 2147483647)
            AND coalesce(f.high, 2147483647) >= coalesce(v.orders_from, 0)
        UNION SELECT e.value_id FROM directory_certificate e WHERE {SEES} AND e.value_id IS NOT NULL
            AND (e.expires_on IS NULL OR e.expires_on >= %(today)s)
        UNION (SELECT f.id FROM directory_facetvalue f WHERE f.facet = 'contract' AND f.high >= v.contract_months
            ORDER BY f.high LIMIT 1)
        UNION (SELECT f.id FROM directory_facetvalue f WHERE f.facet = 'notice' AND f.high >= v.notice_days
            ORDER BY f.high LIMIT 1)
        UNION (SELECT f.id FROM directory_facetvalue f WHERE f.facet = 'references'
            AND f.low <= coalesce(refs.verified, 0) ORDER BY f.low DESC LIMIT 1)
    ), 0, NULL, coalesce(refs.asked, 0), coalesce(refs.answered, 0), coalesce(refs.verified, 0),
    coalesce(refs.hire_again, 0),
    (SELECT count(*) FROM directory_testimonial e WHERE {SEES}),
    (SELECT count(*) FROM directory_worksample e WHERE {SEES}),
    (SELECT count(*) FROM directory_partner e WHERE {SEES}),
    (SELECT count(*) FROM directory_certificate e WHERE {SEES}
        AND (e.expires_on IS NULL OR e.expires_on >= %(today)s)),
    NULL, coalesce(v.published_at, v.added_at)
FROM audience a JOIN v ON v.id = a.vendor JOIN accounts_organisation o ON o.id = v.organisation_id
LEFT JOIN refs ON refs.vendor = a.vendor AND refs.merchant IS NOT DISTINCT FROM a.merchant
LEFT JOIN LATERAL (SELECT string_agg(f.name || ' ' || array_to_string(f.synonyms, ' '), ' ') AS words
    FROM directory_capability c JOIN directory_facetvalue f ON f.id = c.value_id
    WHERE c.vendor_id = v.id AND f.facet = 'service') said ON TRUE
LEFT JOIN LATERAL (SELECT string_agg(s.city, ' ') AS cities FROM directory_site s WHERE s.vendor_id = v.id)
    sites ON TRUE
LEFT JOIN LATERAL (SELECT string_agg(e.name, ' ') AS names FROM directory_partner e WHERE {SEES}) known ON TRUE
"""
TALLY = """INSERT INTO directory_facettally (value_id, count)
    SELECT value, %(sign)s * count(*) FROM directory_listing, unnest(facets) AS value
    WHERE merchant_id IS NULL AND vendor_id = ANY(%(keys)s) GROUP BY value ORDER BY value
    ON CONFLICT (value_id) DO UPDATE SET count = directory_facettally.count + excluded.count"""
WORDS = """INSERT INTO directory_word (text, count)
    SELECT word, %(sign)s * count(*) FROM directory_listing, unnest(tsvector_to_array(document)) AS word
    WHERE merchant_id IS NULL AND vendor_id = ANY(%(keys)s) AND length(word) BETWEEN 3 AND 100
    GROUP BY word ORDER BY word
    ON CONFLICT (text) DO UPDATE SET count = directory_word.count + excluded.count"""


@transaction.atomic
def refresh(vendors: Iterable[int]) -> None:
    """Write the listings of these vendors (their keys) anew, for every audience, in the caller's transaction."""
    keys = sorted(set(vendors))
    if not keys:
        return
    params: dict[str, Any] = {"keys": keys, "today": clock.now().date()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        for statement in (TALLY, WORDS):
            cursor.execute(statement, {**params, "sign": -1})
        cursor.execute("DELETE FROM directory_listing WHERE vendor_id = ANY(%(keys)s)", params)
        cursor.execute(WRITE, params)
        cursor.execute(
            "SELECT id, verified, hire_again, samples, certificates, testimonials FROM directory_listing"
            " WHERE vendor_id = ANY(%(keys)s)",
            params,
        )
        rows = [
            (
                pk,
                strength(verified=v, hire_again=h, samples=s, certificates=c, testimonials=t),
                wilson_lower_bound(h, v),
            )
            for pk, v, h, s, c, t in cursor.fetchall()
        ]
        cursor.execute(
            "UPDATE directory_listing l SET strength = r.strength, bound = r.bound"
            " FROM unnest(%s::bigint[], %s::int[], %s::numeric[]) AS r(id, strength, bound) WHERE l.id = r.id",
            [[row[at] for row in rows] for at in range(3)],
        )
        for statement in (TALLY, WORDS):
            cursor.execute(statement, {**params, "sign": 1})


def rebuild(batch: int = 5_000) -> None:
    """Write all listings anew, so many vendors at a time."""
    keys = list(Vendor.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), batch):
        refresh(keys[start : start + batch])
