"""The demo's references: who was asked about whom, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from django.conf import settings
from django.utils.crypto import get_random_string

from outsourcing.accounts.models import Membership
from outsourcing.notifications.models import Mail
from vendors.directory.enquiries import asking
from vendors.directory.models import Enquiry, FacetValue, Reference, ReferenceAnswer, Vendor
from vendors.directory.references import levels

Values = dict[tuple[str, str], FacetValue]


@dataclass(frozen=True)
class Referee:
    """Somebody who can be asked, and what they say; `where` is the domain of their address."""

    name: str
    role: str
    company: str
    where: str
    text: str = ""
    wrong: str = ""
    hire_again: str = "yes"
    on_time: str = "always"
    orders: str = "1k-5k"
    scores: tuple[int | None, ...] = (5, 5, 4, 4, 4)
    relation: str = "current"
    named_by: str = "vendor"
    sharing: str = "anonymous"


MAREN = Referee(
    *("Maren Holt", "Operations", "Ember Ceramics", "ember-ceramics.example"),
    "They count every inbound pallet the day it lands and send the sheet before I ask. In two years I have disputed"
    " three lines.",
    "One Monday the wrong glaze went out, eleven boxes. They rang before the first customer did.",
    sharing="named",
    relation="former",
    named_by="us",
)
SUNIL = Referee(
    *("Sunil Rao", "Founder", "Lowlight Glassware", "lowlightglass.example"),
    "Peak went out on the day, every day, to 1,600 orders. Breakage on glass was 0.4%. We agreed 0.5%.",
    scores=(5, 5, 5, None, 4),
    sharing="named",
)
GRETE = Referee(
    *("Grete Aalto", "Supply chain", "Northern Linen", "northernlinen.example"),
    "Onboarding ran nine days long because our product data was poor. They told us so on day two, with a list.",
    "Nine days late at the start, and half of it was us.",
    on_time="mostly",
    scores=(4, 4, 5, 5, 3),
    orders="5k-20k",
)
#: Who answered, the first ones for the first vendor; then again from the top, with other companies.
ANSWERED = [
    MAREN,
    SUNIL,
    GRETE,
    Referee(
        *("Tomas Vane", "Owner", "Hill & Hearth", "hillhearth.example"),
        "Plain dealing. The invoice says what the quote said.",
        relation="former",
        hire_again="yes",
        scores=(4, 5, 4, 4, 5),
        named_by="found",
    ),
    Referee(
        *("Noor Haddad", "Operations", "Saltbox Goods", "saltbox.example"),
        "Returns are graded the day they come in, with a photo of what is wrong.",
        "A label printer failed for two days in May.",
        on_time="mostly",
        scores=(4, 4, 4, 3, 4),
        sharing="nothing",
    ),
    Referee(
        *("Bea Lindqvist", "Buyer", "Moss & Clay", "mossandclay.example"),
        "Small enough to know our things by name.",
        orders="500-1k",
        scores=(4, 5, 5, 4, 3),
    ),
    Referee(
        *("Joe Pemberton", "Founder", "Pemberton Candles", "pembertoncandles.example"),
        "They write back the same day, also when the answer is no.",
        hire_again="some",
        on_time="mostly",
        scores=(4, 4, 5, 4, 3),
        named_by="us",
    ),
]
#: What does not fit what the vendor says: too many orders for it, late, and quoted with praise by the same company.
UNHAPPY = Referee(
    *("Jo Marsh", "Head of orders", "Fenwick Mugs", "fenwickmugs.example"),
    "We were quoted on their page from our first month. By the third we had left.",
    "Parcels stood for days at a time, and nobody rang.",
    hire_again="no",
    on_time="rarely",
    orders="5k-20k",
    scores=(1, 3, 1, 1, 3),
    relation="former",
    named_by="found",
    sharing="named",
)
FREE_MAIL = Referee(
    *("Pat Doyle", "", "Doyle's Finds", "gmail.com"), "Good people and a fair price.", scores=(None, 4, 4, None, 5)
)
WITHDRAWN = Referee(*("Lena Brandt", "Owner", "Brandt Objekte", "brandtobjekte.example"), "", relation="former")
DECLINED = Referee(*("Owen Price", "Finance", "Slate Kitchens", "slatekitchens.example"))
LOST = Referee(*("Ines Duarte", "Logistics", "Casa Duarte", "casaduarte.example"), named_by="us")
OPEN = Referee(*("Ida Winther", "Operations", "Winther Wool", "wintherwool.example"), relation="former")
#: Beside those of the profiles: whom else was asked, and what came of it.
EXTRA = {
    "Harrow & Quay": [(OPEN, "open")],
    "Pallet & Post": [(FREE_MAIL, "answered"), (WITHDRAWN, "withdrawn")],
    "Fellgate Logistics": [(DECLINED, "declined"), (LOST, "lost")],
}
OTHERS = [
    *("Anchor & Oak", "Blue Door", "Copse", "Dovecote", "Elm Street", "Fable", "Greenfinch", "Hollow", "Inkwell"),
    *("Juno", "Kiln & Co", "Lark", "Marrow", "Nook", "Oat & Ash", "Pollen", "Quince", "Rook"),
]


def ask_references(vendor: Vendor, figures: tuple[int, int], values: Values, by: Membership, at: datetime) -> None:
    """So many answered and confirmed of so many asked, those that `EXTRA` names among them."""
    answered, asked = figures
    pool = [UNHAPPY] if vendor.name == "Brightcrate" else people_for(vendor, answered)
    for number, who in enumerate(pool[:answered]):
        said(named(vendor, who, values, by, on(at, number)), who, values, by, on(at, number))
    extra = EXTRA.get(vendor.name, [])
    waiting = [(who, "asked") for who in people_for(vendor, asked - answered, start=answered)]
    for number, (who, how) in enumerate([*extra, *waiting][: asked - answered]):
        came_of(named(vendor, who, values, by, on(at, number)), who, how, values, by, at)


def people_for(vendor: Vendor, count: int, start: int = 0) -> list[Referee]:
    """The people of the design for the first vendor; for others the same answers from other companies."""
    if vendor.name == "Harrow & Quay":
        return ANSWERED[start : start + count]
    shift = sum(map(ord, vendor.name))
    found = []
    for number, model in zip(range(start, start + count), cycle(ANSWERED[3:]), strict=False):
        company = OTHERS[(shift + number * 5) % len(OTHERS)]
        domain = "".join(filter(str.isalnum, company.lower())) + ".example"
        found.append(Referee(**{**vars(model), "company": company, "where": domain}))
    return found


def on(at: datetime, number: int) -> datetime:
    """When the one with this number was asked."""
    return at - timedelta(days=25 + 30 * number)


def named(vendor: Vendor, who: Referee, values: Values, by: Membership, asked_at: datetime) -> Reference:
    """The person on the list of the demo's merchant."""
    made: Reference = Reference.objects.create(
        vendor=vendor,
        merchant=by.organisation,
        created_by=by,
        created_at=asked_at,
        name=who.name,
        role=who.role,
        company=who.company,
        email=f"{who.name.split()[0].lower()}@{who.where}",
        website="" if who is FREE_MAIL else f"https://{who.where}",
        relation=who.relation,
        named_by=who.named_by,
        orders=values["volume", who.orders] if who is not UNHAPPY else None,
        has_consented=who.named_by == "vendor",
    )
    return made


