"""The house's own template words; built in, so that no template loads them."""

import re
from collections.abc import Callable, Hashable, Iterable
from functools import cache, lru_cache
from typing import Any
from zlib import crc32

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Engine
from django.template.defaultfilters import linebreaksbr, stringfilter, urlize
from django.template.defaulttags import CsrfTokenNode, URLNode
from django.template.defaulttags import url as parsed_url
from django.template.loader_tags import do_include
from django.templatetags.i18n import do_translate
from django.templatetags.static import do_static, static
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from outsourcing.shared import hooks
from outsourcing.shared.addresses import address

register = template.Library()

#: What every form carries beside the CSRF token: for which membership the page was made (outsourcing/accounts).
ACTING_FIELD = "acting"

SPRITE = "icons.svg"
#: Something that `urlize` takes for the address of a page or a person stands in every text that has one.
LINKS = re.compile(r"://|www\.|@|\.(?:com|edu|gov|int|mil|net|org)\b", re.IGNORECASE)
TINTS = ("mono-a", "mono-b", "mono-c", "mono-d", "mono-e")

#: What a user agent contains, and the word for it. The first that fits counts: most of them name others too.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


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


@register.simple_tag
def drawn(name: str, one: Hashable) -> SafeString:
    """The template `name` with nothing but `one` in it, kept once drawn: a list that is asked for again has the same
    rows. What it shows is in `one` as words, so that it depends on no reader, no zone and no instant."""
    return drawn_each(name, (one,))


@register.simple_tag
def drawn_each(name: str, these: Iterable[Hashable]) -> SafeString:
    """The same for each of a list, one after the other."""
    draw = _draw if settings.DEBUG else _drawn
    return SafeString("".join([draw(name, one) for one in these]))


def _draw(name: str, one: Hashable) -> SafeString:
    return SafeString(Engine.get_default().get_template(name).render(template.Context({"one": one})))


#: A home page has some fifty rows, each less than a kilobyte: those of eighty people.
_drawn = lru_cache(maxsize=4_000)(_draw)


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
def linked(text: str) -> SafeString:
    """What somebody wrote, escaped, with addresses as links and lines as lines.

    Most texts hold nothing that Django's `urlize` would make a link, and looking is nine times quicker than trying.
    """
    return linebreaksbr(urlize(text) if LINKS.search(text) else escape(text))


@register.filter
@stringfilter
@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """At most three characters for a monogram: "Juniper & Pine" is J&P, "Theo Marchetti" TM; nothing for nothing."""
    firsts = [word if word == "&" else next(filter(str.isalnum, word), "").upper()[:1] for word in text.split()]
    return "".join(firsts)[:3].strip("&")


@register.filter
@stringfilter
@lru_cache(maxsize=4096)
def tint(text: str) -> str:
    """The monogram colour that belongs to a text: the same in every process, which hash() would not be."""
    return TINTS[crc32(text.encode()) % len(TINTS)]


@register.filter
@stringfilter
def browser(user_agent: str) -> str:
    """What a browser calls itself, in words: "Firefox on Windows"."""
    name = next((word for mark, word in BROWSERS.items() if mark in user_agent), "")
    system = next((word for mark, word in SYSTEMS.items() if mark in user_agent), "")
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or _("Unknown browser")


@register.simple_tag(takes_context=True)
def panel(context: template.Context, name: str, about: Any) -> SafeString:
    """What upper rooms show about one object at the place called `name`; see `hooks.panel`."""
    return mark_safe("".join(hooks.panel(name)(context["request"], about)))


class FormProofs(CsrfTokenNode):
    """Django's CSRF field, and the membership that the page was made for."""

    def render(self, context: template.Context) -> SafeString:
        acting = getattr(context.get("request"), "acting", None)
        field = f'<input type="hidden" name="{ACTING_FIELD}" value="{acting.pk:d}">' if acting else ""
        return SafeString(super().render(context) + field)


@register.tag("csrf_token")
def form_proofs(parser: template.base.Parser, token: template.base.Token) -> FormProofs:
    """In place of Django's own tag, so that no form, a library's neither, goes without it."""
    return FormProofs()


class KnownURLNode(URLNode):
    """Django's, but for that an address which was worked out once is kept."""

    def render(self, context: template.Context) -> str:
        keys = [one.resolve(context) for one in self.args]
        if self.asvar or self.kwargs or not all(isinstance(one, int | str) for one in keys):
            return str(super().render(context))
        path = address(self.view_name.resolve(context), *keys)
        return str(conditional_escape(path)) if context.autoescape else path


@register.tag("url")
def url(parser: template.base.Parser, token: template.base.Token) -> URLNode:
    """In place of Django's own tag: a page has dozens."""
    parsed = parsed_url(parser, token)
    return KnownURLNode(parsed.view_name, parsed.args, parsed.kwargs, parsed.asvar)


@register.tag("translate")
def plain_translate(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """In place of Django's own tag: while there is one language, words that a template writes out are plain text."""
    parsed = do_translate(parser, token)
    words = getattr(parsed.filter_expression.var, "literal", None)
    if settings.USE_I18N or parsed.asvar or parsed.filter_expression.filters or not isinstance(words, str):
        return parsed
    return template.base.TextNode(words.replace("%%", "%"))


class Named:
    """The template of a name, looked up once: a page includes some twenty."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: template.Template | None = None

    def resolve(self, context: template.Context) -> template.Template:
        if self.found is None or settings.DEBUG:
            assert context.template is not None
            self.found = context.template.engine.get_template(self.name)
        return self.found


@register.tag("include")
def include(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """In place of Django's own tag, for a template whose name is written out."""
    parsed = do_include(parser, token)
    if isinstance(parsed.template.var, str) and not parsed.template.filters:
        parsed.template = Named(parsed.template.var)  # type: ignore[assignment]  # all that is asked of it is to resolve
    return parsed


def _plain(works_out: Callable[..., str], late: Callable[..., template.Node]) -> Callable[..., template.Node]:
    """A tag that is plain text where a template writes all its words out, else what `late` makes of it."""

    def tag(parser: template.base.Parser, token: template.base.Token) -> template.Node:
        words = token.split_contents()[1:]
        if all(re.fullmatch(r"""(["'])[^"']*\1""", word) for word in words):
            return template.base.TextNode(works_out(*(word[1:-1] for word in words)))
        return late(parser, token)

    return tag


register.tag("icon", _plain(icon, register.tags["icon"]))
register.tag("static", _plain(static, do_static))
