"""The frame: home, search, health."""

from tests.access.rows import Row, everybody, who

#: With whom somebody has a contract, or something waiting: they stand on the home page.
MET = {
    **dict.fromkeys(("owner", "buyer", "operations", "viewer"), "vendor"),
    **dict.fromkeys(("manager", "contact"), "shop"),
    "rival": "rival_vendor",
    "rival_manager": "rival",
}

#: Shops find every published vendor, and each what it has itself; a vendor finds no other.
FOUND = dict.fromkeys(("owner", "buyer", "operations", "viewer", "rival"), ("vendor", "rival_vendor"))

#: And a vendor its merchants, by the contracts with them.
UNDER_CONTRACT = {**dict.fromkeys(("manager", "contact"), "shop"), "rival_manager": "rival"}

ROWS = [
    Row("today", get=who(200), shows="<h1", meets=MET),
    Row(
        "search",
        get=who(200),
        query="?q=quill",
        shows=lambda world, person: world.place_of(person).member.name if person in world.members else "<h1",
        meets=FOUND | UNDER_CONTRACT,
    ),
    Row(
        "search",
        note="for a private vendor",
        get=who(200),
        query="?q=secret",
        shows=lambda world, person: f"Secret {world.place_of(person).mark}" if person in FOUND else "Nothing found",
    ),
    *(
        Row(
            route,
            get=everybody(status),
            post=everybody(405),
            put=everybody(405),
            patch=everybody(405),
            delete=everybody(405),
            options=everybody(405),
            shows=shows,
        )
        for route, status, shows in (("healthz", 200, "ok"), ("readyz", 200, '"database": "ok"'))
    ),
]
