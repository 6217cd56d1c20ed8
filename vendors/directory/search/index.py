"""Keeps `Listing`, `FacetTally` and `Word` in step with what vendors say and what is known of them."""

from collections.abc import Iterable


def refresh(vendors: Iterable[int]) -> None:
    """Write the listings of these vendors (their keys) anew, for every audience, in the caller's transaction."""
