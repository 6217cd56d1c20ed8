"""Evidence: of the shop's own and the vendor's own word, a piece of each kind, and their files."""

import io
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from outsourcing.files.kinds import DOCUMENTS
from outsourcing.files.storage import keep
from tests.access.rows import Row, who
from tests.access.world import World
from vendors.directory.evidence.kinds import ADDED
from vendors.directory.models import Certificate, FacetValue, Partner, SamplePhoto, Testimonial, WorkSample


def furnish(world: World) -> None:
    """`pieces` of a place: one of each kind that it wrote down about the vendor of the cast."""
    for name, about in (("shop", "shop"), ("rival", "shop"), ("vendor", "vendor")):
        place = world.places[name]
        place.pieces = pieces_of(world, place, world.places[about].published, None if name == "vendor" else place)
        place.photo = keep_file(world, place, picture(), "parcel.png")
        SamplePhoto.objects.create(sample=place.pieces["parcel"], file=place.photo)


def pieces_of(world: World, place, vendor, merchant) -> dict:
    said = {
        "vendor": vendor,
        "merchant": merchant and merchant.organisation,
        "created_by": place.head,
        "created_at": world.at,
    }
    words = f"Heard by {place.mark}" if merchant else "Never a late parcel"
    file = {"file": keep_file(world, place, words.encode(), "words.txt")}
    drawn = {"file": keep_file(world, place, picture(), "box.png")}
    return {
        "testimonials": Testimonial.objects.create(quote=words, company="Acme", **said),
        "samples": WorkSample.objects.create(title=words, form="file", **file, **said),
        "picture": WorkSample.objects.create(title=words, form="file", **drawn, **said),
        "parcel": WorkSample.objects.create(title=words, form="physical", arrived_on=date(2026, 11, 2), **said),
        "partners": Partner.objects.create(name=words, kind="carrier", **said),
        "certificates": Certificate.objects.create(name=words, **file, **said),
    }


def keep_file(world: World, place, content: bytes, name: str):
    upload = SimpleUploadedFile(name, content)
    return keep(upload, by=place.head, organisation=place.organisation, at=world.at, kinds=DOCUMENTS)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "PNG")
    return out.getvalue()


DATA = {
    "testimonials": {"quote": "They never lose a box", "company": "Acme"},
    "samples": {"title": "A box", "url": "https://acme.example/box"},
    "partners": {"name": "Acme", "kind": "client"},
    "certificates": {"name": "Tidy floors"},
}
OF_ANOTHER = {"certificates": {"value": lambda world, person: FacetValue.objects.exclude(facet="certificate")[0].pk}}


def live(world: World, person: str):
    """How each piece of the vendor of the cast stands."""
    models = {kind.model for kind in ADDED.values()}
    rows = [model.objects.filter(vendor=world.shop.published).order_by("pk") for model in models]
    return [list(found.values()) for found in rows]


def args(piece: str, place: str, **more):
    return lambda world: {"pk": world.places[place].pieces[piece].pk, **more}


def own(answer):
    return who(404, owner=answer, buyer=answer, operations=403, viewer=403)


def the_vendors(answer):
    return who(404, manager=answer, contact=403, shop=403, rival=403)


def about(place: str):
    return {"of": place, "tells": ("vendor",)}


ROWS = [
    *[
        Row(
            "directory:evidence",
            note=kind,
            args=lambda world, kind=kind: {"pk": world.shop.published.pk, "kind": kind},
            get=who(404, shop=200, rival=200, vendor=200),
            shows="Never a late parcel",
            tells=("vendor",),
        )
        for kind in ADDED
    ],
    Row(
        "directory:evidence",
        note="private",
        of="shop",
        args=lambda world: {"pk": world.shop.private_vendor.pk, "kind": "references"},
        get=who(404, shop=200),
        shows="No references yet",
    ),
    *[
        Row(
            "directory:add_evidence",
            note=kind,
            args=lambda world, kind=kind: {"pk": world.shop.published.pk, "kind": kind},
            get=who(404, owner=200, buyer=200, rival=200, manager=200, operations=403, viewer=403, contact=403),
            post=who(
                404,
                **dict.fromkeys(("owner", "buyer", "rival", "manager"), "directory:vendor"),
                operations=403,
                viewer=403,
                contact=403,
            ),
            data=lambda world, person, kind=kind: DATA[kind],
            ids=OF_ANOTHER.get(kind, {}),
            changes=live,
            shows="Save",
            tells=("vendor",),
        )
        for kind in ADDED
    ],
    *[
        Row(
            f"directory:{verb}_evidence",
            note=kind,
            args=args(kind, place, kind=kind),
            get=answers(200),
            post=answers("directory:vendor"),
            data=lambda world, person, kind=kind, verb=verb: DATA[kind] if verb == "edit" else {},
            ids=OF_ANOTHER.get(kind, {}) if verb == "edit" else {},
            changes=live,
            shows="Save" if verb == "edit" else "Take back",
            **about(place),
        )
        for place, answers in (("shop", own), ("vendor", the_vendors))
        for verb in ("edit", "remove")
        for kind in ADDED
    ],
    Row(
        "directory:sample_file",
        args=args("samples", "shop"),
        get=who(404, shop=200),
        shows="Heard by quillshop",
        of="shop",
    ),
    Row(
        "directory:sample_file",
        args=args("samples", "vendor"),
        get=who(404, shop=200, rival=200, vendor=200),
        shows="Never a late parcel",
        of="vendor",
    ),
    Row(
        "directory:sample_thumbnail",
        args=args("picture", "shop"),
        get=who(404, shop=200),
        shows="IHDR",
        of="shop",
    ),
    Row(
        "directory:certificate_file",
        args=args("certificates", "shop"),
        get=who(404, shop=200),
        shows="Heard by quillshop",
        of="shop",
    ),
    Row(
        "directory:certificate_file",
        args=args("certificates", "vendor"),
        get=who(404, shop=200, rival=200, vendor=200),
        shows="Never a late parcel",
        of="vendor",
    ),
    *[
        Row(
            route,
            args=lambda world: {"pk": world.shop.pieces["parcel"].pk, "file": world.shop.photo.pk},
            get=who(404, shop=200),
            shows="IHDR",
            of="shop",
        )
        for route in ("directory:sample_photo", "directory:photo_thumbnail")
    ],
]
