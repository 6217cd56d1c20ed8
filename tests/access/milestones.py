"""Contracts and milestones: each shop with its vendor, in every state that something can be done in."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from milestones.check_ins import planning as planning_ahead
from milestones.check_ins import signing
from milestones.check_ins.facts import facts_of, sealed
from milestones.check_ins.signing import Evaluation
from milestones.contracts import drafting, offering, running
from milestones.feeds import links
from milestones.health import overriding
from milestones.models import (
    Cause,
    CheckIn,
    Contract,
    ContractImport,
    DateChange,
    Document,
    Feed,
    Health,
    HistoryLine,
    Measure,
    Milestone,
    Offer,
    Override,
    Plan,
    Submission,
    Wish,
)
from milestones.plans import saving
from milestones.work import handing_in, judging, moving, planning
from milestones.work.handing_in import Handed
from milestones.work.judging import Verdict
from milestones.work.moving import Wanted
from outsourcing.files import storage
from outsourcing.files.kinds import SHEETS
from tests.access.directory_evidence import picture
from tests.access.rows import Row, everybody, nobody_may, who
from tests.access.world import Place, World

WEEK = timedelta(weeks=1)


def furnish(world: World) -> None:
    """`draft`, `offered`, `running`, `still` (suspended) and `finished` of both shops, and milestones by what they wait
    for."""
    for shop, vendor in (("shop", "vendor"), ("rival", "rival_vendor")):
        here, there = world.places[shop], world.places[vendor]
        here.draft, here.drafted = begun(world, here, there, "Draft")
        here.plan = saving.save(here.draft, f"Plan of {here.mark}", by=here.head, at=world.at)
        here.offered, _one = begun(world, here, there, "Offered")
        here.offer = offering.offer(here.offered, by=here.head, at=world.at)
        here.running, here.planned = begun(world, here, there, "Running")
        here.still, _one = begun(world, here, there, "Still")
        here.finished, last = begun(world, here, there, "Finished")
        for contract in (here.running, here.still, here.finished):
            made = offering.offer(contract, by=here.head, at=world.at)
            offering.accept(made, read=made.digest, by=there.head, at=world.at)
        judging.cancel(last, reason="Not needed", by=here.head, at=world.at)
        running.suspend(here.still, reason=f"Flood at {here.mark}", by=here.head, at=world.at)
        here.wish = running.ask(here.running, Wish.Kind.SUSPEND, reason="Stocktaking", by=there.head, at=world.at)
        upload = SimpleUploadedFile("terms.png", picture())
        here.document = drafting.attach(here.running, upload, title="Terms", by=here.head, at=world.at)
        there.document = drafting.attach(
            here.running, SimpleUploadedFile("theirs.png", picture()), by=there.head, at=world.at
        )
        here.handed, here.done, here.paid, here.held, here.late = (
            planning.add(
                here.running,
                {"title": f"{name} of {here.mark}", "current_due": due(world), "amount": 10},
                by=here.head,
                at=world.at,
            )
            for name in ("Handed", "Done", "Paid", "Held", "Late")
        )
        here.round = hand_in(world, here.handed, there)
        here.proof = here.round.proofs.get()
        for one in (here.done, here.paid):
            judging.accept(hand_in(world, one, there), Verdict(), by=here.head, at=world.at)
        here.judged = here.done.submissions.get()
        judging.mark_paid(here.paid, world.at.date(), by=here.head, at=world.at)
        judging.block(here.held, reason="Labels", by=here.head, at=world.at)
        wanted = Wanted(due(world) + WEEK, "The carrier is late", Cause.EXTERNAL)
        here.check_in, here.checked = planning_ahead.plan(
            here.running, world.at.date(), every_months=1, by=here.head, at=world.at
        )[:2]  # fmt: skip
        read = sealed(here.checked, facts_of(here.running, world.at))
        said = Evaluation(words=f"Well done, {here.mark}")
        here.checked = signing.sign(here.checked, said, read=read, by=here.head, at=world.at)
        name = f"On time at {here.mark}"
        here.measure = planning_ahead.promise(here.running, name, Decimal(98), by=here.head, at=world.at)
        overriding.override(here.running, Health.AT_RISK, reason=f"A hunch at {here.mark}", by=here.head, at=world.at)
        here.feed, there.feed = (links.make(one, here.running, at=world.at) for one in (here.head, there.head))
        head = "Vendor,Contract,Contract starts"
        table = f"{head}\n{there.organisation},Table of {here.mark},{world.at:%Y-%m-%d}".encode()
        file = storage.keep(
            SimpleUploadedFile("table.csv", table),
            by=here.head,
            organisation=here.organisation,
            at=world.at,
            kinds=SHEETS,
        )
        here.table = ContractImport.objects.create(
            merchant=here.organisation, file=file, created_by=here.head, created_at=world.at
        )
        here.asked_date = moving.propose(here.late, wanted, by=there.head, at=world.at)


def begun(world: World, here: Place, there: Place, name: str) -> tuple[Contract, Milestone]:
    """A draft with one milestone."""
    fields = {"title": f"{name} of {here.mark}", "starts_on": world.at.date(), "scope": f"Scope of {here.mark}"}
    contract = drafting.draft(there.organisation, fields, by=here.head, at=world.at)
    fields = {"title": f"Planned, {name.lower()} of {here.mark}", "current_due": due(world)}
    return contract, planning.add(contract, fields, by=here.head, at=world.at)


def due(world: World):
    return world.at.date() + 3 * WEEK


def hand_in(world: World, milestone: Milestone, there: Place) -> Submission:
    upload = SimpleUploadedFile("proof.png", picture())
    return handing_in.submit(milestone, Handed(uploads=[upload]), by=there.head, at=world.at)


def live(world: World, person: str):
    """The contracts of the shop and all that hangs on them, as they stand now."""
    mine = {"merchant": world.shop.organisation}
    about = {f"contract__{name}": value for name, value in mine.items()}
    return (
        list(Contract.objects.filter(**mine).order_by("pk").values()),
        list(Milestone.objects.filter(**about).order_by("pk").values()),
        list(Offer.objects.filter(**about).order_by("pk").values()),
        list(Wish.objects.filter(**about).order_by("pk").values()),
        list(DateChange.objects.filter(milestone__contract__merchant=world.shop.organisation).order_by("pk").values()),
        list(Submission.objects.filter(milestone__contract__merchant=world.shop.organisation).values()),
        list(Document.objects.filter(**about).order_by("pk").values()),
        HistoryLine.objects.filter(**about).count(),
        list(CheckIn.objects.filter(**about).order_by("pk").values()),
        list(Measure.objects.filter(**about).order_by("pk").values()),
        list(Override.objects.filter(**about).order_by("pk").values()),
        list(Feed.objects.order_by("pk").values()),
        list(Plan.objects.filter(**mine).order_by("pk").values()),
    )


def see(answer=200, **more):
    """Both sides; nobody else knows of it."""
    return who(404, shop=answer, vendor=answer, **more)


def run(answer):
    """The shop's owner and operations; its others and the vendor see it and may not."""
    return who(404, owner=answer, operations=answer, buyer=403, viewer=403, vendor=403)


