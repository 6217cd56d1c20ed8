"""What the text of a cell means, field by field. Whatever is wrong is a Bad with a sentence that says what to do."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_countries import countries

from outsourcing.accounts.forms import one_line
from vendors.directory.imports.columns import normal
from vendors.directory.models import Facet, FacetValue, How, Relationship
from vendors.directory.models.profiles import web_address

#: Which field names values of which facet.
FACETS = {
    "services": Facet.SERVICE,
    "integrations": Facet.INTEGRATION,
    "handling": Facet.HANDLING,
    "ships_to": Facet.SHIPS_TO,
    "languages": Facet.LANGUAGE,
}
MOST_VALUES = 300
#: What people call countries beside their names.
CALLED = {
    "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "usa": "US", "america": "US", "united states": "US", "holland": "NL",
    "the netherlands": "NL", "czech republic": "CZ", "south korea": "KR", "korea": "KR", "russia": "RU",
    "vietnam": "VN", "taiwan": "TW", "turkey": "TR", "uae": "AE", "republic of ireland": "IE", "bolivia": "BO",
    "venezuela": "VE", "iran": "IR", "moldova": "MD", "tanzania": "TZ", "hong kong sar": "HK", "macau": "MO",
}  # fmt: skip
SIGNS = {"£": ("GBP",), "€": ("EUR",), "¥": ("JPY", "CNY"), "zł": ("PLN",)}
QUOTE = '"'
DOLLARS = ["AUD", "CAD", "HKD", "NZD", "SGD", "USD"]
GROUPED = r"\d{1,3}(?P<between>[.,' \u00a0\u202f\u2019])\d{3}(?:(?P=between)\d{3})*"
DECIMAL = rf"(?P<whole>{GROUPED}|\d+)(?P<point>[.,])(?P<rest>\d+)"
HOW = re.compile(r"^(.*?)\s*(?:\(([^()]*)\)|:\s*([\w ]+))$", re.DOTALL)
email_address = EmailValidator()


class Bad(Exception):
    """A cell that cannot be understood."""


def line(text: str, most: int) -> str:
    """Words on one line."""
    try:
        words = one_line(text)
    except ValidationError:
        raise Bad(_("It has nothing that can be seen.")) from None
    return within(words, most)


def within(text: str, most: int) -> str:
    """Text that is not longer than it may be."""
    if len(text) > most:
        raise Bad(_("It has %(length)s characters: at most %(most)s fit.") % {"length": len(text), "most": most})
    return text


def website(text: str) -> str:
    """A web address; https where nothing is said."""
    address = (
        text if "://" in text or text.lower().startswith(("javascript:", "data:", "mailto:")) else f"https://{text}"
    )
    try:
        web_address(address)
    except ValidationError:
        raise Bad(_("It is no web address: write it like https://example.com.")) from None
    return within(address, 500)


def email(text: str) -> str:
    """An address in lower case."""
    address = text.lower().removeprefix("mailto:")
    try:
        email_address(address)
    except ValidationError:
        raise Bad(_("It is no email address: write one like ann@example.com.")) from None
    return within(address, 254)


# ---- Numbers -------------------------------------------------------------------------------------------------------
def number(text: str) -> Decimal:
    """A number, with a point or a comma before decimals and whatever people put between thousands."""
    plain = text.strip().replace("\u2212", "-")
    if re.fullmatch(r"\d{4}-\d\d-\d\d.*", plain):
        raise Bad(_("It is a date: the spreadsheet took a number for one. Format the column as text, and mend it."))
    if re.fullmatch(GROUPED, plain):
        plain = re.sub(r"\D", "", plain)
    elif (match := re.fullmatch(DECIMAL, plain)) and match["point"] != match["between"]:
        plain = re.sub(r"\D", "", match["whole"]) + "." + match["rest"]
    if not re.fullmatch(r"-?\d{1,30}(?:\.\d{1,30})?", plain, re.ASCII):
        raise Bad(_("It is no number: write one like 1200 or 3.50."))
    if plain.startswith("-"):
        raise Bad(_("It is less than nothing."))
    return Decimal(plain)


def whole(text: str, most: int) -> int:
    """A whole number."""
    found = number(text)
    if found != found.to_integral_value():
        raise Bad(_("It is no whole number."))
    if found > most:
        raise Bad(_("It is too large: at most %(most)s fit.") % {"most": f"{most:,}"})
    return int(found)


def money(text: str, digits: int, currency: str) -> Decimal:
    """An amount in the merchant's currency, `digits` before the point at most."""
    amount = text.strip()
    for sign, codes in {**SIGNS, "$": tuple(DOLLARS)}.items():
        if sign in amount and currency not in codes:
            raise Bad(_("It is in another currency: write it in %(currency)s.") % {"currency": currency})
        amount = amount.replace(sign, "")
    if (code := re.search(r"\b[A-Z]{3}\b", amount)) and code[0] != currency:
        raise Bad(_("It is in another currency: write it in %(currency)s.") % {"currency": currency})
    found = number(amount.replace(currency, ""))
    if found >= 10**digits:
        raise Bad(_("It is too large."))
    if found != round(found, 2):
        raise Bad(_("It has more than two digits after the point."))
    return found.quantize(Decimal("0.01"))


