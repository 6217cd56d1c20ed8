"""What would happen to the vendors if a batch of rows came in: nothing is written here.

The preview adds these steps up; `writing` carries them out.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Membership, Organisation, Role
from vendors.directory.imports.matching import matches
from vendors.directory.imports.reading import clean
from vendors.directory.imports.rows import Problem, Wanted
from vendors.directory.models import Capability, Contact, Note, Relationship, Site, Tagging, Vendor

FROM_TO = (("orders_from", "orders_to"), ("price_from", "price_to"))


@dataclass(eq=False)
class Step:
    """A row and what it changes; `vendor` is None where it adds one.

    `is_kept` says that the profile belongs to the vendor itself: of such a row only what the merchant keeps for itself
    comes in.
    """

    wanted: Wanted
    vendor: Vendor | None = None
    is_kept: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    organisation: dict[str, Any] = field(default_factory=dict)
    site: Site | None = None
    capabilities: list[Capability] = field(default_factory=list)
    new_capabilities: dict[int, str] = field(default_factory=dict)
    member: Membership | None = None
    is_new_member: bool = False
    is_new_contact: bool = False
    is_new_relationship: bool = False
    status: str = ""
    tags: list[str] = field(default_factory=list)
    note: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def changes_profile(self) -> bool:
        parts = (self.values, self.organisation, self.site, self.capabilities, self.new_capabilities)
        return self.vendor is not None and any(map(bool, parts))

    @property
    def changes(self) -> bool:
        own = (self.member, self.is_new_contact, self.is_new_relationship, self.status, self.tags, self.note)
        return self.changes_profile or any(map(bool, own))

    @property
    def outcome(self) -> str:
        """`added`, `changed` or `unchanged`."""
        return "added" if self.vendor is None else "changed" if self.changes else "unchanged"


def plan(
    rows: Sequence[Wanted], merchant: Organisation, *, taken: dict[int, int], headings: dict[str, str]
) -> tuple[list[Step], list[Problem]]:
    """The steps of these rows, and the rows that are left out because an earlier one is about the same vendor.

    `taken` has the row of each vendor that an earlier one was about, and is added to. Eight queries, however many rows.
    """
    found = matches(rows, merchant)
    there = Standing(merchant, {pk for pk, _merged in found.values()})
    steps: list[Step] = []
    left_out: list[Problem] = []
    for at, wanted in enumerate(rows):
        pk, is_stand_in = found.get(at, (0, False))
        vendor = there.vendors.get(pk)
        if vendor is not None and taken.setdefault(pk, wanted.number) != wanted.number:
            words = _("It is the same vendor as in row %(row)s: this row is left out.") % {"row": taken[pk]}
            left_out.append(Problem(wanted.number, "", words, wanted.name))
            continue
        steps.append(there.step(wanted, vendor, is_stand_in=is_stand_in, headings=headings))
    return steps, left_out


class Standing:
    """What the database holds of some vendors, and of what the merchant keeps about them."""

    def __init__(self, merchant: Organisation, keys: Iterable[int]) -> None:
        self.merchant, pks = merchant, list(keys)
        self.vendors = Vendor.objects.select_related("organisation").in_bulk(pks)
        organisations = {vendor.organisation_id: vendor.pk for vendor in self.vendors.values()}
        self.sites = _by_vendor(Site.objects.filter(vendor__in=pks).order_by("position", "pk"))
        self.capabilities = _by_vendor(Capability.objects.filter(vendor__in=pks))
        own = {"vendor__in": pks, "merchant": merchant}
        self.stands = dict(Relationship.objects.filter(**own).values_list("vendor", "status"))
        self.notes = {(pk, clean(text)) for pk, text in Note.objects.filter(**own).values_list("vendor", "text")}
        tagged = Tagging.objects.filter(vendor__in=pks, tag__merchant=merchant)
        self.tags = set(tagged.values_list("vendor", Lower("tag__name")))
        self.members: dict[tuple[int, str], Membership] = {}
        self.joined: set[int] = set()
        for member in Membership.objects.filter(organisation__in=organisations):
            vendor = organisations[member.organisation_id]
            self.members[vendor, member.email] = member
            if member.user_id and member.left_at is None:
                self.joined.add(vendor)
        self.contacts = set(Contact.objects.filter(**own).values_list("membership", flat=True))

    def step(self, wanted: Wanted, vendor: Vendor | None, *, is_stand_in: bool, headings: dict[str, str]) -> Step:
        step = Step(wanted, vendor, tags=wanted.tags, note=wanted.note)
        self._status(step, vendor, headings)
        if vendor is None:
            return step
        step.is_kept = vendor.is_claimed or vendor.added_by_id != self.merchant.pk
        step.tags = [tag for tag in wanted.tags if (vendor.pk, tag.lower()) not in self.tags]
        step.note = "" if (vendor.pk, wanted.note) in self.notes else wanted.note
        if wanted.contact_email:
            self._contact(step, vendor, headings)
        # A list that says how one stands, and says nothing of this vendor, does not make it known either.
        step.is_new_relationship = vendor.pk not in self.stands and bool(wanted.status != "" or step.tags or step.note)
        if not step.is_kept and not is_stand_in:
            self._profile(step, vendor, headings)
        return step

    def _status(self, step: Step, vendor: Vendor | None, headings: dict[str, str]) -> None:
        """A block has a reason and is taken back on the vendor's page, hence not here."""
        now, wanted = self.stands.get(vendor.pk if vendor else 0, ""), step.wanted.status
        if not wanted or wanted == now:
            return
        if Relationship.Status.BLOCKED in (wanted, now):
            words = _("A block begins and ends on the vendor's page: this is left out.")
            step.problems.append(Problem(step.wanted.number, headings["status"], words, wanted))
        else:
            step.status = wanted

    def _profile(self, step: Step, vendor: Vendor, headings: dict[str, str]) -> None:
        wanted = step.wanted
        if wanted.name != " ".join(vendor.name.split()):
            step.organisation["name"] = wanted.name
        step.values = {name: value for name, value in wanted.values.items() if not _says(vendor, name, value)}
        for low, high in FROM_TO:
            least, most = (step.values.get(name, getattr(vendor, name)) for name in (low, high))
            if least is not None and most is not None and least > most:
                for name in (low, high):
                    if step.values.pop(name, None) is not None:
                        words = _("It does not fit the other figure that the vendor has already: it is left out.")
                        step.problems.append(Problem(wanted.number, headings[name], words, str(wanted.values[name])))
        if wanted.country:
            self._place(step, vendor)
        said = {one.value_id: one for one in self.capabilities[vendor.pk]}
        for value, how in wanted.capabilities.items():
            if value not in said:
                step.new_capabilities[value] = how
            elif how and said[value].how != how:
                said[value].how = how
                step.capabilities.append(said[value])

    def _place(self, step: Step, vendor: Vendor) -> None:
        """A vendor without a site is where its country says; else one of its sites is the row's, or the first moves."""
        wanted, sites = step.wanted, self.sites[vendor.pk]
        if not sites:
            if str(vendor.organisation.country or "") != wanted.country:
                step.organisation["country"] = wanted.country
            if wanted.city or wanted.region:
                step.site = Site(vendor=vendor, country=wanted.country, region=wanted.region, city=wanted.city)
        elif not any(_is_there(site, wanted) for site in sites):
            site = sites[0]
            site.region = wanted.region or ("" if str(site.country) != wanted.country else site.region)
            site.country, site.city = wanted.country, wanted.city or site.city
            step.site = site

    def _contact(self, step: Step, vendor: Vendor, headings: dict[str, str]) -> None:
        """Whom the merchant turns to there; once somebody of the vendor has joined, they say who is who."""
        wanted = step.wanted
        member = self.members.get((vendor.pk, wanted.contact_email))
        step.is_new_contact = member is None or member.pk not in self.contacts
        if step.is_kept or vendor.pk in self.joined:
            if step.is_new_contact:
                step.is_new_contact = False
                words = _("%(vendor)s keeps its own contacts: this one is left out.") % {"vendor": vendor}
                step.problems.append(Problem(wanted.number, headings["contact_email"], words, wanted.contact_email))
        elif member is None:
            step.member, step.is_new_member = contact_of(vendor.organisation, wanted), True
        else:
            said = {"name": wanted.contact_name or member.name, "phone": wanted.phone or member.phone, "left_at": None}
            changed = any(getattr(member, name) != value for name, value in said.items())
            for name, value in said.items():
                setattr(member, name, value)
            step.member = member if changed or step.is_new_contact else None


def contact_of(organisation: Organisation, wanted: Wanted) -> Membership:
    """A place of the vendor's without a user."""
    about = {"email": wanted.contact_email, "name": wanted.contact_name, "phone": wanted.phone}
    return Membership(organisation=organisation, roles=[Role.CONTACT], **about)


def _says(vendor: Vendor, name: str, value: Any) -> bool:
    """Whether the vendor's field says so already; the space that a file does not keep aside."""
    now = getattr(vendor, name)
    if isinstance(now, str):
        now = clean(now) if name == "description" else " ".join(clean(now).split())
    return bool(now == value)


def _is_there(site: Site, wanted: Wanted) -> bool:
    same = str(site.country) == wanted.country
    same &= not wanted.region or site.region == wanted.region
    return same and (not wanted.city or site.city == wanted.city)


def _by_vendor(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.vendor_id].append(row)
    return grouped
