"""Certificates end in the open: 90, 30 and 7 days before, the vendor hears of it, and the merchants that know it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, cast

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outsourcing.accounts.models import Role
from outsourcing.notifications.ladders.people import Calendars, Person, Roster, rows
from outsourcing.notifications.ladders.rules import Category, Kind, Letter, Rule, Standing, Step, To, Unit
from vendors.directory.evidence.actions import CERTIFICATE
from vendors.directory.evidence.notices import not_replaced
from vendors.directory.models import Certificate

CERTIFICATES = """
SELECT c.id, c.name, c.expires_on, c.merchant_id, v.id, v.organisation_id, o.name, c.removed_at IS NOT NULL,
    v.merged_into_id IS NOT NULL,
    ARRAY(SELECT r.merchant_id FROM directory_relationship r WHERE r.vendor_id = v.id
        AND r.status IN ('active', 'prospect') AND (c.merchant_id IS NULL OR r.merchant_id = c.merchant_id)
        ORDER BY r.merchant_id)
FROM directory_certificate c JOIN directory_vendor v ON v.id = c.vendor_id
JOIN accounts_organisation o ON o.id = v.organisation_id WHERE c.id = ANY(%(keys)s)
"""


@dataclass(slots=True)
class Paper:
    """A certificate, its vendor, and the merchants that know it."""

    pk: int
    name: str
    expires_on: date | None
    merchant: int | None
    vendor: int
    place: int
    vendor_name: str
    is_removed: bool
    is_merged: bool
    known_to: Sequence[int]


class CertificateEnds(Rule):
    """A certificate is about to end."""

    key, category, is_editable = CERTIFICATE, Category.EVIDENCE, False
    readers: ClassVar[Sequence[Role]] = (Role.OWNER, Role.BUYER)
    label = gettext_lazy("Certificates")
    about = gettext_lazy("A certificate is about to end.")
    steps: ClassVar[Sequence[Step]] = (
        Step(gettext_lazy("90 days before"), (-90, -90, -90), Unit.DAYS),
        Step(gettext_lazy("30 days before"), (-30, -30, -30), Unit.DAYS),
        Step(gettext_lazy("7 days before"), (-7, -7, -7), Unit.DAYS),
    )

    def standings(self, subjects: Sequence[int], calendars: Calendars) -> dict[int, Standing | str]:
        found = [Paper(*row) for row in rows(CERTIFICATES, keys=list(subjects))]
        current = set(
            not_replaced(cast("QuerySet[Certificate]", Certificate.objects.filter(pk__in=subjects))).values_list(
                "pk", flat=True
            )
        )
        calendars.read({one.place for one in found})
        return {one.pk: self._standing(one, one.pk in current, calendars) for one in found}

    def _standing(self, one: Paper, is_current: bool, calendars: Calendars) -> Standing | str:
        if one.is_removed or one.is_merged:
            return _("It was taken back.")
        if one.expires_on is None:
            return _("It does not end.")
        if not is_current:
            return _("A newer one is there.")
        owner = one.merchant or one.place
        if one.expires_on < calendars.at.astimezone(calendars.zone(one.place)).date():
            return _("It has ended.")
        return Standing(
            one.pk, owner, one.place, str(one.expires_on), one.expires_on, calendars.zone(one.place),
            calendars.of(one.place), one.name,
            reverse("directory:vendor", args=[one.vendor]) + "?show=certificates", others=one.known_to, is_apart=True,
            row=one,
        )  # fmt: skip

    def subjects(self, after: int, most: int, at: datetime) -> Sequence[int]:
        today = at.date() - timedelta(days=1)  # wherever it is earliest; each is looked at in its own zone
        papers = Certificate.objects.filter(pk__gt=after, removed_at=None, expires_on__gte=today)
        current = not_replaced(cast("QuerySet[Certificate]", papers.filter(vendor__merged_into=None)))
        return list(current.order_by("pk").values_list("pk", flat=True)[:most])

    def to(self, standing: Standing, step: int) -> Iterable[To]:
        one: Paper = standing.row
        if one.merchant is None:
            yield To([], Kind.ACT, one.place, roles=(Role.MANAGER,), again=True)
        for merchant in one.known_to:
            yield To([], Kind.KNOW, merchant, roles=(Role.BUYER,))

    def may_read(self, reader: Person, standing: Standing) -> bool:
        one: Paper = standing.row
        if reader.organisation == one.place:
            return one.merchant is None and reader.has_role(Role.MANAGER)
        return reader.organisation in one.known_to and reader.has_role(Role.OWNER, Role.BUYER)

    def title(self, standing: Standing, step: int, kind: Kind) -> str:
        one: Paper = standing.row
        said = {"certificate": one.name, "vendor": one.vendor_name}
        if kind == Kind.ACT:
            return _("Your %(certificate)s is about to end") % said
        return _("%(certificate)s of %(vendor)s is about to end") % said

    def letter(self, standing: Standing, step: int, kind: Kind, reader: Person | None, roster: Roster) -> Letter:
        one: Paper = standing.row
        title = self.title(standing, step, kind)
        said = {"certificate": one.name, "vendor": one.vendor_name, "day": date_format(standing.due, "j F Y")}
        if kind == Kind.ACT:
            words = [_("“%(certificate)s” is valid until %(day)s. Shops see it struck through after that.") % said]
            path = reverse("directory:add_evidence", args=[one.vendor, "certificates"])
            return Letter(title, title, words, (), _("Add the new one"), path, (), _("Adding the new one ends this."))
        words = [_("“%(certificate)s” of %(vendor)s is valid until %(day)s. Ask for the new one.") % said]
        return Letter(title, title, words, (), _("Look at it"), standing.url, (), _("A newer one ends this."))
