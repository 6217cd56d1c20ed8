"""How fast each side replies: of all with whom one talks, and of the two of one thread."""

from outsourcing.conversations.models import ReplyTime
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
    Row(
        "conversations:show_reply_time",
        get=who(405),
        post=who(403, manager="conversations:responding", rival_manager="conversations:responding"),
        data=lambda world, person: {"show": "1"},
        changes=lambda world, person: ReplyTime.objects.count(),
    ),
]
