"""Tables of vendors, in and out."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access.rows import Row, nobody_may, who
from tests.access.world import World
from vendors.directory.imports import actions
from vendors.directory.models import Import


def furnish(world: World) -> None:
    """Each shop has an import at each of its steps, whose file and cells carry the shop's mark."""
    for shop in ("shop", "rival"):
        place = world.places[shop]
        place.imports = {step: bring(world, place, step) for step in ("uploaded", "checked")}


def bring(world: World, place, step: str) -> Import:
    out = io.StringIO()
    csv.writer(out).writerows([["Name", "Country"], [f"Brought by {place.mark}", f"No land of {place.mark}"]])
    file = SimpleUploadedFile(f"{step} {place.mark}.csv", out.getvalue().encode())
    made = actions.upload(file, by=place.head, at=world.at)
    if step == "checked":
        actions.check(made, made.mapping)
    return made


def own(answer, **others):
    """The shop's buyers alone may; its others know of none."""
    return who(404, owner=answer, buyer=answer, operations=403, viewer=403, **others)


def buyers(answer):
    """Any shop's buyers, about their own shop."""
    return who(403, owner=answer, buyer=answer, rival=answer)


def about(step: str):
    return {
        "args": lambda world: {"pk": world.shop.imports[step].pk},
        "of": "shop",
        "note": step,
    }


def live(world: World, person: str):
    pks = [one.pk for one in world.shop.imports.values()]
    return list(Import.objects.filter(pk__in=pks).order_by("pk").values())


def a_file(world: World, person: str):
    return {"file": SimpleUploadedFile("mine.csv", b"Name,Town\nAcme,Leeds\n")}


ROWS = [
    *(
        Row(
            f"directory:export_{kind}",
            get=who(403, shop=200, rival=200),
            shows=lambda world, person: f"Secret {world.place_of(person).mark}",
            tells=("vendor", "rival_vendor"),
        )
        for kind in ("csv", "xlsx")
    ),
    Row(
        "directory:import_upload",
        get=buyers(200),
        post=buyers("directory:import_columns"),
        data=a_file,
        shows=lambda world, person: f"checked {world.place_of(person).mark}.csv",
        changes=lambda world, person: Import.objects.count(),
    ),
    Row("directory:import_template", get=buyers(200), shows="Orchard Lane"),
    Row(
        "directory:import_columns",
        get=own(200),
        post=own("directory:import"),
        data=lambda world, person: {"column-0": "name", "column-1": "city"},
        shows=lambda world, person: f"No land of {world.shop.mark}",
        changes=live,
        **about("uploaded"),
    ),
    Row(
        "directory:import",
        get=own(200),
        shows=lambda world, person: f"Brought by {world.shop.mark}",
        **about("checked"),
    ),
    Row(
        "directory:import_start",
        get=nobody_may(),
        post=own("directory:import"),
        changes=live,
        **about("checked"),
    ),
    Row(
        "directory:import_problems",
        get=own(200),
        shows=lambda world, person: f"No land of {world.shop.mark}",
        **about("checked"),
    ),
]
