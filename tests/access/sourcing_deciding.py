"""Scoring, comparing and deciding: each shop compares its vendor; the vendor reads what it was told and no more."""

from decimal import Decimal
from types import SimpleNamespace

from tests.access.rows import Row, nobody_may, who
from tests.access.world import World
from tests.sourcing.shortlists import shortlist, steps
from vendors.sourcing.deciding import choosing, telling
from vendors.sourcing.deciding.choosing import Choice
from vendors.sourcing.deciding.freezing import fingerprint, record_of
from vendors.sourcing.models import (
    Brief,
    Candidate,
    Consensus,
    Decision,
    Evaluator,
    GateRuling,
    LogLine,
    Measurement,
    NotApplicable,
    Score,
    Told,
)
from vendors.sourcing.scores import settling
from vendors.sourcing.sheet import sheet_of


def furnish(world: World) -> None:
    """`compared` (the head has to score, a colleague has submitted; in the rival's nobody), `settled` (everybody has),
    `decided` and what is measured of both shops."""
    for shop, vendor in (("shop", "vendor"), ("rival", "rival_vendor")):
        here, there = world.places[shop], world.places[vendor]
        mine = here.shortlists = SimpleNamespace()
        named = {"title": f"Compared by {here.mark}", "vendors": [there.organisation]}
        mine.compared = shortlist(here.organisation, here.head, **named)
        mine.me = mine.compared.evaluator(here.head, stated_at=None)
        mine.stated = shortlist(here.organisation, here.head, **named)
        mine.scoring = mine.stated.evaluator(here.head)
        mine.stated.score(mine.scoring, (4,), (3,), submit=False)
        mine.colleague = mine.stated.evaluator(here.member)
        if shop == "shop":
            other = mine.stated.evaluator(world.members["operations"])
            mine.stated.score(other, (2,), (1,))
            mine.done = other
        mine.settled = shortlist(here.organisation, here.head, gates=[f"Near {here.mark}"], **named)
        mine.settled.score(mine.settled.evaluator(here.head), (4,), (3,))
        mine.ready = shortlist(here.organisation, here.head, **named)
        mine.ready.score(mine.ready.evaluator(here.head), (4,), (3,))
        mine.said = shortlist(here.organisation, here.head, **named)
        one, criterion = mine.said.candidates[0], mine.said.criteria[0]
        settling.settle(one, criterion, Decimal(4), "So", by=here.head, at=world.at)
        settling.leave_out(one, criterion, "So", by=here.head, at=world.at)
        mine.decided = shortlist(here.organisation, here.head, **named)
        mine.decided.score(mine.decided.evaluator(here.head), (4,), (3,))
        mine.decision, mine.told = decided(here, world)
        mine.untold, _told = decided(here, world, tell=False, listed=shortlist(here.organisation, here.head, **named))
        mine.read = shortlist(here.organisation, here.head, criteria=[("References", 5)], **named)
        mine.read.criteria[0].source = "references"
        mine.read.criteria[0].save()
        steps(mine.read.criteria[0], "1", "2", "3", "4", "5")


def decided(here, world: World, *, tell: bool = True, listed=None):
    """A decision for the one vendor, without its contract, and what the vendor was told."""
    listed = listed or here.shortlists.decided
    sheet = sheet_of(listed.brief, here.head)
    choice = Choice(chosen=listed.candidates[0], reason=f"Since {here.mark} likes it.")
    made = choosing.freeze(listed.brief, choice, record_of(sheet), by=here.head, at=world.at)
    choosing.move_all(sheet, listed.candidates[0])
    Brief.objects.filter(pk=listed.brief.pk).update(state="decided", decided_at=world.at)
    if not tell:
        return made, None
    [told] = telling.tell(made, chosen=f"Words of {here.mark}", others="No", by=here.head, at=world.at)
    return made, told


def live(world: World, person: str):
    """Everything that is said of the shop's shortlists, as it stands now."""
    mine = {"brief__merchant": world.shop.organisation}
    of_candidate = {"candidate__brief__merchant": world.shop.organisation}
    return (
        list(Brief.objects.filter(merchant=world.shop.organisation).order_by("pk").values()),
        list(Candidate.objects.filter(**mine).order_by("pk").values()),
        list(Evaluator.objects.filter(**mine).order_by("pk").values()),
        list(Score.objects.filter(**of_candidate).order_by("pk").values()),
        list(Decision.objects.filter(**mine).order_by("pk").values()),
        list(Measurement.objects.filter(**of_candidate).order_by("pk").values()),
        *(model.objects.filter(**of_candidate, replaced_at=None).count() for model in (Consensus, NotApplicable)),
        GateRuling.objects.filter(**of_candidate).count(),
        Told.objects.filter(**of_candidate).count(),
        LogLine.objects.filter(**mine).count(),
    )


def see(answer=200, **more):
    """The shop's people; nobody else knows of it."""
    return who(404, **{"shop": answer, **more})


def of_brief(name: str):
    return lambda world: {"pk": getattr(world.shop.shortlists, name).brief.pk}


def of(name: str):
    return lambda world: {"pk": getattr(world.shop.shortlists, name).pk}


def in_cell(name: str):
    """The one vendor of a shortlist on its first criterion."""
    return lambda world: {
        "pk": getattr(world.shop.shortlists, name).candidates[0].pk,
        "criterion": getattr(world.shop.shortlists, name).criteria[0].pk,
    }


