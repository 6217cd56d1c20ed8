"""Reminders that have come and wait for their mail: what they are, and keeping one back until somebody lets it go."""

from django.db.models import F, Q
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership
from outsourcing.notifications.errors import NothingAhead
from outsourcing.notifications.models import Notice
from outsourcing.notifications.models.ladders import NoticeQuerySet, readable

State = Notice.State
#: Held by a person, who stands in the reason; what a storm holds back has none.
BY_HAND = Q(state=State.HELD) & ~Q(why="")


def of_organisation(acting: Membership) -> NoticeQuerySet:
    """Those of the ladders that one's organisation runs and one's roles may see, which wait for a mail or are held by
    hand, and are still owed."""
    ours = Notice.objects.filter(
        organisation=acting.organisation_id,
        rung__ladder__organisation=acting.organisation_id,
        rung__ladder__rule__in=readable(acting),
        rung__ladder__ended_at=None,
        rung__epoch=F("rung__ladder__epoch"),
    )
    return ours.filter(Q(state=State.WAITING) | BY_HAND)


def hold(notice: Notice, *, by: Membership) -> None:
    """Keep it out of its mail until somebody lets it go. Raises NothingAhead where it has gone."""
    why = _("Held by %(person)s.") % {"person": by.label}
    rows = Notice.objects.filter(pk=notice.pk, state=State.WAITING)
    if not rows.update(state=State.HELD, mail=None, why=why[:300]):
        raise NothingAhead(_("It has gone, or is not wanted any more: reload the page."))


def let_go(notice: Notice) -> None:
    """It goes with the next mail that takes it, if it is owed then. Raises NothingAhead."""
    if not Notice.objects.filter(BY_HAND, pk=notice.pk).update(state=State.WAITING, why=""):
        raise NothingAhead(_("It is not held any more: reload the page."))
