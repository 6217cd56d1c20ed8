"""Searches that somebody wants to see again, and what is new in them since they last looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from vendors.directory.models import SavedSearch, Tag
from vendors.directory.models.searches import SavedSearchQuerySet
from vendors.directory.search.errors import NameTaken, SavedAlready, TooManySearches, TooWide
from vendors.directory.search.query import Query, read
from vendors.directory.search.sets import MINE, OWN_ROWS, PUBLIC, search_of
from vendors.directory.search.values import Values

#: Searches of one person, all of which stand beside the list.
MOST = 10
#: So many of the vendors that were listed last are looked at, of all shops' and of one's own each.
NEWEST = 1_000
LONGEST = SavedSearch._meta.get_field("query").max_length or 0
FRESH = " UNION ALL ".join(
    f"(SELECT l.vendor_id, l.document, l.facets, l.listed_at, {is_own} AS is_own FROM directory_listing l"
    f" WHERE {whose} AND l.listed_at > %(since)s ORDER BY l.listed_at DESC LIMIT {NEWEST + 1})"
    for whose, is_own in ((PUBLIC, False), (MINE, True))
)


@dataclass(frozen=True)
class Saved:
    """A saved search as the list shows it: its address as it reads now, and how many vendors are new in it.

    With `is_more` there may be others beyond the newest that were looked at.
    """

    pk: int
    name: str
    address: str
    count: int
    is_more: bool


# ---- What happens to one -------------------------------------------------------------------------------------------
@transaction.atomic
def save(name: str, query: Query, *, by: Membership, at: datetime) -> SavedSearch:
    """Keep a search under a name; what is in it now is not new. Raises each of the errors."""
    address = bare(query)
    if len(address) > LONGEST:
        raise TooWide(_("This search has more filters than can be kept: choose fewer."))
    own = _own(by)
    if same := own.filter(query=address).first():
        raise SavedAlready(_("You have this search already: it is called “%(name)s”.") % {"name": same})
    _see_that_it_is_free(name, by)
    if own.count() >= MOST:
        raise TooManySearches(_("You keep %(most)s searches, which is all that fits: delete one.") % {"most": MOST})
    return SavedSearch.objects.create(membership=by, name=name, query=address, looked_at=at, created_at=at)


@transaction.atomic
def rename(saved: SavedSearch, name: str, *, by: Membership) -> None:
    """Give it another name. Raises NameTaken."""
    _own(by)
    _see_that_it_is_free(name, by, besides=saved)
    SavedSearch.objects.filter(pk=saved.pk).update(name=name)


def look(saved: SavedSearch, *, at: datetime) -> None:
    """Note that its owner sees it now: what is in it is new no longer."""
    SavedSearch.objects.filter(pk=saved.pk, looked_at__lt=at).update(looked_at=at)


def bare(query: Query) -> str:
    """The address of a search without where in it one is."""
    return query.address(page=1, since=0)


def _own(by: Membership) -> SavedSearchQuerySet:
    """A person's searches, which nobody else changes until the transaction ends."""
    Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    return SavedSearch.objects.visible_to(by)


def _see_that_it_is_free(name: str, by: Membership, besides: SavedSearch | None = None) -> None:
    others = SavedSearch.objects.visible_to(by).exclude(pk=besides.pk if besides else 0)
    if others.annotate(low=Lower("name")).filter(low=Lower(Value(name))).exists():
        raise NameTaken(_("You have a search of this name already."))


# ---- All of somebody's ---------------------------------------------------------------------------------------------
def saved_of(acting: Membership, known: Values, tags: Sequence[Tag]) -> list[Saved]:
    """A person's searches by name, each with how many vendors it has that were listed since they last looked.

    One query, and one more for all the counts where there is any; `tags` are the merchant's own.
    """
    rows = list(SavedSearch.objects.visible_to(acting).order_by(Lower("name"), "pk")[:MOST])
    queries = {row.pk: read(QueryDict(row.query), acting, known, tags) for row in rows}
    counts = _new_in(rows, queries, acting, known)
    return [Saved(row.pk, row.name, bare(queries[row.pk]), *counts[row.pk]) for row in rows]


def _new_in(
    rows: Sequence[SavedSearch], queries: Mapping[int, Query], acting: Membership, known: Values
) -> dict[int, tuple[int, bool]]:
    """By key: how many hits are new, and whether more may be. It looks at the newest listings and at no others."""
    if not rows:
        return {}
    with connection.cursor() as cursor:

        def said(sql: str, params: Mapping[str, object]) -> str:
            return str(cursor.mogrify(sql, params).decode())

        counts = []
        for row in rows:
            search = search_of(queries[row.pk], acting, known)
            params = {**search.params, "pk": row.pk, "looked_at": row.looked_at}
            counts.append(
                said(
                    f"SELECT %(pk)s, count(*) FILTER (WHERE TRUE{search.where()}),"
                    f" greatest(count(*) FILTER (WHERE is_own), count(*) FILTER (WHERE NOT is_own)) > {NEWEST}"
                    " FROM fresh l WHERE l.listed_at > %(looked_at)s",
                    params,
                )
            )
        since = {"merchant": acting.organisation_id, "since": min(row.looked_at for row in rows)}
        fresh = said(f"WITH {OWN_ROWS}, fresh AS MATERIALIZED ({FRESH})", since)
        cursor.execute(f"{fresh} {' UNION ALL '.join(counts)}")
        return {pk: (count, is_more) for pk, count, is_more in cursor.fetchall()}
