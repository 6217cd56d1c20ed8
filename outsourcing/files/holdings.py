"""What this room holds. Files go along with the rows that point to them, and go when none does any more."""

from django.utils.translation import gettext_lazy as _

from outsourcing.files.models import File
from outsourcing.shared.holdings import Closing, Told, holds

holds(
    File,
    merchant="organisation",
    vendor="organisation",
    left_out=_("Files stand beside the rows that have them."),
    told=[Told("name")],
    closing=Closing.STAYS,
)
