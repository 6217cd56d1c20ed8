"""Templates of briefs, one for each outsourced task: must-haves, criteria with their steps, questions.

Picking and packing has the criteria and weights of reference/vendors.md 4.1; the others the unit, sample and figures of
its 4.5, with weights that are a starting proposal. Weights need not make a hundred: shares are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from vendors.sourcing.briefs.steps import (
    Basis,
    Wanted,
    fit,
    on_time,
    price,
    proven,
    references,
    replies,
    sample,
    scored,
)
from vendors.sourcing.models import Task


@dataclass(frozen=True)
class Template:
    """What a brief for one task begins with."""

    task: Task
    title: str
    gates: Sequence[tuple[str, str]] = ()
    criteria: Sequence[Wanted] = ()
    questions: Sequence[str] = ()
    has_orders: bool = False


def fulfilment() -> Template:
    """Picking and packing orders (reference/vendors.md 4.1, 4.6)."""
    return Template(
        Task.FULFILMENT,
        str(_("Pick and pack")),
        gates=[
            (str(_("Ships from and to where we need it")), str(_("The sites that would hold our stock."))),
            (str(_("Our shop's system is linked and live")), str(_("Clients that run on the same link today."))),
            (str(_("Our orders a month are within your range")), ""),
            (str(_("Our kind of goods is allowed")), str(_("Fragile, food, lithium, cold: as the brief says."))),
            (str(_("Insurance covers the value of our stock")), str(_("Cover, insurer, and until when."))),
            (str(_("Can start on the day we need")), ""),
        ],
        criteria=[
            price(20, basis=Basis.ORDER),
            scored(
                _("Proven service level"), _("On time and without errors: figures, and whose they are."), 18,
                _("No figures"), _("Figures without a method"), _("Their own figures, with the method"),
                _("Six months of data"), _("12 months of data"), _("12 months of data and a client's export"),
            ),
            scored(
                _("Technology and integrations"), _("How orders and stock get to them and back."), 12,
                _("Files by hand"), _("Files by themselves"), _("Middleware"), _("Native link to one channel"),
                _("Native links to all channels"), _("Native links, an API, and a screen that we can look into"),
            ),
            scored(
                _("Location and delivery reach"), _("How long a parcel takes to our main customers."), 10,
                _("More than 5 days"), _("5 days"), _("4 days"), _("3 days"), _("Most within 2 days"),
                _("9 of 10 orders within 2 days"),
            ),
            scored(
                _("Capacity, peak and growth"), _("Last peak, planned against shipped; space to spare."), 10,
                _("At the limit"), _("Tight in a usual month"), _("Enough, peak unclear"), _("Peak planned"),
                _("Peak proven once"), _("Peak proven last season, and space to spare"),
            ),
            scored(
                _("Product fit and special handling"), _("Clients with goods like ours by size, value and care."), 8,
                _("Never handled"), _("Would try"), _("Once, some time ago"), _("One client now"),
                _("Two clients now"), _("Several clients with the same goods"),
            ),
            references(8),
            scored(
                _("Contract terms and liability"), _("Minimums, notice, price rises, what is paid for a lost item."), 6,
                _("Three red flags or more"), _("Two, not to be moved"), _("Two, open to talk"),
                _("One, not to be moved"), _("One, open to talk"), _("No red flag"),
            ),
            scored(
                _("Support and account care"), _("Who looks after us, and how soon they answer."), 5,
                _("A ticket box only"), _("A shared address"), _("A team"), _("A named person"),
                _("A named person and a stand-in"), _("A named person, and reply times in the contract"),
            ),
            scored(
                _("Finances, security, insurance"), _("Accounts, certificates, cover."), 3,
                _("Nothing shown"), _("Said only"), _("Some papers"), _("Papers, cover below our stock"),
                _("Papers, cover near our stock"), _("Certificates seen, cover at least our stock"),
            ),
            fit(),
        ],
        questions=[
            str(_("Which sites would hold our stock, and how full are they today?")),
            str(_("Your smallest and largest client by orders a month: where would we stand?")),
            str(_("Your highest day last peak: planned, and shipped?")),
            str(_("On-time and accuracy of the last 12 months: how counted, from what data?")),
            str(_("How is a wrong or lost item paid: cost or retail, up to what, by when?")),
            str(_("Which charges are not in the price?")),
            str(_("Contract length, notice, renewal, and how prices may rise?")),
            str(_("What would make us a bad fit for you?")),
        ],
        has_orders=True,
    )  # fmt: skip


def plain(task: Task, title: object, what: object, sampled: object, figure: object, *gates: object) -> Template:
    """A template of the shape that services share: price, sample, a figure that is proven, how they reply, fit."""
    return Template(
        task,
        str(title),
        gates=[(str(one), "") for one in gates],
        criteria=[
            price(25),
            sample(20, sampled),
            proven(20, figure, _("Figures of the last 12 months, how they are counted, and who can confirm them.")),
            references(10),
            replies(10),
            on_time(5),
            fit(10),
        ],
        questions=[
            str(what),
            str(_("Who would do the work, and who stands in?")),
            str(_("What is not in the price?")),
            str(_("What would make us a bad fit for you?")),
        ],
    )


def templates() -> dict[str, Template]:
    """By task, in the order of DESIGN 5."""
    made = [
        plain(
            Task.BOOKKEEPING, _("Bookkeeping"), _("How many transactions a month do you book for clients like us?"),
            _("An anonymised pack of a month's close."), _("Close day and corrections"),
            _("Works in our accounting system"), _("Insured against its own mistakes"),
        ),
        plain(
            Task.WEBSITE, _("Web site design and care"), _("Which live sites like ours did you build?"),
            _("Two live sites, one of them on our platform."), _("Milestones on time, and defects after going live"),
            _("Works on our platform"), _("The code and the accounts are ours"),
        ),
        plain(
            Task.SOCIAL, _("Social media"), _("Which accounts do you run, and since when?"),
            _("A week's postings for our shop."), _("Reach and answers that led to orders"),
            _("Nothing goes out unseen by us"),
        ),
        plain(
            Task.MARKETING, _("Marketing materials"), _("Which materials for shops like ours can we see?"),
            _("One piece of work to our brief."), _("Return on what was spent, against its target"),
            _("Rights of use are ours"),
        ),
        plain(
            Task.NEWSLETTERS, _("Newsletters"), _("Which lists do you send to, and how large are they?"),
            _("One newsletter to our brief."), _("Delivered, opened, and unsubscribed"),
            _("Keeps to the law on consent"), _("Works in our mailing system"),
        ),
        plain(
            Task.SUPPORT, _("Customer support"), _("How many tickets an hour, and in which languages?"),
            _("Ten redacted tickets."), _("First reply, satisfaction and reopened tickets"),
            _("Works in our help desk"), _("Covers our opening hours"),
        ),
        plain(
            Task.ADMIN, _("Data entry and administration"), _("How do you check what was entered?"),
            _("A test of twenty rows."), _("Errors in a million"), _("Keeps our data inside our systems"),
        ),
        plain(
            Task.TECHNICAL, _("Technical support"), _("Who is there at night, and how are they reached?"),
            _("A report of an incident."), _("Up time, and time to put right"), _("Somebody reachable at any hour"),
        ),
        fulfilment(),
        plain(
            Task.ORDERING, _("Ordering stock"), _("For how many suppliers do you order, and by what rule?"),
            _("An order plan for ten of our products."), _("Days out of stock, and money in stock"),
            _("Orders only within our limits"),
        ),
        plain(
            Task.PAYING, _("Paying suppliers and employees"), _("How is a payment approved before it goes?"),
            _("A redacted payment run with its approvals."), _("Paid on time, and corrections"),
            _("Two people approve each payment"), _("Insured against its own mistakes"),
        ),
        plain(
            Task.OTHER, _("A brief of your own"), _("How would you go about it?"),
            _("A piece of work like the one we need."), _("A figure that shows how well it is done"),
        ),
    ]  # fmt: skip
    return {one.task.value: one for one in made}
