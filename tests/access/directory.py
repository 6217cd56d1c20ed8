"""Vendors: one of each organisation's own, and one private to each shop."""

from tests.access.rows import Row, who
from tests.access.world import World
from tests.factories import VendorFactory
from vendors.directory.models import Note, Relationship, Vendor


def furnish(world: World) -> None:
    """`published` is the vendor of the cast, `private_vendor` one that only the shop has; the rival's likewise."""
    for shop, vendor in (("shop", "vendor"), ("rival", "rival_vendor")):
        here, there = world.places[shop], world.places[vendor]
        here.published = there.published = VendorFactory(organisation=there.organisation, tagline="Picks and packs")
        here.private_vendor = VendorFactory(
            organisation__name=f"Secret {here.mark}", organisation__kind="vendor", private_to=here.organisation
        )
        Relationship.objects.filter(vendor=here.private_vendor).update(
            status="blocked", blocked_reason=f"Too slow for {here.mark}", blocked_at=world.at
        )
        Note.objects.create(
            vendor=here.published,
            merchant=here.organisation,
            author=here.head,
            text=f"Noted by {here.mark}",
            created_at=world.at,
        )


def live(world: World, person: str):
    """Both vendors of the shop's and what it keeps about them, as they stand now."""
    pks = [world.shop.private_vendor.pk, world.shop.published.pk]
    return (
        list(Vendor.objects.filter(pk__in=pks).order_by("pk").values()),
        list(Relationship.objects.filter(vendor__in=pks).order_by("pk").values()),
        Note.objects.filter(vendor__in=pks).count(),
    )


def about(name: str, of: str = ""):
    """What rows about one of the two vendors share."""
    return {"args": lambda world: {"pk": getattr(world.shop, name).pk}, "of": of, "note": name, "changes": live}


def private(answer, **others):
    """The shop's buyers alone may; its others see it and may not."""
    return who(404, owner=answer, buyer=answer, operations=403, viewer=403, **others)


NOTE = {"text": "Ask about Saturdays"}
BLOCK = {"reason": "Two invoices too many"}

ROWS = [
    Row(
        "directory:list",
        get=who(403, shop=200, rival=200),
        shows=lambda world, person: f"Secret {world.place_of(person).mark}",
        tells=("vendor", "rival_vendor"),
    ),
    Row(
        "directory:add",
        get=who(403, owner=200, buyer=200, rival=200),
        post=who(403, owner="directory:vendor", buyer="directory:vendor", rival="directory:vendor"),
        data=lambda world, person: {"name": "Orchard Lane", "website": "https://orchardlane.example"},
        shows='name="website"',
        changes=lambda world, person: Vendor.objects.count(),
    ),
    Row(
        "directory:vendor",
        get=who(404, shop=200, rival=200, vendor=200),
        shows=lambda world, person: "Picks and packs",
        tells=("vendor",),
        **{key: value for key, value in about("published").items() if key != "changes"},
    ),
    Row(
        "directory:vendor",
        get=who(404, shop=200),
        shows=lambda world, person: f"Secret {world.shop.mark}",
        **{key: value for key, value in about("private_vendor", "shop").items() if key != "changes"},
    ),
    Row(
        "directory:add_note",
        get=who(405),
        post=private("directory:vendor"),
        data=lambda world, person: NOTE,
        **about("private_vendor", "shop"),
    ),
    Row(
        "directory:block",
        get=private(200),
        post=private("directory:vendor"),
        data=lambda world, person: BLOCK,
        shows='name="reason"',
        **about("private_vendor", "shop"),
    ),
    Row("directory:unblock", get=who(405), post=private("directory:vendor"), **about("private_vendor", "shop")),
]
