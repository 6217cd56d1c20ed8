"""The whole cast, two shops and two vendors, each with live objects, made once for all rows.

Everything that stands inside an organisation (its name, its people, their addresses, why it is closed) carries the
organisation's mark, a word that nobody outside may ever read. The owner and the manager have a second organisation
each: they act for the first, and `elsewhere` are their sessions in the second; its name they may read in both, its mark
only there.
"""

import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from outsourcing.accounts import actions
from outsourcing.accounts.models import Absence, Membership, Organisation, Role
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

SHOP = ("owner", "buyer", "operations", "viewer")
VENDOR = ("manager", "contact")
RIVALS = ("rival", "rival_manager")
#: Members of somewhere; each acts for the one place they have.
MEMBERS = (*SHOP, *VENDOR, *RIVALS)
#: Have an account and no place: one has left the shop, one was never anywhere.
NOWHERE = ("former", "nobody")
STRANGER = "stranger"
CAST = (*MEMBERS, *NOWHERE, STRANGER)

DAY = date(2099, 12, 24)
PASSWORD = "correct horse battery"
MARKS = {"shop": "Quillshop", "rival": "Quillfoe", "vendor": "Quillvendor", "rival_vendor": "Quillthird"}
SECOND_MARK = "quillsecond"


@dataclass
class Place:
    """An organisation with a live object of each kind that accounts has; rooms hang theirs on the world."""

    mark: str
    organisation: Organisation
    head: Membership
    member: Membership  # a colleague whom the head may remove
    successor: Membership  # a colleague who would take over from them
    spare: Membership  # yet another, for a stand-in
    asked: Membership  # was invited, has not joined
    token: str  # of that invitation's link
    invitation: Any
    closed_day: Any
    absence: Absence  # the head's


class World:
    """People by their part in the cast, and the places by name: shop, rival, vendor, rival_vendor."""

    def __init__(self) -> None:
        self.members: dict[str, Membership] = {}
        self.users: dict[str, Any] = {STRANGER: None}
        self.sessions: dict[str, str] = {}
        self.at: datetime = timezone.now()
        self.places = {
            "shop": self._place("shop", "merchant", dict(zip(SHOP, Role.of_kind("merchant"), strict=True))),
            "rival": self._place("rival", "merchant", {"rival": Role.OWNER}),
            "vendor": self._place("vendor", "vendor", {"manager": Role.MANAGER, "contact": Role.CONTACT}),
            "rival_vendor": self._place("rival_vendor", "vendor", {"rival_manager": Role.MANAGER}),
        }
        left = MembershipFactory(
            organisation=self.shop.organisation, user__name="Fay Gone", roles=[Role.OWNER], left_at=self.at
        )
        self.users |= {"former": left.user, "nobody": UserFactory(name="Noah Nowhere")}
        for user in filter(None, self.users.values()):
            user.set_password(PASSWORD)
            user.save()
        #: Of the owner and of the manager, where they act for their second organisation.
        self.seconds = {who: self._second(self.members[who]) for who in ("owner", "manager")}
        self.elsewhere: dict[str, str] = {}
        #: What each gets by a method where there is no page.
        self.unknown: dict[tuple[str, str], Any] = {}

    @property
    def shop(self) -> Place:
        return self.places["shop"]

    @property
    def vendor(self) -> Place:
        return self.places["vendor"]

    @property
    def rival(self) -> Place:
        return self.places["rival"]

    def without_oneself(self, who: str, page: str) -> str:
        """A page without the name and the address of its reader, in lower case."""
        user = self.users[who]
        return page.replace(user.name, "").replace(user.email, "").lower()

    def place_of(self, who: str) -> Place | None:
        """Where somebody of the cast acts."""
        member = self.members.get(who)
        return next((one for one in self.places.values() if member and one.organisation == member.organisation), None)

    def sign_everybody_in(self) -> None:
        """A session for each, as after a first page: it names whom they act for, and the password is fresh."""
        for who, user in self.users.items():
            if user is not None:
                self.sessions[who] = self.session_of(user, self.members.get(who))
        for who, second in self.seconds.items():
            self.elsewhere[who] = self.session_of(second.user, second)

    def session_of(self, user: Any, acting: Membership | None = None) -> str:
        client = Client()
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(user.pk)
        if acting is not None:
            session["acting"] = acting.pk
        session.save()
        return session.session_key

    def _second(self, first: Membership) -> Membership:
        organisation = OrganisationFactory(kind=first.organisation.kind, name="The Other One", country="GB")
        second = MembershipFactory(
            organisation=organisation, user=first.user, phone=SECOND_MARK, roles=[organisation.head]
        )
        colleague = MembershipFactory(
            organisation=organisation, user__name=f"Colleague {SECOND_MARK}", roles=[organisation.head]
        )
        organisation.closed_days.create(day=DAY, name=SECOND_MARK)
        Absence.objects.create(membership=second, starts_on=DAY, ends_on=DAY, stand_in=colleague)
        return second

    def _place(self, name: str, kind: str, cast: dict[str, Role]) -> Place:
        mark = MARKS[name]
        organisation = OrganisationFactory(
            kind=kind, name=f"{mark} Ltd", country="GB", time_zone="Europe/London", currency="GBP"
        )

        def join(who: str, role: Role) -> Membership:
            return MembershipFactory(
                organisation=organisation,
                user__name=f"{who.title()} {mark}",
                user__email=f"{who}@{mark.lower()}.example",
                roles=[role],
            )

        for who, role in cast.items():
            self.members[who] = join(who, role)
            self.users[who] = self.members[who].user
        head = self.members[next(iter(cast))]
        others = [self.members[who] for who in list(cast)[1:]]
        others += [join(f"extra{number}", Role.of_kind(kind)[-1]) for number in range(3 - len(others))]
        invitation = actions.invite(
            organisation,
            email=f"asked@{mark.lower()}.example",
            name=f"Asked {mark}",
            roles=[Role.of_kind(kind)[-1]],
            by=head,
            at=self.at,
        )
        return Place(
            mark=mark.lower(),
            organisation=organisation,
            head=head,
            member=others[0],
            successor=others[1],
            spare=others[2],
            asked=invitation.membership,
            invitation=invitation,
            token=actions.token_of(invitation),
            closed_day=organisation.closed_days.create(day=DAY, name=f"Party of {mark}"),
            absence=Absence.objects.create(membership=head, starts_on=DAY, ends_on=DAY, stand_in=others[1]),
        )
