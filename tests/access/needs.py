"""Jobs: the catalogue is everybody's, what is said of it and one's own jobs are each shop's."""

from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access.directory_profiles import staff
from tests.access.rows import Row, everybody, nobody_may, who
from tests.access.world import World
from vendors.directory.models import FacetValue
from vendors.needs import keeping
from vendors.needs.figures import actions as figures
from vendors.needs.models import (
    Ask,
    Assessment,
    Mark,
    Month,
    Need,
    NeedBrief,
    NeedMonth,
    Opinion,
    OrderImport,
    Peer,
    Policy,
    Reopening,
    Task,
)
from vendors.needs.orders import actions as orders
from vendors.needs.peers import answering, asking
from vendors.needs.peers.links import token_of
from vendors.sourcing.models import Brief

GIVEN = {"description": "", "unit": "", "asks": "", "services": ()}


def furnish(world: World) -> None:
    """Each shop has a job of its own, rated, with its mark in all that is said of it."""
    for shop in ("shop", "rival"):
        here = world.places[shop]
        here.job = keeping.add({**GIVEN, "name": f"Job of {here.mark}"}, by=here.head, at=world.at)
        said = {"skill": 2, "liking": 1, "hours": 12, "done_by": f"Done by {here.mark}"}
        keeping.rate(here.job, said, by=here.head, at=world.at)
        reason = {"must_stay": True, "must_stay_reason": f"Reason of {here.mark}"}
        keeping.set_need(here.job, by=here.head, at=world.at, **reason)
        here.hidden_job = keeping.add({**GIVEN, "name": f"Hidden by {here.mark}"}, by=here.head, at=world.at)
        keeping.hide(here.hidden_job, by=here.head, at=world.at)
        for name in ("asked", "spoke"):
            about = {"name": f"{name.title()} by {here.mark}", "message": f"Word of {here.mark}"}
            made = asking.ask(f"{name}@{here.mark}peer.example", by=here.head, at=world.at, **about)
            setattr(here, f"{name}_peer", made)
        here.opinion = here.spoke_peer.opinions.get()
        said = {"stance": "dispute", "score": 4, "comment": f"Words for {here.mark}"}
        answering.answer(here.spoke_peer, {here.opinion.pk: said}, at=world.at)
        month = world.at.date().replace(day=1)
        need = keeping.need_of(here.job, here.organisation, at=world.at)
        figures.set_marks(need, {"orders": Decimal(3)}, by=here.head, at=world.at)
        figures.save_month(month, {"orders": 4}, by=here.head, at=world.at)
        here.reopening = Reopening.objects.get(need=need)
        lines = f"Order,Created at,Fulfilled at,Quantity\n{here.mark},{world.at:%Y-%m-%d %H:%M}Z,,1\n"
        file = SimpleUploadedFile(f"orders {here.mark}.csv", lines.encode())
        here.orders = orders.upload(file, day_order="", by=here.head, at=world.at)
        orders.read(here.orders.pk, now=lambda: world.at)
    world.catalogue_job = Task.objects.get(slug="bookkeeping")


def live(world: World, person: str):
    """All that is said of jobs, as it stands now."""
    models = (Task, Need, Assessment, Policy, Peer, Ask, Opinion, Mark, Month, NeedMonth, Reopening, OrderImport)
    return [list(model.objects.order_by("pk").values()) for model in models]


def raters(answer):
    """Those of any shop who rate; its viewers may not, vendors have no such room."""
    return who(403, owner=answer, buyer=answer, operations=answer, rival=answer)


def own(answer):
    """Those of the shop who rate; its viewer knows of it and may not, nobody else knows of it."""
    return who(404, owner=answer, buyer=answer, operations=answer, viewer=403)


def any_shop(answer):
    """A job of the catalogue: each shop says its own of it."""
    return who(404, owner=answer, buyer=answer, operations=answer, rival=answer, viewer=403)


def about(name: str = "job"):
    return {"of": "shop", "args": lambda world: {"pk": getattr(world.shop, name).pk}, "changes": live}


def mine(words: str):
    return lambda world, person: f"{words} {world.place_of(person).mark}"


