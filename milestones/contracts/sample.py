"""What the demo's contracts are made of, and three that have run for a while: one at risk with a vendor that answers by
phone and mail alone, one that has gone quiet, and one that is well."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile

from milestones.contracts import drafting, offering
from milestones.models import Contract, ContractThread, Milestone, Submission
from milestones.work import handing_in, judging, planning
from milestones.work.handing_in import Handed
from milestones.work.judging import Verdict
from outsourcing.accounts import actions
from outsourcing.accounts.models import Membership, Organisation, Role, User
from outsourcing.conversations.demo import LONDON, when
from outsourcing.conversations.models import Channel, Thread
from outsourcing.conversations.posting import Receipt
from outsourcing.notifications.models import Mail
from vendors.directory.evidence.demo import sheet

DAY, MONTH = timedelta(days=1), 21  # working days
People = Mapping[str, Membership]


class Line(NamedTuple):
    """A milestone of a contract: when it begins and is due, in working days before today, what must be true and what it
    pays; `handed` so many working days before today, it was accepted the day after, unless it still `waits`."""

    title: str
    begins: int
    due: int
    must: str
    pays: str = ""
    handed: int | None = None
    waits: bool = False


def weekday(at: datetime, days: int) -> date:
    """The working day that many before today, after it where negative."""
    day, step = at.astimezone(LONDON).date(), -1 if days > 0 else 1
    left = abs(days)
    while left or day.weekday() > 4:
        day += step * DAY
        left -= day.weekday() <= 4 and left > 0
    return day


def agree(contract: Contract, merchant: Membership, vendor: Membership, at: datetime) -> None:
    """Offer it and have it accepted."""
    made = offering.offer(contract, by=merchant, at=at)
    offering.accept(made, read=made.digest, by=vendor, at=at + timedelta(hours=4))


def hand_in(
    milestone: Milestone, text: str, by: Membership, at: datetime, receipt: Receipt | None = None
) -> Submission:
    """Submit a milestone with words on each criterion."""
    answers = {one.pk: text for one in milestone.criteria.all()}
    return handing_in.submit(milestone, Handed(text=text, answers=answers), by=by, at=at, receipt=receipt)


def plan(contract: Contract, lines: Iterable[Line], *, by: Membership, at: datetime, now: datetime) -> list[Milestone]:
    """The milestones of a draft."""
    return [
        planning.add(
            contract,
            {
                "title": one.title,
                "starts_on": weekday(now, one.begins),
                "current_due": weekday(now, one.due),
                "amount": Decimal(one.pays) if one.pays else None,
            },
            criteria=[one.must],
            by=by,
            at=at,
        )
        for one in lines
    ]


def work_through(
    made: Iterable[Milestone], lines: Iterable[Line], *, by: Membership, judge: Membership, now: datetime
) -> None:
    """Hand in what was handed in, and accept what does not wait; of a vendor's that is not here, by mail."""
    for milestone, one in zip(made, lines, strict=True):
        if one.handed is None:
            continue
        came_at = when(now, one.handed, "15:00")
        is_recorded = by.organisation_id == judge.organisation_id
        receipt = Receipt(Channel.EMAIL, came_at) if is_recorded else None
        handed = hand_in(milestone, "Done, see the sheet.", by, came_at, receipt)
        if not one.waits:
            judging.accept(handed, Verdict(quality=4, communication=4), by=judge, at=when(now, one.handed - 1, "11:00"))


# ---- The three -----------------------------------------------------------------------------------------------------
GRADING = (
    Line("Bench set up and grades agreed", 74, 64, "Both sides grade twenty returns alike.", "1500", 65),
    Line("Shopify link for returns", 70, 56, "A refund leaves within an hour of the grade.", "1500", 57),
    Line("First hundred returns graded", 56, 44, "At most three grades are changed by us.", "1250", 44),
    Line("Back on the shelf in two days", 44, 30, "Nine of ten are back within two working days.", "1250", 30),
    Line("Resale report, last month", 14, 4, "Each grade with what it was sold for.", "750", 4),
    Line("Grade-B resale report", 3, -2, "Why less of grade B is sold than last month.", "750"),
    Line("Repairs of chipped glaze", 4, -14, "Twenty repaired mugs, none sent back.", "1000"),
    Line("Bench for the January peak", -10, -30, "260 returns a day, for three weeks.", "1000"),
    Line("A year in figures", -32, -45, "What came back, why, and what it was sold for.", "750"),
)
PICTURES = (
    Line("First proof set", 38, 13, "Twenty lines, colours as on the shelf.", "800", 13),
    Line("Second proof set", 12, -8, "Twenty lines, colours as on the shelf.", "800"),
    Line("Pictures in a room", -9, -20, "Ten lines, in daylight.", "800"),
    Line("Final files", -21, -28, "Two sizes each, named after their SKU.", "800"),
)
COVER = (
    Line("Voice and tone agreed", 212, 205, "Ten answers that we would have written.", "1240", 206),
    Line("Help desk linked", 208, 195, "Orders show beside each question.", "1240", 196),
    Line("First two hundred tickets", 195, 178, "Nine of ten are answered within an hour.", "1240", 178),
    *(
        Line(f"{name} quality review", MONTH * (9 - n), MONTH * (8 - n), "Fifty are read.", "1240", MONTH * (8 - n))
        for n, name in enumerate(("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh"))
    ),
    Line("Evening rota agreed", 6, -1, "Two people on each evening, by name.", "1240", 0, True),
    Line("This month's quality review", 3, -4, "Fifty tickets, read by both.", "1240"),
)  # fmt: skip


