"""Briefs and shortlists: each shop with its vendor, in every state that something can be done in."""

from datetime import timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from outsourcing.accounts.models import Role
from outsourcing.conversations.models.entries import Channel
from outsourcing.conversations.posting import Receipt
from tests.access.directory_evidence import picture
from tests.access.rows import Row, who
from tests.access.world import Place, World
from tests.factories import MembershipFactory, VendorFactory
from vendors.sourcing.answering import asking, filing, submitting
from vendors.sourcing.answering.said import Said
from vendors.sourcing.briefs import publishing, writing
from vendors.sourcing.candidates import adding, moving
from vendors.sourcing.models import (
    Answer,
    AnswerDraft,
    AnswerFile,
    Assignment,
    Brief,
    BriefFile,
    Candidate,
    Clarification,
    Criterion,
    Evaluator,
    Gate,
    GateRuling,
    Question,
)

DAY = timedelta(days=1)


def furnish(world: World) -> None:
    """`draft`, `private`, `open`, `declined`, `recorded`, `short` and `closed` of both shops, with their vendor."""
    for shop, vendor in (("shop", "vendor"), ("rival", "rival_vendor")):
        here, there = world.places[shop], world.places[vendor]
        here.other_vendor = VendorFactory(organisation__name=f"Other freight of {shop}", private_to=here.organisation)
        MembershipFactory(organisation=here.other_vendor.organisation, roles=[Role.MANAGER])
        names = ("draft", "open", "declined", "recorded", "short", "closed")
        here.briefs = {name: begun(world, here, name) for name in names}
        here.briefs["private"] = begun(world, here, "private", is_private=True)
        here.candidates = {
            name: adding.add(one, [here.published], by=here.head, at=world.at - 9 * DAY)[0]
            for name, one in here.briefs.items()
        }
        for name in names[1:]:
            publishing.publish(here.briefs[name], [here.candidates[name]], by=here.head, at=world.at - 9 * DAY)
            here.briefs[name].refresh_from_db()
            here.candidates[name].refresh_from_db()
        opened = here.briefs["open"]
        here.spare_candidate = adding.add(opened, [here.other_vendor], by=here.head, at=world.at)[0]
        writing.attach(opened, SimpleUploadedFile("a.png", picture()), title="Plan", by=here.head, at=world.at)
        here.brief_file = BriefFile.objects.get(brief=opened)
        here.clarification = asking.ask(
            here.candidates["open"], f"Asked by {there.mark}", by=there.head, at=world.at - 8 * DAY
        )
        upload = SimpleUploadedFile("b.png", picture())
        there.answer_file = filing.add(
            here.candidates["open"], upload, title="Rates", by=there.head, at=world.at - 8 * DAY
        )
        submitting.submit(
            here.candidates["open"], said(opened, files=(there.answer_file.pk,), currency="EUR"),
            by=there.head, at=world.at - 7 * DAY,
        )  # fmt: skip
        there.answer = Answer.objects.get(candidate=here.candidates["open"])
        submitting.decline(here.candidates["declined"], kind="fit", text="No", by=there.head, at=world.at - 7 * DAY)
        receipt = Receipt(Channel.PHONE, world.at - 8 * DAY)
        there.recorded = submitting.enter(
            here.candidates["recorded"], said(here.briefs["recorded"]), by=here.head, at=world.at - 7 * DAY,
            receipt=receipt,
        )  # fmt: skip
        submitting.submit(here.candidates["short"], said(here.briefs["short"]), by=there.head, at=world.at - 7 * DAY)
        moving.shortlist(here.candidates["short"], by=here.head, at=world.at - 7 * DAY)
        Brief.objects.filter(pk=here.briefs["closed"].pk).update(deadline_at=world.at - 2 * DAY)
        submitting.submit(here.candidates["closed"], said(here.briefs["closed"]), by=there.head, at=world.at - DAY)


def begun(world: World, here: Place, name: str, **fields) -> Brief:
    values = {
        "title": f"{name.title()} of {here.mark}",
        "deadline_at": None if fields else world.at + 20 * DAY,
        "orders_base": 100,
    }
    brief = writing.start("fulfilment", values | fields, by=here.head, at=world.at - 10 * DAY)
    brief.criteria.filter(source="price").update(target="3.00", walk_away="4.50")
    return brief


