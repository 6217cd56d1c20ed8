"""Putting a vendor on a shortlist, and taking it off again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation
from vendors.directory.models import Relationship, Vendor
from vendors.sourcing import log
from vendors.sourcing.errors import AlreadyThere, NotInThisState, NotOnOffer, TooMany
from vendors.sourcing.holding import held, hold, see_that_it_is
from vendors.sourcing.models import Brief, BriefState, Candidate, Stage

#: More than anybody compares.
MOST = 40
#: Vendors can be put on a shortlist until answers are closed; on one for the merchant alone, until it is decided.
TAKING = (BriefState.DRAFT, BriefState.OPEN)
TAKING_PRIVATE = (*TAKING, BriefState.EVALUATING)


def refuse_if_not_on_offer(vendor: Vendor, merchant: Organisation) -> None:
    """Raises NotOnOffer for a vendor that is blocked, or one with another. One query."""
    if vendor.merged_into_id:
        raise NotOnOffer(_("%(vendor)s is listed twice: take the other one.") % {"vendor": vendor})
    blocked = Relationship.objects.filter(vendor=vendor, merchant=merchant, status=Relationship.Status.BLOCKED)
    if blocked.exists():
        raise NotOnOffer(_("You have blocked %(vendor)s: take the block back first.") % {"vendor": vendor})


@transaction.atomic
def add(brief: Brief, vendors: Iterable[Vendor], *, by: Membership, at: datetime, source: str = "") -> list[Candidate]:
    """Put vendors on the shortlist, and say which are new; those that are there already stay as they are.

    Raises AlreadyThere where all of them are, NotOnOffer, NotInThisState, TooMany.
    """
    brief = hold(brief)
    see_that_it_is(brief, at, *(TAKING_PRIVATE if brief.is_private else TAKING))
    there = set(brief.candidates.values_list("vendor", flat=True))
    wanted = {one.organisation_id: one for one in vendors}
    new = [one for key, one in wanted.items() if key not in there]
    if not new:
        names = ", ".join(one.name for one in wanted.values())
        raise AlreadyThere(_("On the shortlist already: %(names)s.") % {"names": names})
    if len(there) + len(new) > MOST:
        raise TooMany(_("A shortlist holds %(most)s vendors at most.") % {"most": MOST})
    made = []
    for vendor in new:
        refuse_if_not_on_offer(vendor, brief.merchant)
        one = Candidate.objects.create(
            brief=brief, vendor=vendor.organisation, added_by=by, added_at=at, added_from=source[:10]
        )
        Relationship.objects.get_or_create(vendor=vendor, merchant=brief.merchant, defaults={"created_at": at})
        log.note(brief, "candidate-added", by=by, at=at, name=vendor.name)  # not its row, which may go again
        made.append(one)
    return made


@transaction.atomic
def remove(candidate: Candidate, *, by: Membership, at: datetime) -> None:
    """Take a vendor off that nobody has asked and nothing is known of. Raises NotInThisState."""
    candidate = held(candidate)
    is_bare = candidate.stage == Stage.CONSIDERING and candidate.invited_at is None
    kept = (candidate.answers, candidate.rulings, candidate.scores, candidate.log)
    if not is_bare or any(rows.exists() for rows in kept):
        words = _("Something is kept about %(vendor)s here: it stays on the list.")
        raise NotInThisState(words % {"vendor": candidate.vendor})
    log.note(candidate.brief, "candidate-removed", by=by, at=at, name=candidate.vendor.name)
    candidate.delete()
