"""The list of vendors as a file: what an import knows again, and what the reader may see besides."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.models import Membership
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as
from outsourcing.shared import clock
from outsourcing.shared.sheets import csv_response, xlsx_response
from vendors.directory.imports.cells import FACETS, together
from vendors.directory.imports.columns import COLUMNS
from vendors.directory.imports.errors import TooLong
from vendors.directory.imports.reading import MOST_ROWS
from vendors.directory.models import Capability, Contact, Listing, Note, Relationship, Site, Tagging, Vendor
from vendors.directory.profiles.views import MERCHANTS
from vendors.directory.search.query import read
from vendors.directory.search.replying import medians, order_of
from vendors.directory.search.run import all_found
from vendors.directory.search.values import values

BATCH = 500
PLAIN = "website tagline description orders_from orders_to minimum price_from price_to contract_months notice_days"
FIGURES = "strength asked answered verified hire_again samples certificates testimonials partners"
Cells = dict[str, object]


@require_safe
@acts_as(*MERCHANTS)
def export_csv(request: UserRequest) -> HttpResponse:
    """The list as CSV."""
    return csv_response("vendors.csv", header(), rows(keys_of(request), request.acting))


@require_safe
@acts_as(*MERCHANTS)
def export_xlsx(request: UserRequest) -> HttpResponse:
    """The list as XLSX."""
    return xlsx_response("vendors.xlsx", header(), rows(keys_of(request), request.acting))


def keys_of(request: UserRequest) -> list[int]:
    """The vendors of the list as it is filtered and sorted. Raises TooLong."""
    query = read(request.GET, request.acting, values())
    replied = order_of(medians(request.acting, clock.now())) if query.sort == "reply" else {}
    keys = list(all_found(query, request.acting, most=MOST_ROWS + 1, replied=replied))
    if len(keys) > MOST_ROWS:
        words = _("This list has more than %(most)s vendors, which is what a file takes: narrow it down first.")
        raise TooLong(words % {"most": f"{MOST_ROWS:,}"})
    return keys


def header() -> list[str]:
    """The names of the columns; those of an import come first."""
    figures = [_("Evidence, 0 to 5"), _("References asked"), _("References answered"), _("References verified")]
    figures += [_("Would hire again"), _("Samples of work"), _("Current certificates"), _("Testimonials")]
    return [*(str(column.label) for column in COLUMNS), _("Currency"), _("Who sees it"), *figures, _("Partners")]


def rows(keys: Sequence[int], acting: Membership) -> Iterator[list[object]]:
    """A row for each, in their order; so many at a time, each time nine queries."""
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        vendors = Vendor.objects.visible_to(acting).in_bulk(batch)
        kept = Kept(list(vendors), acting)
        yield from (kept.row(vendors[pk]) for pk in batch if pk in vendors)


class Kept:
    """What stands beside some vendors' own rows, of that what `acting` may see."""

    def __init__(self, keys: list[int], acting: Membership) -> None:
        own = {"vendor__in": keys, "merchant": acting.organisation}
        self.sites = _first(Site.objects.filter(vendor__in=keys).order_by("position", "pk"))
        self.says: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        said = Capability.objects.filter(vendor__in=keys).select_related("value")
        for one in said.order_by("value__position", "value__name"):
            how = f" ({one.get_how_display()})" if one.how else ""
            self.says[one.vendor_id, one.value.facet].append(f"{one.value.name}{how}")
        self.tags: defaultdict[int, list[str]] = defaultdict(list)
        tagged = Tagging.objects.filter(vendor__in=keys, tag__merchant=acting.organisation)
        for pk, name in tagged.order_by("tag__name").values_list("vendor", "tag__name"):
            self.tags[pk].append(name)
        self.notes = _first(Note.objects.filter(**own).order_by("-created_at", "pk"))
        contacts = Contact.objects.filter(**own, membership__left_at=None).select_related("membership")
        self.contacts = _first(contacts.order_by("created_at", "pk"))
        self.stands = _first(Relationship.objects.filter(**own))
        mine = Q(merchant=acting.organisation) | Q(merchant=None)
        listed = Listing.objects.filter(mine, vendor__in=keys).defer("document", "facets")
        self.listings = _first(listed.order_by("merchant"))  # PostgreSQL puts the merchant's own before the public one

    def row(self, vendor: Vendor) -> list[object]:
        """The cells of one vendor, in the order of the header."""
        site, contact, note = self.sites.get(vendor.pk), self.contacts.get(vendor.pk), self.notes.get(vendor.pk)
        stands, listing = self.stands.get(vendor.pk), self.listings.get(vendor.pk)
        cells: Cells = {name: getattr(vendor, name) for name in PLAIN.split()}
        cells |= {name: together(self.says[vendor.pk, facet]) for name, facet in FACETS.items()}
        cells |= {"name": vendor.name, "tags": together(self.tags[vendor.pk]), "note": note.text if note else ""}
        cells["country"] = str((site.country if site else vendor.organisation.country) or "")
        cells |= {"region": site.region, "city": site.city} if site else {}
        if contact:
            person = contact.membership
            cells |= {"contact_name": person.name, "contact_email": person.email, "phone": person.phone}
        cells["status"] = str(stands.get_status_display()) if stands else ""
        seen = _("All shops") if vendor.is_published else _("Only you")
        figures = [getattr(listing, name, 0) for name in FIGURES.split()]
        return [*(cells.get(column.field) for column in COLUMNS), vendor.organisation.currency, seen, *figures]


def _first(rows: Iterable[Any]) -> dict[int, Any]:
    """The first row of each vendor."""
    first: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row.vendor_id, row)
    return first
