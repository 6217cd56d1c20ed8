"""The demo's contracts: something late, something to judge, something gone quiet, an offer, and one that was signed."""

from datetime import datetime
from decimal import Decimal

from milestones.check_ins import planning as planning_ahead
from milestones.check_ins import signing
from milestones.check_ins.facts import facts_of, sealed
from milestones.check_ins.signing import Came, Evaluation
from milestones.contracts import drafting, offering
from milestones.contracts.sample import agree, hand_in, three_more, weekday
from milestones.health import looking
from milestones.models import Cause, Contract, ContractThread
from milestones.work import handing_in, judging, moving, planning
from milestones.work.judging import Verdict
from milestones.work.moving import Wanted
from outsourcing.accounts.models import Membership
from outsourcing.conversations.demo import LONDON, when
from outsourcing.conversations.models import Thread
from outsourcing.shared import hooks


def contracts(at: datetime) -> None:
    """Juniper & Pine's five contracts; Copper Kettle's with Pallet & Post."""
    rows = Membership.objects.filter(user__isnull=False).exclude(organisation__name="Juniper Trade")
    people = {one.email.partition("@")[0]: one for one in rows.select_related("organisation", "user")}
    peak(at, people)
    pilot(at, people)
    three_more(at, people)
    storage(at, people)
    check_ins(at, people)
    looking.look(list(Contract.objects.values_list("pk", flat=True)), at=at)


def peak(at: datetime, people: dict[str, Membership]) -> None:
    """As the design shows it: eight milestones, one late, one to judge, one sent back, one asked to move."""
    theo, imogen = people["theo"], people["imogen"]
    start = weekday(at, 51)
    contract = drafting.draft(
        imogen.organisation,
        {
            "title": "Peak overflow and gift sets", "reference": "CT-0019", "starts_on": start,
            "ends_on": weekday(at, -48), "value": Decimal(18_400), "owner": theo, "backup": people["nadia"],
            "vendor_owner": imogen, "notice_days": 30,
            "scope": "Take what our own shelves cannot hold from September to January, pick and pack it, and make up "
            "gift sets to our specification.",
        },
        by=theo,
        at=when(at, 55, "10:00"),
    )  # fmt: skip
    plan: list[tuple[str, int, int, str, str]] = [
        ("Stock moved to Northampton", 51, 42, "2300", "Every pallet is booked in; differences are listed."),
        ("Shopify link tested", 40, 32, "2300", "Fifty orders arrive and leave without a hand on them."),
        ("Gift-set packing trial, 200 sets", 30, 22, "2300", "Two sets of a hundred at most are packed wrongly."),
        ("Packaging specification", 18, -3, "1500", "The drop test is passed by every item."),
        ("Peak staffing plan", 12, 2, "1500", "1,150 orders a day, named cover for every shift."),
        ("Cycle count, 98.5% or better", 10, 4, "2000", "98.5 per cent of the lines are right."),
        ("Black Friday dispatch", 1, -6, "4500", "1,150 orders a day leave on the day."),
        ("Returns surge and stock count", -30, -42, "2000", "Returns are on the shelf within two working days."),
    ]
    made = [
        planning.add(
            contract,
            {
                "title": title,
                "starts_on": weekday(at, first),
                "current_due": weekday(at, last),
                "amount": Decimal(pays),
            },
            criteria=[criterion],
            by=theo,
            at=when(at, 55, "10:30"),
        )
        for title, first, last, pays, criterion in plan
    ]
    planning.edit(made[6], {}, after=[made[4], made[5]], by=theo, at=when(at, 55, "11:00"))
    agree(contract, theo, imogen, when(at, 52, "09:00"))
    for milestone, days, late in zip(made[:3], (42, 30, 22), (0, 2, 0), strict=True):
        handed = hand_in(milestone, "Done, see the sheet.", imogen, when(at, days - late + 1, "15:00"))
        judging.accept(handed, Verdict(quality=4, communication=4), by=theo, at=when(at, days - late, "11:00"))
        judging.mark_paid(milestone, weekday(at, days - late - 1), by=theo, at=when(at, days - late - 1, "12:00"))
    specification = hand_in(made[3], "Drawings and tests of all sets.", imogen, when(at, 6, "16:00"))
    missing = {specification.points.get().pk: "Add the drop test for the large vase."}
    judging.send_back(specification, Verdict(missing=missing), by=theo, at=when(at, 5, "10:00"))
    hand_in(
        made[4],
        "Two shifts, 14 packers each, four on gift sets only. Agency cover is confirmed. Saturday runs until 18:00.",
        imogen,
        when(at, 2, "16:12"),
    )
    handing_in.report(made[5], progress=60, forecast=None, by=imogen, at=when(at, 3, "09:40"))
    handing_in.start(made[6], by=imogen, at=when(at, 1, "08:00"))
    wanted = Wanted(weekday(at, -47), "The carrier clears return cages a week later this year.", Cause.EXTERNAL)
    moving.propose(made[7], wanted, by=imogen, at=when(at, 1, "14:30"))
    for thread in Thread.objects.filter(subject=contract.title, vendor=contract.vendor, merchant=contract.merchant):
        ContractThread.objects.create(thread=thread, contract=contract)


