"""Names between other words: one with signs of direction in it must not turn round what stands beside it."""

import unicodedata

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

#: Bidirectional classes of signs that only direct, and show nothing.
DIRECTING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def plain(name: str) -> str:
    """A name for a text that stays text, in a mail or in a line that is kept: without signs that direct."""
    return "".join(sign for sign in name if unicodedata.bidirectional(sign) not in DIRECTING)


def bdi(name: str) -> SafeString:
    """A name for a page: whatever is in it, the words around it stay as they are."""
    return format_html("<bdi>{}</bdi>", name)


def woven(words: str, **values: object) -> SafeString:
    """`words` with `%(name)s` filled in, all of it escaped but what is markup already."""
    return mark_safe(escape(words) % {name: _safe(value) for name, value in values.items()})


def _safe(value: object) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))
