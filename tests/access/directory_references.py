"""References, what is asked about them, and the links by which others answer."""

from tests.access.rows import Row, everybody, who
from tests.access.world import World
from tests.factories import ReferenceFactory
from vendors.directory.enquiries import answering, asking
from vendors.directory.enquiries.links import token_of
from vendors.directory.models import Enquiry, FacetValue, Partner, Reference, ReferenceAnswer, Testimonial

ANSWER = {"hire_again": "yes", "has_conflict": "no", "sharing": "nothing"}


def furnish(world: World) -> None:
    """Each shop has asked somebody about the vendor of the cast, and has an answer that it alone may read."""
    vendor = world.vendor.published
    for shop in ("shop", "rival"):
        here = world.places[shop]
        about = {"vendor": vendor, "merchant": here.organisation, "created_by": here.head, "created_at": world.at}
        here.referee = ReferenceFactory(
            **about, name=f"Referee of {here.mark}", email=f"referee@{here.mark}ref.example"
        )
        here.asked_enquiry = asking.ask(here.referee, by=here.head, at=world.at)
        here.answered_reference = ReferenceFactory(
            **about, name=f"Spoke for {here.mark}", email=f"spoke@{here.mark}ref.example"
        )
        here.answered_enquiry = asking.ask(here.answered_reference, by=here.head, at=world.at)
        given = {"text": f"Words for {here.mark}", "hire_again": "no", "has_conflict": False, "sharing": "nothing"}
        answering.answer(here.answered_enquiry, given, at=world.at)
        here.unasked = ReferenceFactory(**about, name=f"Not asked by {here.mark}", email=f"un@{here.mark}ref.example")
    said = {"vendor": vendor, "created_at": world.at}
    world.vendor.quoted = Testimonial.objects.create(quote="Never late.", company="Ember", **said)
    world.vendor.carrier = Partner.objects.create(name="Swift Post", kind="carrier", **said)


def live(world: World, person: str):
    """All that references say and all that was asked, as it stands now."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Reference, ReferenceAnswer, Enquiry, Testimonial, Partner)
    ]


def own(name: str, **more):
    """A row about a piece of the shop's."""
    return {"of": "shop", "args": lambda world: {"pk": getattr(world.shop, name).pk}, "changes": live, **more}


def buyers(answer, **others):
    """The shop's buyers may, its others see it and may not, nobody else knows of it."""
    return who(404, owner=answer, buyer=answer, operations=403, viewer=403, **others)


def any_buyers(answer):
    """Any shop's buyers may; whoever else sees the vendor may not."""
    return who(404, owner=answer, buyer=answer, rival=answer, operations=403, viewer=403, manager=403, contact=403)


def seen(row):
    return {key: value for key, value in row.items() if key != "changes"}


def through(name: str, **more):
    """A row of a link: the same for whoever has it, an account or none."""
    never = dict.fromkeys(("put", "patch", "delete", "options"), everybody(405))
    args = {"args": lambda world: {"token": token_of(getattr(world.shop, name))}}
    return {**args, "changes": live, "tells": ("shop", "vendor"), **never, **more}


def forged(world: World) -> dict:
    token = token_of(world.shop.asked_enquiry)
    return {"token": token[:-1] + ("a" if token[-1] != "a" else "b")}


REFEREE = {"name": "Sunil Rao", "company": "Lowlight", "email": "sunil@lowlight.example", "named_by": "us"}

