"""Who changed what about a profile, as its own people read it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.core.paginator import Page
from django.db.models import Min, Q
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from outsourcing.accounts.history import Change, Source, page_of_sources, told
from outsourcing.accounts.models import Membership, User
from vendors.directory.models import Facet, How, Vendor

LONGEST = 300
#: The fields that are told word by word.
SAID = {
    "tagline": gettext_lazy("in one sentence"),
    "description": gettext_lazy("description"),
    "website": gettext_lazy("web site"),
    "links": gettext_lazy("links"),
    "founded": gettext_lazy("founded in"),
    "people": gettext_lazy("people"),
    "orders_from": gettext_lazy("orders a month from"),
    "orders_to": gettext_lazy("orders a month up to"),
    "price_from": gettext_lazy("price an order from"),
    "price_to": gettext_lazy("price an order up to"),
    "minimum": gettext_lazy("least a month"),
    "contract_months": gettext_lazy("contract in months"),
    "notice_days": gettext_lazy("notice in days"),
    "cut_off": gettext_lazy("same-day cut-off"),
    "hours": gettext_lazy("hours"),
}
#: What happened where an instant or a key is set, and where it is taken away.
HAPPENED = {
    "claimed_at": (gettext_lazy("the profile became your own"), gettext_lazy("the profile is no longer your own")),
    "published_at": (gettext_lazy("published"), gettext_lazy("taken back")),
    "withheld_at": (gettext_lazy("taken out of the directory by us"), gettext_lazy("let back into the directory")),
    "proven_at": (gettext_lazy("known to be you"), gettext_lazy("no longer known to be you")),
    "logo_id": (gettext_lazy("new logo"), gettext_lazy("logo taken away")),
    "merged_into_id": (gettext_lazy("joined with another profile"), gettext_lazy("separated again")),
}
OF_A_SITE = {
    "country": gettext_lazy("country"),
    "region": gettext_lazy("region"),
    "city": gettext_lazy("town"),
    "about": gettext_lazy("about it"),
    "position": gettext_lazy("place in the list"),
}
NAMED = {"name": gettext_lazy("name"), "country": gettext_lazy("country")}
NEVER = datetime.max.replace(tzinfo=UTC)


def page_of(vendor: Vendor, number: str) -> Page[Change]:
    """One page of a profile's changes, newest first. Twelve queries, however many changes there are.

    It begins when the profile became its people's own: what a merchant wrote before that is the merchant's. Whoever is
    not of the vendor has no name here.
    """
    events: Any = apps.get_model("directory.VendorEvent")._default_manager
    own = events.filter(pgh_obj_id=vendor.pk, claimed_at__isnull=False)
    since = Q(pgh_created_at__gte=own.aggregate(first=Min("pgh_created_at"))["first"] or NEVER)
    people = User.objects.filter(
        pk__in=Membership.objects.filter(organisation=vendor.organisation_id, user__isnull=False).values("user")
    )
    of_it = Q(vendor_id=vendor.pk) & since
    of_owner = Q(pgh_obj_id=vendor.organisation_id) & since
    page = page_of_sources(
        [
            Source("directory.VendorEvent", Q(pgh_obj_id=vendor.pk) & since, _profile, _of_profile),
            Source("directory.SiteEvent", of_it, _site, _of_site),
            Source("directory.CapabilityEvent", of_it, _facet, _of_value, ("value",)),
            Source("accounts.OrganisationEvent", of_owner, _profile, _of_organisation),
        ],
        number,
        people=people,
        stranger=_("somebody outside"),
    )
    page.object_list = gathered(list(page.object_list))
    return page


def gathered(changes: list[Change]) -> list[Change]:
    """What one person did to one thing at one moment, as one change, oldest line first; what says nothing is out."""
    found: dict[tuple[datetime, str, str], Change] = {}
    for change in changes:
        key = change.at, change.by, change.about
        if change.lines:
            found.setdefault(key, Change(*key, [], change.url)).lines[:0] = change.lines
    return list(found.values())


def _profile(event: Any) -> str:
    return _("Profile")


def _of_profile(event: Any) -> Iterator[str]:
    if event.before is None:
        yield _("began")
        return
    for name, (now, no_more) in HAPPENED.items():
        if getattr(event.before, name) != getattr(event, name):
            yield str(now if getattr(event, name) else no_more)
    yield from told(event, SAID, _shown)


def _of_organisation(event: Any) -> Iterator[str]:
    if event.before is not None:
        yield from told(event, NAMED, _shown)


def _site(event: Any) -> str:
    return _("Site %(city)s") % {"city": event.city or countries.name(str(event.country))}


def _of_site(event: Any) -> Iterator[str]:
    if event.pgh_label == "delete":
        yield _("taken out")
    elif event.before is None:
        yield _("added")
    else:
        yield from told(event, OF_A_SITE, _shown)


def _facet(event: Any) -> str:
    return str(Facet(event.value.facet).label)


def _of_value(event: Any) -> Iterator[str]:
    name = f"{event.value}, {How(event.how).label.lower()}" if event.how else str(event.value)
    if event.pgh_label == "delete":
        yield _("taken out: %(value)s") % {"value": event.value}
    elif event.before is None:
        yield _("added: %(value)s") % {"value": name}
    elif event.before.how != event.how:
        yield _("now: %(value)s") % {"value": name}


def _shown(event: Any, field: str) -> str:
    value = getattr(event, field)
    if field == "links":
        value = ", ".join(value)
    if field == "country":
        value = countries.name(str(value))
    if field == "cut_off" and value is not None:
        value = date_format(value, "H:i")
    if field == "position":
        value += 1
    text = "" if value is None else str(value)
    return Truncator(text).chars(LONGEST) or _("nothing")