def said(brief: Brief, **more) -> Said:
    gates = {one.pk: (True, "Yes") for one in brief.gates.filter(removed_at=None)}
    return Said(price_month=Decimal(100), gates=gates, **more)


def live(world: World, person: str):
    """The shop's briefs and all that hangs on them, as they stand now."""
    keys = [one.pk for one in world.shop.briefs.values()]
    of_brief = {
        table: list(table.objects.filter(brief__in=keys).order_by("pk").values())
        for table in (Candidate, Gate, Criterion, Question, BriefFile, Evaluator)
    }
    of_candidate = {
        table: list(table.objects.filter(candidate__brief__in=keys).order_by("pk").values())
        for table in (Answer, AnswerDraft, AnswerFile, Clarification, GateRuling)
    }
    return (
        list(Brief.objects.filter(merchant=world.shop.organisation).order_by("pk").values()),
        of_brief, of_candidate, Assignment.objects.count(),
    )  # fmt: skip


def one(name: str):
    return lambda world: {"pk": world.shop.briefs[name].pk}


def candidacy(name: str):
    return lambda world: {"pk": world.shop.candidates[name].pk}


def seen(answer):
    """Who reads every brief of the shop's; operations only those that they score, and there are none."""
    return who(404, owner=answer, buyer=answer, viewer=answer)


def buyers(answer, **named):
    """Buyers of the shop may, its viewer sees it and may not."""
    return who(404, **{"owner": answer, "buyer": answer, "viewer": 403} | named)


def of_candidate(answer, **named):
    """The same of a candidate's page, which the vendor knows of as its own."""
    return buyers(answer, vendor=403, **named)


def vendors(answer):
    """The vendor's people may, the shop's who see it may not."""
    return who(404, vendor=answer, owner=403, buyer=403, viewer=403)


def shops(route: str, **more):
    return Row(route, of="shop", tells=("vendor",), **more)


def theirs(route: str, **more):
    return Row(route, of="vendor", tells=("shop",), **more)


def local(world: World, days: int) -> str:
    return (world.at + days * DAY).strftime("%Y-%m-%dT12:00")


def head(world: World, person: str) -> dict:
    return {
        "title": "Anew", "currency": "GBP", "time_zone": "Europe/London", "deadline": local(world, 30),
    }  # fmt: skip


def answered(name: str):
    def data(world: World, person: str) -> dict:
        brief = world.shop.briefs[name]
        yes = {f"g_{gate.pk}": "yes" for gate in brief.gates.filter(removed_at=None)}
        return {**yes, "price_month": "90", "currency": "GBP"}

    return data


def part(table, name="draft"):
    return lambda world: {"pk": table.objects.filter(brief=world.shop.briefs[name]).first().pk}


def shop_of(world: World, person: str) -> Place:
    """The shop that this person is of; for everybody else the first one."""
    return world.rival if world.place_of(person) is world.rival else world.shop


def another(world: World, person: str) -> Place:
    """The shop that this person is not of."""
    return world.rival if shop_of(world, person) is world.shop else world.shop


def form(text: str):
    return {"shows": text, "changes": live}


CRITERION = {"name": "Speed", "weight": "7", "source": "people"}
FILE_OF_ANOTHER = {"files": lambda world, person: world.places["rival_vendor"].answer_file.pk}

