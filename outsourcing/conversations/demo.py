"""What the demo's people say to each other: the conversation of the design, and a few others."""

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outsourcing.accounts.calendars import holidays_of
from outsourcing.accounts.models import Membership
from outsourcing.conversations import answering, posting
from outsourcing.conversations.models import Asks, Channel, Entry, Kind, Thread
from outsourcing.conversations.posting import Call, Receipt, Said
from outsourcing.shared import hooks

LONDON = ZoneInfo("Europe/London")
PLACES = ("Juniper & Pine", "Copper Kettle", "Pallet & Post", "Tidewell Fulfilment")


def when(at: datetime, days: int, clock: str) -> datetime:
    """That many working days before a day at a wall time in London, never later than `at`."""
    day = at.astimezone(LONDON).date()
    while days or is_off(day):
        day -= timedelta(days=1)
        days -= days > 0 and not is_off(day)
    return min(datetime.combine(day, time.fromisoformat(clock), LONDON), at)


def is_off(day: date) -> bool:
    """Whether nobody in London works."""
    return day.weekday() > 4 or day in holidays_of("GB", "ENG", [day.year])


class Speaker:
    """Says things in a new thread, at wall times of the working days before today."""

    def __init__(self, at: datetime, subject: str, by: Membership, other: Membership, days: int = 9) -> None:
        self.at = at
        since = self.when(days, "09:00")
        self.thread = Thread.objects.create(
            merchant=by.organisation,
            vendor=other.organisation,
            subject=subject,
            opened_by=by,
            opened_at=since,
            last_entry_at=since,
        )
        posting.include(self.thread, [by, other], at=since)

    def when(self, days: int, clock: str) -> datetime:
        return when(self.at, days, clock)

    def say(
        self, by: Membership, when: datetime, text: str, kind: Kind = Kind.MESSAGE, call: Call | None = None
    ) -> Entry:
        """Post it: questions want an answer, instructions and call notes an acknowledgement."""
        asks = {Kind.QUESTION: Asks.ANSWER, Kind.MESSAGE: ""}.get(kind, Asks.ACKNOWLEDGEMENT)
        said = Said(key=uuid.uuid4(), text=text, kind=kind, asks=asks, call=call)
        return posting.post(self.thread, said, by=by, at=when)


def conversations(at: datetime) -> None:
    """Juniper & Pine with Pallet & Post and with Tidewell; Copper Kettle, a rival of the first, with Pallet & Post."""
    rows = Membership.objects.filter(organisation__name__in=PLACES).select_related("organisation")
    people = {one.email.partition("@")[0]: one for one in rows}
    peak(at, people)
    customs(at, people)
    talk = Speaker(at, "Pallets in January", people["orla"], people["imogen"])
    talk.say(people["orla"], talk.when(1, "10:15"), "Have you room for forty pallets from January?", Kind.QUESTION)


def peak(at: datetime, people: dict[str, Membership]) -> None:
    """The conversation as the design shows it."""
    theo, rosa, imogen = people["theo"], people["rosa"], people["imogen"]
    talk = Speaker(at, "Peak overflow and gift sets", theo, imogen)
    talk.say(theo, talk.when(3, "09:05"), "Where does the full cycle count stand?", Kind.QUESTION)
    talk.say(
        imogen,
        talk.when(3, "10:02"),
        "Sorry, the count is not finished. The scanners in aisle 6 drop every third read. A technician is here at two. "
        "I will send a part count tonight so that you can plan.",
    )
    thanks = "Thank you. A part count is fine if aisle 6 comes first: that is where the gift sets are."
    talk.say(theo, talk.when(3, "10:41"), thanks)
    call = talk.say(
        rosa,
        talk.when(1, "11:20"),
        "Scanner fault is fixed. Full count promised for the end of tomorrow. They will run a second recount on glass "
        "at no charge.",
        Kind.CALL_NOTE,
        Call("Imogen and their floor lead", talk.when(1, "11:05"), 12),
    )
    answering.acknowledge(call, version=1, by=imogen, at=talk.when(1, "11:52"))
    tape = "Use the plain kraft tape on all gift sets from today. The printed roll smudges."
    rule = talk.say(theo, talk.when(1, "14:10"), tape, Kind.INSTRUCTION)
    answering.acknowledge(rule, version=1, by=imogen, at=talk.when(1, "14:26"))
    glaze = (
        "Please hold all Ember glaze lines (SKUs EG-01 to EG-14) until the batch note arrives. Nothing with that glaze "
        "should ship."
    )
    talk.say(theo, talk.when(1, "15:05"), glaze, Kind.INSTRUCTION)
    note = "If the count slips again we ask Fellgate for January."
    posting.note(talk.thread, note, key=uuid.uuid4(), by=rosa, at=talk.when(1, "15:30"))
    # Apart, since whatever she said there after the instruction would have answered it.
    runs = Speaker(at, "The second pallet run", theo, imogen, days=1)
    question = "Can the second pallet run move from Wednesday to Thursday? Our dock is full on Wednesday."
    runs.say(imogen, runs.when(1, "08:30"), question, Kind.QUESTION)


def customs(at: datetime, people: dict[str, Membership]) -> None:
    """A vendor in another zone owes an answer, and has to look at a changed instruction again."""
    rosa, joost = people["rosa"], people["joost"]
    talk = Speaker(at, "Customs papers for the EU", rosa, joost)
    talk.say(rosa, talk.when(4, "10:00"), "Which HS code do you use for candles?", Kind.QUESTION)
    talk.say(joost, talk.when(4, "11:30"), "3406 00 00, and we need the wax on the invoice.")
    label = "Print the HS code on each label, at the bottom left."
    rule = talk.say(rosa, talk.when(3, "10:20"), label, Kind.INSTRUCTION)
    by_phone = Receipt(Channel.PHONE, talk.when(3, "11:00"), joost)
    answering.acknowledge(rule, version=1, by=rosa, at=talk.when(3, "11:10"), receipt=by_phone)
    label = "Print the HS code and the country of origin on each label, at the bottom right."
    answering.edit(rule, label, by=rosa, at=talk.when(2, "15:30"))
    talk.say(rosa, talk.when(2, "16:00"), "Who signs for the carrier on Saturday?", Kind.QUESTION)
    talk = Speaker(at, "Labels for the test orders", people["nadia"], joost, days=0)
    talk.say(joost, talk.when(0, "09:30"), "Which label stock for the EU test orders?", Kind.QUESTION)


hooks.demo.add(conversations, order=15)
