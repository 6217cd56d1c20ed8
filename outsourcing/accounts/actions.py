"""What happens to organisations and their members: each in one transaction, each safe in a race."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pghistory
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from outsourcing.accounts import hooks
from outsourcing.accounts.errors import AlreadyMember, InvitationUnusable, LastHead, NotAColleague, TooManyInvitations
from outsourcing.accounts.models import (
    Absence,
    ClosedDay,
    Invitation,
    Membership,
    Opening,
    Organisation,
    Role,
    User,
)
from outsourcing.shared import links

SALT = "accounts.invitation"
#: Invitations of one organisation, and to one person, within 24 hours: enough for any shop, too few for a spammer.
MOST_A_DAY, MOST_TO_ONE, DAY = 200, 5, timedelta(days=1)


# ---- Organisations -------------------------------------------------------------------------------------------------
@transaction.atomic
def start_organisation(organisation: Organisation, *, by: User, at: datetime) -> Membership:
    """Save a new organisation with its first member, who runs it."""
    organisation.save()
    first = Membership.objects.create(
        organisation=organisation, user=by, email=by.email, name=by.name, roles=[organisation.head]
    )
    hooks.organisation_started(organisation, first, at)
    return first


@transaction.atomic
def change_organisation(organisation: Organisation) -> None:
    """Save what was edited; a new zone, country or region moves its working time."""
    before = Organisation.objects.select_for_update().get(pk=organisation.pk)
    organisation.save()
    hooks.organisation_changed(organisation)
    if any(getattr(before, field) != getattr(organisation, field) for field in ("time_zone", "country", "region")):
        hooks.calendar_changed(organisation)


@transaction.atomic
def change_profile(user: User, *, acting: Membership | None, phone: str) -> None:
    """Save what a person says of themselves; the name stands in all their places, the phone in the acting one."""
    user.save(update_fields=["name", "time_zone", "theme"])
    Membership.objects.current().filter(user=user).update(name=user.name)
    if acting is not None:
        Membership.objects.filter(pk=acting.pk).update(phone=phone)


@transaction.atomic
def set_working_week(organisation: Organisation, windows: Sequence[Opening]) -> None:
    """Put these windows in place of the ones there are."""
    _lock(organisation)
    organisation.openings.all().delete()
    Opening.objects.bulk_create(windows)
    hooks.calendar_changed(organisation)


@transaction.atomic
def add_closed_day(organisation: Organisation, day: date, name: str) -> None:
    """Close on one more date; a second time only changes its name."""
    ClosedDay.objects.update_or_create(organisation=organisation, day=day, defaults={"name": name})
    hooks.calendar_changed(organisation)


@transaction.atomic
def remove_closed_day(closed: ClosedDay) -> None:
    """Work on that date again."""
    closed.delete()
    hooks.calendar_changed(closed.organisation)


# ---- Members -------------------------------------------------------------------------------------------------------
@transaction.atomic
def change_roles(member: Membership, roles: Sequence[str], *, is_backup: bool) -> None:
    """Give a member these roles and no others. Raises LastHead."""
    _lock(member.organisation)
    _see_that_they_are_in(member)
    if member.user_id and member.organisation.head not in roles:
        _see_that_a_head_remains(member)
    member.roles, member.is_backup = list(dict.fromkeys(roles)), is_backup
    member.save(update_fields=["roles", "is_backup"])


@transaction.atomic
def remove_member(member: Membership, *, successor: Membership | None, at: datetime) -> None:
    """End a member's place; what is theirs goes to the successor, whom a joined member must have.

    Raises LastHead, and NotAColleague where the successor is not a current, joined member of the same organisation.
    """
    _lock(member.organisation)
    _see_that_they_are_in(member)
    if member.user_id:
        _see_that_a_head_remains(member)
        fit = Membership.objects.joined().filter(organisation=member.organisation_id).exclude(pk=member.pk)
        if successor is None or not fit.filter(pk=successor.pk).exists():
            raise NotAColleague(_("Choose a colleague who takes over."))
        hooks.member_left(member, successor, at)
    _withdraw_stand_in(member, successor)
    member.invitations.filter(used_at=None, revoked_at=None).update(revoked_at=at)
    member.left_at = at
    member.save(update_fields=["left_at"])


def _withdraw_stand_in(member: Membership, successor: Membership | None) -> None:
    """Whoever was to be stood in for by the leaver gets the successor instead, or, being that successor, nobody."""
    if successor is not None:
        Absence.objects.filter(stand_in=member, membership=successor).delete()
        Absence.objects.filter(stand_in=member).update(stand_in=successor)
    else:
        Absence.objects.filter(stand_in=member).delete()


# ---- Invitations ---------------------------------------------------------------------------------------------------
@transaction.atomic
def invite(
    organisation: Organisation,
    *,
    email: str,
    roles: Sequence[str],
    by: Membership,
    at: datetime,
    name: str = "",
) -> Invitation:
    """Ask somebody to take a place; whoever left may come back to theirs. Raises AlreadyMember."""
    email = email.lower()
    _lock(organisation)
    places, account = Membership.objects.filter(organisation=organisation), account_of(email)
    member = places.filter(email=email).first() or (places.filter(user=account).first() if account else None)
    if member and member.left_at and member.user_id and member.user != account:
        # The address has another owner now; the former member keeps their place and gives the address up.
        places.filter(pk=member.pk).update(email=f"former-{member.pk}@former.invalid")
        member = None
    if member is None:
        member = Membership(organisation=organisation)
    elif member.left_at is None and member.user_id:
        raise AlreadyMember(_("%(email)s is a member already.") % {"email": email})
    elif by.organisation_id == organisation.pk and not member.user_id and not member.invitations.exists():
        # A merchant wrote them down before anybody of the organisation was here: its words are not theirs to read.
        member.name, member.phone, member.is_backup = "", "", False
    member.email, member.roles, member.name = email, list(dict.fromkeys(roles)), name or member.name
    member.left_at, member.user = None, None
    member.save()
    return _send(member, by=by, at=at)


@transaction.atomic
def resend(member: Membership, *, by: Membership, at: datetime) -> Invitation:
    """Send a fresh link; the earlier one no longer works. Raises AlreadyMember."""
    _lock(member.organisation)
    member.refresh_from_db()
    if member.user_id or member.left_at:
        raise AlreadyMember(_("%(person)s is not waiting for an invitation.") % {"person": member.label})
    return _send(member, by=by, at=at)


@transaction.atomic
def revoke(member: Membership, *, at: datetime) -> None:
    """Take the invitation back; the place that was offered is gone with it."""
    _lock(member.organisation)
    member.refresh_from_db()
    if member.user_id:
        raise AlreadyMember(_("%(person)s has joined meanwhile.") % {"person": member.label})
    remove_member(member, successor=None, at=at)


def _send(member: Membership, *, by: Membership, at: datetime) -> Invitation:
    lately = Invitation.objects.filter(invited_by__organisation=by.organisation_id, created_at__gt=at - DAY)
    if lately.count() >= MOST_A_DAY or lately.filter(membership=member).count() >= MOST_TO_ONE:
        raise TooManyInvitations(_("That is enough invitations for one day: send the next one tomorrow."))
    member.invitations.filter(used_at=None, revoked_at=None).update(revoked_at=at)
    invitation = Invitation.objects.create(
        membership=member, invited_by=by, created_at=at, expires_at=at + Invitation.LASTS
    )
    hooks.invited(invitation, token_of(invitation))
    return invitation


def token_of(invitation: Invitation) -> str:
    """What stands in the link: the row and its secret, signed."""
    return links.written(invitation.pk, invitation.secret, salt=SALT)


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link's token stands for, usable or not; None for a forged one. One query."""
    if (named := links.read(token, salt=SALT)) is None:
        return None
    rows = Invitation.objects.select_related("membership__organisation", "membership__user", "invited_by__organisation")
    return rows.filter(pk=named[0], secret=named[1]).first()


