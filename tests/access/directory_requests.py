"""Asking a vendor for evidence: the shop asked the vendor of the cast, the rival another."""

from datetime import timedelta

from tests.access.rows import Row, who
from tests.access.world import World
from vendors.directory.models import (
    EvidenceRequest,
    Judgement,
    Partner,
    Pick,
    Reference,
    RequestedItem,
    Testimonial,
    WorkSample,
)
from vendors.directory.requests import answering, asking

Kind = RequestedItem.Kind
REFEREE = {"company": "Acme", "relation": "former", "agreed": "on"}


def furnish(world: World) -> None:
    """`asked` of both shops and both vendors: all is open but the testimonials, which have come."""
    due = world.at.date() + timedelta(days=14)
    for shop, vendor in (("shop", "vendor"), ("rival", "rival_vendor")):
        here, there = world.places[shop], world.places[vendor]
        wishes = [asking.Wish(kind=kind.value, detail=f"Wished by {here.mark}") for kind in Kind]
        asked = asking.ask_vendor(
            here.published, wishes, message=f"Written by {here.mark}", due_on=due, by=here.head, at=world.at
        )
        here.asked_items = there.asked_items = {one.kind: one for one in asked.items.all()}
        here.request = there.request = asked
        item = RequestedItem.objects.select_related("request__vendor", "request__merchant").get(
            request=asked, kind=Kind.TESTIMONIALS
        )
        answering.add_piece(item, by=there.head, at=world.at, quote="Good", company=f"Client of {there.mark}")
        answering.say_that_is_all(item, at=world.at)
        here.noted = answering.add_piece(item, by=here.head, at=world.at, quote="Fine", company=f"Of {here.mark}")
        there.sample = WorkSample.objects.create(
            vendor=there.published, title=f"Shown by {there.mark}", form="link", url="https://a.example/b",
            created_at=world.at,
        )  # fmt: skip
        there.referee = answering.name_referee(
            RequestedItem.objects.select_related("request__vendor", "request__merchant").get(
                request=asked, kind=Kind.REFEREES
            ),
            by=there.head, at=world.at, name=f"Referee of {there.mark}", email="r@a.example", company="A",
            relation="former",
        )  # fmt: skip


def live(world: World, person: str):
    """The shop's request and what hangs on it, as it stands now."""
    about = world.shop.request
    return (
        list(EvidenceRequest.objects.filter(pk=about.pk).values()),
        list(RequestedItem.objects.filter(request=about).order_by("pk").values()),
        Judgement.objects.filter(item__request=about).count(),
        Pick.objects.filter(item__request=about).count(),
        [kind.objects.current().filter(item__request=about).count()
         for kind in (Reference, WorkSample, Testimonial, Partner)],
    )  # fmt: skip


def asked(world: World):
    return {"pk": world.shop.request.pk}


def item(kind: str):
    return lambda world: {"pk": world.shop.asked_items[kind].pk}


def buyers(answer):
    """The shop's buyers may, its others and the vendor see it and may not; nobody else knows of it."""
    return who(404, owner=answer, buyer=answer, operations=403, viewer=403, vendor=403)


def vendors_people(answer):
    """The vendor's people may, the shop that asked may not; nobody else knows of it."""
    return who(404, vendor=answer, shop=403)


def of_shop(route: str, **more):
    return Row(route, of="shop", tells=("vendor",), **more)


def of_vendor(route: str, **more):
    """A page of the vendor's names the shop that asked."""
    return Row(route, of="vendor", tells=("shop",), **more)


ASK = {"referees": "on", "due_on": lambda world: (world.at.date() + timedelta(days=9)).isoformat()}

PIECES_OF_ANOTHER = {"pieces": lambda world, person: world.places["rival_vendor"].sample.pk}

