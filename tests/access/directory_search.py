"""Searches that somebody saved: their own, whatever their colleagues may do."""

from tests.access.rows import Row, who
from tests.access.world import World
from vendors.directory.models import SavedSearch

LIST = "directory:list"


def furnish(world: World) -> None:
    """The owner of each shop has one, whose name and words carry the shop's mark."""
    for name in ("shop", "rival"):
        here = world.places[name]
        here.search = SavedSearch.objects.create(
            membership=here.head,
            name=f"Search of {here.mark}",
            query=f"q={here.mark}",
            looked_at=world.at,
            created_at=world.at,
        )


def live(world: World, person: str):
    return list(SavedSearch.objects.order_by("pk").values())


def own():
    return {"args": lambda world: {"pk": world.shop.search.pk}, "of": "shop", "changes": live}


ROWS = [
    Row(
        LIST,
        note="with a saved search",
        get=who(403, shop=200, rival=200),
        shows=lambda world, person: (
            f"Search of {world.place_of(person).mark}" if person in ("owner", "rival") else "h1"
        ),
        tells=("vendor", "rival_vendor"),
    ),
    Row(
        "directory:save_search",
        get=who(405),
        post=who(403, shop=LIST, rival=LIST),
        data=lambda world, person: {"name": "Fragile", "query": "handling=fragile"},
        changes=live,
    ),
    Row(
        "directory:saved_search",
        get=who(404, owner=LIST),
        marks=("directory_savedsearch",),
        proven_by="test_a_look_at_a_saved_search_is_its_owners_mark",
        **{key: value for key, value in own().items() if key != "changes"},
    ),
    Row(
        "directory:edit_saved_search",
        get=who(404, owner=200),
        post=who(404, owner=LIST),
        data=lambda world, person: {"name": "Called otherwise"},
        shows=lambda world, person: f"Search of {world.shop.mark}",
        **own(),
    ),
    Row("directory:remove_saved_search", get=who(405), post=who(404, owner=LIST), **own()),
]
