"""Vendors: one of each organisation's own, and one private to each shop."""

from tests.access.rows import Row
from tests.access.world import World
from tests.factories import VendorFactory


def furnish(world: World) -> None:
    """`published` is the vendor of the cast, `private_vendor` one that only the shop has added; the rival's likewise."""
    for shop, vendor in (("shop", "vendor"), ("rival", "rival_vendor")):
        here, there = world.places[shop], world.places[vendor]
        here.published = there.published = VendorFactory(organisation=there.organisation, tagline="Picks and packs")
        here.private_vendor = VendorFactory(
            organisation__name=f"Secret {here.mark}", organisation__kind="vendor", private_to=here.organisation
        )


ROWS: list[Row] = []