def draw_up(answer):
    """The same while the vendor knows nothing of it."""
    return who(404, owner=answer, operations=answer, buyer=403, viewer=403)


def manage(answer):
    """The vendor's manager alone."""
    return who(404, manager=answer, contact=403, shop=403)


def work(answer):
    """The vendor's people alone."""
    return who(404, vendor=answer, shop=403)


def both(answer):
    """Who runs it in the shop, and the vendor's people."""
    return who(404, owner=answer, operations=answer, buyer=403, viewer=403, vendor=answer)


def decide(answer):
    """Who runs it; the vendor, which has asked, reads the form, and what it sends is refused."""
    return both(answer) | ({"manager": 409, "contact": 409} if isinstance(answer, str) else {})


def of(name: str):
    """The key of one of the shop's objects."""
    return lambda world: {"pk": getattr(world.shop, name).pk}


def act(route: str, name: str, answers, back: str, data=None, note: str = "", **more) -> Row:
    """Something that is sent, without a page of its own."""
    return Row(
        f"milestones:{route}",
        args=of(name),
        note=note or name,
        of="shop",
        tells=("shop", "vendor"),
        get=nobody_may(),
        post=answers(f"milestones:{back}"),
        data=(lambda world, person: data(world)) if data else (lambda world, person: {}),
        changes=live,
        **more,
    )


