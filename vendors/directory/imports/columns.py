"""The columns that an import knows, and how headings are recognised."""
# ruff: noqa: E501  # a table reads better on long lines

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise  # of the stubs only


@dataclass(frozen=True)
class Column:
    """One of our fields: `label` heads it in files that we write, `words` are what others call it.

    `examples` are the cells of the template's two rows.
    """

    field: str
    label: "_StrPromise"
    words: tuple[str, ...]
    examples: tuple[str, str] = ("", "")


# fmt: off
COLUMNS = (
    Column("name", gettext_lazy("Name"), ("vendor", "company", "company name", "vendor name", "supplier", "supplier name", "organisation", "organization", "business", "provider", "firm"), ("Orchard Lane", "Tidewell Fulfilment")),
    Column("website", gettext_lazy("Web site"), ("website", "url", "web", "site", "homepage", "web address", "web page", "domain", "link"), ("https://orchardlane.example", "https://tidewell.example")),
    Column("country", gettext_lazy("Country"), ("country code", "nation", "land", "based in"), ("GB", "Netherlands")),
    Column("region", gettext_lazy("Region"), ("state", "county", "province", "part of the country", "state code"), ("ENG", "")),
    Column("city", gettext_lazy("Town"), ("city", "place", "location", "warehouse", "warehouse city"), ("Maidstone", "Rotterdam")),
    Column("tagline", gettext_lazy("In one sentence"), ("tagline", "tag line", "summary", "slogan", "headline", "short description"), ("Gift packing for fragile things", "EU pick and pack with customs")),
    Column("description", gettext_lazy("Description"), ("about", "details", "long description", "profile", "what they do"), ("", "")),
    Column("services", gettext_lazy("Services"), ("service", "offers", "capabilities", "category", "categories", "services offered"), ("DTC fulfilment; Kitting", "Pick and pack; Customs")),
    Column("integrations", gettext_lazy("Works with"), ("integrations", "integration", "platforms", "platform", "channels", "software"), ("Shopify (native); WooCommerce", "Shopify; API")),
    Column("handling", gettext_lazy("Special handling"), ("handling", "handles", "goods", "product types"), ("Fragile; Food", "")),
    Column("ships_to", gettext_lazy("Ships to"), ("shipsto", "destinations", "delivers to", "delivery countries", "regions served"), ("United Kingdom; European Union", "Worldwide")),
    Column("languages", gettext_lazy("Languages"), ("language", "speaks", "spoken languages"), ("English", "English; Dutch")),
    Column("orders_from", gettext_lazy("Orders a month from"), ("orders from", "min orders", "minimum orders", "least orders", "orders min", "volume from"), ("200", "300")),
    Column("orders_to", gettext_lazy("Orders a month up to"), ("orders to", "orders up to", "max orders", "maximum orders", "most orders", "orders max", "volume to"), ("6000", "10,000")),
    Column("minimum", gettext_lazy("Least a month"), ("minimum", "monthly minimum", "minimum a month", "minimum spend", "min spend", "minimum fee"), ("250.00", "")),
    Column("price_from", gettext_lazy("Price an order from"), ("price from", "price", "min price", "price per order", "price per order from", "cost per order", "lowest price"), ("3.50", "4.20")),
    Column("price_to", gettext_lazy("Price an order up to"), ("price to", "price up to", "max price", "price per order to", "highest price"), ("4.10", "5.00")),
    Column("contract_months", gettext_lazy("Contract in months"), ("contract months", "contract", "contract length", "contract length months", "term", "term months"), ("12", "6")),
    Column("notice_days", gettext_lazy("Notice in days"), ("notice days", "notice", "notice period", "notice period days"), ("60", "30")),
    Column("contact_name", gettext_lazy("Contact name"), ("contact", "contact person", "person", "account manager", "contact s name"), ("Ash Lane", "")),
    Column("contact_email", gettext_lazy("Contact email"), ("email", "e mail", "contact e mail", "email address", "e mail address", "mail", "contact s email"), ("ash@orchardlane.example", "")),
    Column("phone", gettext_lazy("Contact phone"), ("phone", "telephone", "tel", "phone number", "mobile", "contact number"), ("+44 1622 000000", "")),
    Column("status", gettext_lazy("How you stand"), ("status", "relationship", "stage"), ("Prospect", "Works for us")),
    Column("tags", gettext_lazy("Tags"), ("tag", "labels", "label", "keywords"), ("Good with candles", "")),
    Column("note", gettext_lazy("Note"), ("notes", "comment", "comments", "remarks", "remark"), ("Met at the spring fair", "")),
)
# fmt: on
BY_FIELD = {column.field: column for column in COLUMNS}


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """Letters and digits in lower case without accents, in words: what is alike to a reader is the same here."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


@cache
def _known(language: str) -> dict[str, str]:
    """What headings say, in English and as we write it in the reader's language, by our field."""
    known = {normal(word): column.field for column in COLUMNS for word in column.words}
    for spoken in (None, language):
        with override(spoken):
            known |= {normal(str(column.label)): column.field for column in COLUMNS}
    return known


def field_of(heading: str) -> str | None:
    """Our field that a heading names in plain words."""
    return _known(get_language() or "").get(normal(heading))


def guess(headings: Sequence[str]) -> dict[str, int]:
    """Field to column number, for the headings that are known; of two that name the same the first counts."""
    mapping: dict[str, int] = {}
    for place, heading in enumerate(headings):
        if (field := field_of(heading)) is not None:
            mapping.setdefault(field, place)
    return mapping


def letters(place: int) -> str:
    """What a spreadsheet calls the column: 0 is A, 26 is AA."""
    name, rest = "", place + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        name = chr(65 + letter) + name
    return name


def headings_of(first: Sequence[str] | None, width: int) -> list[str]:
    """What each column is called: as its heading says, numbered where two say the same, else by its letter."""
    names: list[str] = []
    for place in range(width):
        said = " ".join(first[place].split())[:80] if first and place < len(first) else ""
        name = said or _("Column %(letter)s") % {"letter": letters(place)}
        while name in names:
            name = _("%(heading)s (column %(letter)s)") % {"heading": said, "letter": letters(place)}
        names.append(name)
    return names