def chair(answer):
    """Whoever wrote it, here the owner; the vendor has its own candidate, and may not."""
    return who(404, owner=answer, buyer=403, operations=403, viewer=403)


def chair_of_candidate(answer):
    return who(404, owner=answer, buyer=403, operations=403, viewer=403, vendor=403)


def only_scored(answers):
    """Operations sees only what it scores."""
    return answers | {"operations": 404}


def row(route: str, args, *, get=None, post=None, data=None, **more) -> Row:
    return Row(
        f"sourcing:{route}",
        args=args,
        of="shop",
        tells=("shop", "vendor"),
        get=get or nobody_may(),
        post=post or nobody_may(),
        data=(lambda world, person: data(world)) if data else (lambda world, person: {}),
        changes=live if post else None,
        **more,
    )


def decide_form(world: World):
    ready = world.shop.shortlists.ready
    sheet = sheet_of(ready.brief, world.shop.head)
    return {
        "to": ready.candidates[0].pk, "reason": "The nearest.", "seen": fingerprint(record_of(sheet)),
        "reserve": "", "runs": world.members["operations"].pk,
    }  # fmt: skip


ROWS = [
    # ---- Comparing ----
    row("comparison", of_brief("stated"), get=see(), shows="Accuracy and damage"),
    row("comparison_csv", of_brief("stated"), get=see(), shows="Accuracy and damage"),
    row("comparison_xlsx", of_brief("stated"), get=see(), shows="Accuracy and damage"),
    # ---- Scoring ----
    row("scores", of_brief("stated"), get=see(), shows="Who scores"),
    row(
        "state_conflict", of_brief("compared"), data=lambda world: {"ties": "none"},
        post=only_scored(who(404, owner="sourcing:scores", buyer=403, viewer=403)),
    ),
    row(
        "save_scores", of_brief("stated"),
        post=who(404, owner="sourcing:scores", buyer="sourcing:scores", operations=409, viewer=403),
        data=lambda world: {
            f"score-{world.shop.shortlists.stated.candidates[0].pk}-{world.shop.shortlists.stated.criteria[0].pk}": "5",
        },
    ),
    row(
        "submit_scores", of_brief("stated"),
        post=who(404, owner="sourcing:comparison", buyer=409, operations=409, viewer=403),
    ),
    row(
        "reopen_scores", of("done"), get=chair(200), post=chair("sourcing:scores"), shows="Open the scores",
        data=lambda world: {"reason": "A slip"},
    ),
    row(
        "recuse", of("scoring"), get=chair(200), post=chair("sourcing:scores"), shows="Step back",
        data=lambda world: {"reason": "A cousin"},
    ),
    row("cell", in_cell("stated"), get=see(vendor=403), shows="What people gave"),
    row(
        "score", in_cell("stated"), data=lambda world: {"value": "2", "reason": "Broken"},
        post=who(404, owner="sourcing:scores", buyer="sourcing:scores", operations=409, viewer=403, vendor=403),
    ),
    row(
        "settle", in_cell("settled"), get=only_scored(chair_of_candidate(200)), shows="What was agreed",
        post=only_scored(chair_of_candidate("sourcing:cell")), data=lambda world: {"value": "3.5", "reason": "So"},
    ),
    row("unsettle", in_cell("said"), post=only_scored(chair_of_candidate("sourcing:cell"))),
    row(
        "leave_out", in_cell("settled"), get=only_scored(chair_of_candidate(200)), shows="does not apply",
        post=only_scored(chair_of_candidate("sourcing:cell")), data=lambda world: {"reason": "So"},
    ),
    row("take_in", in_cell("said"), post=only_scored(chair_of_candidate("sourcing:cell"))),
    # ---- Deciding ----
    row(
        "decide", of_brief("ready"), get=only_scored(chair(200)), shows="Record the decision", data=decide_form,
        post=only_scored(chair("sourcing:decision")),
        ids={
            "reserve": lambda world, person: world.rival.shortlists.ready.candidates[0].pk,
            "runs": lambda world, person: world.rival.head.pk,
        },
    ),
    row("decision", of("decision"), get=only_scored(see()), shows="Since quillshop likes it."),
    row(
        "correct", of("decision"), get=only_scored(chair(200)), shows="Correct the record",
        post=only_scored(chair("sourcing:decision")), data=lambda world: {"reason": "Better", "correction": "A word"},
    ),
    row(
        "reopen_decision", of("decision"), get=only_scored(chair(200)), shows="Open the decision again",
        post=only_scored(chair("sourcing:comparison")), data=lambda world: {"reason": "A new price"},
    ),
    row("draft_contract", of("decision"), post=only_scored(chair("milestones:contract"))),
    row(
        "tell", of("untold"), get=only_scored(chair(200)), shows="Tell the vendors",
        post=only_scored(chair("sourcing:decision")), data=lambda world: {"chosen": "You", "others": "Not you"},
    ),
    row("result", of("told"), get=only_scored(who(404, vendor=200, shop=403)), shows="Words of quillshop"),
    # ---- Measuring ----
    row(
        "measure", of_brief("read"),
        post=only_scored(who(404, owner="sourcing:comparison", buyer="sourcing:comparison", viewer=403)),
    ),
]  # fmt: skip