ROWS = [
    # ---- The pipeline, and beginning ----
    Row(
        "sourcing:briefs",
        get=who(403, shop=200, rival=200),
        shows=lambda world, person: (
            "Shortlists" if person == "operations" else f"Open of {world.place_of(person).mark}"
        ),
    ),
    Row("sourcing:choose", get=who(403, owner=200, buyer=200, rival=200), shows="Bookkeeping"),
    Row(
        "sourcing:start",
        args=lambda world: {"task": "bookkeeping"},
        get=who(403, owner=200, buyer=200, rival=200),
        post=who(403, **dict.fromkeys(("owner", "buyer", "rival"), "sourcing:brief")),
        data=head,
        shows='name="deadline"',
        changes=lambda world, person: Brief.objects.count(),
    ),
    Row(
        "sourcing:put_on",
        get=who(403, **dict.fromkeys(("owner", "buyer", "rival"), "directory:list")),  # nobody is named in it
        post=who(403, **dict.fromkeys(("owner", "buyer", "rival"), "sourcing:candidates")),
        data=lambda world, person: {
            "v": shop_of(world, person).other_vendor.pk,
            "brief": shop_of(world, person).briefs["draft"].pk,
        },
        ids={
            "brief": lambda world, person: another(world, person).briefs["draft"].pk,
            "v": lambda world, person: another(world, person).other_vendor.pk,
        },
        changes=lambda world, person: Candidate.objects.count(),
    ),
    # ---- A brief ----
    shops("sourcing:brief", args=one("open"), get=seen(200), shows=lambda world, person: f"Open of {world.shop.mark}"),
    shops("sourcing:history", args=one("open"), get=seen(200), shows="invited vendors to answer"),
    shops("sourcing:candidates", args=one("open"), get=seen(200), shows=lambda w, p: w.vendor.organisation.name),
    shops("sourcing:questions", args=one("open"), get=seen(200), shows=lambda w, p: f"Asked by {w.vendor.mark}"),
    shops(
        "sourcing:edit",
        args=one("draft"),
        get=buyers(200),
        post=buyers("sourcing:brief"),
        data=head,
        **form('name="deadline"'),
    ),
    shops("sourcing:clone", args=one("open"), get=who(405), post=buyers("sourcing:brief"), changes=live),
    shops(
        "sourcing:add_gate",
        args=one("draft"),
        get=buyers(200),
        post=buyers("sourcing:brief"),
        data=lambda world, person: {"text": "Ships on Saturday"},
        **form('name="text"'),
    ),
    shops(
        "sourcing:add_criterion",
        args=one("draft"),
        get=buyers(200),
        post=buyers("sourcing:brief"),
        data=lambda world, person: CRITERION,
        **form('name="weight"'),
    ),
    shops(
        "sourcing:add_question",
        args=one("draft"),
        get=buyers(200),
        post=buyers("sourcing:brief"),
        data=lambda world, person: {"text": "How many?"},
        **form('name="text"'),
    ),
    shops(
        "sourcing:attach",
        args=one("draft"),
        get=buyers(200),
        post=buyers("sourcing:brief"),
        data=lambda world, person: {"upload": SimpleUploadedFile("c.png", picture()), "title": "C"},
        **form('name="upload"'),
    ),
    shops(
        "sourcing:weights",
        args=one("draft"),
        get=buyers(200),
        post=buyers("sourcing:brief"),
        data=lambda world, person: {
            f"w_{row.pk}": "11" for row in world.shop.briefs["draft"].criteria.filter(removed_at=None)
        },
        **form('name="w_'),
    ),
    shops(
        "sourcing:evaluators",
        args=one("draft"),
        get=buyers(200),
        post=buyers("sourcing:brief"),
        data=lambda world, person: {
            f"m_{world.members['operations'].pk}": [
                str(world.shop.briefs["draft"].criteria.filter(source="people").first().pk)
            ]
        },
        **form('name="m_'),
    ),
    shops(
        "sourcing:publish",
        args=one("draft"),
        get=buyers(200),
        post=buyers("sourcing:candidates"),
        data=lambda world, person: {"candidates": [world.shop.candidates["draft"].pk]},
        ids={"candidates": lambda world, person: world.rival.candidates["draft"].pk},
        **form('name="candidates"'),
    ),
    shops(
        "sourcing:compare_alone", args=one("private"), get=who(405), post=buyers("sourcing:candidates"), changes=live
    ),
    shops(
        "sourcing:extend",
        args=one("open"),
        get=buyers(200),
        post=buyers("sourcing:brief"),
        data=lambda world, person: {"deadline": local(world, 40)},
        **form('name="deadline"'),
    ),
    shops(
        "sourcing:open_answers",
        args=one("closed"),
        get=who(405),
        post=buyers("sourcing:candidates", buyer=403),
        changes=live,
    ),
    shops(
        "sourcing:ask_again",
        args=one("closed"),
        get=buyers(200, buyer=403),
        post=buyers("sourcing:brief", buyer=403),
        data=lambda world, person: {"deadline": local(world, 40), "reason": "Too few"},
        **form('name="reason"'),
    ),
    shops(
        "sourcing:cancel",
        args=one("open"),
        get=buyers(200, buyer=403),
        post=buyers("sourcing:brief", buyer=403),
        data=lambda world, person: {"reason": "We keep it"},
        **form('name="reason"'),
    ),
    shops(
        "sourcing:edit_gate",
        args=part(Gate),
        get=buyers(200),
        post=buyers("sourcing:brief"),
        data=lambda world, person: {"text": "Otherwise"},
        **form('name="text"'),
    ),
    shops("sourcing:remove_gate", args=part(Gate), get=who(405), post=buyers("sourcing:brief"), changes=live),
    shops(
        "sourcing:edit_criterion",
        args=part(Criterion),
        get=buyers(200),
        post=buyers("sourcing:brief"),
        data=lambda world, person: CRITERION,
        **form('name="weight"'),
    ),
    shops("sourcing:remove_criterion", args=part(Criterion), get=who(405), post=buyers("sourcing:brief"), changes=live),
    shops(
        "sourcing:edit_question",
        args=part(Question),
        get=buyers(200),
        post=buyers("sourcing:brief"),
        data=lambda world, person: {"text": "Otherwise?"},
        **form('name="text"'),
    ),
    shops("sourcing:remove_question", args=part(Question), get=who(405), post=buyers("sourcing:brief"), changes=live),
    shops("sourcing:file", args=part(BriefFile, "open"), get=seen(200), shows="PNG"),
    shops(
        "sourcing:remove_file",
        args=part(BriefFile, "open"),
        get=who(405),
        post=buyers("sourcing:brief"),
        changes=live,
    ),
    # ---- Candidates ----
    shops(
        "sourcing:add",
        args=one("draft"),
        get=buyers(200),
        post=buyers("sourcing:candidates"),
        data=lambda world, person: {"v": [world.shop.other_vendor.pk]},
        **form('name="v"'),
    ),
    shops(
        "sourcing:candidate",
        args=candidacy("open"),
        get=who(404, owner=200, buyer=200, viewer=200, vendor=403),
        shows=lambda world, person: world.vendor.organisation.name,
    ),
    shops(
        "sourcing:invite",
        args=lambda world: {"pk": world.shop.spare_candidate.pk},
        get=who(405),
        post=buyers("sourcing:candidates"),
        changes=live,
    ),
    shops(
        "sourcing:remove",
        args=candidacy("draft"),
        get=who(405),
        post=buyers("sourcing:candidates"),
        changes=live,
    ),
    shops(
        "sourcing:shortlist",
        args=candidacy("open"),
        get=who(405),
        post=of_candidate("sourcing:candidates"),
        changes=live,
    ),
    shops(
        "sourcing:unshortlist",
        args=candidacy("short"),
        get=who(405),
        post=of_candidate("sourcing:candidates"),
        changes=live,
    ),
    shops(
        "sourcing:withdrawn",
        args=candidacy("open"),
        get=of_candidate(200),
        post=of_candidate("sourcing:candidates"),
        data=lambda world, person: {"reason": "They told us by phone"},
        **form('name="reason"'),
    ),
    shops(
        "sourcing:rule",
        args=lambda world: candidacy("open")(world) | {"gate": part(Gate, "open")(world)["pk"]},
        get=of_candidate(200),
        post=of_candidate("sourcing:candidate"),
        data=lambda world, person: {"result": "waived", "reason": "Not needed"},
        **form('name="result"'),
    ),
    shops(
        "sourcing:enter",
        args=lambda world: {"pk": world.shop.spare_candidate.pk},
        get=buyers(200),
        post=buyers("sourcing:candidate"),
        data=lambda world, person: (
            answered("open")(world, person) | {"channel": "phone", "received_at": local(world, -3)}
        ),
        **form('name="channel"'),
    ),
    shops(
        "sourcing:decide_late",
        args=candidacy("closed"),
        get=of_candidate(200),
        post=of_candidate("sourcing:candidates", buyer=409),
        data=lambda world, person: {"reason": "Snow", "accept": "1"},
        **form('name="reason"'),
    ),
    shops(
        "sourcing:rate",
        args=lambda world: {"pk": world.vendor.answer.pk},
        get=of_candidate(200),
        post=of_candidate("sourcing:candidate"),
        data=lambda world, person: {"rate": "0.85"},
        **form('name="rate"'),
    ),
    shops(
        "sourcing:answer_file",
        args=lambda world: {"pk": world.vendor.answer_file.pk},
        get=who(404, owner=200, buyer=200, viewer=200, vendor=403),
        shows="PNG",
    ),
    shops(
        "sourcing:reply",
        args=lambda world: {"pk": world.shop.clarification.pk},
        get=of_candidate(200),
        post=of_candidate("sourcing:questions"),
        data=lambda world, person: {"shown_text": "When?", "answer": "Soon"},
        **form('name="shown_text"'),
    ),
    # ---- The vendor's side ----
    Row(
        "sourcing:invitations",
        get=who(403, vendor=200, rival_manager=200),
        shows=lambda world, person: "Open of",
        meets={"manager": "shop", "contact": "shop", "rival_manager": "rival"},
    ),
    theirs(
        "sourcing:answer",
        args=candidacy("open"),
        get=vendors(200),
        ids=FILE_OF_ANOTHER,
        shows=lambda world, person: f"Open of {world.shop.mark}",
    ),
    theirs(
        "sourcing:save_draft",
        args=candidacy("open"),
        get=who(405),
        post=vendors("sourcing:answer"),
        data=answered("open"),
        ids=FILE_OF_ANOTHER,
        changes=live,
    ),
    theirs(
        "sourcing:submit",
        args=candidacy("open"),
        get=who(405),
        post=vendors("sourcing:answer"),
        data=answered("open"),
        ids=FILE_OF_ANOTHER,
        changes=live,
    ),
    theirs("sourcing:take_back", args=candidacy("open"), get=who(405), post=vendors("sourcing:answer"), changes=live),
    theirs(
        "sourcing:decline",
        args=candidacy("open"),
        get=vendors(200),
        post=vendors("sourcing:answer"),
        data=lambda world, person: {"kind": "fit", "text": "Not for us"},
        **form('name="kind"'),
    ),
    theirs(
        "sourcing:undo_decline",
        args=candidacy("declined"),
        get=who(405),
        post=vendors("sourcing:answer"),
        changes=live,
    ),
    theirs(
        "sourcing:withdraw",
        args=candidacy("closed"),
        get=vendors(200),
        post=vendors("sourcing:answer"),
        data=lambda world, person: {"reason": "Fully booked"},
        **form('name="reason"'),
    ),
    theirs(
        "sourcing:ask",
        args=candidacy("open"),
        get=who(405),
        post=vendors("sourcing:answer"),
        data=lambda world, person: {"text": "By when?"},
        changes=live,
    ),
    theirs(
        "sourcing:object_to",
        args=lambda world: {"pk": world.vendor.recorded.pk},
        get=vendors(200),
        post=vendors("sourcing:answer"),
        data=lambda world, person: {"reason": "We never said so"},
        **form('name="reason"'),
    ),
    theirs(
        "sourcing:add_file",
        args=candidacy("open"),
        get=vendors(200),
        post=vendors("sourcing:answer"),
        data=lambda world, person: {"upload": SimpleUploadedFile("d.png", picture()), "title": "D"},
        **form('name="upload"'),
    ),
    theirs(
        "sourcing:brief_file",
        args=lambda world: candidacy("open")(world) | {"file": world.shop.brief_file.pk},
        get=vendors(200),
        shows="PNG",
    ),
    theirs("sourcing:own_file", args=lambda w: {"pk": w.vendor.answer_file.pk}, get=vendors(200), shows="PNG"),
    theirs(
        "sourcing:remove_own_file",
        args=lambda world: {"pk": world.vendor.answer_file.pk},
        get=who(405),
        post=vendors("sourcing:answer"),
        changes=live,
    ),
]
