"""Reminds of invitations: whoever was asked in once more, then whoever asked is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.actions import token_of
from outsourcing.accounts.models import Invitation, Membership
from outsourcing.notifications.ladders import planning
from outsourcing.notifications.ladders.people import Calendars, Person, Roster, rows
from outsourcing.notifications.ladders.rules import Category, Kind, Letter, Rule, Standing, Step, To

INVITATION = "invitation"
#: For so long after it ended whoever asked can still be told.
TOLD_FOR = timedelta(days=14)
INVITATIONS = """
SELECT i.id, i.created_at, i.expires_at, i.used_at, i.revoked_at, i.invited_by_id, b.organisation_id, m.organisation_id,
    m.email, coalesce(nullif(m.name, ''), m.email), m.left_at IS NOT NULL, i.secret
FROM accounts_invitation i JOIN accounts_membership m ON m.id = i.membership_id
JOIN accounts_membership b ON b.id = i.invited_by_id WHERE i.id = ANY(%(keys)s)
"""


@dataclass(slots=True)
class Asked:
    """An invitation with who was asked by whom to where."""

    pk: int
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    by: int
    asker: int
    place: int
    email: str
    name: str
    has_left: bool
    secret: str


class Invited(Rule):
    """Somebody was asked in and has not come."""

    key, category, is_editable = INVITATION, Category.EVIDENCE, False
    label = gettext_lazy("Invitations")
    about = gettext_lazy("Somebody was asked in and has not come.")
    steps: ClassVar[Sequence[Step]] = (
        Step(gettext_lazy("Reminder to whom you asked"), (5, 5, 5)),
        Step(gettext_lazy("You are told"), (6, 6, 6)),
    )

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        found = [Asked(*row) for row in rows(INVITATIONS, keys=list(subjects))]
        calendars.read({key for one in found for key in (one.asker, one.place)})
        return {one.pk: self._standing(one, calendars) for one in found}

    def _standing(self, one: Asked, calendars: Calendars) -> Standing | str:
        if one.used_at is not None:
            return _("They have come.")
        if one.revoked_at is not None or one.has_left:
            return _("It was taken back, or sent anew.")
        if calendars.at > one.expires_at + TOLD_FOR:
            return _("It has expired.")
        zone = calendars.zone(one.asker)
        return Standing(
            one.pk, one.asker, None, "1", one.created_at.astimezone(zone).date(), zone, calendars.of(one.asker),
            _("Invitation of %(person)s") % {"person": one.name}, reverse("accounts:members"),
            others=(one.place,), row=one,
        )  # fmt: skip

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        open_ones = Invitation.objects.filter(pk__gt=after, used_at=None, revoked_at=None, membership__left_at=None)
        open_ones = open_ones.filter(expires_at__gte=at - TOLD_FOR)
        return list(open_ones.order_by("pk").values_list("pk", flat=True)[:most])

    def moment(self, standing: Standing, step: int, delay: int) -> datetime | None:
        """The reminder comes while the link still works, a day before it ends at the latest; the word to the asker once
        it works no more."""
        one: Asked = standing.row
        if step:
            return one.expires_at
        when = super().moment(standing, step, delay)
        return min(when, one.expires_at - timedelta(days=1)) if when else None

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        one: Asked = standing.row
        yield To([one.by], Kind.KNOW, one.asker) if step else To(address=one.email)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        said = _("%(person)s has not come") if step else _("You were asked in: %(person)s")
        return said % {"person": standing.row.name}

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        one: Asked = standing.row
        said = {"asker": roster.places[one.asker].name, "place": roster.places[one.place].name, "person": one.name,
                "day": date_format(one.expires_at.astimezone(standing.zone), "j F")}  # fmt: skip
        if step:
            title = _("%(person)s has not come") % said
            words = [_("You asked %(person)s in. The link has ended unused: ask again, or ask somebody else.") % said]
            return Letter(title, title, words, (), _("See whom you asked"), standing.url, (), "")
        title = _("Your place at %(place)s still waits") % said
        words = [_("%(asker)s has asked you to take your place. The link works until %(day)s.") % said]
        url = settings.BASE_URL + reverse("accounts:join", args=[token_of(Invitation(pk=one.pk, secret=one.secret))])
        clears = _("Taking it up ends this; it is the only reminder.")
        return Letter(title, title, words, (), _("Look at it"), url, (), clears)


def follow_invitation(invitation: Invitation, token: str) -> None:
    """For accounts: somebody was asked in; earlier invitations to the same place are over."""
    same = Invitation.objects.filter(membership=invitation.membership_id).values_list("pk", flat=True)
    planning.follow(INVITATION, same, at=invitation.created_at)


def joined(member: Membership, at: datetime) -> None:
    """For accounts: somebody has come."""
    planning.follow(INVITATION, member.invitations.values_list("pk", flat=True), at=at)