def three_more(at: datetime, people: People) -> None:
    """Kestrel Returns, Fieldnote Studio and Lantern Desk; nobody gets mails about what they did for months."""
    newest = Mail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    wren = join("Fieldnote Studio", "Wren Talbot", "wren@fieldnote.example")
    hollis = join("Lantern Desk", "Hollis Grey", "hollis@lanterndesk.example")
    pictures(at, people["theo"], wren)
    cover(at, people["nadia"], hollis)
    grading(at, people["theo"], people["nadia"])
    Mail.objects.filter(pk__gt=newest).delete()
    kestrel = Organisation.objects.get(name="Kestrel Returns")
    actions.invite(kestrel, email="ailsa@kestrelreturns.example", name="Ailsa Boyd", roles=[Role.MANAGER],
                   by=people["theo"], at=when(at, 4, "10:00"))  # fmt: skip


def join(vendor: str, name: str, email: str) -> Membership:
    """Somebody of a vendor's who comes in by a code."""
    organisation = Organisation.objects.get(name=vendor, kind=Organisation.Kind.VENDOR)
    return Membership.objects.create(
        organisation=organisation, user=User.objects.create_user(email, name=name), email=email, name=name,
        roles=[Role.MANAGER], phone="020 555 0164",
    )  # fmt: skip


def grading(at: datetime, theo: Membership, nadia: Membership) -> None:
    """Signed on paper, and all of it came by mail: at risk, since a question is open."""
    since = when(at, 75, "10:00")
    contract = drafting.draft(
        Organisation.objects.get(name="Kestrel Returns"),
        {
            "title": "Returns grading and restock", "reference": "CT-0017", "starts_on": weekday(at, 74),
            "value": Decimal(9_750), "owner": theo, "backup": nadia, "notice_days": 30,
            "scope": "Grade what comes back, repair what can be, and put it on the shelf again.",
        },
        by=theo,
        at=since,
    )  # fmt: skip
    made = plan(contract, GRADING, by=theo, at=since, now=at)
    paper = SimpleUploadedFile("signed.pdf", sheet(["Kestrel Returns", "", "Returns grading and restock", "Signed"]))
    offering.record_running(contract, Receipt(Channel.EMAIL, since), paper, by=theo, at=since)
    work_through(made, GRADING, by=theo, judge=nadia, now=at)
    handing_in.report(made[5], progress=30, forecast=None, by=theo, at=when(at, 2, "16:30"))
    for thread in Thread.objects.filter(subject="Returns and repairs", vendor=contract.vendor):
        ContractThread.objects.create(thread=thread, contract=contract)


def pictures(at: datetime, theo: Membership, wren: Membership) -> None:
    """One of four is accepted, and nothing has been heard since it was handed in: gone quiet."""
    since = when(at, 42, "10:00")
    contract = drafting.draft(
        wren.organisation,
        {
            "title": "Spring range photography", "reference": "CT-0021", "starts_on": weekday(at, 40),
            "value": Decimal(3_200), "owner": theo, "vendor_owner": wren,
            "scope": "Forty lines of the spring range, on white and in a room.",
        },
        by=theo,
        at=since,
    )  # fmt: skip
    made = plan(contract, PICTURES, by=theo, at=since, now=at)
    agree(contract, theo, wren, when(at, 41, "10:00"))
    work_through(made, PICTURES, by=wren, judge=theo, now=at)


def cover(at: datetime, nadia: Membership, hollis: Membership) -> None:
    """Ten of twelve are accepted, one came today, one comes next week: on track."""
    since = when(at, 214, "10:00")
    contract = drafting.draft(
        hollis.organisation,
        {
            "title": "Evening and weekend support", "reference": "CT-0012", "starts_on": weekday(at, 212),
            "value": Decimal(14_880), "owner": nadia, "vendor_owner": hollis, "ends_on": weekday(at, -40),
            "scope": "Answer what customers ask after six and on weekends, as we would.",
        },
        by=nadia,
        at=since,
    )  # fmt: skip
    made = plan(contract, COVER, by=nadia, at=since, now=at)
    agree(contract, nadia, hollis, when(at, 213, "10:00"))
    work_through(made, COVER, by=hollis, judge=nadia, now=at)
