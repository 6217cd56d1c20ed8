"""A contract as plain text: what both sides read before one accepts, and what its digest is made of."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.numbers import format_currency
from django.utils import dateformat
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from milestones.models import Contract, Milestone

#: What an amendment may change, each with what it is called.
AMENDABLE = (
    "title", "scope", "pricing", "value", "rate_unit", "currency", "starts_on", "ends_on", "renews_on", "notice_days",
    "review_days", "rework_days", "silence_accepts",
)  # fmt: skip


def money(amount: Decimal | None, currency: str) -> str:
    """An amount as people write it; nothing for nothing."""
    return "" if amount is None else _money(amount, currency, to_locale(get_language() or "en-gb"))


@lru_cache(maxsize=4096)
def _money(amount: Decimal, currency: str, locale: str) -> str:
    """Kept once written: a page shows hundreds, many of them alike."""
    whole = amount == amount.to_integral_value()
    return str(format_currency(amount, currency, locale=locale, format="¤#,##0" if whole else None,
                               currency_digits=not whole))  # fmt: skip


def price_of(contract: Contract) -> str:
    """What it costs, in words: "£18,400", "£1,240 a month", "£2.15 for one order"."""
    if contract.value is None:
        return _("not agreed")
    amount = money(contract.value, contract.currency)
    if contract.pricing == Contract.Pricing.MONTHLY:
        return _("%(amount)s a month") % {"amount": amount}
    if contract.pricing == Contract.Pricing.RATE:
        return _("%(amount)s for one %(unit)s") % {"amount": amount, "unit": contract.rate_unit}
    return amount


def day(on: date | None) -> str:
    return dateformat.format(on, "j F Y") if on else _("open")


def text_of(contract: Contract, milestones: Iterable[Milestone]) -> str:
    """The whole text; the milestones come with their criteria, and in order."""
    lines = [
        contract.title,
        "",
        _("Merchant: %(name)s") % {"name": contract.merchant},
        _("Vendor: %(name)s") % {"name": contract.vendor},
        _("From %(start)s to %(end)s, dates in %(zone)s")
        % {"start": day(contract.starts_on), "end": day(contract.ends_on), "zone": contract.time_zone},
        _("Price: %(price)s") % {"price": price_of(contract)},
    ]
    if contract.renews_on:
        lines.append(_("Renews by itself on %(day)s") % {"day": day(contract.renews_on)})
    if contract.notice_days is not None:
        lines.append(_("Notice: %(days)s days") % {"days": contract.notice_days})
    lines += [
        _("The merchant judges what is handed in within %(days)s working days.") % {"days": contract.review_days},
        _("What is sent back is put right within %(days)s working days.") % {"days": contract.rework_days},
    ]
    if contract.silence_accepts:
        lines.append(_("Without a decision within 14 days, what was handed in is accepted."))
    if contract.scope:
        lines += ["", _("What the vendor does"), contract.scope]
    if measures := list(contract.measures.filter(is_agreed=True)):
        lines += ["", _("What is measured"), *(f"- {one.name}: {one.target}" for one in measures)]
    for number, one in enumerate(milestones, start=1):
        lines += ["", *_milestone(number, one, contract.currency)]
    return "\n".join(lines)


def _milestone(number: int, one: Milestone, currency: str) -> list[str]:
    head = _("%(number)s. %(title)s, due %(day)s") % {"number": number, "title": one.title, "day": day(one.current_due)}
    if one.amount is not None:
        head = _("%(head)s, pays %(amount)s") % {"head": head, "amount": money(one.amount, currency)}
    return [head, *([one.description] if one.description else []), *(f"- {each.text}" for each in one.criteria.all())]


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a contract as JSON holds them: dates and amounts as text."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }


def typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same read back by the fields of the model."""
    fields = {field.name: field for field in Contract._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in values.items() if name in AMENDABLE}
