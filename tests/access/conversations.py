"""Threads of each shop with its vendor, and what one may do in them; internal notes of both sides stand beside."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime

from outsourcing.conversations import answering, drafts, posting
from outsourcing.conversations.models import (
    Asks,
    Draft,
    Entry,
    InternalNote,
    Kind,
    Participant,
    ReadMark,
    Thread,
    Turn,
    Withdrawal,
)
from outsourcing.conversations.posting import Receipt, Said
from tests.access.directory_evidence import picture
from tests.access.rows import Row, who
from tests.access.world import SHOP, World
from tests.factories import ThreadFactory


def said(text: str, kind: Kind = Kind.MESSAGE, **more) -> Said:
    return Said(key=uuid.uuid4(), text=text, kind=kind, **more)


def furnish(world: World) -> None:
    """`talk` has what both owe, `quiet` nothing that is open, `shut` is closed, in `waved` an answer was waved away."""
    for shop, vendor in (("shop", "vendor"), ("rival", "rival_vendor")):
        here, there = world.places[shop], world.places[vendor]

        def begin(subject: str, here=here, there=there) -> Thread:
            return ThreadFactory(
                merchant=here.organisation,
                vendor=there.organisation,
                opened_by=here.head,
                subject=f"{subject} of {here.mark}",
                opened_at=world.at,
            )

        talk, quiet, shut, waved = map(begin, ("Talk", "Quiet", "Shut", "Waved"))
        ask = {"asks": Asks.ANSWER}
        posting.post(talk, said("When?", Kind.QUESTION, **ask), by=here.head, at=world.at)
        upload = SimpleUploadedFile("gate.png", picture())
        here.answer = posting.post(
            talk, said("Why?", Kind.QUESTION, uploads=[upload], **ask), by=there.head, at=world.at
        )
        rule = said("Kraft tape on all of them", Kind.INSTRUCTION, asks=Asks.ACKNOWLEDGEMENT)
        here.rule = posting.post(talk, rule, by=here.head, at=world.at)
        back = said("Which tape?", Kind.QUESTION, **ask)
        here.back = posting.post(begin("Back"), back, by=there.head, at=world.at)
        posting.post(quiet, said("Thank you."), by=here.head, at=world.at)
        posting.post(shut, said("All done."), by=here.head, at=world.at)
        Thread.objects.filter(pk=shut.pk).update(closed_at=world.at, closed_by=here.head)
        here.waved = posting.post(waved, said("And?", Kind.QUESTION, **ask), by=here.head, at=world.at).turn
        answering.dismiss(here.waved, by=there.head, at=world.at)
        for place in (here, there):
            posting.note(talk, "Said among us", key=uuid.uuid4(), by=place.head, at=world.at)
        here.talk, here.quiet, here.shut = talk, quiet, shut
        here.begun = drafts.attach(
            here.head,
            drafts.Place(quiet),
            SimpleUploadedFile("dock.png", picture()),
            uuid.uuid4(),
            at=world.at,
        )
        by_phone = Receipt("phone", world.at)
        here.told = posting.post(begin("Told"), said("By phone", receipt=by_phone), by=here.head, at=world.at)
        here.file = here.answer.attachments.get()


def live(world: World, person: str):
    """Everything in the threads of the shop and the rival, as it stands now."""
    return (
        list(Thread.objects.order_by("pk").values()),
        list(Turn.objects.order_by("pk").values()),
        list(Entry.objects.order_by("pk").values("pk", "version", "turn", "objected_at")),
        InternalNote.objects.count(),
        Participant.objects.count(),
        Entry.objects.filter(acknowledgements__isnull=False).count(),
        Withdrawal.objects.count(),
    )


def in_thread(name: str):
    return {"args": lambda world: {"pk": getattr(world.shop, name).pk}, "note": name, "tells": ("shop", "vendor")}


def in_turn(turn):
    return {"args": lambda world: {"pk": turn(world).pk}, "tells": ("shop", "vendor"), "changes": live}


def writers(ours, theirs, viewer=403):
    """An answer for the shop's writers, and one for the vendor's people; its viewer is refused, others see nothing."""
    return who(404, owner=ours, buyer=ours, operations=ours, viewer=viewer, vendor=theirs)


def form(**fields):
    return lambda world, person: {"key": str(uuid.uuid4()), "kind": "message", "text": "At ten.", **fields}


def kept(world: World, person: str):
    """What everybody is writing."""
    return list(Draft.objects.order_by("pk").values("pk", "text", "attachments"))


def upload(world: World, person: str):
    return {"key": str(uuid.uuid4()), "uploads": SimpleUploadedFile("gate.png", picture())}


def counterpart(world: World, person: str) -> int:
    """Whom each may write to: the other side of their threads; anybody for whoever is nowhere."""
    other = {"shop": "vendor", "vendor": "shop", "rival": "rival_vendor", "rival_vendor": "rival"}
    here = world.place_of(person)
    found = next((other[name] for name, place in world.places.items() if place is here), "shop")
    return world.places[found].organisation.pk


def stranger_to(world: World, person: str) -> int:
    """A live organisation of the other kind to which this person may not write: another shop's own vendor."""
    here = world.place_of(person)
    if here in (world.shop, world.rival):
        other = world.rival if here is world.shop else world.shop
        return other.private_vendor.organisation_id
    return world.places["shop" if here is world.places["rival_vendor"] else "rival"].organisation.pk


