"""Telling vendors how a brief was decided: each its own result, its own band per criterion, and one text (M24).

Nothing of another vendor's is in it: no name, number, rank or total.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from outsourcing.accounts import by_code
from outsourcing.accounts.models import Membership
from outsourcing.notifications import outbox
from vendors.directory.requests.asking import reachable
from vendors.sourcing.deciding.bands import band_of
from vendors.sourcing.deciding.errors import AlreadyTold
from vendors.sourcing.errors import Overtaken
from vendors.sourcing.holding import hold, see_that_they_chair
from vendors.sourcing.log import note
from vendors.sourcing.models import Candidate, Decision, Stage, Told
from vendors.sourcing.naming import see_that_nobody_is_named


def to_tell(decision: Decision) -> list[Candidate]:
    """Whom the decision concerns: who was invited, and had not left by then. One query."""
    rows = Candidate.objects.filter(
        brief=decision.brief_id, invited_at__isnull=False, stage__in=[Stage.CHOSEN, Stage.NOT_CHOSEN]
    )
    return list(rows.select_related("vendor__vendor", "brief__merchant").order_by("vendor__name", "pk"))


def bands_of(decision: Decision, candidate: Candidate) -> list[dict[str, str]]:
    """Its own band per criterion, from what was frozen; never another's."""
    own = next((one for one in decision.record["vendors"] if one["key"] == candidate.pk), None)
    if own is None:
        return []
    return [
        {"criterion": criterion["name"], "band": band_of(cell["value"])}
        for criterion, cell in zip(decision.record["criteria"], own["cells"], strict=True)
        if not cell["not_applicable"]
    ]


def usual_texts(decision: Decision) -> tuple[str, str]:
    """What the chosen vendor and the others read, before somebody writes it anew."""
    title = {"title": decision.brief.title, "merchant": decision.brief.merchant.name}
    chosen = _("We have chosen you for “%(title)s”. A contract to read follows.") % title
    others = _(
        "Thank you for your answer to “%(title)s”. We have decided for another offer this time. Below you see how we "
        "saw yours; %(merchant)s is glad to answer questions about it."
    )
    none = _(
        "Thank you for your answer to “%(title)s”. We have decided not to award it for now. Below you see how we saw "
        "your offer."
    )
    return chosen, (others if decision.chosen_id else none) % title


@transaction.atomic
def tell(decision: Decision, *, chosen: str, others: str, by: Membership, at: datetime) -> list[Told]:
    """Tell every vendor that has not been told of this decision, each its own.

    Raises NotTheChair, Overtaken, AlreadyTold, NamesAnother.
    """
    brief = hold(decision.brief_id)
    see_that_they_chair(brief, by)
    latest = brief.decisions.order_by("number").last()
    if latest is None or latest.pk != decision.pk or not brief.is_over:
        raise Overtaken(_("There is a later version of this decision, or it is open again."))
    told = set(Told.objects.filter(decision=decision).values_list("candidate", flat=True))
    rest = [one for one in to_tell(decision) if one.pk not in told]
    if not rest:
        raise AlreadyTold(_("Every vendor has been told already."))
    texts = {one.pk: chosen if one.pk == decision.chosen_id else others for one in rest}
    see_that_nobody_is_named(brief, texts)
    made = [
        Told(decision=decision, candidate=one, text=texts[one.pk], bands=bands_of(decision, one), by=by, at=at)
        for one in rest
    ]
    Told.objects.bulk_create(made)
    for one in made:
        post(one, by)
    note(brief, "vendors-told", by=by, at=at, count=len(made))
    return made


def post(told: Told, by: Membership) -> None:
    """A mail to each of the vendor's people whom mails reach; the words stand on the page, behind the login."""
    candidate = told.candidate
    merchant = by.organisation
    vendor = getattr(candidate.vendor, "vendor", None)
    path = reverse("sourcing:result", args=[told.pk])
    for reader in reachable(vendor, merchant) if vendor else []:
        with timezone.override(reader.zone):
            outbox.post(
                "decision_told",
                to=reader.email,
                context={
                    "title": candidate.brief.title,
                    "is_chosen": candidate.stage == Stage.CHOSEN,
                    "url": f"{settings.BASE_URL}{by_code.address(path, reader)}",
                },
                organisation=merchant,
                membership=reader,
                occurrence=f"told:{told.pk}",
                thread=f"brief:{candidate.pk}",
            )
