"""Whoever was asked by a signed link is reminded once, after five working days; then whoever asked is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.models import Role
from outsourcing.notifications.ladders.people import Calendars, Person, Roster, rows
from outsourcing.notifications.ladders.rules import Category, Kind, Letter, Rule, Standing, Step, To
from vendors.directory.enquiries import links
from vendors.directory.enquiries.asking import ENQUIRY
from vendors.directory.enquiries.mails import SEES
from vendors.directory.enquiries.waiting import page_about
from vendors.directory.models import Enquiry

AFTER = 5
ENQUIRIES = """
SELECT e.id, e.purpose, e.asker_id, e.asked_by_id, e.email, e.name, e.secret, e.created_at, e.expires_at,
    e.answered_at, e.declined_at, e.revoked_at, coalesce(e.reference_id, e.testimonial_id, e.partner_id), o.name
FROM directory_enquiry e
LEFT JOIN directory_reference r ON r.id = e.reference_id LEFT JOIN directory_testimonial t ON t.id = e.testimonial_id
LEFT JOIN directory_partner p ON p.id = e.partner_id
JOIN directory_vendor v ON v.id = coalesce(r.vendor_id, t.vendor_id, p.vendor_id)
JOIN accounts_organisation o ON o.id = v.organisation_id WHERE e.id = ANY(%(keys)s)
"""


@dataclass(slots=True)
class Question:
    """An enquiry, and the vendor that it is about."""

    pk: int
    purpose: str
    asker: int
    by: int
    email: str
    name: str
    secret: str
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    declined_at: datetime | None
    revoked_at: datetime | None
    subject: int
    vendor: str

    @property
    def link(self) -> str:
        return links.address_of(Enquiry(pk=self.pk, purpose=self.purpose, secret=self.secret))


class Unanswered(Rule):
    """Nobody has answered a signed link."""

    key, category, is_editable = ENQUIRY, Category.EVIDENCE, False
    readers: ClassVar[Sequence[Role]] = (Role.OWNER, Role.BUYER)
    label = gettext_lazy("References and confirmations")
    about = gettext_lazy("Somebody was asked by a link and has not answered.")
    steps: ClassVar[Sequence[Step]] = (
        Step(gettext_lazy("Reminder to whom you asked"), (AFTER, AFTER, AFTER)),
        Step(gettext_lazy("You are told"), (2 * AFTER, 2 * AFTER, 2 * AFTER)),
    )

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        found = [Question(*row) for row in rows(ENQUIRIES, keys=list(subjects))]
        calendars.read({one.asker for one in found})
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
        zone = calendars.zone(one.asker)
        return Standing(
            one.pk, one.asker, None, "1", one.created_at.astimezone(zone).date(), zone, calendars.of(one.asker),
            _("A question about %(vendor)s to %(person)s") % {"vendor": one.vendor, "person": one.name or one.email},
            page_about(one.purpose, one.subject), row=one,
        )  # fmt: skip

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        open_ones = Enquiry.objects.unanswered().filter(pk__gt=after, expires_at__gt=at)
        return list(open_ones.order_by("pk").values_list("pk", flat=True)[:most])

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        one: Question = standing.row
        yield To([one.by], Kind.KNOW, one.asker) if step else To(address=one.email)

    def may_read(self, reader: Person, standing: Standing) -> bool:
        return reader.organisation == standing.organisation and reader.has_role(*SEES)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        one: Question = standing.row
        said = {"person": one.name or one.email, "vendor": one.vendor}
        return (_("No answer about %(vendor)s: %(person)s") if step else _("A question about %(vendor)s")) % said

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        one: Question = standing.row
        said = {
            "person": one.name or one.email, "vendor": one.vendor, "shop": roster.places[one.asker].name,
            "day": date_format(one.expires_at.astimezone(standing.zone), "j F"),
        }  # fmt: skip
        title = self.title(standing, step, kind)
        if step:
            once = _("%(person)s has not answered, and was reminded once. No more is sent: call, or ask another.")
            never = _("%(person)s has not answered, and no reminder has gone. No more is sent: call, or ask another.")
            words = [(once if standing.reminded else never) % said]
            return Letter(title, title, words, (), _("Look at it"), standing.url)
        words = [
            _("%(shop)s asked you about %(vendor)s some days ago. Two minutes are enough.") % said,
            _("The link is for you alone and works until %(day)s. You may also say that you would rather not.") % said,
        ]
        clears = _("Answering or saying no ends this; it is the only reminder.")
        return Letter(title, title, words, (), _("Answer"), one.link, (), clears)
