"""Erasing people: an account with all its places, by its person; a former member of one organisation, by who runs it.

What they wrote and decided stays, under "former person". Rooms above erase people without an account by the same means.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _
from pghistory.models import Context

from outsourcing.accounts.errors import NotErasable
from outsourcing.accounts.models import Invitation, Membership, User
from outsourcing.shared.erasing import Names, Person, erase
from outsourcing.shared.holdings import ADDRESS, ERASED, FORMER, MEMBERSHIP, USER, all_holdings

Keys = Mapping[str, Sequence[Any]]
#: In the context of a change, instead of who made it.
BY_FORMER = "former"


@transaction.atomic
def erase_account(user: User, *, at: datetime) -> None:
    """Take somebody out of everything. Raises NotErasable while they are a member of anything; a second time changes
    nothing."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_staff:
        raise NotErasable(_("You are staff here: have somebody else take that away first."))
    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    # Where they were asked in, or written down, under one of their addresses, it is they too.
    own = Membership.objects.filter(Q(user=user) | Q(user=None, email__in=addresses)).select_related("organisation")
    own = own.select_for_update(of=("self",))
    if here := next((one for one in own if one.user_id and one.left_at is None), None):
        words = _("You are a member of %(organisation)s: leave it first.")
        raise NotErasable(words % {"organisation": here.organisation})
    _end_places(own, at)
    keys: Keys = {
        USER: [user.pk],
        MEMBERSHIP: [one.pk for one in own],
        ADDRESS: sorted(addresses | {one.email for one in own}),
    }
    erase(person_of(keys, [user.name], organisations=[one.organisation_id for one in own], at=at))


@transaction.atomic
def erase_member(member: Membership, *, at: datetime) -> None:
    """Take a former member out of their organisation; an account that they have elsewhere stays theirs.

    Raises NotErasable; a second time changes nothing.
    """
    member = Membership.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if member.left_at is None:
        raise NotErasable(_("%(person)s is still a member: remove them first.") % {"person": member.label})
    if member.is_erased:
        return
    _end_places([member], at)
    if member.user_id:
        _forget_in_history(member.user_id, member.organisation_id)
    keys: Keys = {MEMBERSHIP: [member.pk], ADDRESS: [member.email]}
    erase(person_of(keys, [], organisations=[member.organisation_id], at=at))


def person_of(keys: Keys, names: Iterable[str], *, organisations: Sequence[int], at: datetime) -> Person:
    """Who is to be erased, with everything that their places were ever called, and who else is called like that.

    The names of others that hold one of theirs are left alone. Two queries, three where they had a place.
    """
    places = keys.get(MEMBERSHIP, ())
    history = apps.get_model("accounts", "MembershipEvent")._default_manager
    called = {*names, *Membership.objects.filter(pk__in=places).values_list("name", flat=True)}
    called |= set(history.filter(id__in=places).values_list("name", flat=True)) if places else set()
    called = {name for name in called if name.strip() and not name.endswith(ERASED)} - {str(FORMER)}
    holding = Q()
    for name in called:
        holding |= Q(name__contains=name)
    others = Membership.objects.exclude(pk__in=places).filter(holding).values_list("name", flat=True) if called else []
    known = set(others)
    return Person(
        keys=keys,
        names=Names(called | set(keys.get(ADDRESS, ())), known),
        organisations=organisations,
        at=at,
        # A single word may mean anything in the mails of others.
        is_only_one=not called & known and all(" " in name.strip() for name in called),
    )


def _end_places(places: Iterable[Membership], at: datetime) -> None:
    """Nobody takes up an invitation to a place of theirs, or waits there for them."""
    keys = [one.pk for one in places]
    Invitation.objects.filter(membership__in=keys, used_at=None, revoked_at=None).update(revoked_at=at)
    Membership.objects.filter(pk__in=keys, left_at=None).update(left_at=at)


def _forget_in_history(user: int, organisation: int) -> None:
    """Who changed something of the organisation is told by the key of their account: it is taken out there."""
    for holding in all_holdings():
        theirs = holding.of_any([organisation])
        for event in holding.history if theirs is not None else ():
            changes = event._base_manager.filter(theirs, pgh_context__metadata__user=user)
            nobody = RawSQL("(metadata - 'user') || jsonb_build_object(%s::text, true)", [BY_FORMER])
            Context.objects.filter(pk__in=changes.values("pgh_context")).update(metadata=nobody)


def end_sessions(person: Person) -> None:
    """For erasures: nobody is signed in as them any more."""
    keys = UserSession.objects.filter(user__in=person.keys.get(USER, ())).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
