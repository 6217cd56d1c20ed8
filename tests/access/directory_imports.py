"""The list of vendors as a file."""

from tests.access.rows import Row, who

ROWS = [
    Row(
        "directory:export_csv",
        get=who(403, shop=200, rival=200),
        shows=lambda world, person: f"Secret {world.place_of(person).mark}",
        tells=("vendor", "rival_vendor"),
    ),
]
