"""Points of the list of vendors: a search, browsing, the last page, and adding one more."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count
from django.http import QueryDict

from outsourcing.accounts.models import Membership, Organisation, Role, User
from outsourcing.shared import clock
from outsourcing.shared.bench import BARE, QUICK_REPETITIONS, Bench, Probe, needs, point
from outsourcing.shared.budgets import Result, Times, p95_over, p95_within, queries_within
from vendors.directory.merging.duplicates import likely_duplicates
from vendors.directory.models import Certificate, Facet, Partner, Reference, Testimonial, Vendor, Word, WorkSample
from vendors.directory.profiles.actions import add_vendor
from vendors.directory.search.query import read
from vendors.directory.search.rows import ROWS
from vendors.directory.search.run import PER_PAGE, ROW, STATUSES, statement
from vendors.directory.search.sets import CAP, RANKED, search_of
from vendors.directory.search.values import values
from vendors.directory.search.words import KNOWN, known_of

needs(organisations=1_000, memberships=20_000, vendors=100_000)

#: Filled in about twenty minutes, so that only `make prove` asks for it; and so many words are looked for in it.
MILLION = {"organisations": 1_000, "memberships": 2_000, "vendors": 1_000_000}
WORDS = 200

VENDOR = "vendor_id IN ({0})"
#: What a small directory has of each table: `{0}` are its vendors, `{1}` their organisations.
TABLES = {
    "accounts_organisation": "id IN ({1}) OR kind = 'merchant'",
    "directory_vendor": "id IN ({0})",
    **{
        f"directory_{name}": VENDOR
        for name in (
            "relationship", "site", "capability", "reference", "testimonial", "worksample", "partner", "certificate",
            "listing",
        )
    },
    "directory_word": "TRUE",
}  # fmt: skip
#: What a page may take beside the statement that finds the same rows, total and counts.
NEAR_SQL = p95_over("raw SQL", times=2, plus_ms=12)


@point("directory.search", NEAR_SQL, order=40)
def directory_search(bench: Bench) -> Result:
    """A word that one vendor in ten says, two facets, and all counts."""
    return _listed(bench, "q=candles&handling=fragile&integration=shopify")


@point("directory.search.common", NEAR_SQL, order=40)
def directory_search_common(bench: Bench) -> Result:
    """A word that nearly all of them say."""
    return _listed(bench, "q=pallets&handling=fragile&integration=shopify")


@point("directory.browse", NEAR_SQL, order=40)
def directory_browse(bench: Bench) -> Result:
    """Everything, its first page."""
    return _listed(bench, "")


@point("directory.last", NEAR_SQL, order=40)
def directory_last(bench: Bench) -> Result:
    """The last page of a facet that a third of them have."""
    return _listed(bench, f"handling=fragile&page={-(-CAP // PER_PAGE)}")


def _listed(bench: Bench, query: str) -> Result:
    """A page of the list beside the two statements that find the same rows, total and counts, and what rows show."""
    buyer = _merchant()
    asked = read(QueryDict(query), buyer, values())
    search = search_of(asked, buyer, values())
    sets = ["", *(name for name in search.conditions if name in Facet.values)]
    params: dict[str, Any] = {**search.params, "page": asked.page, "per_page": PER_PAGE, "statuses": STATUSES}
    sql = statement(search, sets, is_deep=asked.page * PER_PAGE > RANKED)
    ids = [one for kind, one, _place in _fetched(sql, params) if kind == ROW]
    limit = bench.sql((sql, params), (ROWS, {"ids": ids, "merchant": buyer.organisation_id}))
    rows = {"pieces": _pieces(), **bench.rows(Vendor)}
    return bench.page(f"/vendors/?{query}", by=_user(buyer), expects="data-row-link", rows=rows, limit=limit)


@point("directory.search.1m", p95_within(100), order=90, apart=MILLION)
def directory_search_1m(bench: Bench) -> Result:
    """The two statements for page, total and all counts, for single words of the directory, from the commonest one to
    the rarest in even steps; they are run twice, and the second time counts."""
    buyer = _merchant()
    said = list(Word.objects.filter(merchant=None).order_by("-count", "text").values_list("text", flat=True))
    step = max(1, len(said) // (QUICK_REPETITIONS if bench.is_quick else WORDS))
    seconds = []
    for word in said[::step]:
        search = search_of(read(QueryDict(urlencode({"q": word})), buyer, values()), buyer, values())
        params: dict[str, Any] = {**search.params, "page": 1, "per_page": PER_PAGE, "statuses": STATUSES}
        sql = statement(search, [""], known=known_of(search.word))
        probe = bench.sql((KNOWN, {"word": search.word}), (sql, params))
        seconds.append([probe.once(), probe.once()][-1])
    return Result({"words": len(seconds), **bench.rows(Vendor)}, Times.of(seconds))


@point("vendor.page", p95_within(60), queries_within(12), order=45)
def vendor_page(bench: Bench) -> Result:
    """The page of the vendor with the most evidence."""
    most = Vendor.objects.published().annotate(count=Count("references")).order_by("-count")[0]
    kinds = (Reference, Testimonial, WorkSample, Partner, Certificate)
    pieces = sum(kind.objects.filter(vendor=most).count() for kind in kinds)
    rows = {"pieces of the vendor": pieces, "pieces": _pieces(), **bench.rows(Vendor)}
    return bench.page(f"/vendors/{most.pk}/", by=_user(_merchant()), expects="Evidence", rows=rows)


@point("directory.add", p95_over("into 1,000", times=1, plus_ms=5), order=45)
def directory_add(bench: Bench) -> Result:
    """One vendor added and listed, beside the same in a directory of a thousand."""
    buyer = _merchant()
    with _small_directory() as small:
        into_all, into_few = bench.in_turns(
            Probe("directory.add", lambda: _added(buyer)), Probe("into 1,000", lambda: _added(buyer, small)), at_most=60
        )
    return Result(bench.rows(Vendor), into_all, "into 1,000", into_few)


@point("directory.alike", p95_within(30), order=45)
def directory_alike(bench: Bench) -> Result:
    """What is looked for before a vendor is added: others of a name alike or the same web site."""
    buyer = _merchant()

    def once() -> float:
        started = time.perf_counter()
        likely_duplicates(buyer, name="Quillmark & Amber Dispatch", website="https://quillmark-amber.example")
        return time.perf_counter() - started

    times, bare = bench.in_turns(Probe("directory.alike", once), bench.bare_page(by=_user(buyer)))
    return Result(bench.rows(Vendor), times, BARE, bare)


def _added(buyer: Membership, instead: BaseDatabaseWrapper | None = None) -> float:
    """The seconds that it takes to add a vendor, which is taken back; `instead` of the usual connection."""
    usual = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = instead or usual
    try:
        with transaction.atomic():
            name, website = "Quillmark & Amber Dispatch", "https://quillmark-amber.example"
            whom: Any = {"contact_name": "Ann", "contact_email": "ann@quillmark-amber.example"}
            started = time.perf_counter()
            add_vendor(name=name, website=website, country="GB", by=buyer, at=clock.now(), **whom)
            seconds = time.perf_counter() - started
            transaction.set_rollback(True)
    finally:
        connections[DEFAULT_DB_ALIAS] = usual
    return seconds


@contextmanager
def _small_directory() -> Iterator[BaseDatabaseWrapper]:
    """A connection that sees a directory of a thousand vendors: temporary tables of the same names, with the same
    constraints, indexes and triggers, stand before the real ones."""
    small = connections[DEFAULT_DB_ALIAS].copy()
    with small.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE few AS SELECT id, organisation_id FROM directory_vendor LIMIT 1000")
        for table, of in TABLES.items():
            cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING ALL)")
            where = of.format("SELECT id FROM few", "SELECT organisation_id FROM few")
            cursor.execute(
                f"INSERT INTO pg_temp.{table} OVERRIDING SYSTEM VALUE SELECT * FROM public.{table} WHERE {where}"
            )
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [f"pg_temp.{table}"])
            for sequence in filter(None, cursor.fetchone() or ()):
                cursor.execute(f"SELECT setval(%s, (SELECT max(id) FROM pg_temp.{table}))", [sequence])
            cursor.execute(
                "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                [f"public.{table}"],
            )
            for (trigger,) in cursor.fetchall():
                cursor.execute(trigger.replace(f" ON public.{table} ", f" ON pg_temp.{table} "))
            cursor.execute(f"ANALYZE pg_temp.{table}")
    try:
        yield small
    finally:
        small.close()


def _fetched(sql: str, params: Mapping[str, Any]) -> list[Any]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
    return rows


def _merchant() -> Membership:
    """An owner of the merchant that knows the most vendors."""
    first = Organisation.objects.filter(kind=Organisation.Kind.MERCHANT).order_by("pk")[0]
    places = Membership.objects.joined().filter(organisation=first, roles__contains=[Role.OWNER])
    return places.select_related("organisation", "user")[0]


def _user(place: Membership) -> User:
    assert place.user is not None
    return place.user


def _pieces() -> int:
    """All pieces of evidence."""
    kinds = (Reference, Testimonial, WorkSample, Partner, Certificate)
    return sum(kind.objects.count() for kind in kinds)
