"""The bands in which a vendor hears how its own offer was seen: coarse enough that nothing of another's shows."""

from decimal import Decimal

from django.utils.translation import gettext as _

from vendors.sourcing.models import Told

#: From which value on a band begins, the best first; below the last it is the lowest.
BANDS = ((Decimal("3.50"), "strong"), (Decimal("2.00"), "fair"))
LOWEST = "weak"


def band_words(band: str) -> str:
    """A band as its vendor reads it."""
    return {
        "strong": _("strong: from 3.5 on"),
        "fair": _("fair: from 2, below 3.5"),
        "weak": _("weak: below 2"),
        "": _("not scored"),
    }[band]


def band_of(value: str | None) -> str:
    """The band of a value of 0 to 5 as it was shown; empty for a blank."""
    if value is None:
        return ""
    points = Decimal(value)
    return next((band for least, band in BANDS if points >= least), LOWEST)


def bands_in_words(told: Told) -> list[tuple[str, str]]:
    """What a vendor was told: criterion and band."""
    return [(one["criterion"], band_words(one["band"])) for one in told.bands]
