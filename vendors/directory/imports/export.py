"""The list of vendors as a file."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as
from outsourcing.shared.sheets import csv_response
from vendors.directory.models import Vendor

MOST = 10_000
MERCHANTS = (Role.OWNER, Role.BUYER, Role.OPERATIONS, Role.VIEWER)


def header() -> list[str]:
    """The names of the columns, which an import knows again."""
    return [_("Name"), _("Website"), _("Country"), _("Description"), _("Orders from"), _("Orders to"), _("Minimum")]


def rows(request: UserRequest) -> Iterator[list[object]]:
    """The vendors that the list shows for these words, as it orders them."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    for vendor in Vendor.objects.visible_to(request.acting).live().named(words)[:MOST]:
        country = str(vendor.organisation.country or "")
        yield [
            vendor.name,
            vendor.website,
            country,
            vendor.description,
            vendor.orders_from,
            vendor.orders_to,
            vendor.minimum,
        ]


@require_safe
@acts_as(*MERCHANTS)
def export_csv(request: UserRequest) -> HttpResponse:
    """The list as CSV."""
    return csv_response("vendors.csv", header(), rows(request))
