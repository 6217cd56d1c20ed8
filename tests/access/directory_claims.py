"""Asking a vendor's people in."""

from outsourcing.accounts.models import Membership
from tests.access.rows import Row, who
from tests.access.world import World
from tests.factories import VendorFactory


def furnish(world: World) -> None:
    """One of the shop's own that it has not blocked."""
    world.shop.asked_vendor = VendorFactory(
        organisation__name=f"Asked by {world.shop.mark}", private_to=world.shop.organisation
    )


def private(shop: str, field: str = "asked_vendor"):
    return lambda world: {"pk": getattr(world.places[shop], field).pk}


ROWS = [
    Row(
        "directory:invite",
        note="blocked",
        args=private("shop", "private_vendor"),
        of="shop",
        get=who(404, owner=409, buyer=409, operations=409, viewer=403),
        post=who(404, owner=409, buyer=409, operations=409, viewer=403),
        data=lambda world, person: {"email": "joost@secret.example", "name": "Joost"},
    ),
    Row(
        "directory:invite",
        note="private",
        args=private("shop"),
        of="shop",
        get=who(404, owner=200, buyer=200, operations=200, viewer=403),
        post=who(404, owner="directory:vendor", buyer="directory:vendor", operations="directory:vendor", viewer=403),
        data=lambda world, person: {"email": "joost@secret.example", "name": "Joost"},
        shows='name="email"',
        changes=lambda world, person: Membership.objects.filter(
            organisation=world.shop.asked_vendor.organisation_id
        ).count(),
    ),
    Row(
        "directory:invite",
        note="claimed",
        args=private("shop", "published"),
        get=who(404, owner=200, buyer=200, operations=200, viewer=403, rival=200, manager=403, contact=403),
        post=who(404, owner=409, buyer=409, operations=409, viewer=403, rival=409, manager=403, contact=403),
        data=lambda world, person: {"email": "joost@secret.example", "name": "Joost"},
        tells=("vendor",),
    ),
]
