"""The demo's requests for evidence: one half answered and partly late, one that waits in a vendor's portal."""

from datetime import datetime, timedelta

from outsourcing.accounts.models import Membership
from outsourcing.accounts.working_time import calendar_of
from vendors.directory.models import (
    EvidenceRequest,
    Judgement,
    Pick,
    Reference,
    RequestedItem,
    Vendor,
    WorkSample,
)
from vendors.directory.requests import asking
from vendors.directory.requests.asking import Wish

Kind, State = RequestedItem.Kind, RequestedItem.State
FORTNIGHT, DAYS_LATE = timedelta(days=14), 3


def requests(at: datetime) -> None:
    """What Juniper & Pine has asked of two vendors."""
    theo = person("theo@juniperandpine.example")
    rosa = person("rosa@juniperandpine.example")
    half_answered(Vendor.objects.get(organisation__name="Harrow & Quay"), theo, rosa, at)
    today = at.astimezone(theo.zone).date()
    asking.ask_vendor(
        Vendor.objects.get(organisation__name="Pallet & Post"),
        [
            Wish(Kind.REFEREES, "Shops that sell fragile things, about our size", wanted=2, wants_former=True),
            Wish(Kind.SAMPLES, "Gift sets you have packed"),
            Wish(Kind.PHYSICAL, "One candle, packed as a gift", send_to="4 Wharf Yard, Bristol BS1 6XN"),
        ],
        message="We want to hand over the gift sets before Christmas, and decide next week.",
        due_on=asking.usual_due_on(theo.organisation, today),
        by=rosa,
        at=at,
    )


def person(email: str) -> Membership:
    """The first place of somebody of the demo."""
    return Membership.objects.select_related("organisation").filter(email=email).order_by("pk")[0]


def half_answered(vendor: Vendor, by: Membership, judge: Membership, at: datetime) -> None:
    """Asked two weeks ago: referees came by mail, the samples are good, the partner list is late."""
    asked_at, came_at, judged_at = at - FORTNIGHT, at - timedelta(days=9), at - timedelta(days=7)
    today = at.astimezone(by.zone).date()
    due_on = calendar_of(by.organisation, [today.year - 1, today.year]).add_business_days(today, -DAYS_LATE)
    asked = EvidenceRequest.objects.create(
        vendor=vendor,
        merchant=by.organisation,
        asked_by=by,
        message="Before we invite you to quote, may we see how you work?",
        due_on=due_on,
        asked_at=asked_at,
    )
    came = {"request": asked, "received_at": came_at, "recorded_by": by, "channel": RequestedItem.Channel.MAIL}
    referees = RequestedItem.objects.create(
        kind=Kind.REFEREES, wanted=3, wants_former=True, state=State.RECEIVED, **came
    )
    named = Reference.objects.filter(vendor=vendor, merchant=by.organisation).order_by("-created_at").values("pk")[:3]
    Reference.objects.filter(pk__in=list(named.values_list("pk", flat=True))).update(item=referees)
    verdict = {"verdict": RequestedItem.Verdict.GOOD, "judged_at": judged_at, "judged_by": judge}
    words = "Neat, little filling, and the cards face up."
    samples = RequestedItem.objects.create(kind=Kind.SAMPLES, state=State.JUDGED, verdict_text=words, **verdict, **came)
    Judgement.objects.create(item=samples, verdict="good", text=words, by=judge, at=judged_at)
    for sample in WorkSample.objects.filter(vendor=vendor, merchant=None).order_by("title")[:2]:
        Pick.objects.create(item=samples, sample_id=sample.pk)
    RequestedItem.objects.create(kind=Kind.PARTNERS, request=asked)