ROWS = [
    Row(
        "directory:add_reference",
        args=lambda world: {"pk": world.vendor.published.pk},
        get=any_buyers(200),
        post=any_buyers("directory:ask_reference"),
        data=lambda world, person: REFEREE,
        shows='name="company"',
        changes=live,
        tells=("vendor",),
        ids={
            "orders": lambda world, person: FacetValue.objects.filter(facet="service").first().pk,
            "services": lambda world, person: FacetValue.objects.filter(facet="volume").first().pk,
        },
    ),
    Row(
        "directory:reference",
        get=who(404, shop=200),
        shows=lambda world, person: f"Words for {world.shop.mark}",
        tells=("vendor",),
        **seen(own("answered_reference")),
    ),
    Row(
        "directory:edit_reference",
        get=buyers(200),
        post=buyers("directory:reference"),
        data=lambda world, person: REFEREE,
        shows=lambda world, person: f"Referee of {world.shop.mark}",
        tells=("vendor",),
        ids={
            "orders": lambda world, person: FacetValue.objects.filter(facet="service").first().pk,
            "services": lambda world, person: FacetValue.objects.filter(facet="volume").first().pk,
        },
        **own("referee"),
    ),
    Row(
        "directory:ask_reference",
        get=buyers(200),
        post=buyers("directory:reference"),
        data=lambda world, person: {"message": "You were kind at the fair."},
        shows=lambda world, person: f"un@{world.shop.mark}ref.example",
        tells=("vendor",),
        **own("unasked"),
    ),
    Row(
        "directory:record_reference",
        get=buyers(200),
        post=buyers("directory:reference"),
        data=lambda world, person: {
            "channel": "phone",
            "on": "2026-01-02",
            "hire_again": "yes",
            "has_conflict": "no",
        },
        shows=lambda world, person: f"Referee of {world.shop.mark}",
        tells=("vendor",),
        **own("referee"),
    ),
    Row(
        "directory:erase_reference",
        get=buyers(200),
        post=buyers("directory:reference"),
        shows="cannot be undone",
        tells=("vendor",),
        **own("referee"),
    ),
    Row("directory:remove_reference", get=who(405), post=buyers("directory:vendor"), **own("referee")),
    Row("directory:revoke_enquiry", get=who(405), post=buyers("directory:reference"), **own("asked_enquiry")),
    *(
        Row(
            f"directory:ask_{kind}",
            args=lambda world, name=name: {"pk": getattr(world.vendor, name).pk},
            get=any_buyers(200),
            post=any_buyers(f"directory:ask_{kind}"),
            data=lambda world, person: {"email": "press@ember.example", "name": "Ann"},
            shows='name="email"',
            changes=live,
            tells=("vendor",),
        )
        for kind, name in (("testimonial", "quoted"), ("partner", "carrier"))
    ),
    # ---- The link -------------------------------------------------------------------------------------------------
    Row(
        "directory:enquiry",
        note="open",
        get=everybody(200),
        post=everybody("directory:enquiry"),
        data=lambda world, person: ANSWER,
        shows='name="hire_again"',
        **through("asked_enquiry"),
    ),
    Row(
        "directory:enquiry",
        note="answered",
        get=everybody(200),
        post=everybody(410),
        data=lambda world, person: ANSWER,
        shows=lambda world, person: f"Words for {world.shop.mark}",
        **through("answered_enquiry"),
    ),
    Row(
        "directory:enquiry",
        note="forged",
        get=everybody(404),
        post=everybody(404),
        **through("asked_enquiry", args=forged, changes=None),
    ),
    Row(
        "directory:save_enquiry",
        get=everybody(405),
        post=everybody("directory:enquiry"),
        data=lambda world, person: {"text": "Half a"},
        **through("asked_enquiry"),
    ),
    Row(
        "directory:decline_enquiry",
        get=everybody(200),
        post=everybody("directory:enquiry"),
        shows='name="reason"',
        **through("asked_enquiry"),
    ),
    Row(
        "directory:share_enquiry",
        get=everybody(405),
        post=everybody("directory:enquiry"),
        data=lambda world, person: {"sharing": "named"},
        **through("answered_enquiry"),
    ),
    Row(
        "directory:withdraw_enquiry",
        get=everybody(405),
        post=everybody("directory:enquiry"),
        **through("answered_enquiry"),
    ),
    Row(
        "directory:erase_enquiry",
        get=everybody(405),
        post=everybody("directory:enquiry"),
        **through("asked_enquiry"),
    ),
]
