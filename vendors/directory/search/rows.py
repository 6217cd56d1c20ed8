"""What a row of the list shows of a vendor, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from outsourcing.accounts.models import Membership
from outsourcing.shared import statements

ROWS = """
SELECT v.id, l.name, v.tagline, coalesce(site.city, ''), coalesce(site.country, o.country, ''),
    ARRAY(SELECT f.name FROM directory_capability c JOIN directory_facetvalue f ON f.id = c.value_id
        WHERE c.vendor_id = v.id AND f.facet = 'service' ORDER BY f.position, f.name),
    l.strength, l.asked, l.answered, l.verified, l.hire_again, l.samples, l.certificates, l.testimonials, l.partners,
    v.published_at IS NULL OR v.withheld_at IS NOT NULL, v.price_from, v.price_to, o.currency,
    coalesce(r.status, ''),
    ARRAY(SELECT t.name FROM directory_tagging g JOIN directory_tag t ON t.id = g.tag_id
        WHERE g.vendor_id = v.id AND t.merchant_id = %(merchant)s ORDER BY lower(t.name)),
    v.logo_id, l.listed_at
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS page(id, place)
JOIN directory_listing l ON l.id = page.id
JOIN directory_vendor v ON v.id = l.vendor_id JOIN accounts_organisation o ON o.id = v.organisation_id
LEFT JOIN LATERAL (SELECT s.city, s.country FROM directory_site s WHERE s.vendor_id = v.id
    ORDER BY s.position, s.id LIMIT 1) site ON TRUE
LEFT JOIN directory_relationship r ON r.vendor_id = v.id AND r.merchant_id = %(merchant)s
ORDER BY page.place
"""


@dataclass(frozen=True)
class Row:
    """A vendor in the list, with the figures that this merchant may see, its status with the merchant ("" for none)
    and the merchant's tags."""

    vendor_id: int
    name: str
    tagline: str
    city: str
    country: str
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
    is_private: bool
    price_from: Decimal | None
    price_to: Decimal | None
    currency: str
    status: str
    tags: list[str]
    logo_id: int | None
    listed_at: datetime


def rows_of(listings: list[int], acting: Membership) -> list[Row]:
    """A row for each of these listings, in their order: one query."""
    if not listings:
        return []
    return [Row(*row) for row in statements.rows(ROWS, {"ids": listings, "merchant": acting.organisation_id})]
