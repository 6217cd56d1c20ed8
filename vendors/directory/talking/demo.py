"""What the demo's shop and its vendors have asked each other for weeks, so that there is something to measure; and a
vendor of whom nobody has joined, whose answers came by phone."""

import uuid
from datetime import datetime

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations import answering, posting
from outsourcing.conversations.demo import Speaker, when
from outsourcing.conversations.models import Asks, Channel, Kind, Thread
from outsourcing.conversations.posting import Receipt, Said
from outsourcing.notifications.models import Mail

Rows = list[tuple[int, str, str, str, str]]
#: Working days ago, asked at, answered at, the question, the answer; all in London's time.
PALLET: Rows = [
    (38, "09:10", "11:20", "Can Friday's van take two more cages?", "Yes, it has room for three."),
    (36, "10:00", "15:30", "How many gift boxes are left?", "612, and 400 more are promised for Monday."),
    (33, "09:30", "10:05", "Is the glass shelf full?", "Nearly. Ninety lines more."),
    (30, "13:15", "16:40", "Who checks the returns this week?", "Ada, mornings."),
    (27, "09:00", "13:50", "May we send the ribbon loose?", "Better in bags of fifty: loose ribbon tangles."),
    (24, "11:00", "12:10", "Did order 20817 leave?", "It left at ten with the second run."),
    (21, "14:00", "17:10", "What do you need for the customs sheet?", "Weight and origin of each line."),
    (18, "09:20", "13:40", "Can the cut-off be four on Thursdays?", "Until half past three, if the list comes by two."),
    (15, "10:30", "14:45", "Is the new tape there?", "It came today."),
    (12, "09:45", "16:20", "How do you count broken mugs?", "Each on the sheet with a photograph, weekly."),
    (8, "15:00", "16:10", "Shall we keep aisle 6 for glass?", "Yes, please leave it as it is."),
    (5, "09:15", "12:55", "How many people on Black Friday?", "Nine, and two drivers."),
]
#: The other way: what the vendor asked the shop.
SHOP: Rows = [
    (35, "09:00", "10:30", "Which box for the tall vase?", "The 40 with the insert."),
    (28, "10:00", "13:10", "May we fold the cards?", "No, they go flat on top."),
    (20, "11:30", "14:00", "Is order 20911 a gift?", "Yes, without prices."),
    (14, "09:00", "11:40", "Two lids are missing. Send the rest?", "Hold it, lids come tomorrow."),
    (7, "13:00", "16:30", "Can you send the peak forecast?", "Attached to Monday's sheet, row by row."),
    (4, "09:30", "11:00", "Who signs for pallets on Saturday?", "Rosa does."),
]
TIDEWELL: Rows = [
    (34, "09:00", "15:30", "Which carrier for Austria?", "The post, two days."),
    (26, "10:00", "16:10", "Do you need the EORI on each box?", "On the papers only."),
    (19, "13:00", "15:20", "How are returns from France sent?", "Collected weekly, on Thursdays."),
    (13, "09:30", "16:45", "May candles go by air?", "No, by road only."),
    (9, "11:00", "14:20", "What does storage cost in January?", "As in December, 4.20 a pallet and week."),
]
#: The answer came by phone, and the shop wrote it down.
KESTREL: Rows = [
    (22, "10:00", "14:30", "How many returns were graded this week?", "148, of which 131 can be sold again."),
    (11, "09:30", "11:15", "Can chipped glaze be repaired?", "Small chips, yes; not on rims."),
    (2, "14:00", "", "Why did grade-B resale drop to 61%?", ""),
]


def talks(at: datetime) -> None:
    """Weeks of questions, all read; nobody gets mails about them now."""
    known = Membership.objects.filter(organisation__name__in=["Juniper & Pine", "Pallet & Post", "Tidewell Fulfilment"])
    people = {one.email.partition("@")[0]: one for one in known.select_related("organisation")}
    newest = Mail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    theo, imogen, joost = people["theo"], people["imogen"], people["joost"]
    exchange(Speaker(at, "Day to day", theo, imogen, days=38), (theo, imogen), PALLET)
    exchange(Speaker(at, "Questions from the floor", theo, imogen, days=35), (imogen, theo), SHOP)
    exchange(Speaker(at, "Parcels to the EU", theo, joost, days=34), (theo, joost), TIDEWELL)
    by_phone(at, theo, Organisation.objects.get(name="Kestrel Returns"))
    Mail.objects.filter(pk__gt=newest).delete()


def exchange(talk: Speaker, people: tuple[Membership, Membership], rows: Rows) -> None:
    """One question after the other, each with its answer."""
    asks, answers = people
    for days, asked, answered, question, answer in rows:
        talk.say(asks, talk.when(days, asked), question, Kind.QUESTION)
        talk.say(answers, talk.when(days, answered), answer)
    for one in people:
        answering.read(talk.thread, 2 * len(rows), by=one, at=talk.at)


def by_phone(at: datetime, theo: Membership, kestrel: Organisation) -> None:
    """Nobody of Kestrel Returns reads here: what it said is recorded."""
    thread: Thread | None = None
    for days, asked, answered, question, answer in KESTREL:
        said = Said(key=uuid.uuid4(), text=question, kind=Kind.QUESTION, asks=Asks.ANSWER)
        since = when(at, days, asked)
        if thread is None:
            thread = posting.start(kestrel, "Returns and repairs", said, by=theo, at=since)
        else:
            posting.post(thread, said, by=theo, at=since)
        if answer:
            receipt = Receipt(Channel.PHONE, when(at, days, answered))
            words = Said(key=uuid.uuid4(), text=answer, receipt=receipt)
            posting.post(thread, words, by=theo, at=receipt.received_at)
