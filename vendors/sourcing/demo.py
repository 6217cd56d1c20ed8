"""The demo's briefs: the shortlist of the design with its scores, a sealed one that is open, a draft, and a rival's."""

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal

from django.db.models import Q

from milestones.contracts.sample import weekday
from outsourcing.accounts.models import Membership, Organisation, Role, User
from outsourcing.conversations.demo import LONDON, when
from outsourcing.shared import hooks
from vendors.directory.models import Vendor
from vendors.sourcing.answering import asking, submitting
from vendors.sourcing.answering.said import Said
from vendors.sourcing.briefs import evaluators, publishing, writing
from vendors.sourcing.candidates import adding, moving
from vendors.sourcing.models import (
    STEPS,
    Brief,
    Candidate,
    Criterion,
    CriterionStep,
    Evaluator,
    Gate,
    Score,
)
from vendors.sourcing.reminders.following import follow

#: Somebody at the vendors who have nobody in the demo's list of people, so that they can be invited.
PEOPLE = {
    "Harrow & Quay": ("Maya Quay", "maya@harrowandquay.example"),
    "Fellgate Logistics": ("Una Fell", "una@fellgate.example"),
    "Orchard Lane": ("Ivo Lane", "ivo@orchardlane.example"),
    "Brightcrate": ("Kit Bright", "kit@brightcrate.example"),
}
VENDORS = ("Harrow & Quay", "Pallet & Post", "Fellgate Logistics", "Orchard Lane", "Brightcrate")
#: A price an order and a month at 4,200 orders, as the design shows them.
PRICES = {
    "Harrow & Quay": ("3.42", "14364"),
    "Pallet & Post": ("3.18", "13356"),
    "Fellgate Logistics": ("2.96", "12432"),
    "Orchard Lane": ("3.71", "15582"),
    "Brightcrate": ("2.71", "11382"),
}
GATES = (
    "Live Shopify link",
    "Goods cover of £1m or more",
    "Cut-off at 2 pm or later",
    "Two verified references",
    "Fragile goods today",
)
#: Name, what is looked at, weight, what 0 and 5 mean; then the scores of Theo, Rosa and Nadia for each vendor, a dash
#: where there is none yet.
CRITERIA = (
    ("Accuracy and damage", "References, damage samples, count reports", 25, "Nothing shown",
     "Proven at our volume", "445 444 343 454 323"),
    ("Peak capacity", "Peak logs, staffing plans", 15, "At the limit", "Peak proven, space to spare",
     "454 544 554 332 334"),
    ("Shopify integration", "Live stores, partner list", 15, "Files by hand", "Native, live with several clients",
     "544 443 444 334 545"),
    ("Fragile and gift handling", "Work samples, site visit", 15, "Never done", "Several clients with such goods",
     "445 554 -34 555 -23"),
    ("Reporting and contact", "Trial messages, sample reports", 10, "A ticket box only",
     "A named person and figures every week", "434 324 444 445 344"),
)  # fmt: skip
BETWEEN = ("Said, and vague", "Said, with figures", "Shown for one client", "Shown for several clients")


def briefs(at: datetime) -> None:
    """Juniper & Pine's shortlist as the design shows it, and what else goes on."""
    join_vendors()
    rows = Membership.objects.filter(user__isnull=False).exclude(organisation__name="Juniper Trade")
    people = {one.email.partition("@")[0]: one for one in rows.select_related("organisation", "user")}
    shortlist(at, people)
    returns(at, people)
    bookkeeping(at, people)
    rivals(at, people)


def join_vendors() -> None:
    for vendor, (name, email) in PEOPLE.items():
        organisation = Organisation.objects.get(name=vendor, kind=Organisation.Kind.VENDOR)
        user = User.objects.create_user(email, name=name)
        Membership.objects.create(
            organisation=organisation, user=user, email=email, name=name, roles=[Role.MANAGER], phone="020 555 0100"
        )


def ahead(at: datetime, days: int, clock: str) -> datetime:
    """That many working days after today, at a wall time in London."""
    return datetime.combine(weekday(at, -days), time.fromisoformat(clock), LONDON)


def profiles(*names: str) -> list[Vendor]:
    found = {one.organisation.name: one for one in Vendor.objects.select_related("organisation").live()}
    return [found[name] for name in names]


