"""Asking a vendor's people in."""

from outsourcing.accounts.models import Membership
from tests.access.rows import Row, who


def private(shop: str, field: str = "private_vendor"):
    return lambda world: {"pk": getattr(world.places[shop], field).pk}


ROWS = [
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
            organisation=world.shop.private_vendor.organisation_id
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