def said(reference: Reference, who: Referee, values: Values, by: Membership, asked_at: datetime) -> ReferenceAnswer:
    """What somebody answered three days after they were asked."""
    posted(reference, by, asked_at, answered_at=asked_at + timedelta(days=3))
    names = ("delivery", "accuracy", "communication", "problem_solving", "value")
    answer = ReferenceAnswer.objects.create(
        reference=reference,
        orders=values["volume", who.orders],
        relation=who.relation,
        worked_from=date(asked_at.year - 3, 4, 1),
        worked_until=date(asked_at.year - 1, 6, 1) if who.relation == "former" else None,
        on_time=who.on_time,
        went_wrong=who.wrong,
        text=who.text,
        hire_again=who.hire_again,
        sharing=who.sharing,
        answered_at=asked_at + timedelta(days=3),
        **dict(zip(names, who.scores, strict=True)),
    )
    answer.services.set(value for (facet, slug), value in values.items() if (facet, slug) == ("service", "kitting"))
    level, reason = levels.level_of(
        channel=Reference.Channel.LINK,
        email=reference.email,
        website=reference.website,
        vendor_domains={reference.vendor.domain},
    )
    Reference.objects.filter(pk=reference.pk).update(
        state="answered", level=level, level_reason=reason, is_shared=who.sharing != "nothing"
    )
    return answer


def came_of(reference: Reference, who: Referee, how: str, values: Values, by: Membership, at: datetime) -> None:
    """What became of one who gave no answer that counts."""
    if how == "open":
        asking.ask(reference, by=by, at=at, message="We met at the spring fair. How was your move away from them?")
        return
    asked_at = reference.created_at
    if how == "answered":
        said(reference, who, values, by, asked_at)
    elif how == "withdrawn":
        answer = said(reference, who, values, by, asked_at)
        ReferenceAnswer.objects.filter(pk=answer.pk).update(withdrawn_at=at - timedelta(days=4), sharing="nothing")
        Enquiry.objects.filter(reference=reference).update(withdrawn_at=at - timedelta(days=4))
        Reference.objects.filter(pk=reference.pk).update(state="withdrawn", level=0, level_reason="", is_shared=False)
    elif how == "declined":
        posted(
            reference, by, asked_at, declined_at=asked_at + timedelta(days=1), declined_reason="We still share a lease."
        )
        Reference.objects.filter(pk=reference.pk).update(state="declined")
    else:
        posted(reference, by, at - timedelta(days=6), state=Mail.State.FAILED if how == "lost" else Mail.State.SENT)
        Reference.objects.filter(pk=reference.pk).update(state="asked")


def posted(reference: Reference, by: Membership, asked_at: datetime, state: str = Mail.State.SENT, **more: Any) -> None:
    """The enquiry with its mail, as it went out then."""
    mail = Mail.objects.create(
        occurrence=f"demo-enquiry:{reference.pk}",
        template="reference_request",
        organisation=by.organisation,
        address=reference.email,
        sender_name=str(by.organisation),
        subject=f"A reference for {reference.vendor}",
        text="",
        message_id=f"<{get_random_string(20)}@{settings.SENDER_ADDRESS.partition('@')[2]}>",
        state=state,
        created_at=asked_at,
        not_before=asked_at,
        sent_at=asked_at if state == Mail.State.SENT else None,
        answer="" if state == Mail.State.SENT else "550 5.1.1 no such person",
    )
    Enquiry.objects.create(
        purpose="reference",
        reference=reference,
        asker=by.organisation,
        asked_by=by,
        email=reference.email,
        name=reference.name,
        mail=mail,
        created_at=asked_at,
        expires_at=asked_at + Enquiry.LASTS,
        **more,
    )
    Reference.objects.filter(pk=reference.pk).update(contacted_on=asked_at.date())
