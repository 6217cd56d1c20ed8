"""How fast each side replies: of all with whom one talks, and of the two of one thread."""

from tests.access.conversations import in_thread
from tests.access.rows import Row, who
from tests.access.world import SHOP, VENDOR

ROWS = [
    Row(
        "conversations:responding",
        get=who(403, members=200),
        shows="of 5 needed",
        meets={
            **dict.fromkeys(SHOP, "vendor"),
            **dict.fromkeys(VENDOR, "shop"),
            "rival": "rival_vendor",
            "rival_manager": "rival",
        },
    ),
    Row(
        "conversations:replies",
        get=who(404, shop=200, vendor=200),
        of="shop",
        shows="Answered",
        query="?side=they",
        **in_thread("talk"),
    ),
]