def colleague(world: World, person: str) -> int:
    """Somebody of one's own side who is not in the quiet thread."""
    return (world.places["shop"] if person in SHOP else world.vendor).spare.pk


def stranger_in(world: World, person: str) -> int:
    """Somebody of the other side."""
    return world.members["manager" if person in SHOP else "owner"].pk


def received(**fields):
    """A body that says how something came, now."""
    return lambda world, person: {
        "channel": "phone",
        "received_at": localtime(world.at).strftime("%Y-%m-%dT%H:%M:%S.%f"),
        "author": "",
        "version": 1,
        **form(**fields)(world, person),
    }


def merchants(ours):
    """An answer for the shop's writers; its viewer and the vendor's people are refused, others see nothing."""
    return who(404, owner=ours, buyer=ours, operations=ours, viewer=403, vendor=403)


BACK = "conversations:thread"
ROWS = [
    Row(
        "conversations:inbox",
        get=who(403, members=200),
        shows=lambda world, person: "talk of",
        query="?show=all",
        tells=("shop", "vendor", "rival", "rival_vendor"),
    ),
    Row(
        "conversations:start",
        get=who(403, members=200, viewer=403),
        post=who(403, members=BACK, viewer=403),
        data=lambda world, person: {**form()(world, person), "subject": "Docks", "to": counterpart(world, person)},
        ids={"to": stranger_to},
        shows='name="subject"',
        changes=lambda world, person: Thread.objects.count(),
        tells=("shop", "vendor", "rival", "rival_vendor"),
    ),
    Row(
        BACK,
        get=who(404, shop=200, vendor=200),
        of="shop",
        shows="Kraft tape on all of them",
        marks=(ReadMark._meta.db_table,),
        **in_thread("talk"),
    ),
    Row(
        BACK,
        get=who(404, shop=200, vendor=200),
        of="vendor",
        shows="Thank you.",
        marks=(ReadMark._meta.db_table,),
        **in_thread("quiet"),
    ),
    Row(
        "conversations:print",
        get=who(404, shop=200, vendor=200),
        of="shop",
        query="?notes=1",
        shows="Said among us",
        **in_thread("talk"),
    ),
    Row(
        "conversations:export",
        get=who(404, shop=200, vendor=200),
        of="vendor",
        query="?notes=1",
        shows="Kraft tape on all of them",
        **in_thread("talk"),
    ),
    Row(
        "conversations:news",
        get=who(404, shop=200, vendor=200),
        of="vendor",
        query="?after=0&notes=0",
        shows="Kraft tape on all of them",
        marks=(ReadMark._meta.db_table,),
        **in_thread("talk"),
    ),
    Row(
        "conversations:post",
        get=who(405),
        post=writers(BACK, BACK),
        of="shop",
        data=form(),
        changes=live,
        **in_thread("talk"),
    ),
    Row(
        "conversations:post",
        get=who(405),
        post=writers(BACK, BACK),
        of="vendor",
        data=form(kind="note"),
        changes=lambda world, person: InternalNote.objects.count(),
        **in_thread("quiet"),
    ),
    Row(
        "conversations:draft",
        get=who(405),
        post=writers(200, 200),
        worked=(200,),
        of="shop",
        data=form(),
        changes=kept,
        **in_thread("talk"),
    ),
    Row(
        "conversations:attach",
        get=who(405),
        post=writers(200, 200),
        worked=(200,),
        of="vendor",
        data=upload,
        changes=kept,
        **in_thread("talk"),
    ),
    Row(
        "conversations:draft_new",
        get=who(405),
        post=who(403, members=200, viewer=403),
        worked=(200,),
        data=form(),
        changes=kept,
    ),
    Row(
        "conversations:attach_new",
        get=who(405),
        post=who(403, members=200, viewer=403),
        worked=(200,),
        data=upload,
        changes=kept,
    ),
    Row(
        "conversations:remove_file",
        get=who(405),
        post=who(404, owner=BACK),
        of="shop",
        note="of one's draft",
        args=lambda world: {"pk": world.shop.begun.pk},
        changes=kept,
    ),
    Row(
        "conversations:remove_file",
        get=who(405),
        post=writers(409, 409),
        **in_thread("file"),
    ),
    Row(
        "conversations:file",
        get=who(404, owner=200),
        note="of a draft",
        args=lambda world: {"pk": world.shop.begun.pk},
        shows="png",
    ),
    Row(
        "conversations:close",
        get=who(405),
        post=writers(BACK, BACK),
        of="shop",
        changes=live,
        **in_thread("quiet"),
    ),
    Row(
        "conversations:close",
        get=who(405),
        post=writers(409, 409),
        **in_thread("talk"),
    ),
    Row(
        "conversations:open",
        get=who(405),
        post=writers(BACK, BACK),
        of="vendor",
        changes=live,
        **in_thread("shut"),
    ),
    Row(
        "conversations:edit",
        get=writers(200, 403),
        post=writers(BACK, 403),
        of="shop",
        data=lambda world, person: {"version": 1, "text": "Clear tape"},
        shows='name="version"',
        changes=live,
        **in_thread("rule"),
    ),
    Row(
        "conversations:acknowledge",
        get=who(405),
        post=writers(409, BACK),
        of="vendor",
        data=lambda world, person: {"version": 1},
        changes=live,
        **in_thread("rule"),
    ),
    Row(
        "conversations:withdraw",
        get=who(405),
        post=writers(BACK, 409),
        of="shop",
        **in_turn(lambda world: world.shop.rule.turn),
    ),
    Row(
        "conversations:dismiss",
        get=who(405),
        post=writers(409, BACK),
        of="vendor",
        **in_turn(lambda world: world.shop.rule.turn),
    ),
    Row(
        "conversations:reopen",
        get=who(405),
        post=writers(BACK, 409),
        of="shop",
        **in_turn(lambda world: world.shop.waved),
    ),
    Row(
        "conversations:hand_over",
        get=writers(200, 403),
        post=writers(BACK, 403),
        of="shop",
        data=lambda world, person: {
            "to": world.members["buyer" if person == "owner" else "owner"].pk,
        },
        ids={"to": lambda world, person: world.members["manager"].pk},
        shows='name="to"',
        **in_turn(lambda world: world.shop.back.turn),
    ),
    Row(
        "conversations:file",
        get=who(404, shop=200, vendor=200),
        of="shop",
        shows="png",
        **in_thread("file"),
    ),
    Row(
        "conversations:thumbnail",
        get=who(404, shop=200, vendor=200),
        of="vendor",
        shows="png",
        **in_thread("file"),
    ),
    Row(
        "conversations:expectation",
        get=writers(200, 200),
        of="shop",
        shows="due",
        query="?kind=question",
        **in_thread("talk"),
    ),
    Row(
        "conversations:start_expectation",
        get=who(403, members=200, viewer=403),
        shows="due",
        query="?kind=question",
        tells=("shop", "vendor", "rival", "rival_vendor"),
    ),
    Row(
        "conversations:instructions",
        get=who(403, members=200),
        shows="Kraft tape on all of them",
        tells=("shop", "vendor", "rival", "rival_vendor"),
    ),
    Row(
        "conversations:versions",
        get=who(404, shop=200, vendor=200),
        of="shop",
        shows="Kraft tape on all of them",
        **in_thread("rule"),
    ),
    Row(
        "conversations:people",
        get=writers(200, 200),
        post=who(404, owner=BACK, buyer=BACK, operations=BACK, viewer=403, vendor=BACK),
        of="shop",
        data=lambda world, person: {"people": colleague(world, person)},
        ids={"people": stranger_in},
        shows="People in this conversation",
        changes=live,
        **in_thread("quiet"),
    ),
    Row(
        "conversations:record",
        get=merchants(200),
        post=merchants(BACK),
        of="shop",
        data=received(),
        ids={"author": lambda world, person: world.members["contact"].pk},
        shows='name="received_at"',
        changes=live,
        **in_thread("quiet"),
    ),
    Row(
        "conversations:record_seen",
        get=merchants(200),
        post=merchants(BACK),
        of="shop",
        data=received(),
        ids={"author": lambda world, person: world.members["contact"].pk},
        shows='name="received_at"',
        changes=live,
        **in_thread("rule"),
    ),
    Row(
        "conversations:take_back",
        get=merchants(200),
        post=merchants(BACK),
        of="shop",
        shows='name="reason"',
        changes=live,
        **in_thread("rule"),
    ),
    Row(
        "conversations:object",
        get=who(404, shop=403, vendor=200),
        post=who(404, shop=403, vendor=BACK),
        of="vendor",
        shows='name="text"',
        data=form(),
        changes=live,
        **in_thread("told"),
    ),
]
