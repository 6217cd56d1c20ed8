"""What search across rooms finds in the directory: for a merchant as its list would, for a vendor itself."""

from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.accounts.search import MOST, Found, Result
from vendors.directory.models import Vendor
from vendors.directory.search.query import Query
from vendors.directory.search.sets import OWN_ROWS, search_of
from vendors.directory.search.values import values

NAMED = "l.document @@ to_tsquery('simple', immutable_unaccent(%(names)s)) AS is_named"

ORDER = "ORDER BY is_named DESC, score DESC, sort_name, vendor_id"
SHOWN = """SELECT first.vendor_id, first.name, v.tagline, v.published_at IS NULL OR v.withheld_at IS NOT NULL
    FROM first JOIN directory_vendor v ON v.id = first.vendor_id"""


def in_vendors(acting: Membership, words: str) -> Found:
    """Ten at most, those first that have the words in their name, then by evidence. Two queries, for a vendor one."""
    found = _for_a_merchant(acting, words) if acting.organisation.is_merchant else _for_a_vendor(acting, words)
    return Found(_("Vendors"), found)


def _for_a_merchant(acting: Membership, words: str) -> list[Result]:
    search = search_of(Query(words=words), acting, values())
    if not search.conditions:
        return []
    hits = search.first_hits(f"l.vendor_id, l.name, l.score, l.sort_name, {NAMED}")
    first = f"SELECT * FROM ({hits}) hits {ORDER} LIMIT {MOST}"
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {OWN_ROWS}, first AS MATERIALIZED ({first}) {SHOWN} {ORDER}", search.params)
        return [_result(pk, name, tagline, is_private) for pk, name, tagline, is_private in cursor.fetchall()]


def _for_a_vendor(acting: Membership, words: str) -> list[Result]:
    said = Q(organisation__name__icontains=words) | Q(tagline__icontains=words) | Q(description__icontains=words)
    own = Vendor.objects.visible_to(acting).live().filter(said, organisation=acting.organisation_id)
    return [_result(vendor.pk, vendor.name, vendor.tagline) for vendor in own[:MOST]]


def _result(pk: int, name: str, tagline: str, is_private: bool = False) -> Result:
    meta = " · ".join(filter(None, [tagline, _("Only you") if is_private else ""]))
    return Result(name, meta, reverse("directory:vendor", args=[pk]), "vendors")
