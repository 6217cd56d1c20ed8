"""The kinds of evidence, in the order of the page."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from vendors.directory.models import Certificate, Evidence, Partner, Reference, Testimonial, WorkSample

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise  # of the stubs only


@dataclass(frozen=True)
class Kind:
    """One kind: `slug` in addresses, `label` over a list of it, `one` for the button that adds one."""

    slug: str
    model: type[Evidence]
    label: "_StrPromise"
    one: "_StrPromise"
    none: "_StrPromise"


REFERENCES = Kind("references", Reference, _("References"), _("Add a reference"), _("No references yet"))
TESTIMONIALS = Kind("testimonials", Testimonial, _("Testimonials"), _("Add a testimonial"), _("No testimonials yet"))
SAMPLES = Kind("samples", WorkSample, _("Work samples"), _("Add a sample"), _("No samples of work yet"))
PARTNERS = Kind("partners", Partner, _("Partners"), _("Add a partner"), _("No partners named yet"))
CERTIFICATES = Kind("certificates", Certificate, _("Certificates"), _("Add a certificate"), _("No certificates yet"))

KINDS = {kind.slug: kind for kind in (REFERENCES, TESTIMONIALS, SAMPLES, PARTNERS, CERTIFICATES)}
#: Those that are written down here; references are asked for.
ADDED = {slug: kind for slug, kind in KINDS.items() if kind is not REFERENCES}
