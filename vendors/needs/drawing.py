"""Small pieces of a table's cells, each drawn once and kept: a list has sixty rows and a handful of different ones."""

from decimal import Decimal
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from outsourcing.shared.templatetags.house import icon
from vendors.needs.verdict import rounded
from vendors.needs.words import number

#: What stands where nothing is known.
NOTHING = "\u2013"
PLACES = (5, 16, 27, 38, 49)


def dots(value: Decimal | None) -> SafeString:
    """1 to 5 as dots and a figure."""
    return _none() if value is None else _dots(int(rounded(value, 0)), number(value))


@lru_cache(maxsize=1)
def _none() -> SafeString:
    said = _("not said")
    return format_html('<span class="muted">{}<span class="visually-hidden">{}</span></span>', NOTHING, said)


@lru_cache(maxsize=512)
def _dots(full: int, figure: str) -> SafeString:
    circles = format_html_join(
        "",
        '<circle{} cx="{}" cy="5" r="3.75"/>',
        ((format_html(' class="{}"', "on") if place < full else SafeString(""), x) for place, x in enumerate(PLACES)),
    )
    return format_html(
        '<span class="nowrap"><svg class="dots" viewBox="0 0 56 10" aria-hidden="true">{}</svg> {}'
        '<span class="visually-hidden"> {}</span></span>',
        circles,
        figure,
        _("of 5"),
    )


@lru_cache(maxsize=64)
def chip(word: str, name: str, mark: str) -> SafeString:
    """A verdict as icon, word and colour."""
    return format_html('<span class="status status-{} chip">{}{}</span>', mark, icon(name), word)


@lru_cache(maxsize=64)
def status(word: str, name: str, mark: str) -> SafeString:
    """The same where it stands in a row."""
    return format_html('<span class="status status-{}">{}{}</span>', mark, icon(name), word)
