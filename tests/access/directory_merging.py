"""Vendors that are there twice: a merchant's own, and a manager's two."""

from django.utils import timezone

from tests.access.rows import Row, who
from tests.access.world import World
from tests.factories import VendorFactory
from vendors.directory.models import Vendor


def furnish(world: World) -> None:
    """Of each shop two rows of one vendor; the manager's second organisation has a profile too."""
    for name in ("shop", "rival"):
        here = world.places[name]
        here.twice = [
            VendorFactory(organisation__name=f"{written} {here.mark}", private_to=here.organisation)
            for written in ("Twice by", "Twice-by")
        ]
    world.second_vendor = VendorFactory(organisation=world.seconds["manager"].organisation, claimed_at=timezone.now())


def merged(world: World, person: str):
    pks = [*(one.pk for one in world.shop.twice), world.second_vendor.pk]
    return list(Vendor.objects.filter(pk__in=pks).order_by("pk").values("pk", "merged_into"))


def buyers(answer):
    return who(404, owner=answer, buyer=answer, operations=403, viewer=403)


ROWS = [
    Row(
        "directory:duplicates",
        get=who(403, owner=200, buyer=200, rival=200),
        shows=lambda world, person: f"Twice by {world.place_of(person).mark}",
        tells=("vendor", "rival_vendor"),
    ),
    Row(
        "directory:merge",
        args=lambda world: {"pk": world.shop.twice[0].pk},
        of="shop",
        get=buyers(200),
        post=buyers("directory:vendor"),
        data=lambda world, person: {"into": world.shop.twice[1].pk},
        ids={"into": lambda world, person: world.rival.twice[1].pk},
        shows=lambda world, person: f"Twice-by {world.shop.mark}",
        changes=merged,
    ),
    Row(
        "directory:join_list",
        get=who(403, manager=200, rival_manager=200),
        shows=lambda world, person: "The Other One" if person == "manager" else "You manage one profile",
        tells=("vendor",),
    ),
    Row(
        "directory:join",
        args=lambda world: {"pk": world.second_vendor.pk},
        get=who(403, manager=200, rival_manager=404),
        post=who(403, manager="directory:vendor", rival_manager=404),
        data=lambda world, person: {"stays": world.vendor.published.pk},
        ids={"stays": lambda world, person: world.places["rival_vendor"].published.pk},
        shows="Which profile stays?",
        changes=merged,
    ),
]
