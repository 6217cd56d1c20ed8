"""Mails about contracts and milestones: what happened, in a sentence, and where to act on it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from milestones.models import Contract, Milestone
from outsourcing.accounts import actions, by_code
from outsourcing.accounts.errors import TooManyInvitations
from outsourcing.accounts.models import Invitation, Membership, Role
from outsourcing.notifications import outbox
from outsourcing.notifications.bounces.taking import reachable

#: Who on a merchant's side runs contracts, where the one who is named has left.
RUN = (Role.OWNER, Role.OPERATIONS)


def vendor_people(contract: Contract, milestone: Milestone | None = None) -> list[Membership]:
    """Who at the vendor hears of it: who does the milestone, else who runs the contract, else its managers; joined."""
    named = [milestone.vendor_responsible_id if milestone else None, contract.vendor_owner_id]
    return _first_of(contract.vendor_id, named, [Role.MANAGER])


def ways_in(contract: Contract, *, by: Membership, at: datetime) -> dict[Membership, str]:
    """Where nobody of the vendor has joined: who was asked in and mails reach, each with the page that lets them join;
    whose invitation is over gets another."""
    asked = Q(user=None, invitations__isnull=False, invitations__revoked_at=None)
    people = reachable(Membership.objects.current().filter(asked, organisation=contract.vendor_id)).distinct()
    found = {}
    for person in people.select_related("organisation", "user").order_by("pk"):
        known = Invitation.objects.open(at).filter(membership=person).first()
        try:
            invitation = known or actions.resend(person, by=by, at=at)
        except TooManyInvitations:
            continue
        found[person] = reverse("accounts:join", args=[actions.token_of(invitation)])
    return found


def merchant_people(contract: Contract, milestone: Milestone | None = None) -> list[Membership]:
    """The same of the merchant: who judges the milestone, else who runs the contract, else its owners."""
    named = [milestone.responsible_id if milestone else None, contract.owner_id]
    return _first_of(contract.merchant_id, named, [Role.OWNER])


def _first_of(organisation: int, named: Iterable[int | None], heads: list[Role]) -> list[Membership]:
    """One query: the first who is named and there, else the heads."""
    keys = [key for key in named if key is not None]
    joined = Membership.objects.joined().filter(organisation=organisation).select_related("user", "organisation")
    rows = list(joined.filter(Q(pk__in=keys) | Q(roles__overlap=heads)).order_by("pk"))
    by_key = {one.pk: one for one in rows}
    first = next((by_key[key] for key in keys if key in by_key), None)
    return [first] if first else [one for one in rows if one.has_role(*heads)]


def news(
    contract: Contract,
    to: Iterable[Membership],
    *,
    title: str,
    words: str,
    action: str,
    path: str,
    occurrence: str,
    quote: str = "",
    ways: Mapping[Membership, str] | None = None,
) -> None:
    """One mail to each: `title` is subject and heading, `words` a sentence, `quote` what somebody wrote; `ways` are the
    pages that let in who has not joined."""
    for reader in to:
        writer = contract.other_than(reader.organisation_id)
        way = path if reader.organisation.is_merchant else by_code.address(path, reader)
        joins = (ways or {}).get(reader)
        with timezone.override(reader.zone):
            outbox.post(
                "contract_news",
                to=reader.email,
                context={
                    "contract": contract,
                    "title": title,
                    "words": words,
                    "quote": quote,
                    "action": action,
                    "url": f"{settings.BASE_URL}{joins or way}",
                },
                organisation=writer,
                membership=reader,
                occurrence=occurrence,
                thread=f"contract:{contract.pk}",
                is_secret=joins is not None,
            )
