"""The statements that write listings, each for many vendors at once (`keys`)."""

EVIDENCE = ("reference", "testimonial", "partner", "worksample", "certificate")
#: What of a vendor's evidence `e` an audience `a` sees.
SEES = "e.vendor_id = a.vendor AND e.removed_at IS NULL AND (e.merchant_id IS NULL OR e.merchant_id = a.merchant OR e.is_shared AND a.is_open)"  # noqa: E501
VALID = "(e.issued_on IS NULL OR e.issued_on <= %(today)s) AND (e.expires_on IS NULL OR e.expires_on >= %(today)s)"
OWN = " UNION ".join(
    f"SELECT vendor_id, merchant_id FROM directory_{kind} WHERE vendor_id = ANY(%(keys)s)"
    " AND merchant_id IS NOT NULL AND removed_at IS NULL"
    for kind in EVIDENCE
)

LOCK = "SELECT FROM directory_vendor WHERE id = ANY(%(keys)s) ORDER BY id FOR NO KEY UPDATE"
DELETE = "DELETE FROM directory_listing WHERE vendor_id = ANY(%(keys)s) RETURNING merchant_id, facets"

#: "Yes, for some work" is a yes: they would hire again.
AUDIENCES = f"""
WITH v AS MATERIALIZED (
    SELECT *, published_at IS NOT NULL AND withheld_at IS NULL AS is_open FROM directory_vendor
    WHERE id = ANY(%(keys)s) AND merged_into_id IS NULL
), audience AS MATERIALIZED (
    SELECT id AS vendor, NULL::bigint AS merchant, is_open FROM v WHERE is_open
    UNION ALL
    SELECT v.id, r.merchant_id, FALSE FROM v JOIN directory_relationship r ON r.vendor_id = v.id WHERE NOT is_open
    UNION ALL
    SELECT v.id, own.merchant_id, TRUE FROM v JOIN ({OWN}) own ON own.vendor_id = v.id WHERE is_open
), refs AS MATERIALIZED (
    SELECT a.vendor, a.merchant, count(*) FILTER (WHERE e.state <> 'named') AS asked, count(w.id) AS answered,
        count(w.id) FILTER (WHERE e.level >= 3) AS verified,
        count(w.id) FILTER (WHERE e.level >= 3 AND w.hire_again IN ('yes', 'some')) AS hire_again
    FROM audience a JOIN directory_reference e ON {SEES}
    LEFT JOIN directory_referenceanswer w ON w.reference_id = e.id AND w.withdrawn_at IS NULL
    GROUP BY 1, 2
), figures AS MATERIALIZED (
    SELECT a.*, coalesce(refs.asked, 0) AS asked, coalesce(refs.answered, 0) AS answered,
        coalesce(refs.verified, 0) AS verified, coalesce(refs.hire_again, 0) AS hire_again,
        (SELECT count(*) FROM directory_testimonial e WHERE {SEES}) AS testimonials,
        (SELECT count(*) FROM directory_worksample e WHERE {SEES}) AS samples,
        papers.valid AS certificates, papers.kinds, papers.stale_on
    FROM audience a
    LEFT JOIN refs ON refs.vendor = a.vendor AND refs.merchant IS NOT DISTINCT FROM a.merchant
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE {VALID}) AS valid,
            array_agg(DISTINCT e.value_id) FILTER (WHERE {VALID} AND e.value_id IS NOT NULL) AS kinds,
            min(least(CASE WHEN e.issued_on > %(today)s THEN e.issued_on END,
                CASE WHEN e.expires_on >= %(today)s THEN e.expires_on + 1 END)) AS stale_on
        FROM directory_certificate e WHERE {SEES}
    ) papers
)
"""
FIGURES = f"{AUDIENCES} SELECT DISTINCT verified, hire_again, samples + certificates > 0, testimonials > 0 FROM figures"


def _words(*parts: str) -> str:
    """Letters and digits alone, so that no parser sees an address in them."""
    return f"to_tsvector('simple', regexp_replace(immutable_unaccent(concat_ws(' ', {', '.join(parts)})), '[^[:alnum:]]+', ' ', 'g'))"  # noqa: E501