def shortlist(at: datetime, people: Mapping[str, Membership]) -> None:
    """UK pick and pack: five vendors have answered, Rosa and Nadia have scored, two of Theo's scores are missing."""
    theo = people["theo"]
    deadline = when(at, 9, "17:00")
    starts = weekday(at, -50)
    brief = writing.start(
        "fulfilment",
        {
            "title": f"UK pick and pack, from {starts:%B %Y}",
            "summary": "4,200 orders a month, 8,900 at peak, about 310 product lines, a third of them fragile.",
            "scope": "Receive, store, pick and pack our homewares for shops and homes in the UK. Gift sets are made up "
            "to our specification. Orders placed by two leave the same day.",
            "orders_low": 3100, "orders_base": 4200, "orders_peak": 8900, "deadline_at": deadline, "starts_on": starts,
            "decide_by": weekday(at, -3), "budget": Decimal(15_000), "time_zone": theo.organisation.time_zone,
            "volumes": {"skus": "310 active, 12 new a month", "handling": "A third is fragile", "returns": "6 %",
                        "zones": "UK 100 %", "cost_now": "£3.90"},
        },
        by=theo,
        at=when(at, 30, "10:00"),
    )  # fmt: skip
    write_it_as_designed(brief)
    criteria = list(brief.criteria.filter(removed_at=None).order_by("position"))
    scored = [one for one in criteria if one.source == Criterion.Source.PEOPLE]
    named = {people[who]: scored for who in ("theo", "rosa", "nadia")}
    evaluators.name(brief, named, by=theo, at=when(at, 30, "10:30"))
    candidates = adding.add(brief, profiles(*VENDORS), by=theo, at=when(at, 29, "09:30"), source="search")
    publishing.publish(brief, candidates, by=theo, at=when(at, 28, "10:00"))
    brief.refresh_from_db()
    by_name = {one.vendor.name: one for one in brief.candidates.select_related("vendor", "brief__merchant")}
    for number, name in enumerate(VENDORS):
        submitting.submit(by_name[name], answer_of(brief, name), by=head_of(name), at=when(at, 20 - number, "11:20"))
    asked = asking.ask(by_name["Fellgate Logistics"], "Are gift notes printed by you or by us?",
                       by=head_of("Fellgate Logistics"), at=when(at, 25, "09:00"))  # fmt: skip
    asking.reply(asked, shown_text=asked.text, answer="By you, from the text in the order.", changes_brief=False,
                 by=theo, at=when(at, 24, "09:00"))  # fmt: skip
    publishing.open_answers(brief, by=theo, at=when(at, 8, "09:00"))
    cover = brief.gates.get(text=GATES[1])
    moving.rule(by_name["Brightcrate"], cover, "fail", reason="Cover is £250,000 by its own paper.", by=theo,
                at=when(at, 7, "14:00"))  # fmt: skip
    for name in VENDORS[:4]:
        moving.shortlist(by_name[name], by=theo, at=when(at, 7, "15:00"))
    score_it(brief, scored, by_name, people, at)


def write_it_as_designed(brief: Brief) -> None:
    """The must-haves and criteria of the design in place of the template's."""
    for part in (brief.gates, brief.criteria, brief.questions):
        part.all().delete()
    Gate.objects.bulk_create(Gate(brief=brief, position=number, text=text) for number, text in enumerate(GATES))
    for number, (name, about, weight, least, most, _scores) in enumerate(CRITERIA):
        made = Criterion.objects.create(
            brief=brief, position=number if number == 0 else number + 1, name=name, about=about, weight=weight
        )
        texts = (least, *BETWEEN, most)
        CriterionStep.objects.bulk_create(CriterionStep(criterion=made, step=step, text=texts[step]) for step in STEPS)
    cost = Criterion.objects.create(
        brief=brief, position=1, name="Cost per order", about="From the quotes, the cheapest has 5", weight=20,
        source=Criterion.Source.PRICE, price_basis=Criterion.Basis.ORDER, price_is_relative=True,
        target=Decimal("2.90"), walk_away=Decimal("4.40"),
    )  # fmt: skip
    CriterionStep.objects.bulk_create(CriterionStep(criterion=cost, step=step) for step in STEPS)


def head_of(vendor: str) -> Membership:
    rows = Membership.objects.filter(organisation__name=vendor, organisation__kind=Organisation.Kind.VENDOR)
    return rows.filter(Q(roles__contains=[Role.MANAGER]), user__isnull=False).select_related("organisation").get()


def answer_of(brief: Brief, name: str) -> Said:
    order, month = PRICES[name]
    gates = {
        one.pk: (True, "£250,000 today, to be raised." if name == "Brightcrate" and one.text == GATES[1] else "")
        for one in brief.gates.all()
    }
    return Said(
        price_order=Decimal(order), price_month=Decimal(month), currency="GBP", gates=gates,
        assumptions="All fees in, at 4,200 orders a month and 1.6 units an order; postage at cost.",
        message="We would gladly show you round.",
    )  # fmt: skip


