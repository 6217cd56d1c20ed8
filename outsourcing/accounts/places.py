"""Currencies in use, and the regions of countries whose holidays differ; facts kept by Babel and by holidays."""

from functools import cache

import holidays
from babel.core import get_global
from babel.numbers import get_currency_name

LOCALE = "en_GB"


@cache
def currencies() -> list[tuple[str, str]]:
    """Code and "code, name" of every currency that is legal tender somewhere today, by code."""
    in_use = {
        code
        for periods in get_global("territory_currencies").values()
        for code, _start, end, is_tender in periods
        if end is None and is_tender
    }
    return [(code, f"{code}, {get_currency_name(code, locale=LOCALE)}") for code in sorted(in_use)]


@cache
def regions(country: str) -> frozenset[str]:
    """The codes of the country's regions that have holidays of their own; none for most countries."""
    return frozenset(holidays.list_supported_countries().get(country, []))