ROWS = [
    Row(
        "directory:ask",
        args=lambda world: {"pk": world.shop.published.pk},
        note="published",
        tells=("vendor",),
        get=who(404, owner=200, buyer=200, rival=200, operations=403, viewer=403, vendor=403),
        post=who(
            404,
            **dict.fromkeys(("owner", "buyer", "rival"), "directory:request"),
            **dict.fromkeys(("operations", "viewer", "vendor"), 403),
        ),
        data=lambda world, person: {"referees": "on", "due_on": ASK["due_on"](world)},
        shows='name="due_on"',
        changes=lambda world, person: EvidenceRequest.objects.count(),
    ),
    Row(
        "directory:ask",
        args=lambda world: {"pk": world.shop.private_vendor.pk},
        note="blocked",
        of="shop",
        get=who(404, owner=409, buyer=409, operations=403, viewer=403),
        post=who(404, owner=409, buyer=409, operations=403, viewer=403),
        data=lambda world, person: {"referees": "on", "due_on": ASK["due_on"](world)},
    ),
    of_shop(
        "directory:request",
        args=asked,
        get=who(404, shop=200, vendor=403),
        shows=lambda world, person: f"Written by {world.shop.mark}",
    ),
    of_shop(
        "directory:withdraw_request",
        args=asked,
        get=who(405),
        post=buyers("directory:request"),
        changes=live,
    ),
    of_shop(
        "directory:judge",
        args=item("testimonials"),
        get=buyers(200),
        post=buyers("directory:request"),
        data=lambda world, person: {"verdict": "good", "text": "Fits what we heard"},
        shows='name="verdict"',
        changes=live,
    ),
    of_shop(
        "directory:record",
        args=item("partners"),
        get=buyers(200),
        post=buyers("directory:request"),
        data=lambda world, person: {
            "outcome": "came",
            "channel": "phone",
            "came_on": world.at.astimezone(world.shop.head.zone).date().isoformat(),
        },
        shows='name="channel"',
        changes=live,
    ),
    of_shop(
        "directory:record_piece",
        args=item("testimonials"),
        get=buyers(200),
        post=buyers("directory:request"),
        data=lambda world, person: {"quote": "On paper", "company": "Acme"},
        shows='name="quote"',
        changes=live,
    ),
    of_shop(
        "directory:remove_recorded",
        args=item("testimonials"),
        get=who(405),
        post=buyers("directory:request"),
        data=lambda world, person: {"piece": world.shop.noted.pk},
        ids={"piece": lambda world, person: world.rival.noted.pk},
        changes=live,
    ),
    of_shop(
        "directory:arrived",
        args=item("physical"),
        get=buyers(200),
        post=buyers("directory:request"),
        data=lambda world, person: {
            "title": "A box",
            "arrived_on": world.at.astimezone(world.shop.head.zone).date().isoformat(),
        },
        shows='name="photos"',
        changes=live,
    ),
    of_vendor(
        "directory:answer",
        args=asked,
        get=vendors_people(200),
        ids=PIECES_OF_ANOTHER,
        shows=lambda world, person: f"Written by {world.shop.mark}",
    ),
    of_vendor(
        "directory:answer_add",
        args=item("referees"),
        get=who(405),
        post=vendors_people("directory:answer"),
        data=lambda world, person: {"name": "Maren", "email": f"{person}@acme.example", **REFEREE},
        changes=live,
    ),
    of_vendor(
        "directory:answer_choose",
        args=item("samples"),
        get=who(405),
        post=vendors_people("directory:answer"),
        data=lambda world, person: {"pieces": world.vendor.sample.pk},
        ids=PIECES_OF_ANOTHER,
        changes=live,
    ),
    of_vendor(
        "directory:answer_remove",
        args=item("referees"),
        get=who(405),
        post=vendors_people("directory:answer"),
        data=lambda world, person: {"piece": world.vendor.referee.pk},
        ids={"piece": lambda world, person: world.places["rival_vendor"].referee.pk},
        changes=live,
    ),
    of_vendor(
        "directory:answer_done",
        args=item("referees"),
        get=who(405),
        post=vendors_people("directory:answer"),
        changes=live,
    ),
    of_vendor(
        "directory:answer_refuse",
        args=item("partners"),
        get=who(405),
        post=vendors_people("directory:answer"),
        data=lambda world, person: {"reason": "Not before a contract"},
        changes=live,
    ),
]