def span(text: str, units: dict[str, int], most: int) -> int:
    """How long, as a number with or without its unit: `units` has what each counts for, by its first letter."""
    match = re.fullmatch(r"(.*?\d)\s*([a-zA-Z]*)\.?", text.strip(), re.DOTALL)
    unit = match[2][:1].lower() if match else ""
    if match is None or (unit and unit not in units):
        raise Bad(_("It is no number: write one like 1200 or 3.50."))
    return whole(str(whole(match[1], most) * units.get(unit, 1)), most)


# ---- Places --------------------------------------------------------------------------------------------------------
@cache
def _countries() -> dict[str, str]:
    with override("en"):
        names = {normal(str(name)): code for code, name in countries}
    codes = {word.lower(): code for code, _name in countries for word in (code, countries.alpha3(code)) if word}
    return names | codes | CALLED


def country(text: str) -> str:
    """The code of a country that is named in English or by its code."""
    code = _countries().get(normal(text))
    if code is None:
        raise Bad(_("It is no country: write its name in English, or its code such as GB."))
    return code


# ---- How they stand ------------------------------------------------------------------------------------------------
def status(text: str) -> str:
    """How merchant and vendor stand, as the filters of the list call it."""
    for stands in Relationship.Status:
        if normal(text) in (stands.value, normal(str(stands.label))):
            return stands.value
    raise Bad(_("Write Prospect, Works for us or Worked for us."))


# ---- Values of facets ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Vocabulary:
    """What can be said by name: for each facet, the key of a value by its name, its slug and its synonyms."""

    values: dict[str, dict[str, int]]
    regions: dict[tuple[str, str], str]

    @classmethod
    def now(cls) -> "Vocabulary":
        """As staff keep it now; one query."""
        values: dict[str, dict[str, int]] = {facet: {} for facet in FACETS.values()}
        regions: dict[tuple[str, str], str] = {}
        for value in FacetValue.objects.of(*FACETS.values(), Facet.WAREHOUSE):
            if value.facet == Facet.WAREHOUSE:
                place, dash, part = value.slug.upper().partition("-")
                if dash:
                    regions |= {(place, normal(word)): part for word in (value.name, part, value.slug)}
                continue
            known = values[value.facet]
            for word in value.synonyms:
                known.setdefault(normal(word), value.pk)
            known |= {normal(value.slug): value.pk, normal(value.name): value.pk}
        return cls(values, regions)

    def find(self, facet: str, word: str) -> int | None:
        known = self.values[facet]
        found = known.get(normal(word))
        if found is None and facet == Facet.SHIPS_TO and (code := _countries().get(normal(word))):
            found = known.get(code.lower())
        return found

    def region(self, text: str, place: str) -> str:
        """The code of a part of the country: by its name where we know those, else a code as it stands."""
        known = self.regions.get((place, normal(text)))
        if known:
            return known
        code = text.upper().removeprefix(f"{place}-")
        if not re.fullmatch(r"[A-Z0-9]{1,3}", code, re.ASCII):
            raise Bad(_("It is no part of the country that we know: write its code, such as SCT or BY."))
        return code


def parts(text: str) -> list[str]:
    """The words of a cell that holds several: between semicolons or lines where there are any, else commas."""
    between = ";" if re.search(r"[;\n]", text) else ","
    lines = csv.reader(text.split("\n"), delimiter=between, skipinitialspace=True)
    return list(dict.fromkeys(part for line in lines for part in (one.strip() for one in line) if part))


def together(words: Iterable[str]) -> str:
    """A cell that `parts` takes apart again: in quotation marks what holds a separator."""
    return "; ".join(f'"{word.replace(QUOTE, QUOTE * 2)}"' if re.search(r'[;,"]', word) else word for word in words)


def several(text: str, facet: str, known: Vocabulary) -> tuple[dict[int, str], list[str]]:
    """Keys of the named values, each with how it works (integrations), and the words that are none."""
    found: dict[int, str] = {}
    unknown: list[str] = []
    whole_cell = known.find(facet, text)  # a country may have a comma in its name
    for word in [text] if whole_cell else parts(text)[:MOST_VALUES]:
        name, how = _how(word) if facet == Facet.INTEGRATION else (word, "")
        key = known.find(facet, word) or known.find(facet, name)
        if key is None:
            unknown.append(word)
        else:
            found[key] = found.get(key) or how
    return found, unknown


def _how(word: str) -> tuple[str, str]:
    """ "Shopify (native)" or "Shopify: native" as its name and how."""
    match = HOW.match(word)
    said = normal(match[2] or match[3] or "") if match else ""
    how = next((how.value for how in How if said in (how.value, normal(str(how.label)))), "")
    return (match[1], how) if match and how else (word, "")


def listed(words: Iterable[str]) -> str:
    """Some words in quotation marks."""
    return ", ".join(f"“{word[:60]}”" for word in list(words)[:5])
