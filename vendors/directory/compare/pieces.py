"""The figures of evidence that a merchant may see, for several vendors at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q

from outsourcing.accounts.models import Membership
from vendors.directory.models import Listing


@dataclass(frozen=True)
class Evidence:
    """Counts of pieces; `bound` is the lower bound of "would hire again" among verified answers."""

    asked: int = 0
    answered: int = 0
    verified: int = 0
    hire_again: int = 0
    bound: Decimal | None = None
    testimonials: int = 0
    samples: int = 0
    partners: int = 0


def evidence_of(keys: Iterable[int], acting: Membership) -> dict[int, Evidence]:
    """By vendor: the merchant's own listing where it has one, else the public one. One query."""
    wanted = list(keys)
    own = Q(merchant=acting.organisation_id) | Q(merchant=None)
    rows = Listing.objects.filter(own, vendor__in=wanted).order_by(F("merchant").asc(nulls_first=True))
    found = {
        row.vendor_id: Evidence(
            row.asked,
            row.answered,
            row.verified,
            row.hire_again,
            row.bound,
            row.testimonials,
            row.samples,
            row.partners,
        )
        for row in rows
    }
    return {key: found.get(key, Evidence()) for key in wanted}