def form(route: str, name: str, answers, back: str, shows: str, data, **more) -> Row:
    """A page with a form."""
    return Row(
        f"milestones:{route}",
        args=of(name),
        note=name,
        of="shop",
        tells=("shop", "vendor"),
        get=answers(200),
        post=answers(f"milestones:{back}"),
        data=lambda world, person: data(world),
        shows=shows,
        changes=live,
        **more,
    )


def why(world: World):
    return {"reason": "Since it is so."}


def nothing(world: World):
    return {}


def contract_fields(world: World, person: str = "owner"):
    fields = {
        "title": "Spring", "pricing": "fixed", "value": "100", "currency": "GBP", "starts_on": world.at.date(),
        "time_zone": "Europe/London", "owner": world.shop.head.pk, "vendor_owner": world.vendor.head.pk,
        "backup": world.members["operations"].pk, "review_days": 4, "rework_days": 5, "silence_days": 7,
    }  # fmt: skip
    return fields | ({"owner": world.rival.head.pk, "backup": ""} if person == "rival" else {})


def people_of(world: World, person: str):
    theirs = {"vendor_owner": world.vendor.head.pk, "vendor_backup": world.vendor.head.pk}
    return theirs if person == "manager" else theirs | {"owner": world.members["operations"].pk}


def heads(answer):
    """Who runs it in the shop, and the vendor's manager."""
    return who(404, owner=answer, operations=answer, buyer=403, viewer=403, manager=answer, contact=403)


def milestone_fields(world: World):
    return {"title": "Recount", "current_due": due(world), "responsible": world.shop.head.pk,
            "vendor_responsible": world.vendor.head.pk}  # fmt: skip


def signed(world: World):
    return {"channel": "post", "received_at": f"{world.at:%Y-%m-%dT%H:%M}", "author": world.vendor.head.pk,
            "upload": SimpleUploadedFile("signed.png", picture())}  # fmt: skip


def handed(world: World):
    return {"text": "Done.", "uploads": SimpleUploadedFile("proof.png", picture())}


def came(world: World):
    return {**signed(world), **handed(world)}


def foreign(place: str):
    """Somebody of another organisation than the person's."""
    return lambda world, person: (world.shop if person == "rival" else world.places[place]).head.pk


def contracts_of(world: World, person: str):
    """One that the person sees, and one that they do not."""
    here, elsewhere = world.places["shop"].running, world.places["rival"].running
    place = world.place_of(person)
    is_rivals = place and place.organisation.pk in (elsewhere.merchant_id, elsewhere.vendor_id)
    return (elsewhere, here) if is_rivals else (here, elsewhere)


#: For a page that asks nobody to sign in.
NEVER = dict.fromkeys(("put", "patch", "delete", "options"), everybody(405))


def asked_of(world: World, person: str):
    """A date that the person's shop is asked for."""
    return world.places["rival" if person == "rival" else "shop"].asked_date


def done_of(world: World, person: str):
    """A milestone that the person's shop has accepted and not paid."""
    return world.places["rival" if person == "rival" else "shop"].done


