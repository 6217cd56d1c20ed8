"""The list of vendors as a file."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_as
from outsourcing.shared.sheets import csv_response
from vendors.directory.profiles.views import MERCHANTS, found

MOST = 10_000


def header() -> list[str]:
    """The names of the columns, which an import knows again."""
    return [_("Name"), _("Website"), _("Country"), _("Description"), _("Orders from"), _("Orders to"), _("Minimum")]


def rows(request: UserRequest) -> Iterator[list[object]]:
    """The vendors that the list shows for these words, as it orders them."""
    for vendor in found(request)[:MOST]:
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
