"""What one vendor reads never names another of the shortlist: rivals do not learn of each other (DESIGN 3)."""

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from vendors.sourcing.errors import NamesAnother
from vendors.sourcing.models import Brief, Candidate

#: The candidate that stands for all who are invited, where a text goes to every one of them.
ALL = 0


def see_that_nobody_is_named(brief: Brief, texts: Mapping[int, str]) -> None:
    """Raises NamesAnother where a text, by the key of the candidate that reads it or ALL, names another vendor of the
    shortlist. One query."""
    candidates: Iterable[Candidate] = brief.candidates.select_related("vendor")
    own_words = f"{brief.title} {brief.summary} {brief.scope} {brief.get_task_display()}"
    for one in candidates:
        for reader, text in texts.items():
            if one.pk != reader and names(text, one.vendor.name, own_words):
                says = _("The text names %(vendor)s to another vendor: rivals never learn of each other.")
                raise NamesAnother(says % {"vendor": one.vendor})


def names(text: str, vendor: str, own_words: str = "") -> bool:
    """Whether a text has a vendor's name as words of its own, in whatever case; where the brief itself uses that word
    in small letters, as in "pick and pack", only as the vendor writes it."""
    sought = spaced(vendor)
    if stands_in(sought.lower(), spaced(own_words)):
        return stands_in(sought, spaced(text))
    return stands_in(sought.casefold(), spaced(text).casefold())


def stands_in(words: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def spaced(text: str) -> str:
    """With one space wherever there is any."""
    return " ".join(text.split())
