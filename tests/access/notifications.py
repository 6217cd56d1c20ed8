"""Mails that a person decides about: each organisation's own, for whoever runs it."""

from datetime import date, timedelta

from outsourcing.notifications import opting
from outsourcing.notifications.models import Ladder, Mail, Notice, OptOut, Policy, Recipient, Rung, Tally
from outsourcing.shared.models import MailHold
from tests.access.accounts import heads
from tests.access.directory_profiles import staff
from tests.access.rows import Row, everybody, nobody_may, who
from tests.access.world import Place, World
from tests.factories import LadderFactory, MailFactory, NoticeFactory, RungFactory


def furnish(world: World) -> None:
    """Two mails of each place: one that was refused, one that came back; and a hold on all mail that is over."""
    world.hold = MailHold.objects.create(held_at=world.at, released_at=world.at)
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
        _reminders(world, place)


def _reminders(world: World, place: Place) -> None:
    """Of each place: a reminder of an invitation that is planned, and one that told its head."""
    place.ladder = Ladder.objects.get(rule="invitation", subject=place.invitation.pk)
    place.rung = place.ladder.rungs.get()
    past = RungFactory(ladder=place.ladder, step=7, state=Rung.State.DONE, due_at=world.at, done_at=world.at)
    place.notice = NoticeFactory(rung=past, membership=place.head, title=f"Told at {place.mark}")
    place.held_rung = RungFactory(
        ladder__organisation=place.organisation, ladder__title=f"Kept by {place.mark}", state=Rung.State.HELD,
        by=place.head, due_at=world.at,
    )  # fmt: skip
    place.parked_rung = RungFactory(
        ladder__organisation=place.organisation, ladder__title=f"Given up at {place.mark}", state=Rung.State.SKIPPED,
        why="Given up", due_at=world.at, done_at=world.at,
    )  # fmt: skip
    place.outgoing = NoticeFactory(
        rung=RungFactory(
            ladder__organisation=place.organisation, ladder__title=f"Outgoing of {place.mark}", state=Rung.State.DONE,
            due_at=world.at, done_at=world.at,
        ),
        organisation=place.organisation, membership=place.head, title=f"Goes out of {place.mark}", state="waiting",
    )  # fmt: skip
    place.kept_back = NoticeFactory(
        rung=RungFactory(
            ladder__organisation=place.organisation, ladder__title=f"Kept back by {place.mark}", state=Rung.State.DONE,
            due_at=world.at, done_at=world.at,
        ),
        organisation=place.organisation, membership=place.head, title=f"Stays at {place.mark}", state="held",
        why="Held by hand.",
    )  # fmt: skip
    place.storm = Tally.objects.create(organisation=place.organisation, tick=world.at, count=60, held_at=world.at)
    place.debt = LadderFactory(  # a message that the place owes an answer to
        organisation=place.organisation, owed_by=place.organisation, title=f"Debt of {place.mark}", rule="turn",
    )  # fmt: skip


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


def rungs(world: World, person: str):
    """All reminders as they stand now, and until when their ladders are put off."""
    rows = Rung.objects.order_by("pk").values("pk", "state", "due_at", "by", "at_once")
    return list(rows), list(Ladder.objects.order_by("pk").values("pk", "snoozed_until"))


def runs(answer, rest=403):
    """Who runs a merchant's reminders."""
    return who(
        rest, owner=answer, operations=answer, rival=answer, manager=403, contact=403, rival_manager=403, nowhere=403
    )


def about(route: str, name: str, to: str, **more) -> Row:
    """Something that one does about a reminder of the shop's."""
    return Row(
        f"reminders:{route}", of="shop", args=lambda world: {"pk": getattr(world.shop, name).pk}, get=nobody_may(),
        post=who(404, shop=403, owner=to, operations=to), changes=rungs, **more,
    )  # fmt: skip


def waiting_mails(world: World, person: str):
    """What waits for its mail, or is kept out of it."""
    return list(Notice.objects.filter(state__in=["waiting", "held"]).order_by("pk").values("pk", "state", "why"))


def about_a_mail(route: str, name: str) -> Row:
    """Something that one does about a reminder of the shop's that waits for its mail."""
    return Row(
        f"reminders:{route}", of="shop", args=lambda world: {"pk": getattr(world.shop, name).pk}, get=nobody_may(),
        post=who(403, owner="reminders:upcoming", operations="reminders:upcoming", rival=404), changes=waiting_mails,
    )  # fmt: skip


