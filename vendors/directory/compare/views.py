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
from vendors.directory.profiles.views import MERCHANTS, words_of

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
        "width": len(keys) + 1,
        "bands": table_of(picked.vendors, request.acting, clock.today(request.acting.zone), differences=differences),
        "differences": differences,
        "here": address(keys),
        "may_add": len(keys) < MOST,
        "left_out": picked.left_out,
    }
    return render(request, "directory/compare/compare.html", context)


def _choose(request: UserRequest, picked: Chosen) -> HttpResponse:
    """One's own vendors, or those of the words, to tick; what is ticked already comes first."""
    words = words_of(request)
    rows = Vendor.objects.visible_to(request.acting).live().exclude(pk__in=[one.pk for one in picked.vendors])
    offered = rows.named(words) if words else rows.known_to(request.acting.organisation).named("")
    first = picked.vendors[0] if picked.vendors else None
    context = {
        "title": _("Compare %(vendor)s with") % {"vendor": first} if first else _("Compare vendors"),
        "crumbs": [(_("Vendors"), reverse("directory:list"))],
        "first": first,
        "words": words,
        "offered": list(offered[:OFFERED]),
    }
    return render(request, "directory/compare/choose.html", context)


def address(keys: Iterable[int]) -> str:
    """The comparison of these vendors."""
    return f"{reverse('directory:compare')}?{urlencode([('v', key) for key in keys])}"
