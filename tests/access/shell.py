"""The frame: home, search, health."""

from tests.access.rows import Row, everybody, who

ROWS = [
    Row("today", get=who(200), shows="<h1"),
    Row(
        "search",
        get=who(200),
        query="?q=quill",
        shows=lambda world, person: world.place_of(person).member.name if person in world.members else "<h1",
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