def pilot(at: datetime, people: dict[str, Membership]) -> None:
    """Recorded as running, since Tidewell signed on paper; on track."""
    nadia, joost = people["nadia"], people["joost"]
    contract = drafting.draft(
        joost.organisation,
        {
            "title": "EU fulfilment pilot", "starts_on": weekday(at, 40), "value": Decimal(12_600), "owner": nadia,
            "vendor_owner": joost, "ends_on": weekday(at, -60),
        },
        by=nadia,
        at=when(at, 44, "10:00"),
    )  # fmt: skip
    made = [
        planning.add(
            contract,
            {"title": title, "starts_on": weekday(at, first), "current_due": weekday(at, last)},
            criteria=[criterion],
            by=nadia,
            at=when(at, 44, "11:00"),
        )
        for title, first, last, criterion in (
            ("Customs papers agreed", 39, 25, "Our broker has signed them off."),
            ("Stock for the pilot moved", 24, 12, "Every pallet is booked in; differences are listed."),
            ("50 EU test orders cleared", 10, -3, "All fifty are delivered within five working days."),
            ("Go-live", -5, -20, "Orders from the EU shop go there by themselves."),
            ("A thousand orders", -21, -42, "97 of 100 arrive within five working days."),
            ("What the pilot has shown", -43, -50, "Costs, times and returns beside those of the UK."),
        )
    ]
    agree(contract, nadia, joost, when(at, 41, "09:00"))
    for one, text, days in ((made[0], "Signed by your broker.", 26), (made[1], "Booked in, nothing differs.", 13)):
        handed = hand_in(one, text, joost, when(at, days, "10:00"))
        judging.accept(handed, Verdict(quality=5, communication=4), by=nadia, at=when(at, days - 1, "10:00"))
    handing_in.report(made[2], progress=70, forecast=None, by=joost, at=when(at, 1, "10:00"))
    for thread in Thread.objects.filter(subject="Labels for the test orders", vendor=contract.vendor):
        ContractThread.objects.create(thread=thread, contract=contract)


def check_ins(at: datetime, people: dict[str, Membership]) -> None:
    """Two figures that Pallet & Post promised, a check-in that was signed and answered, and one that is due today."""
    theo, imogen = people["theo"], people["imogen"]
    contract = Contract.objects.get(title="Peak overflow and gift sets")
    early = when(at, 30, "09:30")
    sent = planning_ahead.promise(contract, "Orders sent on time", Decimal(98), unit="%", by=theo, at=early)
    shelf = planning_ahead.promise(
        contract, "Hours from lorry to shelf", Decimal(24), unit="h", is_at_least=False, by=theo, at=early
    )
    (first,) = planning_ahead.plan(contract, weekday(at, 20), by=theo, at=early)
    planning_ahead.plan(contract, at.astimezone(LONDON).date(), every_months=1, by=theo, at=early)
    signed_at = when(at, 20, "15:00")
    came = {sent.pk: Came(Decimal("97.2"), "Carrier scans, October"), shelf.pk: Came(Decimal(19), "Their weekly sheet")}
    said = Evaluation(
        quality=4, communication=4, came=came,
        words="Moving in went well. Orders leave late on Mondays: please tell us by the next check-in what changes.",
    )  # fmt: skip
    signing.sign(first, said, read=sealed(first, facts_of(contract, signed_at)), by=theo, at=signed_at)
    signing.reply(first, "A second shift starts on Mondays from November.", by=imogen, at=when(at, 19, "10:10"))


def storage(at: datetime, people: dict[str, Membership]) -> None:
    """A rival's, which Juniper & Pine never sees: offered, and waiting for Pallet & Post."""
    orla, imogen = people["orla"], people["imogen"]
    contract = drafting.draft(
        imogen.organisation,
        {
            "title": "Forty pallets from January", "starts_on": weekday(at, -30), "pricing": "monthly",
            "value": Decimal(1_240), "owner": orla,
        },
        by=orla,
        at=when(at, 2, "10:00"),
    )  # fmt: skip
    planning.add(contract, {"title": "Pallets in", "current_due": weekday(at, -34)}, by=orla, at=when(at, 2, "10:10"))
    offering.offer(contract, expires_on=weekday(at, -8), by=orla, at=when(at, 1, "11:00"))


hooks.demo.add(contracts, order=30)
