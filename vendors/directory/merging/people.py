"""Who goes over when two organisations of one vendor become one."""

from datetime import datetime

from django.db.models import F

from outsourcing.accounts.models import Absence, Invitation, Membership, Organisation
from vendors.directory.models import Contact


def move_people(old: Organisation, new: Organisation, *, contacts_too: bool, at: datetime) -> None:
    """Whoever is in, was in or is asked in goes over; of somebody who is in both, the roles add up.

    Those whom a merchant has only written down go over `contacts_too`; else they stay on the row where it wrote them,
    so that no two merchants ever have a place in common.
    """
    for row in Membership.objects.select_for_update(of=("self",)).filter(organisation=old).order_by("pk"):
        is_written_down = row.user_id is None and not row.invitations.exists()
        if is_written_down and not contacts_too:
            continue
        twin = _twin(row, new)
        if twin is None:
            row.email = _address(row, new)
            row.organisation = new
            row.save(update_fields=["organisation", "email"])
        elif row.left_at is None:
            _become_one(row, twin, at)


def _twin(row: Membership, new: Organisation) -> Membership | None:
    """The same person's place there: by account, else by an address that is not somebody else's."""
    there = Membership.objects.select_for_update(of=("self",)).filter(organisation=new)
    if row.user_id and (same := there.filter(user=row.user_id).first()):
        return same
    twin = there.filter(email=row.email).first()
    if twin is not None and row.user_id and twin.user_id:
        return None  # the address has moved from one person to another
    return twin


def _address(row: Membership, new: Organisation) -> str:
    taken = Membership.objects.filter(organisation=new, email=row.email).exists()
    return f"former-{row.pk}@former.invalid" if taken else row.email


def _become_one(row: Membership, twin: Membership, at: datetime) -> None:
    """`twin` stays. Somebody who has joined speaks for themselves; `row` ends."""
    kept = twin.roles if twin.left_at is None else []
    twin.roles = list(dict.fromkeys([*kept, *row.roles]))
    twin.is_backup = row.is_backup or (twin.is_backup and twin.left_at is None)
    if row.user_id and not twin.user_id:
        twin.name, twin.phone = row.name, row.phone
    twin.user, twin.name, twin.phone = row.user or twin.user, twin.name or row.name, twin.phone or row.phone
    twin.left_at, row.left_at = None, at
    _move_invitation(row, twin, at, has_joined=twin.user is not None)
    row.save(update_fields=["left_at"])
    twin.save()
    _move_absences(row, twin)
    for contact in Contact.objects.filter(membership=row):
        if not Contact.objects.filter(membership=twin, merchant=contact.merchant_id).exists():
            Contact.objects.filter(pk=contact.pk).update(membership=twin)


def _move_invitation(row: Membership, twin: Membership, at: datetime, *, has_joined: bool) -> None:
    """A link that is open works on, unless its person is in or has a link to the other place."""
    is_open = {"used_at": None, "revoked_at": None}
    if has_joined:
        Invitation.objects.filter(membership__in=[row, twin], **is_open).update(revoked_at=at)
    elif twin.invitations.filter(**is_open).exists():
        row.invitations.filter(**is_open).update(revoked_at=at)
    else:
        row.invitations.filter(**is_open).update(membership=twin)


def _move_absences(row: Membership, twin: Membership) -> None:
    """Days away and who stands in; nobody stands in for themselves."""
    Absence.objects.filter(membership=row, stand_in=twin).delete()
    Absence.objects.filter(stand_in=row, membership=twin).delete()
    Absence.objects.filter(membership=row).update(membership=twin)
    Absence.objects.filter(stand_in=row).exclude(membership=F("stand_in")).update(stand_in=twin)


def withdraw_invitations(old: Organisation, at: datetime) -> None:
    """Nobody joins a vendor that is no more."""
    Invitation.objects.filter(membership__organisation=old, used_at=None, revoked_at=None).update(revoked_at=at)
