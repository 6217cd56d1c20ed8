"""A vendor's reply time across merchants: shown only where it agreed and enough merchants contribute.

What is known of one merchant's work with a vendor must not be read off the figure, hence the least number of them.
"""

from collections.abc import Sequence
from datetime import datetime

from outsourcing.accounts.models import Membership, Organisation
from outsourcing.conversations import responding
from outsourcing.conversations.models import ReplyTime, Turn

#: So many merchants must have asked what counts.
LEAST = 3


def agree(vendor: Organisation, *, by: Membership, at: datetime) -> None:
    """Show the figure from now on; a second time changes nothing."""
    defaults = {"agreed_by": by, "agreed_at": at, "seconds": across(vendor, at)}
    ReplyTime.objects.get_or_create(organisation=vendor, defaults=defaults)


def take_back(vendor: Organisation) -> None:
    """Show it no more, at once."""
    ReplyTime.objects.filter(organisation=vendor).delete()


def reckon_again(at: datetime) -> None:
    """Bring what is shown of vendors that agreed up to this instant. A run that dies is made up for by the next."""
    for row in ReplyTime.objects.select_related("organisation").order_by("pk").iterator():
        ReplyTime.objects.filter(pk=row.pk).update(seconds=across(row.organisation, at))


def across(vendor: Organisation, at: datetime) -> int | None:
    """The median over all merchants in business seconds; None where it would tell of one, or is only known to be over
    something. Three queries."""
    rows = list(Turn.objects.owed_by(vendor.pk).filter(responding.in_view(at)).defer("reckoned"))
    if _merchants_in(rows, at) < LEAST:
        return None
    found = responding.responding(rows, responding.calendars([vendor], at), at).median
    return found.seconds if found.is_enough and not found.is_over else None


def _merchants_in(rows: Sequence[Turn], at: datetime) -> int:
    return len({turn.asker_id for turn in rows if responding.is_counted(turn, at)})
