"""Which vendors the address names for a comparison."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from outsourcing.accounts.models import Membership
from vendors.directory.merging.views import key_of
from vendors.directory.models import Vendor

MOST, READ = 4, 50


@dataclass(frozen=True)
class Chosen:
    """In the order of the address, each once; a merged one is the one that stands for it. `left_out` are too many."""

    vendors: Sequence[Vendor]
    left_out: int = 0


def chosen(named: Iterable[str], acting: Membership) -> Chosen:
    """What one may not know is left out, as if nobody had it. One query, one more where a vendor was merged."""
    keys = list(dict.fromkeys(key for text in list(named)[:READ] if (key := key_of(text))))
    seen = Vendor.objects.visible_to(acting)
    found = seen.in_bulk(keys) if keys else {}
    moved = {row.merged_into_id for row in found.values() if row.merged_into_id}
    others = seen.in_bulk(moved) if moved else {}
    rows = [others.get(row.merged_into_id) if row.merged_into_id else row for key in keys if (row := found.get(key))]
    vendors = list({row.pk: row for row in rows if row is not None}.values())
    return Chosen(vendors[:MOST], max(0, len(vendors) - MOST))
