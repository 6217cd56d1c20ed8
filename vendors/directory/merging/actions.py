"""Two rows of one vendor become one, each time in one transaction.

A merchant merges a vendor of its own that nobody has claimed into another that it sees; a manager of two vendor
organisations joins them. Both rows are held, the one with the lower key first, so that of two merges at once the second
finds what the first has done. Nobody is told of another merchant.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Invitation, Membership, Organisation, Role, User
from outsourcing.conversations import moving as moving_talk
from outsourcing.conversations.models import Thread
from outsourcing.notifications.inviting import INVITATION
from outsourcing.notifications.ladders import planning
from vendors.directory import hooks
from vendors.directory.enquiries.asking import ENQUIRY
from vendors.directory.evidence.actions import CERTIFICATE
from vendors.directory.keeping.kept import has_joined
from vendors.directory.merging import moving, people
from vendors.directory.merging.errors import AlreadyMerged, NotMergeable
from vendors.directory.models import Certificate, Contact, Enquiry, EvidenceRequest, Note, Tagging, Vendor
from vendors.directory.profiles.claims import may_describe
from vendors.directory.search import index


@dataclass(frozen=True)
class Preview:
    """What would go over, of what the reader may know. `is_theirs`: the winner's own people keep its profile."""

    loser: Vendor
    winner: Vendor
    notes: int = 0
    tags: int = 0
    contacts: int = 0
    evidence: int = 0
    requests: int = 0
    conversations: int = 0
    people: int = 0
    is_theirs: bool = False


# ---- A merchant's own ----------------------------------------------------------------------------------------------
def preview_merge(loser: Vendor, winner: Vendor, by: Membership) -> Preview:
    """Eleven queries. Raises NotMergeable and AlreadyMerged as the merge would."""
    _see_that_it_may_merge(loser, winner, by)
    own = {"vendor": loser, "merchant": by.organisation}
    return Preview(
        loser,
        winner,
        notes=Note.objects.filter(**own).count(),
        tags=Tagging.objects.filter(vendor=loser, tag__merchant=by.organisation_id).count(),
        contacts=Contact.objects.filter(**own).count(),
        evidence=sum(model.objects.visible_to(by).current().filter(vendor=loser).count() for model in moving.EVIDENCE),
        requests=EvidenceRequest.objects.filter(**own).count(),
        conversations=Thread.objects.visible_to(by).filter(vendor=loser.organisation_id).count(),
        is_theirs=_has_people(winner),
    )


@transaction.atomic
def merge(loser: Vendor, winner: Vendor, *, by: Membership, at: datetime) -> Vendor:
    """Merge a vendor of the merchant's own into another that it sees; gives the one that is left.

    Into a vendor whose people have joined nothing is said in their name: what the merchant wrote stays its own, and its
    description of the loser stays on the loser's row. Raises NotMergeable and AlreadyMerged.
    """
    moving_talk.hold(loser.organisation)
    hooks.merging(loser, winner)
    loser, winner = _hold(loser, winner)
    _see_that_it_may_merge(loser, winner, by)
    is_theirs = _has_people(winner)
    if is_theirs:
        people.withdraw_invitations(loser.organisation, at)
    else:
        moving.fill_gaps(loser, winner)
        people.move_people(loser.organisation, winner.organisation, contacts_too=True, at=at)
    _move(loser, winner, owner=by.organisation if is_theirs else None, by=by, at=at)
    return winner


def _see_that_it_may_merge(loser: Vendor, winner: Vendor, by: Membership) -> None:
    _see_that_both_stand(loser, winner)
    if not may_describe(loser, by.organisation) or has_joined(loser):
        raise NotMergeable(_("%(vendor)s is not yours alone any more: its own people join it.") % {"vendor": loser})
    if not Vendor.objects.visible_to(by).live().filter(pk=winner.pk).exists():
        raise NotMergeable(_("That vendor is not there any more."))


def _has_people(vendor: Vendor) -> bool:
    return vendor.is_claimed or has_joined(vendor)


# ---- A manager's two -----------------------------------------------------------------------------------------------
def managed(user: User) -> list[Vendor]:
    """The vendors that somebody manages, by name. One query."""
    places = Membership.objects.of(user).filter(roles__contains=[Role.MANAGER])
    rows = Vendor.objects.live().filter(organisation__in=places.order_by().values("organisation"))
    return list(rows.select_related("organisation").order_by("organisation__name", "pk"))