def seen(row):
    return {key: value for key, value in row.items() if key != "changes"}


def through(name: str, **more):
    """A row of a link: the same for whoever has it, an account or none."""
    never = dict.fromkeys(("put", "patch", "delete", "options"), everybody(405))
    args = {"args": lambda world: {"token": token_of(getattr(world.shop, name))}}
    return {**args, "changes": live, "tells": ("shop",), **never, **more}


def forged(world: World) -> dict:
    token = token_of(world.shop.asked_peer)
    return {"token": token[:-1] + ("a" if token[-1] != "a" else "b")}


SOMETHING_ELSE = {
    "services": lambda world, person: FacetValue.objects.filter(facet="volume").first().pk,
}


ROWS = [
    Row("needs:jobs", get=who(403, shop=200, rival=200), shows=mine("Job of")),
    Row("needs:export", get=raters(200), shows=mine("Job of")),
    Row("needs:rate", get=raters(200), shows=mine("Job of")),
    Row(
        "needs:add",
        get=raters(200),
        post=raters("needs:job"),
        data=lambda world, person: {"name": "Photographs"},
        shows='name="unit"',
        changes=live,
        ids=SOMETHING_ELSE,
    ),
    Row(
        "needs:policy",
        get=raters(200),
        post=raters("needs:jobs"),
        data=lambda world, person: {
            "skill": 1,
            "dislike": 1,
            "saving": 1,
            "time": 1,
            "keep_below": 10,
            "consider_below": 20,
        },
        shows='name="keep_below"',
        changes=live,
    ),
    Row(
        "needs:job",
        get=who(404, shop=200),
        shows=lambda world, person: f"Job of {world.shop.mark}",
        **seen(about()),
    ),
    Row(
        "needs:job",
        note="of the catalogue",
        get=who(404, shop=200, rival=200),
        args=lambda world: {"pk": world.catalogue_job.pk},
        shows="closing pack",
    ),
    Row(
        "needs:assess",
        get=nobody_may(),
        post=own("needs:rate"),
        data=lambda world, person: {f"t{world.shop.job.pk}-skill": "4"},
        **about(),
    ),
    Row(
        "needs:assess",
        note="of the catalogue",
        get=nobody_may(),
        post=any_shop("needs:rate"),
        args=lambda world: {"pk": world.catalogue_job.pk},
        data=lambda world, person: {f"t{world.catalogue_job.pk}-skill": "4"},
        changes=live,
    ),
    Row(
        "needs:must_stay",
        get=nobody_may(),
        post=own("needs:job"),
        data=lambda world, person: {"must_stay": "on", "reason": "We like it."},
        **about(),
    ),
    Row(
        "needs:begin_brief",
        get=nobody_may(),
        post=who(404, owner="sourcing:brief", buyer="sourcing:brief", operations=403, viewer=403),
        of="shop",
        args=lambda world: {"pk": world.shop.job.pk},
        changes=lambda world, person: (NeedBrief.objects.count(), Brief.objects.count()),
    ),
    Row(
        "needs:market",
        get=nobody_may(),
        post=own("needs:job"),
        data=lambda world, person: {"market_from": "900", "market_to": "1200", "managing_hours": "1"},
        **about(),
    ),
    Row(
        "needs:edit",
        get=own(200),
        post=own("needs:job"),
        data=lambda world, person: {"name": "Called otherwise"},
        shows=lambda world, person: f"Job of {world.shop.mark}",
        ids=SOMETHING_ELSE,
        **about(),
    ),
    Row(
        "needs:edit",
        note="of the catalogue",
        get=any_shop(409),
        post=any_shop(409),
        args=lambda world: {"pk": world.catalogue_job.pk},
        data=lambda world, person: {"name": "Called otherwise"},
    ),
    Row("needs:clone", get=nobody_may(), post=own("needs:edit"), **about()),
    Row("needs:hide", get=nobody_may(), post=own("needs:jobs"), **about()),
    Row("needs:unhide", get=nobody_may(), post=own("needs:job"), **about("hidden_job")),
    # ---- When: figures of months, marks, lists of orders ---------------------------------------------------------
    Row(
        "needs:months",
        get=raters(200),
        post=raters("needs:months"),
        data=lambda world, person: {"month": "2026-01", "orders": "12"},
        shows='name="peak_orders"',
        changes=live,
    ),
    Row(
        "needs:save_figures",
        get=nobody_may(),
        post=own("needs:job"),
        data=lambda world, person: {"month": "2026-01", "hours": "12"},
        **about(),
    ),
    Row(
        "needs:marks",
        get=nobody_may(),
        post=own("needs:job"),
        data=lambda world, person: {"hours": "12"},
        **about(),
    ),
    Row(
        "needs:close",
        get=nobody_may(),
        post=own("needs:job"),
        data=lambda world, person: {"conclusion": "It stays."},
        **about("reopening"),
    ),
    Row(
        "needs:upload_orders",
        get=raters(200),
        post=raters("needs:orders"),
        data=lambda world, person: {"file": SimpleUploadedFile("mine.csv", b"Order,Created at\n1,2026-01-01\n")},
        shows=mine("orders"),
        changes=live,
    ),
    Row(
        "needs:orders",
        get=own(200),
        shows=lambda world, person: f"orders {world.shop.mark}.csv",
        **seen(about("orders")),
    ),
    Row(
        "needs:take_orders",
        get=nobody_may(),
        post=own("needs:months"),
        data=lambda world, person: {"month": world.at.date().replace(day=1).isoformat()},
        **about("orders"),
    ),
    # ---- People who know the shop --------------------------------------------------------------------------------
    Row(
        "needs:peers",
        get=raters(200),
        post=raters("needs:peers"),
        data=lambda world, person: {"email": "new@friend.example", "name": "Ann", "showing": "named"},
        shows=mine("Asked by"),
        changes=live,
    ),
    Row("needs:send_again", get=nobody_may(), post=own("needs:peers"), **about("asked_peer")),
    Row("needs:revoke_ask", get=nobody_may(), post=own("needs:peers"), **about("asked_peer")),
    Row(
        "needs:erase_peer",
        get=nobody_may(),
        post=who(404, owner="needs:peers", buyer=403, operations=403, viewer=403),
        of="shop",
        args=lambda world: {"pk": world.shop.spoke_peer.peer_id},
        changes=live,
    ),
    Row(
        "needs:settle",
        get=nobody_may(),
        post=own("needs:job"),
        data=lambda world, person: {"outcome": "accept"},
        **about("opinion"),
    ),
    Row(
        "needs:ask",
        note="open",
        get=everybody(200),
        post=everybody("needs:ask"),
        data=lambda world, person: {f"o{world.shop.asked_peer.opinions.get().pk}-stance": "agree"},
        shows=lambda world, person: f"Job of {world.shop.mark}",
        **through("asked_peer"),
    ),
    Row(
        "needs:ask",
        note="answered",
        get=everybody(200),
        post=everybody(410),
        data=lambda world, person: {f"o{world.shop.opinion.pk}-stance": "agree"},
        shows=lambda world, person: f"Words for {world.shop.mark}",
        **through("spoke_peer"),
    ),
    Row(
        "needs:ask",
        note="forged",
        get=everybody(404),
        post=everybody(404),
        **through("asked_peer", args=forged, changes=None),
    ),
    Row(
        "needs:save_ask",
        get=everybody(405),
        post=everybody("needs:ask"),
        data=lambda world, person: {f"o{world.shop.asked_peer.opinions.get().pk}-comment": "Half a"},
        **through("asked_peer"),
    ),
    Row(
        "needs:decline_ask",
        get=everybody(200),
        post=everybody("needs:ask"),
        shows="Say no",
        **through("asked_peer"),
    ),
    Row("needs:withdraw_ask", get=everybody(405), post=everybody("needs:ask"), **through("spoke_peer")),
    Row("needs:erase_ask", get=everybody(405), post=everybody("needs:ask"), **through("asked_peer")),
    # ---- Staff keep the catalogue --------------------------------------------------------------------------------
    *(
        staff(f"admin:needs_task_{page}", **({"object_id": "1"} if page in ("change", "history") else {}))
        for page in ("changelist", "add", "change", "history")
    ),
]