def score_it(
    brief: Brief,
    criteria: list[Criterion],
    by_name: Mapping[str, Candidate],
    people: Mapping[str, Membership],
    at: datetime,
) -> None:
    """Scores as drawn; Rosa and Nadia have submitted theirs."""
    rows = {one.member_id: one for one in brief.evaluators.all()}
    for place, who in enumerate(("theo", "rosa", "nadia")):
        evaluator = rows[people[who].pk]
        scored_at = when(at, 5 - place, "16:00")
        Evaluator.objects.filter(pk=evaluator.pk).update(stated_at=when(at, 7, "16:00"))
        for criterion, (*_about, marks) in zip(criteria, CRITERIA, strict=True):
            for vendor, given in zip(VENDORS, marks.split(), strict=True):
                if given[place] != "-":
                    Score.objects.create(
                        evaluator=evaluator, candidate=by_name[vendor], criterion=criterion, value=int(given[place]),
                        reason=REASONS.get((criterion.name, vendor, who), ""), scored_at=scored_at,
                    )  # fmt: skip
        if who != "theo":
            Evaluator.objects.filter(pk=evaluator.pk).update(submitted_at=scored_at)
    follow(brief, at=at)


REASONS = {
    ("Reporting and contact", "Pallet & Post", "rosa"): "Two of five trial messages were answered after a reminder.",
    ("Reporting and contact", "Pallet & Post", "nadia"): "Their weekly sheet is the clearest of all.",
    ("Fragile and gift handling", "Fellgate Logistics", "rosa"): "The gift note was missing from one of four parcels.",
    ("Accuracy and damage", "Harrow & Quay", "nadia"): "12 months of counts, and a client's export that agrees.",
}


def returns(at: datetime, people: Mapping[str, Membership]) -> None:
    """Sealed and open: Tidewell has answered, which nobody at Juniper & Pine can tell; Pallet & Post has a draft."""
    rosa, imogen, joost = people["rosa"], people["imogen"], people["joost"]
    brief = writing.start(
        "fulfilment",
        {
            "title": "EU returns, graded and restocked",
            "summary": "About 260 returns a month from the EU, graded, and back on the shelf within two working days.",
            "deadline_at": ahead(at, 6, "17:00"), "questions_until": ahead(at, 4, "12:00"), "is_sealed": True,
            "orders_base": 260, "decide_by": weekday(at, -12), "time_zone": rosa.organisation.time_zone,
        },
        by=rosa,
        at=when(at, 6, "10:00"),
    )  # fmt: skip
    candidates = adding.add(
        brief, profiles("Pallet & Post", "Tidewell Fulfilment", "Kestrel Returns"), by=rosa, at=when(at, 6, "11:00")
    )
    brief.criteria.filter(source=Criterion.Source.PRICE).update(target=Decimal("4.00"), walk_away=Decimal("6.50"))
    asked = [one for one in candidates if one.vendor.name != "Kestrel Returns"]
    publishing.publish(brief, asked, by=rosa, at=when(at, 5, "09:00"))
    by_name = {one.vendor.name: one for one in brief.candidates.select_related("vendor", "brief__merchant")}
    question = asking.ask(by_name["Tidewell Fulfilment"], "Do you want photos of each return?", by=joost,
                          at=when(at, 4, "10:00"))  # fmt: skip
    asking.reply(question, shown_text=question.text, answer="Of damaged ones only.", changes_brief=False, by=rosa,
                 at=when(at, 3, "10:00"))  # fmt: skip
    gates = {one.pk: (True, "") for one in brief.gates.all()}
    submitting.submit(
        by_name["Tidewell Fulfilment"],
        Said(price_month=Decimal(1180), price_order=Decimal("4.54"), currency="EUR", gates=gates),
        by=joost, at=when(at, 2, "15:00"),
    )  # fmt: skip
    first = next(iter(gates))
    draft = Said(message="Photos are in the price.", gates={first: (True, "Northampton and Rotterdam.")})
    submitting.save_draft(by_name["Pallet & Post"], draft, by=imogen, at=when(at, 1, "16:40"))
    asking.ask(by_name["Pallet & Post"], "Who pays the way back to the customer?", by=imogen, at=when(at, 1, "16:45"))


def bookkeeping(at: datetime, people: Mapping[str, Membership]) -> None:
    """A draft that was begun yesterday."""
    writing.start("bookkeeping", {"title": "Bookkeeping for the shop"}, by=people["theo"], at=when(at, 1, "17:00"))


def rivals(at: datetime, people: Mapping[str, Membership]) -> None:
    """Copper Kettle asks Pallet & Post too; neither merchant learns of the other."""
    orla = people["orla"]
    brief = writing.start(
        "fulfilment",
        {"title": "Pots and pans, Ireland", "deadline_at": ahead(at, 10, "17:00"), "orders_base": 900,
         "time_zone": orla.organisation.time_zone},
        by=orla,
        at=when(at, 3, "10:00"),
    )  # fmt: skip
    brief.criteria.filter(source=Criterion.Source.PRICE).update(target=Decimal("3.50"), walk_away=Decimal("5.00"))
    candidates = adding.add(brief, profiles("Pallet & Post"), by=orla, at=when(at, 3, "10:10"))
    publishing.publish(brief, candidates, by=orla, at=when(at, 2, "10:00"))


hooks.demo.add(briefs, order=60)
