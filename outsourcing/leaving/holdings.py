"""What this room holds."""

from django.utils.translation import gettext_lazy as _

from outsourcing.leaving.models import Export
from outsourcing.shared.holdings import holds

holds(
    Export,
    merchant="organisation",
    vendor="organisation",
    left_out=_("An export does not hold exports."),
)
