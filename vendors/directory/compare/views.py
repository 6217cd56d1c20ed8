"""The page on which vendors stand beside each other."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as
from outsourcing.shared import clock
from vendors.directory.compare.chosen import MOST, Chosen, chosen
from vendors.directory.compare.table import table_of
from vendors.directory.models import Vendor
from vendors.directory.profiles.views import MERCHANTS
from vendors.directory.search.query import read
from vendors.directory.search.run import all_found
from vendors.directory.search.values import values

OFFERED = 20


@require_safe
@acts_as(*MERCHANTS)
def compare(request: UserRequest) -> HttpResponse:
    """Two to four vendors side by side; with fewer, which ones to choose."""
    picked = chosen(request.GET.getlist("v"), request.acting)
    if len(picked.vendors) < 2:
        return _choose(request, picked)
    keys = [vendor.pk for vendor in picked.vendors]
    differences = request.GET.get("differences") == "1"
    context = {
        "title": _("Compare vendors"),
        "crumbs": [(_("Vendors"), reverse("directory:list"))],
        "columns": [
            (number, vendor, address(key for key in keys if key != vendor.pk))
            for number, vendor in enumerate(picked.vendors, 1)
        ],
        "keys": keys,
        "width": len(keys) + 1,
        "bands": table_of(picked.vendors, request.acting, clock.today(request.acting.zone), differences=differences),
        "differences": differences,
        "here": address(keys),
        "may_add": len(keys) < MOST,
        "left_out": picked.left_out,
    }
    return render(request, "directory/compare/compare.html", context)


def _choose(request: UserRequest, picked: Chosen) -> HttpResponse:
    """Vendors to tick: those of the words, else those that one knows."""
    first = picked.vendors[0] if picked.vendors else None
    words, offered = _offered(request)
    context = {
        "title": _("Compare %(vendor)s with") % {"vendor": first} if first else _("Compare vendors"),
        "crumbs": [(_("Vendors"), reverse("directory:list"))],
        "first": first,
        "words": words,
        "offered": [one for one in offered if one != first],
    }
    return render(request, "directory/compare/choose.html", context)


def _offered(request: UserRequest) -> tuple[str, list[Vendor]]:
    """The words of the address, and what is found by them as the list would find it."""
    query = read(request.GET, request.acting, values())
    seen = Vendor.objects.visible_to(request.acting).live()
    if not query.words:
        known = seen.known_to(request.acting.organisation).order_by("organisation__name", "pk")
        return "", list(known[:OFFERED])
    keys = list(all_found(query, request.acting, most=OFFERED))
    found = seen.in_bulk(keys)
    return query.words, [found[pk] for pk in keys if pk in found]


def address(keys: Iterable[int]) -> str:
    """The comparison of these vendors."""
    return f"{reverse('directory:compare')}?{urlencode([('v', key) for key in keys])}"
