"""Mails that a person decides about: each organisation's own, for whoever runs it."""

from outsourcing.notifications.models import Mail
from tests.access.accounts import heads
from tests.access.rows import Row, nobody_may, who
from tests.access.world import World
from tests.factories import MailFactory


def furnish(world: World) -> None:
    """One mail of each place that was refused."""
    for place in world.places.values():
        place.refused = MailFactory(
            organisation=place.organisation, subject=f"Refused of {place.mark}", state=Mail.State.FAILED,
            message_id=f"<refused-{place.mark}@localhost>",
        )  # fmt: skip


def live(world: World, person: str):
    """All refused mails as they stand now."""
    return list(Mail.objects.filter(occurrence__startswith="test:").order_by("pk").values())


def act(route: str) -> Row:
    return Row(
        f"mails:{route}", of="shop", args=lambda world: {"key": world.shop.refused.key}, get=nobody_may(),
        post=who(403, owner="mails:undelivered", manager=404, rivals=404), changes=live,
    )  # fmt: skip


ROWS = [
    Row("mails:undelivered", get=heads(200), shows=lambda world, person: f"Refused of {world.place_of(person).mark}"),
    act("again"),
    act("set_aside"),
]
