"""Taking everything away."""

from outsourcing.leaving import exporting
from outsourcing.leaving.models import Export
from tests.access.accounts import heads
from tests.access.rows import Row, who
from tests.access.world import World


def furnish(world: World) -> None:
    """The shop's has been made, for its owner alone."""
    made = exporting.ask(by=world.shop.head, at=world.at)
    exporting.make(made.pk, now=lambda: world.at)
    world.shop.export = made


def exports(world: World, person: str):
    return list(Export.objects.order_by("pk").values("pk", "organisation", "state"))


ROWS = [
    Row(
        "leaving:export",
        get=heads(200),
        post=heads("leaving:export"),
        shows="What is inside",
        changes=exports,
    ),
    Row(
        "leaving:download",
        of="shop",
        get=who(404, owner=200),
        args=lambda world: {"pk": world.shop.export.pk},
        shows="talk of quillshop",
        meets={"owner": "vendor"},
    ),
]
