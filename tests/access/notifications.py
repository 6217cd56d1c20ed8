"""Mails that a person decides about: each organisation's own, for whoever runs it."""

from outsourcing.notifications.models import Mail, Recipient
from tests.access.accounts import heads
from tests.access.rows import Row, everybody, nobody_may, who
from tests.access.world import World
from tests.factories import MailFactory


def furnish(world: World) -> None:
    """Two mails of each place: one that was refused, one that came back."""
    for place in world.places.values():
        place.refused = MailFactory(
            organisation=place.organisation, subject=f"Refused of {place.mark}", state=Mail.State.FAILED,
            message_id=f"<refused-{place.mark}@localhost>",
        )  # fmt: skip
        place.bounced = MailFactory(
            organisation=place.organisation, subject=f"Came back to {place.mark}", state=Mail.State.SENT,
            sent_at=world.at, message_id=f"<bounced-{place.mark}@localhost>",
        )  # fmt: skip
        Recipient.objects.create(address=place.bounced.address, unreachable_since=world.at)


def live(world: World, person: str):
    """All refused mails as they stand now."""
    return list(Mail.objects.filter(occurrence__startswith="test:").order_by("pk").values())


def act(route: str) -> Row:
    return Row(
        f"mails:{route}", of="shop", args=lambda world: {"key": world.shop.refused.key}, get=nobody_may(),
        post=who(403, owner="mails:undelivered", manager=404, rivals=404), changes=live,
    )  # fmt: skip


def doubted(world: World, person: str):
    """All addresses from which mails come back."""
    return list(Recipient.objects.unreachable().order_by("pk").values())


ROWS = [
    Row("mails:undelivered", get=heads(200), shows=lambda world, person: f"Refused of {world.place_of(person).mark}"),
    act("again"),
    act("set_aside"),
    Row(
        "mails:reaches_them",
        of="shop",
        args=lambda world: {"key": world.shop.bounced.key},
        get=nobody_may(),
        post=who(403, owner="mails:undelivered", manager=404, rivals=404),
        changes=doubted,
    ),
    Row(  # for mail servers with the secret of a setting, which is not set here
        "mails:bounces",
        proven_by="test_a_mail_server_with_the_secret_hands_in_what_came_back",
        get=everybody(405),
        post=everybody(404),
        put=everybody(405),
        patch=everybody(405),
        delete=everybody(405),
        options=everybody(405),
    ),
]
