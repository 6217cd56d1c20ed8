"""What a merchant keeps to itself: notes, tags, how it stands, contacts."""

from tests.access.rows import Row, who
from tests.access.world import World
from tests.factories import VendorFactory
from vendors.directory.keeping import contacts
from vendors.directory.models import Contact, Note, Relationship, Tag, Tagging


def furnish(world: World) -> None:
    """`kept` is a vendor of each shop's own with a note of its owner's, a tag and a contact, all with its mark."""
    for name in ("shop", "rival"):
        here = world.places[name]
        own = {"merchant": here.organisation, "created_at": world.at}
        here.kept = VendorFactory(organisation__name=f"Kept by {here.mark}", private_to=here.organisation)
        here.note = Note.objects.create(vendor=here.kept, author=here.head, text=f"Kept note of {here.mark}", **own)
        here.tag = Tag.objects.create(merchant=here.organisation, name=f"Tag of {here.mark}")
        for vendor in (here.kept, here.published):
            Tagging.objects.create(tag=here.tag, vendor=vendor)
        here.contact = contacts.add_contact(
            here.kept, email=f"known@{here.mark}.example", about=f"Known to {here.mark}", by=here.head, at=world.at
        )


def live(world: World, person: str):
    """All that the shop keeps about that vendor, as it stands now."""
    vendor = world.shop.kept
    return (
        list(Note.objects.filter(vendor=vendor).order_by("pk").values()),
        list(Relationship.objects.filter(vendor=vendor).values()),
        list(Tagging.objects.filter(vendor=vendor).order_by("pk").values()),
        list(Contact.objects.filter(vendor=vendor).order_by("pk").values()),
    )


def own(field: str):
    """What rows about a live object of the shop's share."""
    return {
        "args": lambda world: {"pk": getattr(world.shop, field).pk},
        "of": "shop",
        "note": field,
        "changes": live,
    }


def buyers(answer):
    return who(404, owner=answer, buyer=answer, operations=403, viewer=403)


def keepers(answer):
    return who(404, owner=answer, buyer=answer, operations=answer, viewer=403)


BACK = "directory:vendor"
CONTACT = {"email": "new@quay.example", "name": "Ines", "about": "Dispatch"}
ROWS = [
    Row(
        "directory:vendor",
        get=who(404, shop=200),
        shows=lambda world, person: f"Kept note of {world.shop.mark}",
        **{key: value for key, value in own("kept").items() if key != "changes"},
    ),
    Row(
        "directory:edit_note",
        get=who(404, owner=200, buyer=403, operations=403, viewer=403),
        post=who(404, owner=BACK, buyer=403, operations=403, viewer=403),
        data=lambda world, person: {"text": "In other words"},
        shows='name="text"',
        **own("note"),
    ),
    Row(
        "directory:remove_note",
        get=who(405),
        post=who(404, owner=BACK, buyer=403, operations=403, viewer=403),
        **own("note"),
    ),
    Row(
        "directory:add_tag",
        get=who(405),
        post=buyers(BACK),
        data=lambda world, person: {"name": "Steady"},
        **own("kept"),
    ),
    Row(
        "directory:remove_tag",
        get=who(405),
        post=buyers(BACK),
        data=lambda world, person: {"tag": world.shop.tag.pk},
        ids={"tag": lambda world, person: world.rival.tag.pk},
        **own("kept"),
    ),
    Row(
        "directory:set_status",
        get=who(405),
        post=buyers(BACK),
        data=lambda world, person: {"status": "active"},
        **own("kept"),
    ),
    Row(
        "directory:add_contact",
        get=keepers(200),
        post=keepers(BACK),
        data=lambda world, person: CONTACT,
        shows='name="about"',
        **own("kept"),
    ),
    Row(
        "directory:edit_contact",
        get=keepers(200),
        post=keepers(BACK),
        data=lambda world, person: CONTACT,
        shows=lambda world, person: f"Known to {world.shop.mark}",
        **own("contact"),
    ),
    Row("directory:remove_contact", get=who(405), post=keepers(BACK), **own("contact")),
]
