"""Whoever was asked what they think is reminded once, after five working days; then whoever asked is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.notifications.ladders.people import Calendars, Person, Roster, rows
from outsourcing.notifications.ladders.rules import Category, Kind, Letter, Rule, Standing, Step, To
from vendors.needs.keeping import RATERS
from vendors.needs.models import Ask
from vendors.needs.peers import links
from vendors.needs.peers.asking import PEER

AFTER = 5
ASKS = """
SELECT a.id, p.merchant_id, a.asked_by_id, p.email, p.name, a.secret, a.created_at, a.expires_at, a.answered_at,
    a.declined_at, a.revoked_at
FROM needs_ask a JOIN needs_peer p ON p.id = a.peer_id WHERE a.id = ANY(%(keys)s)
"""


@dataclass(slots=True)
class Question:
    """What somebody was asked about the shop's jobs."""

    pk: int
    shop: int
    by: int
    email: str
    name: str
    secret: str
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    declined_at: datetime | None
    revoked_at: datetime | None

    @property
    def person(self) -> str:
        return self.name or self.email


class PeerSilent(Rule):
    """Somebody was asked what they think of the shop's jobs, and has not said."""

    key, category, is_editable = PEER, Category.EVIDENCE, False
    label = gettext_lazy("What others think of your jobs")
    about = gettext_lazy("Somebody who knows you was asked by a link and has not answered.")
    steps: ClassVar[Sequence[Step]] = (
        Step(gettext_lazy("Reminder to whom you asked"), (AFTER, AFTER, AFTER)),
        Step(gettext_lazy("You are told"), (2 * AFTER, 2 * AFTER, 2 * AFTER)),
    )

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        found = [Question(*row) for row in rows(ASKS, keys=list(subjects))]
        calendars.read({one.shop for one in found})
        return {one.pk: self._standing(one, calendars) for one in found}

    def _standing(self, one: Question, calendars: Calendars) -> Standing | str:
        if one.answered_at is not None:
            return _("It was answered.")
        if one.declined_at is not None:
            return _("They would rather not.")
        if one.revoked_at is not None:
            return _("It was taken back, or asked anew.")
        if one.expires_at <= calendars.at:
            return _("The link has expired.")
        zone = calendars.zone(one.shop)
        title = _("What %(person)s thinks of your jobs") % {"person": one.person}
        asked = one.created_at.astimezone(zone).date()
        return Standing(
            one.pk, one.shop, None, "1", asked, zone, calendars.of(one.shop), title, reverse("needs:peers"), row=one
        )

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        open_ones = Ask.objects.unanswered().filter(pk__gt=after, expires_at__gt=at)
        return list(open_ones.order_by("pk").values_list("pk", flat=True)[:most])

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        one: Question = standing.row
        yield To([one.by], Kind.KNOW, one.shop) if step else To(address=one.email)

    def may_read(self, reader: Person, standing: Standing) -> bool:
        return reader.organisation == standing.organisation and reader.has_role(*RATERS)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        one: Question = standing.row
        if step:
            return _("No answer about your jobs: %(person)s") % {"person": one.person}
        return _("What are we good at, in your eyes?")

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        one: Question = standing.row
        said = {
            "person": one.person,
            "shop": roster.places[one.shop].name,
            "day": date_format(one.expires_at.astimezone(standing.zone), "j F"),
        }
        title = self.title(standing, step, kind)
        if step:
            once = _("%(person)s has not said what they think, and was reminded once. No more is sent.")
            never = _("%(person)s has not said what they think, and no reminder has gone. No more is sent.")
            words = [
                (once if standing.reminded else never) % said,
                _("Ring them, or ask somebody else: two answers are needed to count."),
            ]
            return Letter(title, title, words, (), _("See whom you asked"), standing.url)
        words = [
            _("%(shop)s asked you some days ago what it is good at. Two minutes are enough, on a phone too.") % said,
            _("The link is for you alone and works until %(day)s. You may also say that you would rather not.") % said,
        ]
        link = links.address_of(Ask(pk=one.pk, secret=one.secret))
        clears = _("Answering or saying no ends this; it is the only reminder.")
        return Letter(title, title, words, (), _("Say what you think"), link, (), clears)
