"""Which vendor that the merchant can see a row is about."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from outsourcing.accounts.models import Organisation
from vendors.directory.imports.rows import Wanted

ALIKE = "btrim(regexp_replace(lower(immutable_unaccent({})), '[^[:alnum:]]+', ' ', 'g'))"
#: By web site among all that the merchant sees; by name where not both have one: first those it knows, then the
#: published ones. What was merged stands for the one that is left. The least `place` is the best match.
MATCHES = f"""
WITH wanted AS (
    SELECT at, name, domain, {ALIKE.format("name")} AS alike
    FROM unnest(%(at)s::int[], %(names)s::text[], %(domains)s::text[]) AS w(at, name, domain)
), known AS (
    SELECT v.id, v.domain, v.merged_into_id, o.name, {ALIKE.format("o.name")} AS alike
    FROM directory_relationship r JOIN directory_vendor v ON v.id = r.vendor_id
    JOIN accounts_organisation o ON o.id = v.organisation_id WHERE r.merchant_id = %(merchant)s
), found AS (
    SELECT w.at, k.id, k.merged_into_id, CASE WHEN k.alike = w.alike THEN 0 ELSE 1 END AS place
    FROM wanted w JOIN known k ON k.domain = w.domain WHERE w.domain <> ''
    UNION ALL
    SELECT w.at, v.id, v.merged_into_id, 2 FROM wanted w JOIN directory_vendor v ON v.domain = w.domain
    WHERE w.domain <> '' AND v.published_at IS NOT NULL AND v.withheld_at IS NULL
    UNION ALL
    SELECT w.at, k.id, k.merged_into_id, 3 FROM wanted w JOIN known k ON k.alike = w.alike
    WHERE w.alike <> '' AND (w.domain = '' OR k.domain = '') OR w.alike = '' AND k.name = w.name
    UNION ALL
    SELECT w.at, v.id, v.merged_into_id, 4 FROM wanted w JOIN directory_listing l ON lower(l.name) = lower(w.name)
    JOIN directory_vendor v ON v.id = l.vendor_id
    WHERE l.merchant_id IS NULL AND (w.domain = '' OR v.domain = '')
)
SELECT DISTINCT ON (at) at, coalesce(merged_into_id, id), merged_into_id IS NOT NULL FROM found
ORDER BY at, place, merged_into_id IS NOT NULL, id
"""
#: Published or known, of the same name and another web site.
NAMESAKES = """
SELECT w.at, l.vendor_id, l.name, v.domain
FROM unnest(%(at)s::int[], %(names)s::text[]) AS w(at, name)
JOIN (
    SELECT vendor_id, name FROM directory_listing WHERE merchant_id IS NULL
    UNION SELECT vendor_id, name FROM directory_listing WHERE merchant_id = %(merchant)s
) l ON lower(l.name) = lower(w.name)
JOIN directory_vendor v ON v.id = l.vendor_id
ORDER BY w.at, l.vendor_id
"""


def matches(rows: Sequence[Wanted], merchant: Organisation) -> dict[int, tuple[int, bool]]:
    """For each place in `rows` that has one: the vendor's key, and whether it stands for one merged into it."""
    return {at: (pk, is_stand_in) for at, pk, is_stand_in in _run(MATCHES, rows, merchant)}


def namesakes(rows: Sequence[Wanted], merchant: Organisation) -> dict[int, tuple[int, str, str]]:
    """For each place in `rows` that has one: key, name and domain of a vendor that may be the same."""
    return {at: (pk, name, domain) for at, pk, name, domain in _run(NAMESAKES, rows, merchant)}


def _run(statement: str, rows: Sequence[Wanted], merchant: Organisation) -> list[tuple[Any, ...]]:
    if not rows:
        return []
    columns: dict[str, Any] = {"at": list(range(len(rows))), "merchant": merchant.pk}
    columns |= {"names": [row.name for row in rows], "domains": [row.domain for row in rows]}
    with connection.cursor() as cursor:
        cursor.execute(statement, columns)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
