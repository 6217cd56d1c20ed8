"""The picture of a vendor, for whoever may see the vendor."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on
from outsourcing.files.serving import thumbnail
from vendors.directory.models import Vendor


@require_safe
@acts_on(Vendor)
def logo(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """The small one; 404 where there is none."""
    if vendor.logo is None:
        raise Http404
    return thumbnail(vendor.logo)
