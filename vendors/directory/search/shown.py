"""A vendor's row in words."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from babel.numbers import format_currency
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from vendors.directory.models import Relationship
from vendors.directory.search.rows import Row

STRENGTHS = (
    gettext_lazy("No evidence yet"),
    gettext_lazy("Thin"),
    gettext_lazy("Some"),
    gettext_lazy("Fair"),
    gettext_lazy("Good"),
    gettext_lazy("Strong"),
)
MOST_SERVICES = 3


@dataclass(frozen=True)
class ShownRow:
    """What stands in the columns of a vendor's row."""

    pk: int
    name: str
    about: str
    evidence: SafeString
    references: str
    others: str
    reply: str
    price: str
    mark: str
    is_blocked: bool
    is_private: bool
    tags: list[str]
    logo_id: int | None
    is_new: bool


def shown(row: Row, since: int = 0, reply: str = "") -> ShownRow:
    """The row as the page says it; `since` are seconds of the epoch after which it is new, 0 for never; `reply` says
    how fast the vendor answers the reader, empty where that is not known."""
    return ShownRow(
        pk=row.vendor_id,
        name=row.name,
        about=_about(row),
        evidence=evidence(row.strength),
        references=_references(row),
        others=_others(row.samples, row.certificates, row.testimonials),
        reply=reply,
        price=_price(row.price_from, row.price_to, row.currency),
        mark=_mark(row.status),
        is_blocked=row.status == Relationship.Status.BLOCKED,
        is_private=row.is_private,
        tags=row.tags,
        logo_id=row.logo_id,
        is_new=0 < since < int(row.listed_at.timestamp()),
    )


@cache
def evidence(strength: int) -> SafeString:
    """Five ticks and the word for so many of them."""
    ticks = format_html_join(
        "",
        '<rect{} x="{}" y="{}" width="7" height="{}" rx="1.5"/>',
        ((SafeString(' class="on"' if at < strength else ""), 11 * at, 9 - 2 * at, 5 + 2 * at) for at in range(5)),
    )
    drawn = format_html('<svg class="strength" viewBox="0 0 52 14" aria-hidden="true">{}</svg>', ticks)
    return format_html('<span class="nowrap">{} {}</span>', drawn, STRENGTHS[strength])


def _about(row: Row) -> str:
    place = ", ".join(filter(None, [row.city, _country(row.country)]))
    services = ", ".join(row.services[:MOST_SERVICES])
    if more := len(row.services[MOST_SERVICES:]):
        services = _("%(services)s and %(more)d more") % {"services": services, "more": more}
    return " · ".join(filter(None, [place, services or row.tagline]))


def _references(row: Row) -> str:
    if not row.asked and not row.verified:
        return _("No reference asked yet")
    return ngettext(
        "%(verified)d of %(asked)d reference verified", "%(verified)d of %(asked)d references verified", row.asked
    ) % {"verified": row.verified, "asked": max(row.asked, row.verified)}


@lru_cache(maxsize=2_000)
def _others(samples: int, certificates: int, testimonials: int) -> str:
    said = [
        ngettext("%d sample", "%d samples", samples) % samples if samples else "",
        ngettext("%d certificate", "%d certificates", certificates) % certificates if certificates else "",
    ]
    if not (samples or certificates) and testimonials:
        said = [ngettext("%d testimonial", "%d testimonials", testimonials) % testimonials]
    return ", ".join(filter(None, said))


@lru_cache(maxsize=5_000)
def _price(low: Decimal | None, high: Decimal | None, currency: str) -> str:
    if low is None and high is None:
        return ""
    least, most = (None if one is None else format_currency(one, currency, locale="en_GB") for one in (low, high))
    if low is None:
        return _("up to %(price)s") % {"price": most}
    if high is None:
        return _("from %(price)s") % {"price": least}
    if low == high:
        return str(least)
    plain = format_currency(high, currency, format="#,##0.00", locale="en_GB")
    return f"{least}\N{EN DASH}{plain}"


@cache
def _country(code: str) -> str:
    return str(countries.name(code)) if code else ""


def _mark(status: str) -> str:
    return "" if status in ("", Relationship.Status.PROSPECT) else str(Relationship.Status(status).label)
