"""A merchant asks a vendor for evidence, in one dated request, and takes it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from outsourcing.accounts.actions import token_of
from outsourcing.accounts.errors import AlreadyMember, TooManyInvitations
from outsourcing.accounts.models import Invitation, Membership, Organisation
from outsourcing.accounts.working_time import calendar_of
from outsourcing.notifications import outbox
from outsourcing.notifications.bounces.taking import reachable as mails_reach
from vendors.directory.errors import NotYours
from vendors.directory.models import Contact, EvidenceRequest, Relationship, RequestedItem, Vendor
from vendors.directory.profiles.actions import invite_contact
from vendors.directory.requests.errors import NobodyReachable, NoLongerOpen, NotAsked
from vendors.directory.search import index

Kind, State = RequestedItem.Kind, RequestedItem.State
WORKING_DAYS = 10
#: The same request of the same person within this time is a second click.
SECOND_CLICK = timedelta(minutes=1)


@dataclass(frozen=True)
class Wish:
    """One thing to ask for; `wanted` and `wants_former` are of referees, `send_to` is of a physical sample."""

    kind: str
    detail: str = ""
    wanted: int | None = None
    wants_former: bool = False
    send_to: str = ""


def usual_due_on(merchant: Organisation, today: date) -> date:
    """Ten working days of the merchant's from `today` on. Two queries."""
    return calendar_of(merchant, [today.year, today.year + 1]).add_business_days(today, WORKING_DAYS)


def reachable(vendor: Vendor, merchant: Organisation) -> list[Membership]:
    """Whom a request is mailed to: the vendor's people who have joined, else the contacts that the merchant keeps;
    of both those whom mails reach.

    Two queries at most.
    """
    everybody = Membership.objects.filter(organisation=vendor.organisation_id).select_related("organisation")
    people = mails_reach(everybody)
    joined = list(people.joined().order_by("pk"))
    kept = Contact.objects.filter(merchant=merchant, vendor=vendor).values("membership")
    return joined or list(people.current().filter(pk__in=kept).order_by("pk"))


def see_that_it_can_be_asked(vendor: Vendor, merchant: Organisation) -> list[Membership]:
    """Whom to write to. Raises NotAsked with the reason. Three queries."""
    if vendor.merged_into_id:
        raise NotAsked(_("%(vendor)s is listed twice: ask the other one.") % {"vendor": vendor})
    blocked = Relationship.objects.filter(vendor=vendor, merchant=merchant, status=Relationship.Status.BLOCKED)
    if blocked.exists():
        raise NotAsked(_("You have blocked %(vendor)s: take the block back before you ask.") % {"vendor": vendor})
    people = reachable(vendor, merchant)
    if not people:
        says = _("Nobody at %(vendor)s can be reached: no one has joined, and you keep no contact.")
        raise NobodyReachable(says % {"vendor": vendor})
    return people


@transaction.atomic
def ask_vendor(
    vendor: Vendor, wishes: Sequence[Wish], *, message: str, due_on: date, by: Membership, at: datetime
) -> EvidenceRequest:
    """Ask for all of `wishes` at once, by mail to the vendor's people. Raises NotAsked.

    The same again within a minute is a second click and gives the first request.
    """
    merchant = by.organisation
    Relationship.objects.get_or_create(vendor=vendor, merchant=merchant, defaults={"created_at": at})
    Relationship.objects.select_for_update().get(vendor=vendor, merchant=merchant)
    people = see_that_it_can_be_asked(vendor, merchant)
    if first := _second_click(vendor, wishes, message, by, at):
        return first
    asked = EvidenceRequest.objects.create(
        vendor=vendor, merchant=merchant, asked_by=by, message=message, due_on=due_on, asked_at=at
    )
    items = RequestedItem.objects.bulk_create(
        RequestedItem(
            request=asked,
            kind=wish.kind,
            detail=wish.detail,
            wanted=wish.wanted,
            wants_former=wish.wants_former,
            send_to=wish.send_to,
        )
        for wish in wishes
    )
    for person in people:
        _mail(asked, items, person, at)
    index.refresh([vendor.pk])
    return asked


def _second_click(
    vendor: Vendor, wishes: Iterable[Wish], message: str, by: Membership, at: datetime
) -> EvidenceRequest | None:
    lately = EvidenceRequest.objects.filter(
        vendor=vendor, asked_by=by, message=message, asked_at__gt=at - SECOND_CLICK, withdrawn_at=None
    )
    kinds = {wish.kind for wish in wishes}
    return next((one for one in lately if kinds == set(one.items.values_list("kind", flat=True))), None)


def _mail(asked: EvidenceRequest, items: list[RequestedItem], person: Membership, at: datetime) -> None:
    """One mail; who has not joined finds the way in there too."""
    by = asked.asked_by
    invitation = None if person.user_id else _invitation(asked, person, at)
    joins = settings.BASE_URL + reverse("accounts:join", args=[token_of(invitation)]) if invitation else ""
    answers = settings.BASE_URL + reverse("directory:answer", args=[asked.pk]) if person.user_id else joins
    context = {
        "request": asked,
        "items": items,
        "kinds": kinds_in_words(items),
        "by": by,
        "merchant": by.organisation,
        "has_joined": bool(person.user_id),
        "invitation": invitation,
        "button_label": _("Answer in the portal") if person.user_id else _("Join and answer"),
        "button_url": answers,
    }
    occurrence = f"evidence-request:{asked.pk}"
    outbox.post(
        "evidence_request",
        to=person.email,
        context=context,
        organisation=by.organisation,
        membership=person,
        occurrence=occurrence,
        thread=occurrence,
        reply_to=by.email,
        is_secret=invitation is not None,
    )


def _invitation(asked: EvidenceRequest, person: Membership, at: datetime) -> Invitation | None:
    """The invitation that this contact has, or a new one where the merchant may ask them in; None where it may not."""
    open_ones = Invitation.objects.open(at).filter(membership=person).select_related("membership__organisation")
    if known := open_ones.first():
        return known
    try:
        invite_contact(asked.vendor, email=person.email, name=person.name, by=asked.asked_by, at=at)
    except (NotYours, AlreadyMember, TooManyInvitations):
        return None
    return open_ones.first()


def kinds_in_words(items: Iterable[RequestedItem]) -> str:
    """Referees, samples of work and partner list, for the middle of a sentence."""
    words = [str(item.get_kind_display()) for item in items]
    words = [word[:1].lower() + word[1:] for word in words]
    if len(words) == 1:
        return words[0]
    return _("%(most)s and %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}


@transaction.atomic
def withdraw(asked: EvidenceRequest, *, by: Membership, at: datetime) -> None:
    """Ask no longer for what has not come; what has come stays. Raises NoLongerOpen where nothing is open."""
    waiting = RequestedItem.objects.filter(request=asked, state=State.ASKED)
    if not waiting.update(state=State.WITHDRAWN, withdrawn_at=at):
        raise NoLongerOpen(_("Nothing of this request is open any more."))
    EvidenceRequest.objects.filter(pk=asked.pk, withdrawn_at=None).update(withdrawn_at=at)


def follow(loser: Vendor, winner: Vendor, by: Membership, at: datetime) -> None:
    """What was asked of one of two rows of a vendor was asked of the one that is left."""
    EvidenceRequest.objects.filter(vendor=loser).update(vendor=winner)
