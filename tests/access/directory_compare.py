"""Vendors beside each other."""

from tests.access.rows import Row, who

ROWS = [
    Row(
        "directory:compare",
        get=who(403, shop=200, rival=200),
        shows=lambda world, person: f"Secret {world.place_of(person).mark}",
        tells=("vendor", "rival_vendor"),
    ),
]