INSERT = f"""{AUDIENCES}, bands AS MATERIALIZED (
    SELECT id, facet, low, high FROM directory_facetvalue WHERE facet IN ('volume', 'contract', 'notice', 'references')
), told AS MATERIALIZED (
    SELECT v.id AS vendor, v.tagline, v.description, o.name, coalesce(v.published_at, v.added_at) AS listed_at,
        says.facets || sites.facets || ARRAY(
            SELECT b.id FROM bands b WHERE b.facet = 'volume' AND (v.orders_from IS NOT NULL OR v.orders_to IS NOT NULL)
                AND coalesce(b.low, 0) <= coalesce(v.orders_to, 2147483647)
                AND coalesce(b.high, 2147483647) >= coalesce(v.orders_from, 0)
        ) || ARRAY(SELECT b.id FROM bands b WHERE b.facet = 'contract' AND b.high >= v.contract_months
            ORDER BY b.high LIMIT 1
        ) || ARRAY(SELECT b.id FROM bands b WHERE b.facet = 'notice' AND b.high >= v.notice_days
            ORDER BY b.high LIMIT 1) AS facets,
        says.words, sites.cities
    FROM v JOIN accounts_organisation o ON o.id = v.organisation_id
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(f.id) FILTER (WHERE NOT EXISTS (
                SELECT FROM directory_facetvalue p LEFT JOIN directory_facetvalue g ON g.id = p.parent_id
                JOIN directory_capability o ON o.vendor_id = v.id AND o.value_id IN (p.id, g.id, g.parent_id)
                WHERE p.id = f.parent_id AND f.facet = 'ships_to')), '{{}}') AS facets,
            string_agg(f.name || ' ' || array_to_string(f.synonyms, ' '), ' ') FILTER (WHERE f.facet = 'service')
                AS words
        FROM directory_capability c JOIN directory_facetvalue f ON f.id = c.value_id WHERE c.vendor_id = v.id
    ) says
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT f.id) FILTER (WHERE f.id IS NOT NULL), '{{}}') AS facets,
            string_agg(DISTINCT s.city, ' ') AS cities
        FROM directory_site s LEFT JOIN directory_facetvalue f ON f.facet = 'warehouse'
            AND f.slug IN (lower(s.country), lower(s.country || '-' || s.region))
        WHERE s.vendor_id = v.id
    ) sites
), weighed AS (
    SELECT * FROM unnest(%(verified)s::int[], %(hire_again)s::int[], %(seen)s::bool[], %(said)s::bool[],
        %(strength)s::int[], %(bound)s::numeric[], %(score)s::int[])
        AS w(verified, hire_again, seen, said, strength, bound, score)
)
INSERT INTO directory_listing (vendor_id, merchant_id, name, sort_name, document, facets, strength, bound, score, asked,
    answered, verified, hire_again, testimonials, samples, partners, certificates, listed_at, stale_on)
SELECT a.vendor, a.merchant, t.name, lower(immutable_unaccent(t.name)),
    setweight({_words("t.name")}, 'A') || setweight({_words("t.tagline", "t.words", "t.cities")}, 'B')
        || setweight({_words("t.description", "known.names")}, 'C'),
    ARRAY(SELECT unnest(t.facets || coalesce(a.kinds, '{{}}')::bigint[] || ARRAY(SELECT b.id FROM bands b
        WHERE b.facet = 'references' AND b.low <= a.verified ORDER BY b.low DESC LIMIT 1)) EXCEPT SELECT NULL),
    w.strength, w.bound, w.score, a.asked, a.answered, a.verified, a.hire_again, a.testimonials, a.samples, known.count,
    a.certificates, t.listed_at, a.stale_on
FROM figures a JOIN told t ON t.vendor = a.vendor
JOIN weighed w ON (w.verified, w.hire_again, w.seen, w.said)
    = (a.verified, a.hire_again, a.samples + a.certificates > 0, a.testimonials > 0)
CROSS JOIN LATERAL (SELECT count(*) AS count, string_agg(e.name, ' ') AS names FROM directory_partner e WHERE {SEES}
) known
RETURNING merchant_id, facets
"""
TALLY = (
    "INSERT INTO directory_facettally (value_id, count) SELECT * FROM unnest(%(values)s::bigint[], %(counts)s::int[])"
)
FOLD = """WITH gone AS (DELETE FROM directory_facettally WHERE value_id IN (SELECT value_id FROM directory_facettally
        GROUP BY value_id HAVING count(*) > 1 OR sum(count) = 0) RETURNING value_id, count)
    INSERT INTO directory_facettally (value_id, count)
    SELECT value_id, sum(count) FROM gone GROUP BY value_id HAVING sum(count) <> 0"""
#: New words alone: a word that many have is nobody's to wait for.
WORDS = """INSERT INTO directory_word (merchant_id, text, count)
    SELECT DISTINCT l.merchant_id, word, 1 FROM directory_listing l, unnest(tsvector_to_array(l.document)) AS word
    WHERE l.vendor_id = ANY(%(keys)s) AND length(word) BETWEEN 3 AND 100 AND NOT EXISTS (
        SELECT FROM directory_word w WHERE w.text = word AND w.merchant_id IS NOT DISTINCT FROM l.merchant_id)
    ORDER BY 1, 2 ON CONFLICT DO NOTHING"""
RECOUNT = [
    """CREATE TEMPORARY TABLE words_now ON COMMIT DROP AS
    SELECT merchant_id, word, count(*)::int AS count FROM directory_listing, unnest(tsvector_to_array(document)) AS word
    WHERE length(word) BETWEEN 3 AND 100 GROUP BY merchant_id, word""",
    """DELETE FROM directory_word w WHERE NOT EXISTS (
        SELECT FROM words_now n WHERE n.word = w.text AND n.merchant_id IS NOT DISTINCT FROM w.merchant_id)""",
    """UPDATE directory_word w SET count = n.count FROM words_now n
    WHERE n.word = w.text AND n.merchant_id IS NOT DISTINCT FROM w.merchant_id AND n.count <> w.count""",
    "DROP TABLE words_now",
]
