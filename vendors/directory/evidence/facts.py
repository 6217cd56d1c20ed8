"""Facts, figures and counts of a vendor's page as one statement: Django would take longer to write it than PostgreSQL
to answer it. What a reader may see is said here once more; a test holds it beside the querysets' `visible_to`.
"""

from collections.abc import Mapping
from typing import Any

from outsourcing.accounts.models import Membership
from outsourcing.shared import statements
from vendors.directory.evidence.kinds import KINDS, REFERENCES, Kind
from vendors.directory.models import Vendor

OPEN = "v.published_at IS NOT NULL AND v.withheld_at IS NULL AND v.merged_into_id IS NULL"
TO_MERCHANTS = f"(e.merchant_id IS NULL OR e.merchant_id = %(own)s OR e.is_shared AND {OPEN})"
TO_VENDORS = """(e.merchant_id IS NULL OR EXISTS (
    SELECT FROM accounts_membership m WHERE m.id = e.created_by_id AND m.organisation_id = %(own)s))"""
#: Beside that: what referees of other merchants share.
READABLE = f"""{TO_MERCHANTS} AND (e.merchant_id IS NULL OR e.merchant_id = %(own)s OR EXISTS (
    SELECT FROM directory_referenceanswer a WHERE a.reference_id = e.id AND a.withdrawn_at IS NULL
    AND a.sharing IN ('anonymous', 'named')))"""
SAID = f"""(SELECT count(*) FROM directory_reference e JOIN directory_referenceanswer w ON w.reference_id = e.id
    WHERE e.vendor_id = v.id AND e.removed_at IS NULL AND e.level >= 3 AND {READABLE}
    AND w.withdrawn_at IS NULL AND w.hire_again IN ('yes', 'some', 'no')) AS said"""
LISTING = """(SELECT json_build_object('strength', l.strength, 'bound', l.bound, 'asked', l.asked,
        'answered', l.answered, 'verified', l.verified, 'hire_again', l.hire_again)
    FROM directory_listing l WHERE l.vendor_id = v.id AND (l.merchant_id IS NULL OR l.merchant_id = %(own)s)
    ORDER BY l.merchant_id NULLS LAST LIMIT 1) AS listing"""
ANSWERED = f"""(SELECT count(*) FROM directory_reference e WHERE e.vendor_id = v.id AND e.removed_at IS NULL
    AND {TO_VENDORS} AND e.state IN ('answered', 'withdrawn')) AS answered"""
#: What `profiles.facts.facts_from` reads.
PLACES = """(SELECT coalesce(json_agg(json_build_object('pk', s.id, 'country', s.country, 'region', s.region,
        'city', s.city, 'about', s.about, 'part', (SELECT f.name FROM directory_facetvalue f
            WHERE f.facet = 'warehouse' AND f.slug = lower(s.country || '-' || s.region)))
        ORDER BY s.position, s.id), '[]') FROM directory_site s WHERE s.vendor_id = v.id) AS places"""
VALUES = """(SELECT coalesce(json_agg(json_build_object('pk', f.id, 'facet', f.facet, 'name', f.name, 'group', f.group,
        'how', c.how, 'parent', f.parent_id, 'grandparent', p.parent_id, 'beyond', g.parent_id)
        ORDER BY f.facet, f.position, f.name, f.id), '[]')
    FROM directory_capability c JOIN directory_facetvalue f ON f.id = c.value_id
    LEFT JOIN directory_facetvalue p ON p.id = f.parent_id LEFT JOIN directory_facetvalue g ON g.id = p.parent_id
    WHERE c.vendor_id = v.id) AS values"""


def counted(kind: Kind, seen: str) -> str:
    """How many pieces of a kind the reader may see."""
    return (
        f"(SELECT count(*) FROM {kind.model._meta.db_table} e"
        f" WHERE e.vendor_id = v.id AND e.removed_at IS NULL AND {seen}) AS {kind.slug}"
    )


def statement(*, is_merchant: bool) -> str:
    """The whole, for a merchant or for the vendor itself."""
    seen = TO_MERCHANTS if is_merchant else TO_VENDORS
    counts = [counted(kind, READABLE if is_merchant and kind is REFERENCES else seen) for kind in KINDS.values()]
    figures = [SAID, LISTING] if is_merchant else [ANSWERED]
    return f"SELECT {', '.join([PLACES, VALUES, *counts, *figures])} FROM directory_vendor v WHERE v.id = %(vendor)s"


STATEMENTS = {is_merchant: statement(is_merchant=is_merchant) for is_merchant in (True, False)}


def facts_of(vendor: Vendor, acting: Membership) -> Mapping[str, Any]:
    """`places` and `values` as `profiles.facts.facts_from` reads them, a count for each kind's slug, and for a merchant
    `said` and `listing` (None without one), for a vendor `answered`. One query about a vendor that the reader sees."""
    given = {"vendor": vendor.pk, "own": acting.organisation_id}
    return statements.named_row(STATEMENTS[acting.organisation.is_merchant], given)
