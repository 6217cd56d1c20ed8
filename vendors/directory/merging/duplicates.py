"""Which vendors are probably the same company, among what a merchant sees.

Names are compared without case, accents, punctuation and legal endings (`directory_name_key` in the database, indexed),
web sites by what was registered. Whoever may not see a vendor is never told that it is like one of theirs.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F, FloatField, Func, TextField, Value
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.directory.domains import is_free_mail, registered_domain
from vendors.directory.models import Vendor
from vendors.directory.models.profiles import VendorQuerySet

#: How much alike two keys are at least: "harrow quay" and "harrow quays" are, "harrow quay" and "harrow bay" are not.
ALIKE = 0.6
MOST, MOST_PAIRS = 5, 500
#: Of so many of one's newest vendors, names that are only alike are looked for.
NEWEST = 25


class NameKey(Func):
    """What is left of a name to compare."""

    function = "directory_name_key"
    output_field = TextField()


class Similarity(Func):
    function = "similarity"
    output_field = FloatField()


@dataclass(frozen=True)
class Pair:
    """A vendor of the merchant's own beside one that is probably the same, and why we think so."""

    own: Vendor
    other: Vendor
    why: str


def likely_duplicates(acting: Membership, *, name: str, website: str, besides: Vendor | None = None) -> list[Vendor]:
    """Vendors that `acting` can see and that have a name alike or the same registered domain: five at most, the ones
    of the same domain first, then the most alike. Two queries, the second in a transaction of its own."""
    seen = Vendor.objects.visible_to(acting).live().exclude(pk=besides.pk if besides else 0)
    found: dict[int, Vendor] = {}
    if domain := telling(registered_domain(website)):
        found |= {one.pk: one for one in seen.filter(domain=domain).order_by("organisation__name", "pk")[:MOST]}
    with only_alike():
        for one in _alike(seen, name):
            found.setdefault(one.pk, one)
    return list(found.values())[:MOST]


def _alike(seen: VendorQuerySet, name: str) -> list[Vendor]:
    key = NameKey(Value(name))
    alike = seen.annotate(key=NameKey(F("organisation__name"))).filter(key__trigram_similar=key)
    alike = alike.annotate(likeness=Similarity(F("key"), key)).filter(likeness__gte=ALIKE)
    return list(alike.order_by("-likeness", "organisation__name", "pk")[:MOST])


@contextmanager
def only_alike() -> Iterator[None]:
    """The database's index passes over what is less alike, which would be thousands of names that share a word."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, TRUE)", [str(ALIKE)])
        yield
        cursor.execute("SET LOCAL pg_trgm.similarity_threshold TO DEFAULT")


def telling(domain: str) -> str:
    """The domain where it tells one company from another; empty for one where anybody can be."""
    return "" if is_free_mail(f"x@{domain}") else domain


PAIRS = """
WITH own AS MATERIALIZED (
    SELECT v.id, v.domain, directory_name_key(o.name) AS key, v.added_at
    FROM directory_vendor v JOIN accounts_organisation o ON o.id = v.organisation_id
    WHERE v.added_by_id = %(merchant)s AND v.claimed_at IS NULL AND v.merged_into_id IS NULL
), newest AS MATERIALIZED (SELECT * FROM own ORDER BY added_at DESC, id LIMIT %(newest)s), found AS (
    SELECT own.id AS own, v.id AS other, 1 AS reason, 1::real AS likeness
    FROM own JOIN directory_vendor v ON v.domain = own.domain AND own.domain <> ''
    UNION ALL
    SELECT own.id, v.id, 2, 1 FROM own JOIN accounts_organisation o ON directory_name_key(o.name) = own.key
    JOIN directory_vendor v ON v.organisation_id = o.id WHERE own.key <> ''
    UNION ALL
    SELECT newest.id, v.id, 3, similarity(directory_name_key(o.name), newest.key)
    FROM newest JOIN accounts_organisation o ON directory_name_key(o.name) %% newest.key
    JOIN directory_vendor v ON v.organisation_id = o.id
    WHERE similarity(directory_name_key(o.name), newest.key) >= %(alike)s
), best AS (
    SELECT DISTINCT ON (least(f.own, f.other), greatest(f.own, f.other)) f.own, f.other, f.reason, f.likeness
    FROM found f JOIN directory_vendor v ON v.id = f.other
    WHERE f.own <> f.other AND v.merged_into_id IS NULL AND (
        v.published_at IS NOT NULL AND v.withheld_at IS NULL OR EXISTS (
            SELECT 1 FROM directory_relationship r WHERE r.vendor_id = v.id AND r.merchant_id = %(merchant)s))
    ORDER BY least(f.own, f.other), greatest(f.own, f.other), f.reason, f.likeness DESC, f.own
)
SELECT own, other, reason FROM best ORDER BY reason, likeness DESC, own, other LIMIT %(most)s
"""


def pairs_of(acting: Membership) -> list[tuple[int, int, int]]:
    """Keys of own unclaimed vendors, of the vendor that each is like, and why (1 web site, 2 name, 3 alike), the
    surest first and 500 at most. One query."""
    wanted = {"merchant": acting.organisation_id, "newest": NEWEST, "alike": ALIKE, "most": MOST_PAIRS}
    with only_alike(), connection.cursor() as cursor:
        cursor.execute(PAIRS, wanted)
        return [(own, other, reason) for own, other, reason in cursor.fetchall()]


def told(pairs: Sequence[tuple[int, int, int]], acting: Membership) -> list[Pair]:
    """The pairs with their vendors. One query."""
    why = {1: _("Same web site"), 2: _("Same name"), 3: _("Name alike")}
    keys = {key for own, other, _reason in pairs for key in (own, other)}
    rows = Vendor.objects.visible_to(acting).in_bulk(keys)
    return [Pair(rows[own], rows[other], why[reason]) for own, other, reason in pairs if {own, other} <= rows.keys()]