PEOPLE = {"owner": foreign("rival"), "backup": foreign("rival"), "vendor_owner": foreign("rival_vendor")}
DOERS = {"responsible": foreign("rival"), "vendor_responsible": foreign("rival_vendor")}
AFTER = {"after": lambda world, person: world.rival.planned.pk}
AUTHOR = {"author": foreign("rival_vendor")}
BACK, STEP = "contract", "milestone"
#: Whoever runs contracts may draw one up with a vendor that the directory shows them.
DRAWS_UP = who(403, owner=200, operations=200, rival=200)

RUNNERS = ("owner", "operations", "rival")
DRAWS = who(403, **dict.fromkeys(RUNNERS, 200))

READS = who(403, shop=200, rival=200)

ROWS = [
    Row(
        "milestones:contracts",
        get=who(403, members=200),
        query="?show=all",
        shows=lambda world, person: "Running of",
        tells=("shop", "vendor", "rival", "rival_vendor"),
    ),
    Row(
        "milestones:add_contract",
        get=who(403, owner=200, operations=200, rival=200),
        shows="With whom?",
        tells=("vendor", "rival_vendor"),
    ),
    Row(
        "milestones:draft",
        args=lambda world: {"pk": world.vendor.organisation.pk},
        get=DRAWS_UP,
        post=DRAWS_UP | dict.fromkeys(("owner", "operations", "rival"), "milestones:contract"),
        data=contract_fields,
        ids=PEOPLE,
        shows='name="title"',
        changes=lambda world, person: Contract.objects.count(),
        tells=("vendor",),
    ),
    Row("milestones:contract", args=of("running"), note="running", of="shop", get=see(), shows="Scope of",
        tells=("shop", "vendor")),
    Row("milestones:contract", args=of("offered"), note="offered", of="shop", get=see(), shows="Scope of",
        tells=("shop", "vendor")),
    Row("milestones:contract", args=of("draft"), note="draft", of="shop", get=who(404, shop=200), shows="Scope of",
        tells=("shop", "vendor")),
    Row("milestones:history", args=of("running"), of="shop", get=see(), shows="offered the contract",
        tells=("shop", "vendor")),
    Row("milestones:people", args=of("running"), of="shop", tells=("shop", "vendor"), get=heads(200),
        post=heads("milestones:contract"), data=people_of, shows='name="vendor_owner"', changes=live,
        ids={"owner": foreign("rival"), "backup": foreign("rival"), "vendor_owner": foreign("rival_vendor"),
             "vendor_backup": foreign("rival_vendor")}),
    form("edit_contract", "draft", draw_up, BACK, 'name="title"', contract_fields, ids=PEOPLE),
    form("make_offer", "draft", draw_up, BACK, 'name="expires_on"', nothing),
    form("record_contract", "offered", run, BACK, 'name="upload"', signed, ids=AUTHOR),
    form("amend", "running", run, BACK, 'name="title"', lambda world: {**contract_fields(world), "title": "Summer"}),
    form("suspend", "running", run, BACK, 'name="reason"', why),
    form("resume", "still", run, BACK, 'name="shift"', lambda world: {"shift": "on"}),
    act("begin_closing", "running", run, BACK),
    act("complete", "finished", run, BACK),
    form("terminate", "running", run, BACK, 'name="reason"', why),
    form("ask", "still", manage, BACK, 'name="reason"', lambda world: {"kind": "end", **why(world)}),
    form("attach", "running", lambda a: who(404, owner=a, operations=a, buyer=403, viewer=403, manager=a, contact=403),
         BACK, 'name="upload"', lambda world: {"upload": SimpleUploadedFile("more.png", picture())}),
    form("add_milestone", "running", run, BACK, 'name="title"', milestone_fields, ids=DOERS | AFTER),
    Row("milestones:plans", get=who(403, owner=200, operations=200, rival=200), tells=(),
        shows=lambda world, person: f"Plan of {world.place_of(person).mark}"),
    form("fill", "draft", draw_up, BACK, 'name="plan"',
         lambda world: {"plan": "warehouse", "start": f"{world.at:%Y-%m-%d}"}),
    form("save_as_plan", "running", run, "plans", 'name="name"', lambda world: {"name": "Kept", "check_in_months": 1}),
    form("rename_plan", "plan", draw_up, "plans", 'name="name"', lambda world: {"name": "Otherwise"}),
    act("remove_plan", "plan", draw_up, "plans"),
    Row("milestones:document", args=of("document"), of="shop", get=see(), shows="PNG", tells=("shop", "vendor")),
    act("remove_document", "document",
        lambda back: who(404, owner=back, operations=back, buyer=403, viewer=403, manager=409, contact=403), BACK),
    Row("milestones:offer", args=of("offer"), of="shop", get=see(), shows="Scope of", tells=("shop", "vendor")),
    act("accept_offer", "offer", manage, BACK, data=lambda world: {"read": world.shop.offer.digest}),
    form("decline_offer", "offer", manage, BACK, 'name="reason"', why),
    act("withdraw_offer", "offer", run, BACK),
    form("override", "running", run, BACK, 'name="level"', lambda world: {"level": "on_track", **why(world)}),
    act("lift_override", "running", run, BACK),
    form("plan_check_ins", "running", run, BACK, 'name="first"',
         lambda world: {"first": world.at.date() + WEEK, "every_months": 0}),
    form("add_measure", "running", run, BACK, 'name="promised"',
         lambda world: {"name": "Right", "is_at_least": 1, "promised": 99, "unit": "%"}),
    act("remove_measure", "measure", run, BACK),
    Row("milestones:export_csv", get=who(403, members=200), query="?show=all", shows="Running of",
        tells=("shop", "vendor", "rival", "rival_vendor")),
    Row("milestones:export_xlsx", get=who(403, members=200), query="?show=all", shows="Running of",
        tells=("shop", "vendor", "rival", "rival_vendor")),
    Row("milestones:import_template", get=DRAWS, shows="Pallet &", tells=()),
    Row("milestones:import_contracts", get=DRAWS, post=DRAWS | dict.fromkeys(RUNNERS, "milestones:contract_import"),
        data=lambda world, person: {"file": SimpleUploadedFile("more.csv", b"Vendor,Contract,Contract starts\nA,B,C")},
        shows='name="file"', changes=lambda world, person: ContractImport.objects.count(), tells=()),
    Row("milestones:contract_import", args=of("table"), of="shop", get=draw_up(200), shows="Table of",
        tells=("shop", "vendor")),
    act("bring_in", "table", draw_up, "contracts"),
    Row("milestones:month", get=who(403, members=200), query=f"?month={(date.today() + 3 * WEEK):%Y-%m}",
        shows="Running of", tells=("shop", "vendor", "rival", "rival_vendor")),
    Row("milestones:reports", get=READS, query=f"?month={(date.today() + 3 * WEEK):%Y-%m}",
        shows=lambda world, person: world.places["rival_vendor" if person == "rival" else "vendor"].mark,
        tells=("vendor", "rival_vendor")),
    Row("milestones:decisions", get=DRAWS, shows="Handed of", tells=("vendor", "rival_vendor")),
    Row("milestones:agree_all", get=nobody_may(), post=DRAWS | dict.fromkeys(RUNNERS, "milestones:decisions"),
        data=lambda world, person: {"one": asked_of(world, person).pk}, changes=lambda world, person:
        list(DateChange.objects.order_by("pk").values())),
    Row("milestones:pay_all", get=nobody_may(), post=DRAWS | dict.fromkeys(RUNNERS, "milestones:decisions"),
        data=lambda world, person: {"one": done_of(world, person).pk, "on": world.at.date()}, changes=lambda
        world, person: list(Milestone.objects.order_by("pk").values())),
    Row("milestones:feeds", get=who(403, members=200), shows="In your calendar",
        tells=("shop", "vendor", "rival", "rival_vendor")),
    Row("milestones:make_feed", get=nobody_may(), post=who(403, members="milestones:feeds"),
        data=lambda world, person: {"contract": contracts_of(world, person)[0].pk, "replace": "1"},
        changes=lambda world, person: list(Feed.objects.order_by("pk").values()),
        ids={"contract": lambda world, person: contracts_of(world, person)[1].pk}),
    act("revoke_feed", "feed", lambda back: who(404, owner=back), "feeds"),
    Row("milestones:calendar", note="live", args=lambda world: {"token": links.token_of(world.shop.feed)},
        get=everybody(200), post=everybody(405), shows="BEGIN:VCALENDAR", tells=("shop", "vendor"), **NEVER),
    Row("milestones:calendar", note="forged", args=lambda world: {"token": "forged"},
        get=everybody(404), post=everybody(405), **NEVER),
    Row("milestones:check_in", args=of("check_in"), note="to sign", of="shop", get=who(404, shop=200),
        shows="What the record says", tells=("shop", "vendor")),
    Row("milestones:check_in", args=of("checked"), note="signed", of="shop", get=see(), shows="Well done",
        tells=("shop", "vendor")),
    act("sign_check_in", "check_in", draw_up, "check_in", data=lambda world: {
        "read": sealed(world.shop.check_in, facts_of(world.shop.running, world.at)), "words": "Fine."}),
    form("skip_check_in", "check_in", draw_up, BACK, 'name="reason"', why),
    form("reply_check_in", "checked", work, "check_in", 'name="reason"', why),
    act("grant_wish", "wish", run, BACK),
    form("refuse_wish", "wish", run, BACK, 'name="reason"', why),
    act("take_wish_back", "wish", manage, BACK),
    Row("milestones:milestone", args=of("handed"), of="shop", get=see(), shows="Handed of", tells=("shop", "vendor")),
    form("edit_milestone", "drafted", draw_up, STEP, 'name="title"', milestone_fields, ids=DOERS),
    act("remove_milestone", "drafted", draw_up, BACK),
    act("start", "planned", both, STEP),
    form("report", "planned", both, STEP, 'name="progress"', lambda world: {"progress": 40}),
    form("submit", "planned", work, STEP, 'name="text"', handed),
    form("record", "planned", run, STEP, 'name="channel"', came, ids=AUTHOR),
    form("reopen", "done", run, STEP, 'name="reason"', why),
    form("cancel", "planned", run, STEP, 'name="reason"', why),
    form("block", "planned", run, STEP, 'name="reason"', why),
    act("unblock", "held", run, STEP),
    form("pay", "done", run, STEP, 'name="on"', lambda world: {"on": world.at.date() - timedelta(days=1)}),
    act("unpay", "paid", run, STEP),
    form("move", "planned", both, STEP, 'name="due"',
         lambda world: {"due": due(world) + WEEK, "cause": "agreed", "reason": "Snow"}),
    form("record_date", "planned", run, STEP, 'name="received_at"', lambda world: {
        **{name: value for name, value in signed(world).items() if name != "upload"},
        "due": due(world) + WEEK, "cause": "external", "reason": "Snow"}, ids=AUTHOR),
    act("judge", "round", run, STEP, data=lambda world: {"verdict": "accept"}),
    act("withdraw", "round", lambda back: both(back) | {"owner": 409, "operations": 409}, STEP),
    form("reply", "judged", work, STEP, 'name="reason"', why),
    Row("milestones:proof", args=of("proof"), of="shop", get=see(), shows="PNG", tells=("shop", "vendor")),
    Row("milestones:proof_thumbnail", args=of("proof"), of="shop", get=see(), proven_by="",
        shows="PNG", tells=("shop", "vendor")),
    act("agree", "asked_date", lambda back: both(back) | {"manager": 409, "contact": 409}, STEP),
    form("refuse_date", "asked_date", decide, STEP, 'name="reason"', why),
    act("take_date_back", "asked_date", lambda back: both(back) | {"owner": 409, "operations": 409}, STEP),
]  # fmt: skip
