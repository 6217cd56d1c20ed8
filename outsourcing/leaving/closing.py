"""Closing an organisation: asked for by who runs it, with 30 days in which it can be opened again, then done by the
beat.

What binds it to somebody else is ended by people before: a contract that runs, an offer that is open, a brief that
vendors answer. Ending one says why and tells the other side; closing over their heads would not.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Invitation, Membership, Organisation
from outsourcing.leaving import ending, exporting, hooks
from outsourcing.leaving.errors import StillNeeded
from outsourcing.leaving.models import Export
from outsourcing.notifications import outbox
from outsourcing.notifications.ladders import planning

#: So long it can be opened again.
GRACE = timedelta(days=30)
logger = logging.getLogger(__name__)


def in_the_way(organisation: Organisation) -> list[hooks.InTheWay]:
    """What has to be ended before."""
    return [one for room in hooks.in_the_way(organisation) for one in room]


@transaction.atomic
def close(organisation: Organisation, *, by: Membership, at: datetime) -> None:
    """Have it closed when the grace is over; from now on nothing of it changes. Raises StillNeeded."""
    organisation = _held(organisation.pk)
    if organisation.is_closing:
        raise StillNeeded(_("It is closing already."))
    if found := in_the_way(organisation):
        words = _("Something has to be ended first: %(what)s.")
        raise StillNeeded(words % {"what": ", ".join(one.title for one in found[:5])})
    hooks.closing(organisation, by, at)
    Invitation.objects.filter(
        membership__organisation=organisation, used_at=None, revoked_at=None
    ).update(revoked_at=at)  # fmt: skip
    organisation.closes_at = at + GRACE
    organisation.save(update_fields=["closes_at"])
    planning.follow_all_of(organisation.pk, at=at)
    for reader in _members(organisation):
        _tell(reader, "organisation_closing", organisation, by=by.label, at=at)


@transaction.atomic
def open_again(organisation: Organisation, *, by: Membership, at: datetime) -> None:
    """Think better of it, within the grace. Raises StillNeeded where that is over or nobody asked to close it."""
    organisation = _held(organisation.pk)
    if not organisation.is_closing or organisation.closed_at is not None:
        raise StillNeeded(_("It is not closing."))
    organisation.closes_at = None
    organisation.save(update_fields=["closes_at"])
    planning.follow_all_of(organisation.pk, at=at)
    for reader in _members(organisation):
        _tell(reader, "organisation_open_again", organisation, by=by.label, at=at)


def end_due(at: datetime) -> int:
    """Close those whose grace is over, each in a transaction of its own; how many. One that fails is tried again by the
    next beat."""
    due = Organisation.objects.filter(closes_at__lte=at, closed_at=None).order_by("closes_at", "pk")
    done = 0
    for pk in list(due.values_list("pk", flat=True)):
        try:
            done += end(pk, at=at)
        except Exception:
            logger.exception("Organisation %s could not be closed", pk)
    return done


@transaction.atomic
def end(pk: int, *, at: datetime) -> bool:
    """Take its private rows away and leave what others share with it; False where it was opened again meanwhile."""
    organisation = _held(pk)
    if organisation.closes_at is None or organisation.closes_at > at or organisation.closed_at is not None:
        return False
    readers = _members(organisation)
    alone = [key for room in hooks.kept_alone(organisation) for key in room]
    hooks.ending(organisation, at)
    for export in Export.objects.filter(organisation=organisation).select_related("file"):
        exporting.drop(export)
    Organisation.objects.filter(pk=pk).update(closed_at=at)
    Membership.objects.filter(organisation=pk, left_at=None).update(left_at=at)
    ending.let_go([pk], is_merchant=organisation.is_merchant)
    ending.discard_files([pk, *alone])
    _let_go_with_it(alone, at)
    ending.remove_unpointed(Membership, Membership.objects.filter(organisation=pk))
    hooks.ended(organisation, at)
    for reader in readers:  # by address: no mail goes to a place that was left
        _tell(reader, "organisation_closed", organisation, to_place=False, at=at)
    return True


def _let_go_with_it(alone: Sequence[int], at: datetime) -> None:
    """Vendors that only the merchant had written down, with their people, where nothing that stays names them."""
    if not alone:
        return
    Organisation.objects.filter(pk__in=alone).update(closes_at=at, closed_at=at)
    ending.let_go(alone, is_merchant=False)
    ending.remove_unpointed(Membership, Membership.objects.filter(organisation__in=alone))
    ending.remove_unpointed(Organisation, Organisation.objects.filter(pk__in=alone))


def _held(pk: int) -> Organisation:
    return Organisation.objects.select_for_update().get(pk=pk)


def _members(organisation: Organisation) -> list[Membership]:
    rows = Membership.objects.joined().filter(organisation=organisation).select_related("user", "organisation")
    return list(rows.order_by("pk"))


def _tell(
    reader: Membership, template: str, organisation: Organisation, *, at: datetime, by: str = "",
    to_place: bool = True,
) -> None:  # fmt: skip
    with timezone.override(reader.zone):
        outbox.post(
            template,
            to=reader.email,
            context={
                "closing": organisation,
                "by": by,
                "is_head": reader.is_head,
                "url": settings.BASE_URL + reverse("leaving:close" if reader.is_head else "today"),
            },
            membership=reader if to_place else None,
            occurrence=f"{template}:{organisation.pk}:{at.isoformat()}",
        )