def preview_join(loser: Vendor, winner: Vendor) -> Preview:
    """What the vendor itself has: its people, what it shows, and what it was asked. Eight queries."""
    shown = sum(model.objects.current().filter(vendor=loser, merchant=None).count() for model in moving.EVIDENCE)
    return Preview(
        loser,
        winner,
        people=Membership.objects.joined().filter(organisation=loser.organisation_id).count(),
        evidence=shown if loser.is_claimed else 0,
        requests=EvidenceRequest.objects.filter(vendor=loser).count(),
        conversations=Thread.objects.filter(vendor=loser.organisation_id).count(),
        is_theirs=True,
    )


@transaction.atomic
def join(loser: Vendor, winner: Vendor, *, by: Membership, at: datetime) -> Membership:
    """Make one of two vendor organisations that one manages; gives one's place in the one that is left.

    Everybody goes over; the profile that stays is filled where it is empty, unless a merchant wrote the other one.
    Raises NotMergeable and AlreadyMerged.
    """
    moving_talk.hold(loser.organisation)
    hooks.merging(loser, winner)
    loser, winner = _hold(loser, winner)
    _see_that_both_stand(loser, winner)
    mine = Membership.objects.joined().filter(user=by.user_id, roles__contains=[Role.MANAGER])
    if mine.filter(organisation__in=[loser.organisation_id, winner.organisation_id]).count() != 2:
        raise NotMergeable(_("Only somebody who manages both can join them."))
    if not winner.is_claimed:
        raise NotMergeable(_("A shop still keeps %(vendor)s: let the other one stay.") % {"vendor": winner})
    if loser.is_claimed:
        moving.fill_gaps(loser, winner)
    people.move_people(loser.organisation, winner.organisation, contacts_too=False, at=at)
    _move(loser, winner, owner=None if loser.is_claimed else loser.added_by, by=by, at=at)
    return Membership.objects.joined().get(organisation=winner.organisation_id, user=by.user_id)


# ---- Shared pieces -------------------------------------------------------------------------------------------------
def _hold(one: Vendor, other: Vendor) -> tuple[Vendor, Vendor]:
    """Both as they are now, and their organisations, held until the end of the transaction."""
    rows = Vendor.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk, other.pk])
    held = {vendor.pk: vendor for vendor in rows.select_related("organisation", "added_by").order_by("pk")}
    keys = [vendor.organisation_id for vendor in held.values()]
    list(Organisation.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    return held[one.pk], held[other.pk]


def _see_that_both_stand(loser: Vendor, winner: Vendor) -> None:
    if loser.pk == winner.pk:
        raise NotMergeable(_("Choose two different vendors."))
    for vendor in (loser, winner):
        if vendor.merged_into_id is not None:
            raise AlreadyMerged(_("%(vendor)s was merged meanwhile: look again.") % {"vendor": vendor})


def _move(loser: Vendor, winner: Vendor, *, owner: Organisation | None, by: Membership, at: datetime) -> None:
    moving.move_notes_and_tags(loser, winner)
    moving.move_contacts(loser, winner)
    moving.move_evidence(loser, winner, owner=owner)
    moving.combine_relationships(loser, winner)
    moving.mark_merged(loser, winner, at)
    hooks.merged(loser, winner, by, at)
    _remind_anew(loser, winner, at)
    index.refresh([loser.pk, winner.pk])


def _remind_anew(loser: Vendor, winner: Vendor, at: datetime) -> None:
    """Reminders of certificates, of questions about evidence and of invitations go where these are now; the rooms
    above see to their own."""
    papers = Certificate.objects.filter(vendor=winner, expires_on__gte=at.date())
    about = Q(reference__vendor=winner) | Q(testimonial__vendor=winner) | Q(partner__vendor=winner)
    both = [loser.organisation_id, winner.organisation_id]
    links = Invitation.objects.filter(Q(revoked_at=None) | Q(revoked_at=at), membership__organisation__in=both)
    concerned = {
        CERTIFICATE: papers.values_list("pk", flat=True),
        ENQUIRY: Enquiry.objects.unanswered().filter(about).values_list("pk", flat=True),
        INVITATION: links.filter(used_at=None).values_list("pk", flat=True),
    }
    planning.follow_all(concerned, at=at)
