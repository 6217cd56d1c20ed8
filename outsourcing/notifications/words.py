"""Who a mail is from, and a merchant's own words in reminders: plain text with names in braces, each rule knows a few.

Nothing but these names is looked up: no attribute, no index, no format. Source: reference/reliability.md 2, row 11.
"""

import re
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Organisation

_NAME = re.compile(r"\{([^{}]*)\}")


def unknown(text: str, names: Iterable[str]) -> list[str]:
    """What stands in braces and is none of the names, and a brace that has no other, as they were written."""
    known = set(names)
    found = [f"{{{name}}}" for name in _NAME.findall(text) if name not in known]
    rest = _NAME.sub("", text)
    return found + [brace for brace in ("{", "}") if brace in rest]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each name's value; a name without one stays as it stands."""
    return _NAME.sub(lambda found: str(values.get(found[1], found[0])), text)


def sender_name(organisation: Organisation | None) -> str:
    """Who the reader sees it is from: the organisation by way of this site, or the site."""
    if organisation is None:
        return settings.SITE_NAME
    name = " ".join(organisation.name.split())  # no line break, which no header may hold
    return _("%(organisation)s via %(site)s") % {"organisation": name, "site": settings.SITE_NAME}
