"""The house's own template words; built in, so that no template loads them."""

import re
from functools import cache
from typing import Any
from zlib import crc32

from django import template
from django.contrib.staticfiles import finders
from django.template.defaultfilters import stringfilter
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from outsourcing.shared import hooks

register = template.Library()

SPRITE = "icons.svg"
TINTS = ("mono-a", "mono-b", "mono-c", "mono-d", "mono-e")


@register.simple_tag
@cache
def icon(name: str, classes: str = "") -> SafeString:
    """A line icon from the sprite, hidden from screen readers: a word always stands beside it, or a label around it.

    Kept once drawn, since a page shows dozens and each looks up the sprite's hashed address.
    """
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f"icon {classes}".strip(),
        static(SPRITE),
        name,
    )


@cache
def icons_drawn() -> frozenset[str]:
    """The names of all icons in the sprite's source."""
    path = finders.find(SPRITE)
    if not isinstance(path, str):
        raise LookupError(f"{SPRITE} is in no static folder")
    with open(path, encoding="utf-8") as sprite:
        return frozenset(re.findall(r'id="i-([\w-]+)"', sprite.read()))


def icons_used(source: str) -> set[str]:
    """The names of icons that a template's source writes out, for the test that each of them is drawn."""
    return set(re.findall(r"""{%\s*icon\s+["']([^"']+)["']""", source))


@register.filter
@stringfilter
def initials(text: str) -> str:
    """At most three characters for a monogram: "Juniper & Pine" is J&P, "Theo Marchetti" TM; nothing for nothing."""
    firsts = [word if word == "&" else next(filter(str.isalnum, word), "").upper()[:1] for word in text.split()]
    return "".join(firsts)[:3].strip("&")


@register.filter
@stringfilter
def tint(text: str) -> str:
    """The monogram colour that belongs to a text: the same in every process, which hash() would not be."""
    return TINTS[crc32(text.encode()) % len(TINTS)]


@register.simple_tag(takes_context=True)
def panel(context: template.Context, name: str, about: Any) -> SafeString:
    """What upper rooms show about one object at the place called `name`; see `hooks.panel`."""
    return mark_safe("".join(hooks.panel(name)(context["request"], about)))