REMINDERS = [
    about_a_mail("hold_mail", "outgoing"),
    about_a_mail("let_mail_go", "kept_back"),
    Row(
        "reminders:upcoming",
        get=runs(200),
        shows=lambda world, person: f"Asked {world.place_of(person).mark}",
        meets={"owner": "vendor", "operations": "vendor", "rival": ("vendor", "rival_vendor")},
    ),
    Row(
        "reminders:log", get=runs(200),
        shows=lambda world, person: f"Invitation of Asked {world.place_of(person).mark}",
    ),
    Row(
        "reminders:ladder", of="shop", args=lambda world: {"pk": world.shop.ladder.pk},
        get=who(404, shop=403, owner=200, operations=200),
        shows=lambda world, person: f"Invitation of Asked {world.shop.mark}",
    ),
    about("hold", "rung", "reminders:upcoming"),
    about("send_now", "rung", "reminders:upcoming"),
    about("try_again", "parked_rung", "reminders:ladder"),
    about("let_go", "held_rung", "reminders:upcoming"),
    Row(
        "reminders:snooze", of="shop", args=lambda world: {"pk": world.shop.debt.pk}, get=nobody_may(),
        post=who(404, shop=403, owner="reminders:ladder", operations="reminders:ladder"), changes=rungs,
        data=lambda world, person: {"until": f"{date.today() + timedelta(days=4):%Y-%m-%d}"},
    ),
    Row(
        "reminders:decide_storm", of="shop", args=lambda world: {"pk": world.shop.storm.pk}, get=nobody_may(),
        post=who(404, shop=403, owner="reminders:upcoming", operations="reminders:upcoming"),
        data=lambda world, person: {"decision": "go"},
        changes=lambda world, person: list(Tally.objects.order_by("pk").values()),
    ),
    Row(
        "reminders:policies", get=who(403, owner=200, rival=200, nowhere=403), shows="when who is reminded of what",
    ),
    Row(
        "reminders:policy", args=lambda world: {"key": "turn"}, get=who(403, owner=200, rival=200, nowhere=403),
        shows="my own steps", post=who(403, owner="reminders:policies", rival="reminders:policies", nowhere=403),
        data=lambda world, person: {"preset": "firm", "confirm": "1"},
        changes=lambda world, person: list(Policy.objects.order_by("pk").values()),
    ),
    Row(
        "reminders:emails", get=who(200, nowhere=403), shows="remind me by email of",
        post=who("reminders:emails", nowhere=403), data=lambda world, person: {"want": ["messages"]},
        changes=lambda world, person: list(OptOut.objects.order_by("pk").values("membership", "category")),
    ),
    Row(
        "reminders:notices", get=who(200, nowhere=403),
        shows=lambda world, person: (
            f"Told at {world.place_of(person).mark}"
            if world.members[person] == world.place_of(person).head
            else "Notices"
        ),
    ),
    Row(
        "reminders:read_all", get=nobody_may(), post=who("reminders:notices", nowhere=403),
        proven_by="test_all_notices_are_read_at_once",
    ),
    Row(
        "reminders:notice", of="shop", args=lambda world: {"pk": world.shop.notice.pk},
        get=who(404, owner="milestones:contracts"), marks=("notifications_notice",),
        proven_by="test_a_notice_leads_to_what_it_is_about",
    ),
    Row(
        "reminders:settle", of="shop", args=lambda world: {"pk": world.shop.notice.pk}, get=nobody_may(),
        post=who(404, owner="reminders:notices"),
        changes=lambda world, person: list(Notice.objects.order_by("pk").values("pk", "read_at")),
    ),
    Row(
        "mails:unsubscribe",
        args=lambda world: {"token": opting.address(world.shop.refused, "messages").split("/")[-2]},
        get=everybody(200), shows="fewer emails", post=everybody(200),
        changes=lambda world, person: list(OptOut.objects.order_by("pk").values("address", "category")),
        worked=(200,), put=everybody(405), patch=everybody(405), delete=everybody(405), options=everybody(405),
    ),
]  # fmt: skip

ROWS = [
    *REMINDERS,
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
    *(
        staff(f"admin:shared_mailhold_{page}", **({"object_id": "1"} if page in ("change", "history") else {}))
        for page in ("changelist", "add", "change", "history")
    ),
]
