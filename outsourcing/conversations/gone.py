"""Whether anybody on the other side is still there to read."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from outsourcing.accounts.models import Organisation


def reads_no_more(organisation: Organisation) -> str:
    """Why writing to it is of no use, as a sentence; nothing where somebody is there."""
    if organisation.closed_at is not None:
        words = _("%(organisation)s has closed its account and reads nothing any more.")
    elif organisation.closes_at is not None:
        words = _("%(organisation)s closes its account on %(day)s and answers nothing any more.")
    else:
        return ""
    day = date_format(localtime(organisation.closes_at), "j F Y") if organisation.closes_at else ""
    return words % {"organisation": organisation, "day": day}