@transaction.atomic
def join(invitation: Invitation, *, user: User | None, at: datetime) -> Membership:
    """Take up an invitation, as `user` or, without one, as a new person whose address the link has proven.

    Raises InvitationUnusable where it cannot be taken up (any more), or not by this person.
    """
    won = Invitation.objects.open(at).filter(pk=invitation.pk).update(used_at=at)
    if not won:
        raise InvitationUnusable(_("This invitation can no longer be used."))
    member = Membership.objects.select_for_update().select_related("organisation").get(pk=invitation.membership_id)
    if user is None:
        user = new_person(member.email, name=member.name)
    elif user != account_of(member.email):
        raise InvitationUnusable(_("This invitation is for %(email)s.") % {"email": member.email})
    others = Membership.objects.filter(organisation=member.organisation_id, user=user).exclude(pk=member.pk)
    if other := others.current().first():
        raise InvitationUnusable(_("You are a member already, as %(email)s.") % {"email": other.email})
    others.update(user=None)  # left, under an earlier address
    pghistory.context(user=user.pk)  # a new person was nobody when the request began
    member.user, member.name = user, user.name or member.name
    member.save(update_fields=["user", "name"])
    hooks.joined(member, at)
    return member


def account_of(email: str) -> User | None:
    """Whose proven address this is."""
    proven = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
    return proven.user if proven else None


def new_person(email: str, *, name: str = "") -> User:
    """Somebody with a proven address and no password: they sign in by code.

    An account whose address was never proven may have been opened by anybody: it is taken over, without its password.
    Raises InvitationUnusable where somebody has proven an address of that account.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, name=name)
    except IntegrityError:
        user = User.objects.select_for_update().get(email=email)
        if EmailAddress.objects.filter(user=user, verified=True).exists():
            known = _("There is an account for %(email)s: sign in to it first.")
            raise InvitationUnusable(known % {"email": email}) from None
        forget_secrets(user)
        EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def forget_secrets(user: User) -> None:
    """Take away every way to sign in but a code by mail: they were set by somebody who had not proven the address."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    Authenticator.objects.filter(user=user).delete()


# ---- Shared pieces -------------------------------------------------------------------------------------------------
def _lock(organisation: Organisation) -> None:
    """Two changes of who runs an organisation wait for each other."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)


def _see_that_they_are_in(member: Membership) -> None:
    """Read afresh, under the lock: what was seen before it may have changed."""
    member.refresh_from_db()
    if member.left_at:
        raise NotAColleague(_("%(person)s has left already.") % {"person": member.label})


def _see_that_a_head_remains(member: Membership) -> None:
    head = member.organisation.head
    others = Membership.objects.joined().filter(organisation=member.organisation_id, roles__contains=[head])
    if member.has_role(head) and not others.exclude(pk=member.pk).exists():
        raise LastHead(
            _("%(person)s is the only %(role)s: make somebody else %(role)s first.")
            % {"person": member.label, "role": str(Role(head).label).lower()}
        )
